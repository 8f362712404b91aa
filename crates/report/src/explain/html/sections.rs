//! What is behind the picture, as text: each kind of notices with its recipients, the findings, and the gaps.

use std::fmt::{self, Write as _};

use tenant_contacts_api::notice::{Arrival, Reach, Severity};

use super::{
    super::{
        escape::markup,
        trail,
        view::{AnswerView, CategoryView, EvidenceView, RecipientView},
        words,
    },
    glyph,
    model::{Fate, Picture},
    places,
};

/// Recipients of one kind of notices and verdict that are written out; the rest is counted, and found by searching for it in
/// the picture's places.
const SHOWN: usize = 25;
/// Findings that are written out: a page of a few thousand rows is read by nobody.
const SHOWN_FINDINGS: usize = 500;

/// Every kind of notices.
pub(super) fn notices(view: &AnswerView, picture: &Picture, out: &mut String) -> fmt::Result {
    out.push_str("<section id=\"notices\"><h2>Notice by notice</h2>\n");
    for category in words::worst_first(view) {
        let Some(fate) = Fate::of_reach(category.reach) else { continue };
        let index = view.categories.iter().position(|one| one.category == category.category).unwrap_or_default();
        notice(view, category, (index, fate), out)?;
    }
    if picture.spots.is_empty() {
        out.push_str("<p>Nothing to show.</p>\n");
    }
    out.push_str("</section>\n");
    Ok(())
}

fn notice(view: &AnswerView, category: &CategoryView, (index, fate): (usize, Fate), out: &mut String) -> fmt::Result {
    // Where all is well one wants to know no more than that.
    let open = if fate == Fate::Fine { "" } else { " open" };
    write!(
        out,
        "<article id=\"c{index}\" class=\"notice {}\"><details{open}><summary>{}<h3>{}</h3><span class=\"reach\">{}</span></summary>\
         <p class=\"code\">{}</p>",
        fate.class(),
        glyph::inline(fate),
        markup(&words::sentence_case(&category.title)),
        markup(&words::sentence_case(&words::reach_in_words(category))),
        category.category,
    )?;
    if let Some(why) = category.why.as_deref().filter(|_| category.reach != Reach::OnePerson) {
        write!(out, "<p class=\"why\">{}</p>", markup(&words::sentence_case(why)))?;
    }
    for (ids, says) in [(&category.certain, "Received by"), (&category.possible, "Possibly by")] {
        let people: Vec<_> = ids.iter().filter_map(|id| view.node(*id)).map(|node| node.label.as_str()).collect();
        if !people.is_empty() {
            write!(out, "<p>{says} <b>{}</b>.</p>", markup(&words::names(people.into_iter())))?;
        }
    }
    out.push_str("<ul class=\"recipients\">");
    for verdict in [Arrival::Undeliverable, Arrival::Unknown, Arrival::Deliverable] {
        let group: Vec<_> = category.recipients.iter().filter(|one| one.verdict == verdict).collect();
        for one in group.iter().take(SHOWN) {
            recipient(view, one, out)?;
        }
        if group.len() > SHOWN {
            let (more, says) = (group.len() - SHOWN, words::arrival_word(verdict));
            write!(out, "<li class=\"more\">… and {more} more: {says}</li>")?;
        }
    }
    out.push_str("</ul>");
    for note in &category.notes {
        write!(out, "<p class=\"remark\">{}</p>", markup(&words::sentence_case(note)))?;
    }
    if !category.sources.is_empty() {
        out.push_str("<p class=\"source\">By what rule: ");
        let sources = category.sources.iter().map(|source| {
            let (says, by) = (markup(&source.says), markup(&source.by));
            format!("{says} <span>({by}, {})</span>", source.confidence.as_str())
        });
        out.push_str(&sources.collect::<Vec<_>>().join("; "));
        out.push_str("</p>");
    }
    out.push_str("</details></article>\n");
    Ok(())
}

fn recipient(view: &AnswerView, recipient: &RecipientView, out: &mut String) -> fmt::Result {
    let fate = Fate::of(recipient.verdict);
    write!(out, "<li class=\"row {}\">{}<div><p class=\"way\">", fate.class(), glyph::inline(fate))?;
    for (at, step) in trail::line(view, recipient).iter().enumerate() {
        if at > 0 {
            out.push_str(" <i>→</i> ");
        }
        write!(out, "<span>{}</span>", markup(&words::place(step.node)))?;
        if step.others > 0 {
            write!(out, " <small>and {} more</small>", step.others)?;
        }
    }
    out.push_str("</p>");
    if let Some(says) = words::selection(recipient) {
        write!(out, "<p>{}.</p>", words::sentence_case(says))?;
    }
    if let Some(decisive) = trail::decisive(view, recipient) {
        places::obstacle(decisive.blockage, out)?;
    }
    let end = recipient.path.last().and_then(|id| view.node(*id));
    if let Some(seen) = end.and_then(|end| words::telling(&end.evidence)) {
        evidence(seen, out)?;
    }
    out.push_str("</div></li>");
    Ok(())
}

/// What became of a sender's latest mail.
pub(super) fn evidence(seen: &EvidenceView, out: &mut String) -> fmt::Result {
    let class = if seen.lost { "seen lost" } else { "seen" };
    write!(out, "<p class=\"{class}\">Seen: {}.</p>", markup(&words::evidence(seen)))
}

/// What the rules found.
pub(super) fn findings(view: &AnswerView, out: &mut String) -> fmt::Result {
    if view.findings.is_empty() {
        return Ok(());
    }
    out.push_str(
        "<section id=\"findings\"><h2>Findings</h2>\n<table><thead><tr><th>Severity</th><th>What is wrong</th>\
         <th>What to do</th></tr></thead><tbody>\n",
    );
    let (excepted, counting): (Vec<_>, Vec<_>) = view.findings.iter().partition(|one| one.excepted.is_some());
    for finding in counting.iter().chain(&excepted).take(SHOWN_FINDINGS) {
        let class = match (&finding.excepted, finding.severity) {
            (Some(_), _) => "excepted",
            (None, Severity::Error) => "broken",
            (None, Severity::Warning) => "thin",
            (None, Severity::Info) => "info",
        };
        let word = if finding.excepted.is_some() { "may be so" } else { words::severity_word(finding.severity) };
        let (rule, message, remedy) = (finding.rule, markup(&finding.message), markup(&finding.remedy));
        write!(
            out,
            "<tr class=\"row {class}\"><td><span class=\"badge\">{word}</span></td>\
             <td>{message}<br><small>{rule} ({})</small></td><td>",
            finding.requirement
        )?;
        match &finding.excepted {
            Some(exception) => write!(
                out,
                "{}<br><small>{}, until {}</small>",
                markup(&exception.reason),
                markup(&exception.owner),
                exception.until
            )?,
            None => out.push_str(&remedy),
        }
        out.push_str("</td></tr>\n");
    }
    out.push_str("</tbody></table>");
    if view.findings.len() > SHOWN_FINDINGS {
        write!(out, "<p>… and {} more.</p>", view.findings.len() - SHOWN_FINDINGS)?;
    }
    out.push_str("</section>\n");
    Ok(())
}

/// What is not known.
pub(super) fn gaps(view: &AnswerView, out: &mut String) -> fmt::Result {
    if view.gaps.is_empty() {
        return Ok(());
    }
    out.push_str("<section id=\"gaps\"><h2>What is not known, and what would tell</h2>\n<ul class=\"gaps\">");
    for gap in &view.gaps {
        write!(
            out,
            "<li class=\"row\">{}<div><p><b>{}</b>: {}.</p><p class=\"remedy\">{}</p></div></li>",
            glyph::inline(Fate::Unknown),
            markup(&words::sentence_case(&gap.what)),
            markup(&gap.why),
            markup(&gap.tells)
        )?;
    }
    out.push_str("</ul></section>\n");
    Ok(())
}
