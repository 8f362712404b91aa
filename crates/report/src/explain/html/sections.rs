//! What is behind the picture, as text: each kind of notices with its recipients, and the gaps.

use std::fmt::{self, Write as _};

use tenant_contacts_api::notice::{Arrival, Reach};

use super::{
    super::{
        escape::markup,
        trail,
        view::{AnswerView, CategoryView, EvidenceView, RecipientView},
        words,
    },
    glyph, obstacles,
    spot::{Fate, Picture},
};

/// Recipients of one kind of notices and verdict that are written out; the rest is counted, and found by searching for it in
/// the picture's places.
const SHOWN: usize = 25;

/// Kinds of notices of which the same note is told once for all.
const SHARED: usize = 3;

/// The kinds of notices that have a note.
fn told_of<'v>(view: &'v AnswerView, note: &str) -> Vec<&'v CategoryView> {
    view.categories.iter().filter(|one| one.notes.iter().any(|known| known == note)).collect()
}

/// What is to be said of several kinds of notices.
fn shared(view: &AnswerView, out: &mut String) -> fmt::Result {
    let mut told: Vec<&str> = Vec::new();
    for note in view.categories.iter().flat_map(|category| &category.notes) {
        let of = told_of(view, note);
        if of.len() < SHARED || told.contains(&note.as_str()) {
            continue;
        }
        told.push(note);
        let titles: Vec<&str> = of.iter().map(|one| one.title.as_str()).collect();
        let (titles, note) = (words::sentence_case(&titles.join(", ")), words::sentence_case(note));
        write!(out, "<p class=\"remark\"><b>{}</b>: {}</p>", markup(&titles), markup(&note))?;
    }
    Ok(())
}

/// Every kind of notices.
pub(super) fn notices(view: &AnswerView, picture: &Picture, out: &mut String) -> fmt::Result {
    out.push_str("<section id=\"notices\"><h2>Notice by notice</h2>\n<div class=\"notices\">");
    for category in words::worst_first(view) {
        let Some(fate) = Fate::of_reach(category.reach) else { continue };
        let index = view.categories.iter().position(|one| one.category == category.category).unwrap_or_default();
        notice(view, category, (index, fate), out)?;
    }
    if picture.spots.is_empty() {
        out.push_str("<p>Nothing to show.</p>\n");
    }
    out.push_str("</div>");
    shared(view, out)?;
    out.push_str("</section>\n");
    Ok(())
}

fn notice(view: &AnswerView, category: &CategoryView, (index, fate): (usize, Fate), out: &mut String) -> fmt::Result {
    // Where all is well one wants to know no more than that; what would tell of the unknown stands in one place for all.
    let open = if fate == Fate::Fine || category.reach == Reach::Unknown { "" } else { " open" };
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
    for (people, says) in [(&category.certain, "Received by"), (&category.possible, "Possibly by")] {
        let people: Vec<_> = people.iter().map(|one| one.name.as_str()).collect();
        if !people.is_empty() {
            write!(out, "<p>{says} <b>{}</b>.</p>", markup(&words::names(people.into_iter())))?;
        }
    }
    out.push_str("<ul class=\"recipients\">");
    for verdict in [Arrival::Undeliverable, Arrival::Unknown, Arrival::Deliverable] {
        let group: Vec<_> = category.recipients.iter().filter(|one| one.verdict == verdict).collect();
        for alike in alike(view, group.iter().take(SHOWN)) {
            recipients(view, &alike, out)?;
        }
        if group.len() > SHOWN {
            let (more, says) = (group.len() - SHOWN, words::arrival_word(verdict));
            write!(out, "<li class=\"more\">… and {more} more: {says}</li>")?;
        }
    }
    out.push_str("</ul>");
    for note in category.notes.iter().filter(|note| told_of(view, note).len() < SHARED) {
        write!(out, "<p class=\"remark\">{}</p>", markup(&words::sentence_case(note)))?;
    }
    if !category.sources.is_empty() {
        out.push_str("<details class=\"about source\"><summary>By what rule of Microsoft's</summary><p>");
        let sources = category.sources.iter().map(|source| {
            let (says, by) = (markup(&source.says), markup(&source.by));
            format!("{says} <span>({by}, {})</span>", source.confidence.as_str())
        });
        out.push_str(&sources.collect::<Vec<_>>().join("; "));
        out.push_str("</p></details>");
    }
    out.push_str("</details></article>\n");
    Ok(())
}

/// Recipients of whom the same is to be said stand together, and it is said once.
fn alike<'v>(
    view: &'v AnswerView,
    recipients: impl Iterator<Item = &'v &'v RecipientView>,
) -> Vec<Vec<&'v RecipientView>> {
    let mut alike: Vec<(_, Vec<&RecipientView>)> = Vec::new();
    for recipient in recipients {
        let decisive =
            trail::decisive(view, recipient).map(|one| (one.blockage.obstacle, words::obstacle(one.blockage)));
        let said = (words::selection(recipient), decisive);
        match alike.iter_mut().find(|(known, _)| *known == said) {
            Some((_, members)) => members.push(recipient),
            None => alike.push((said, vec![recipient])),
        }
    }
    alike.into_iter().map(|(_, members)| members).collect()
}

fn recipients(view: &AnswerView, alike: &[&RecipientView], out: &mut String) -> fmt::Result {
    let Some(first) = alike.first() else { return Ok(()) };
    let fate = Fate::of(first.verdict);
    write!(out, "<li class=\"row {}\">{}<div>", fate.class(), glyph::inline(fate))?;
    for recipient in alike {
        way(view, recipient, out)?;
    }
    if let Some(says) = words::selection(first) {
        write!(out, "<p>{}.</p>", words::sentence_case(says))?;
    }
    if let Some(decisive) = trail::decisive(view, first) {
        obstacles::met(decisive.blockage, out)?;
    }
    out.push_str("</div></li>");
    Ok(())
}

/// The way to a recipient, and what was seen of the latest mail there.
fn way(view: &AnswerView, recipient: &RecipientView, out: &mut String) -> fmt::Result {
    out.push_str("<p class=\"way\">");
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
    let end = recipient.path.last().and_then(|id| view.node(*id));
    if let Some(seen) = end.and_then(|end| words::telling(&end.evidence)) {
        evidence(seen, out)?;
    }
    Ok(())
}

/// What became of a sender's latest mail.
pub(super) fn evidence(seen: &EvidenceView, out: &mut String) -> fmt::Result {
    let class = if seen.lost { "seen lost" } else { "seen" };
    write!(out, "<p class=\"{class}\">Seen: {}.</p>", markup(&words::evidence(seen)))
}

/// The grants that would tell most, with the commands that give them.
pub(super) fn grants(view: &AnswerView, out: &mut String) -> fmt::Result {
    if view.grants.is_empty() {
        return Ok(());
    }
    write!(out, "<section id=\"grants\"><h2>{}</h2>\n<ul class=\"gaps\">", words::GRANTS)?;
    for grant in &view.grants {
        write!(
            out,
            "<li class=\"row\">{}<div><p><b>{}</b> ({}): {}.</p><p class=\"remedy\">az</p><pre><code>{}</code></pre>\
             <p class=\"remedy\">PowerShell</p><pre><code>{}</code></pre></div></li>",
            glyph::inline(Fate::Unknown),
            markup(&grant.grant),
            markup(&grant.kind),
            markup(&words::bearing(view, grant)),
            markup(&grant.az),
            markup(&grant.powershell),
        )?;
    }
    let variables = markup(&words::sentence_case(words::variables(view)));
    write!(out, "</ul>\n<p class=\"legend\">{variables}. {}.</p></section>\n", markup(words::ALL_GRANTS))
}

/// What is not known.
pub(super) fn gaps(view: &AnswerView, out: &mut String) -> fmt::Result {
    if view.gaps.is_empty() {
        return Ok(());
    }
    out.push_str("<section id=\"gaps\"><h2>Unknown facts, and how to find them out</h2>\n<ul class=\"gaps\">");
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
