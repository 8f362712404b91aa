//! What the rules found, by severity and rule: what to do and the rule's page stand once for all that a rule found.

use std::fmt::{self, Write as _};

use tenant_contacts_api::{notice::Severity, rule::Rule};

use super::{
    super::{
        escape::markup,
        view::{AnswerView, FindingView},
        words,
    },
    prose,
};

/// Findings of one rule that are written out: a list of a few thousand lines is read by nobody.
const SHOWN: usize = 100;
/// Subjects that a closed group names.
const NAMED: usize = 3;

/// What one rule found with one severity.
struct Group<'a> {
    rule: Rule,
    severity: Severity,
    excepted: bool,
    findings: Vec<&'a FindingView>,
}

/// All findings.
pub(super) fn all(view: &AnswerView, out: &mut String) -> fmt::Result {
    if view.findings.is_empty() {
        return Ok(());
    }
    let groups = groups(view);
    out.push_str("<section id=\"findings\"><h2>Findings</h2>\n");
    filter(&groups, out)?;
    let mut paged: Vec<Rule> = Vec::new();
    let levels =
        [(Severity::Error, false), (Severity::Warning, false), (Severity::Info, false), (Severity::Info, true)];
    for (severity, excepted) in levels {
        let of_level: Vec<&Group> = groups.iter().filter(|one| level(one) == (severity, excepted)).collect();
        if of_level.is_empty() {
            continue;
        }
        let count: usize = of_level.iter().map(|one| one.findings.len()).sum();
        let title = match (severity, excepted) {
            (_, true) => "May be so",
            (Severity::Error, false) => "Errors",
            (Severity::Warning, false) => "Warnings",
            (Severity::Info, false) => "Worth knowing",
        };
        let class = class(severity, excepted);
        write!(
            out,
            "<div class=\"level\" data-level=\"{class}\"><h3 class=\"{class}\">{title} <small>{count}</small></h3><div class=\"groups\">"
        )?;
        for one in of_level {
            let first = !paged.contains(&one.rule);
            if first {
                paged.push(one.rule);
            }
            group(one, class, first, out)?;
        }
        out.push_str("</div></div>\n");
    }
    out.push_str("</section>\n");
    Ok(())
}

/// Where a group stands: what may be so stands together, however grave it would be.
fn level(group: &Group<'_>) -> (Severity, bool) {
    if group.excepted { (Severity::Info, true) } else { (group.severity, false) }
}

/// In the order of the findings, the gravest first.
fn groups(view: &AnswerView) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    for finding in &view.findings {
        let (rule, severity, excepted) = (finding.rule, finding.severity, finding.excepted.is_some());
        match groups.iter_mut().find(|one| (one.rule, one.severity, one.excepted) == (rule, severity, excepted)) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Group { rule, severity, excepted, findings: vec![finding] }),
        }
    }
    groups
}

fn class(severity: Severity, excepted: bool) -> &'static str {
    match (excepted, severity) {
        (true, _) => "excepted",
        (false, Severity::Error) => "broken",
        (false, Severity::Warning) => "thin",
        (false, Severity::Info) => "info",
    }
}

/// What can be looked at alone; the script makes it work, and shows it.
fn filter(groups: &[Group<'_>], out: &mut String) -> fmt::Result {
    out.push_str("<div class=\"filter\" role=\"group\" aria-label=\"Which findings\" hidden>");
    for (class, one, many) in [
        ("broken", "error", "errors"),
        ("thin", "warning", "warnings"),
        ("info", "worth knowing", "worth knowing"),
        ("excepted", "may be so", "may be so"),
    ] {
        let of_class = groups.iter().filter(|group| self::class(group.severity, group.excepted) == class);
        let count: usize = of_class.map(|group| group.findings.len()).sum();
        if count > 0 {
            let word = if count == 1 { one } else { many };
            write!(
                out,
                "<button type=\"button\" class=\"{class}\" data-level=\"{class}\" aria-pressed=\"true\"><b>{count}</b> {word}</button>"
            )?;
        }
    }
    out.push_str("<label>Rule <select id=\"rule\"><option value=\"\">all</option>");
    let mut rules: Vec<(String, Rule)> = groups.iter().map(|group| (title(group.rule), group.rule)).collect();
    rules.sort();
    rules.dedup();
    for (title, rule) in rules {
        write!(out, "<option value=\"{rule}\">{}</option>", markup(&title))?;
    }
    out.push_str("</select></label></div>\n");
    Ok(())
}

/// A rule's name as words.
fn title(rule: Rule) -> String {
    words::sentence_case(&words::spaced(rule.as_str()))
}

fn group(group: &Group<'_>, class: &str, with_page: bool, out: &mut String) -> fmt::Result {
    let Group { rule, findings, .. } = group;
    // What is wrong is seen at once; what is worth knowing is there to be opened.
    let open = if class == "broken" { " open" } else { "" };
    let named: Vec<&str> = findings.iter().take(NAMED).map(|one| one.subject.name.as_str()).collect();
    let more = if findings.len() > NAMED { ", …" } else { "" };
    write!(
        out,
        "<details class=\"group {class}\" data-level=\"{class}\" data-rule=\"{rule}\"{open}><summary><h4>{}</h4>\
         <span class=\"badge\">{}</span><span class=\"whom\">{}{more}</span></summary><ul>",
        markup(&title(*rule)),
        findings.len(),
        markup(&named.join(", ")),
    )?;
    for finding in findings.iter().take(SHOWN) {
        write!(out, "<li class=\"row\">{}", markup(&finding.message))?;
        if let Some(exception) = &finding.excepted {
            let (reason, owner) = (markup(&exception.reason), markup(&exception.owner));
            write!(out, " <small>{reason} ({owner}, until {})</small>", exception.until)?;
        }
        out.push_str("</li>");
    }
    if findings.len() > SHOWN {
        write!(out, "<li>… and {} more</li>", findings.len() - SHOWN)?;
    }
    out.push_str("</ul>");
    if let (Some(finding), false) = (findings.first(), group.excepted) {
        write!(out, "<p class=\"remedy\">{}</p>", markup(&finding.remedy))?;
    }
    if with_page {
        write!(
            out,
            "<details class=\"about\" id=\"rule-{rule}\"><summary>About the rule {rule} ({})</summary>",
            rule.id()
        )?;
        prose::page(rule.page(), out)?;
        out.push_str("</details>");
    } else {
        write!(out, "<p class=\"remedy\"><a href=\"#rule-{rule}\">About the rule {rule}</a></p>")?;
    }
    out.push_str("</details>\n");
    Ok(())
}
