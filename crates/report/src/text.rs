//! A plan as text for a terminal.

use std::fmt::Write as _;

use tenant_contacts_api::{
    notice::{Category, Reach},
    reason::Reason,
};

use crate::{
    plan::{PlanView, StepView},
    printable::printable,
};

/// Shows a plan as text.
pub fn plan(view: &PlanView) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(view, &mut out);
    out
}

fn write(view: &PlanView, out: &mut String) -> std::fmt::Result {
    writeln!(out, "Tenant {} ({})", printable(&view.tenant), view.tenant_id)?;
    let mut object = "";
    for step in &view.steps {
        if step.object != object {
            object = &step.object;
            writeln!(out, "\n  {} -> {}", printable(object), printable(&step.target))?;
        }
        write_step(step, out)?;
    }
    if !view.not_done.is_empty() {
        writeln!(out, "\nNot written:")?;
    }
    for item in &view.not_done {
        let field = item.field.map(|field| format!(" {}", field.path())).unwrap_or_default();
        writeln!(out, "  {}{field}: {}: {}", printable(&item.object), item.reason, printable(&item.message))?;
        writeln!(out, "      {}", item.remedy)?;
    }
    write_consequences(view, out)?;
    summary(view, out)
}

fn write_consequences(view: &PlanView, out: &mut String) -> std::fmt::Result {
    if !view.consequences.is_empty() {
        writeln!(out, "\nWho receives notices, once all of this is written:")?;
    }
    for one in &view.consequences {
        let shift = Shift {
            category: one.category,
            before: (one.before, one.people_before),
            after: (one.after, one.people_after),
            gate: one.gate,
        };
        shift.write(out)?;
        // Whoever is left is worth a word where there are few.
        let left: &[String] = if one.gate.is_some() { &one.left } else { &[] };
        let lists = [
            ("+ reaches", &one.gains[..]),
            ("- no longer reaches", &one.loses),
            ("= leaves", left),
            ("+ goes to", &one.addresses_added),
            ("- no longer goes to", &one.addresses_removed),
        ];
        for (what, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            // Whom it concerns at all is what a person looks at; a fleet is in the JSON.
            let (shown, more) = list.split_at(list.len().min(MOST_NAMES));
            let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
            writeln!(out, "      {what} {}{more}", shown.join(", "))?;
        }
    }
    Ok(())
}

/// What becomes of one kind of notices.
pub(crate) struct Shift {
    pub category: Category,
    /// Whom it reaches, and how many people for certain.
    pub before: (Reach, usize),
    pub after: (Reach, usize),
    pub gate: Option<Reason>,
}

impl Shift {
    /// `ServiceAndTechnical: 2 people -> NOBODY (needs approval: EmptiesCategory)`
    pub fn write(&self, out: &mut String) -> std::fmt::Result {
        let words = |(reach, people): (Reach, usize)| match reach {
            // What must not be overlooked stands out without a colour.
            Reach::Nobody => "NOBODY".to_owned(),
            Reach::NobodyKnown => "NOBODY KNOWN".to_owned(),
            Reach::Unknown => "unknown".to_owned(),
            Reach::OnePerson => "one person".to_owned(),
            Reach::SeveralPeople => format!("{people} people"),
            Reach::NotApplicable => "not applicable".to_owned(),
        };
        let gate = self.gate.map(|gate| format!(" (needs approval: {gate})")).unwrap_or_default();
        let (before, after) = (words(self.before), words(self.after));
        if before == after {
            return writeln!(out, "  {}: {after}, as before{gate}", self.category);
        }
        writeln!(out, "  {}: {before} -> {after}{gate}", self.category)
    }
}

/// Names of people and addresses in one line of text.
const MOST_NAMES: usize = 10;

fn write_step(step: &StepView, out: &mut String) -> std::fmt::Result {
    let mut notes = vec![step.cause.to_owned()];
    match (step.state, step.gate) {
        ("awaitingApproval", Some(gate)) => notes.push(format!("needs approval: {gate}")),
        ("write", Some(gate)) => notes.push(format!("approved: {gate}")),
        ("observeOnly", _) => notes.push("only observed".to_owned()),
        _ => {}
    }
    if step.keeps > 0 {
        notes.push(format!("{} kept", step.keeps));
    }
    writeln!(out, "    ~ {} ({})", step.field.path(), notes.join(", "))?;
    for value in &step.removes {
        writeln!(out, "        - {}", printable(value))?;
    }
    for value in &step.adds {
        writeln!(out, "        + {}", printable(value))?;
    }
    if step.adds.is_empty() && step.removes.len() + step.keeps > 0 && step.keeps == 0 {
        writeln!(out, "        (nothing is left)")?;
    }
    Ok(())
}

/// `1 object as declared`
pub(crate) fn as_declared(objects: usize) -> String {
    format!("{objects} object{} as declared", if objects == 1 { "" } else { "s" })
}

fn summary(view: &PlanView, out: &mut String) -> std::fmt::Result {
    let count = |state: &str| view.steps.iter().filter(|step| step.state == state).count();
    let (write, gated, observed) = (count("write"), count("awaitingApproval"), count("observeOnly"));
    let mut parts = vec![format!("{write} to write")];
    if gated > 0 {
        parts.push(format!("{gated} waiting for approval"));
    }
    if observed > 0 {
        parts.push(format!("{observed} only observed"));
    }
    parts.push(format!("{} not written", view.not_done.len()));
    parts.push(as_declared(view.in_sync));
    writeln!(out, "\nPlan: {}.", parts.join(", "))?;
    writeln!(out, "Plan hash:     {}", view.hash)?;
    if let Some(hash) = view.approval_hash {
        writeln!(out, "Approval hash: {hash}")?;
    }
    Ok(())
}
