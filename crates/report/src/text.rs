//! A plan as text for a terminal.

use std::fmt::Write as _;

use crate::{
    plan::{ConsequenceView, PlanView, StepView},
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
        let ConsequenceView { category, before, after, people_before, people_after, .. } = one;
        writeln!(
            out,
            "  {category}: {} ({people_before} certain) -> {} ({people_after} certain)",
            before.as_str(),
            after.as_str()
        )?;
        let lists = [
            ("+ reaches", &one.gains),
            ("- no longer reaches", &one.loses),
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
    parts.push(format!("{} objects as declared", view.in_sync));
    writeln!(out, "\nPlan: {}.", parts.join(", "))?;
    writeln!(out, "Plan hash:     {}", view.hash)?;
    if let Some(hash) = view.approval_hash {
        writeln!(out, "Approval hash: {hash}")?;
    }
    Ok(())
}
