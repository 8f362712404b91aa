//! An answer for a pull request or a wiki (GitHub Flavored Markdown).

use std::fmt::{self, Write as _};

use tenant_contacts_api::notice::{Arrival, Reach};

use super::{
    escape::{markdown as escaped, markdown_code as code},
    trail,
    view::{AnswerView, CategoryView, RecipientView},
    words,
};

/// Recipients that are shown of a category and verdict; the rest is counted. A comment of a pull request has 65,536
/// characters at most.
const SHOWN: usize = 10;
/// Findings that are shown; the rest is counted, for the same reason.
const SHOWN_FINDINGS: usize = 50;

/// Shows an answer as Markdown.
pub(super) fn write(view: &AnswerView) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = page(view, &mut out);
    out
}

fn page(view: &AnswerView, out: &mut String) -> fmt::Result {
    let name = view.display_name.as_deref().unwrap_or("this tenant");
    writeln!(out, "## Who receives the notices of {}\n", escaped(name))?;
    writeln!(out, "**{}**\n", escaped(&view.headline))?;
    let read = view.read_at.as_deref().map(|at| format!(", read {}", words::minute(at))).unwrap_or_default();
    writeln!(out, "Tenant {}{read}.\n", code(&view.tenant))?;
    grants(view, out)?;
    writeln!(out, "| Reaches | People | Notice | Why |\n|---|---|---|---|")?;
    for category in words::worst_first(view) {
        let why = category.why.as_deref().map(escaped).unwrap_or_default();
        let reach = match category.reach {
            Reach::Nobody => "**nobody**",
            Reach::NobodyKnown => "**nobody known**",
            _ => words::reach_word(category),
        };
        let title = escaped(&category.title);
        writeln!(
            out,
            "| {reach} | {} | {title} ({}) | {why} |",
            words::people(category),
            code(category.category.as_str())
        )?;
    }
    for category in words::worst_first(view) {
        details(view, category, out)?;
    }
    findings(view, out)?;
    gaps(view, out)
}

fn details(view: &AnswerView, category: &CategoryView, out: &mut String) -> fmt::Result {
    if category.recipients.is_empty() && category.notes.is_empty() {
        return Ok(());
    }
    let title = words::sentence_case(&category.title);
    writeln!(out, "\n### {}: {}\n", escaped(&title), words::reach_in_words(category))?;
    for verdict in [Arrival::Undeliverable, Arrival::Unknown, Arrival::Deliverable] {
        let group: Vec<_> = category.recipients.iter().filter(|one| one.verdict == verdict).collect();
        for recipient in group.iter().take(SHOWN) {
            line(view, recipient, out)?;
        }
        if group.len() > SHOWN {
            writeln!(out, "- … and {} more: {}", group.len() - SHOWN, words::arrival_word(verdict))?;
        }
    }
    for note in &category.notes {
        writeln!(out, "- Note: {}", escaped(note))?;
    }
    Ok(())
}

fn line(view: &AnswerView, recipient: &RecipientView, out: &mut String) -> fmt::Result {
    let way: Vec<_> = trail::line(view, recipient).iter().map(|step| code(&words::place(step.node))).collect();
    write!(out, "- **{}**: {}", words::arrival_word(recipient.verdict), way.join(" → "))?;
    if let Some(says) = words::selection(recipient) {
        write!(out, "; {says}")?;
    }
    writeln!(out)?;
    if let Some(decisive) = trail::decisive(view, recipient) {
        let blockage = decisive.blockage;
        writeln!(out, "  - {}: {}. {}", blockage.obstacle, escaped(&words::obstacle(blockage)), blockage.remedy)?;
    }
    let end = recipient.path.last().and_then(|id| view.node(*id));
    for also in words::unfollowed(view, recipient) {
        writeln!(out, "  - Besides: {}: {}", also.obstacle, escaped(&words::obstacle(also)))?;
    }
    if let Some(evidence) = end.and_then(|end| words::telling(&end.evidence)) {
        writeln!(out, "  - Seen: {}.", escaped(&words::evidence(evidence)))?;
    }
    Ok(())
}

fn findings(view: &AnswerView, out: &mut String) -> fmt::Result {
    if view.findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Findings\n\n| Severity | Rule | What | To do |\n|---|---|---|---|")?;
    for finding in view.findings.iter().take(SHOWN_FINDINGS) {
        let severity = match &finding.excepted {
            Some(exception) => {
                format!("may be so until {}: {}", exception.until, escaped(&exception.reason))
            }
            None => words::severity_word(finding.severity).to_owned(),
        };
        let (rule, message) = (finding.rule, escaped(&finding.message));
        writeln!(out, "| {severity} | {rule} ({}) | {message} | {} |", finding.requirement, escaped(&finding.remedy))?;
    }
    if view.findings.len() > SHOWN_FINDINGS {
        writeln!(out, "\n… and {} more.", view.findings.len() - SHOWN_FINDINGS)?;
    }
    Ok(())
}

fn grants(view: &AnswerView, out: &mut String) -> fmt::Result {
    if view.grants.is_empty() {
        return Ok(());
    }
    writeln!(out, "{} ({}):\n", words::GRANTS, words::variables(view))?;
    for grant in &view.grants {
        let (name, says) = (escaped(&grant.grant), escaped(&words::bearing(view, grant)));
        writeln!(out, "- **{name}** ({}): {says}", grant.kind)?;
        writeln!(out, "\n  ```sh\n  {}\n  ```\n\n  ```powershell\n  {}\n  ```\n", grant.az, grant.powershell)?;
    }
    writeln!(out, "{}\n", escaped(words::ALL_GRANTS))
}

fn gaps(view: &AnswerView, out: &mut String) -> fmt::Result {
    if view.gaps.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Unknown facts, and how to find them out\n")?;
    for gap in &view.gaps {
        writeln!(out, "- {}: {}. Tells {}", escaped(&gap.what), escaped(&gap.why), escaped(words::tells(gap)))?;
    }
    Ok(())
}
