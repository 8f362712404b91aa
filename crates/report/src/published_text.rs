//! What an operator has published, as text for a terminal.

use std::fmt::Write as _;

use tenant_contacts_api::{reason::Reason, status::FieldState};

use crate::{
    printable::printable,
    published::{DeclaredView, FieldView, PublishedView},
    text::{Shift, as_declared},
};

/// Shows what is published of a Tenant. `called` is how the command is called, for the commands that are proposed.
pub fn published(view: &PublishedView, called: &str) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(view, called, &mut out);
    out
}

/// Shows only the steps that wait for an approval.
pub fn waiting(view: &PublishedView) -> String {
    let mut out = String::new();
    let waiting = view.fields.iter().filter(|field| field.state == FieldState::AwaitingApproval);
    let _ = write_fields(waiting, &mut out);
    out
}

fn write(view: &PublishedView, called: &str, out: &mut String) -> std::fmt::Result {
    writeln!(out, "Tenant {} ({})", printable(&view.tenant), view.tenant_id)?;
    if let Some(ready) = &view.ready {
        writeln!(out, "  Ready={} {}: {}", ready.status, printable(&ready.reason), printable(&ready.message))?;
        if let Some(remedy) = ready.remedy.filter(|_| ready.status != "True") {
            writeln!(out, "      {remedy}")?;
        }
    }
    notes(view, called, out)?;
    let (written, rest): (Vec<_>, Vec<_>) = view.fields.iter().partition(|field| is_step(field.state));
    write_fields(written.into_iter(), out)?;
    if !rest.is_empty() || !view.objects.is_empty() {
        writeln!(out, "\nNot written:")?;
    }
    for field in rest {
        let reason = field.reason.map_or("unknown", Reason::as_str);
        let message = field.message.as_ref().map(|message| format!(": {}", printable(message))).unwrap_or_default();
        writeln!(out, "  {} {}: {reason}{message}", printable(&field.object), field.field.path())?;
        if let Some(remedy) = field.remedy {
            writeln!(out, "      {remedy}")?;
        }
    }
    for object in &view.objects {
        let reason = object.reason.as_ref().map(|reason| format!("{}: ", printable(reason))).unwrap_or_default();
        writeln!(out, "  {}: {reason}{}", printable(&object.object), printable(&object.message))?;
        if let Some(remedy) = object.remedy {
            writeln!(out, "      {remedy}")?;
        }
    }
    write_consequences(view, out)?;
    summary(view, called, out)
}

fn write_consequences(view: &PublishedView, out: &mut String) -> std::fmt::Result {
    if !view.consequences.is_empty() {
        writeln!(out, "\nWho receives notices, once all of this is written:")?;
    }
    for one in &view.consequences {
        let count = |people: u32| usize::try_from(people).unwrap_or(usize::MAX);
        let shift = Shift {
            category: one.category,
            before: (one.before, count(one.people_before)),
            after: (one.after, count(one.people_after)),
            gate: one.gate,
        };
        shift.write(out)?;
        let left: &[String] = if one.gate.is_some() { &one.left } else { &[] };
        let lists = [
            ("- no longer reaches", &one.loses[..], count(one.people_lost)),
            ("= leaves", left, count(one.people_after)),
        ];
        for (what, names, of) in lists.into_iter().filter(|(_, names, _)| !names.is_empty()) {
            let more = of.saturating_sub(names.len());
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            writeln!(out, "      {what} {}{more}", names.join(", "))?;
        }
    }
    Ok(())
}

/// What has to be known before the rest is believed.
fn notes(view: &PublishedView, called: &str, out: &mut String) -> std::fmt::Result {
    match view.status {
        "missing" => writeln!(
            out,
            "  No operator has looked at it yet: nothing is known. Is one running that serves this namespace?"
        )?,
        "outdated" => writeln!(
            out,
            "  Changed since the operator last looked: what follows is from before. Ask for a look: {}",
            command(view, called, "reconcile", "")
        )?,
        _ => {}
    }
    if view.suspended {
        let resume = command(view, called, "resume", "");
        writeln!(out, "  Suspended: what follows is from before. To go on: {resume}")?;
    }
    Ok(())
}

fn is_step(state: FieldState) -> bool {
    matches!(state, FieldState::Pending | FieldState::Verifying | FieldState::AwaitingApproval)
}

fn write_fields<'a>(fields: impl Iterator<Item = &'a FieldView>, out: &mut String) -> std::fmt::Result {
    let mut object = "";
    for field in fields {
        if field.object != object {
            object = &field.object;
            writeln!(out, "\n  {} -> {}", printable(object), printable(&field.target))?;
        }
        write_field(field, out)?;
    }
    Ok(())
}

fn write_field(field: &FieldView, out: &mut String) -> std::fmt::Result {
    let note = match (field.state, field.reason) {
        (FieldState::AwaitingApproval, Some(reason)) => format!("needs approval: {reason}"),
        (FieldState::Pending, Some(Reason::Observing)) => "only observed".to_owned(),
        (FieldState::Verifying, _) => "written, and being verified".to_owned(),
        _ => "to be written".to_owned(),
    };
    writeln!(out, "    ~ {} ({note})", field.field.path())?;
    if let Some(live) = &field.live {
        writeln!(out, "        in the tenant: {}", list(live))?;
    }
    if let Some(DeclaredView { mode, values }) = &field.declared {
        match *mode {
            "fromSecret" => writeln!(out, "        declared:      in a Secret")?,
            "atLeast" => writeln!(out, "        declared:      {} (others may stay)", list(values))?,
            _ => writeln!(out, "        declared:      {}", list(values))?,
        }
    }
    Ok(())
}

fn list(values: &[String]) -> String {
    if values.is_empty() {
        return "nothing".to_owned();
    }
    values.iter().map(|value| printable(value)).collect::<Vec<_>>().join(", ")
}

fn summary(view: &PublishedView, called: &str, out: &mut String) -> std::fmt::Result {
    let Some(plan) = view.plan else {
        return writeln!(out, "\nPlan: none yet.");
    };
    let write = if view.enforce.is_empty() { "only observed" } else { "to write" };
    let mut parts = vec![format!("{} {write}", plan.steps)];
    if plan.gated > 0 {
        parts.push(format!("{} waiting for approval", plan.gated));
    }
    parts.push(format!("{} blocked", plan.blocked));
    parts.push(as_declared(view.objects_in_sync));
    writeln!(out, "\nPlan: {}.", parts.join(", "))?;
    if let Some(hash) = view.approval_hash {
        writeln!(out, "Approval hash: {hash}")?;
        let hash = format!(" --hash {hash}");
        writeln!(out, "Approve with:  {}", command(view, called, "approve", &hash))?;
    }
    Ok(())
}

/// A command about this Tenant.
fn command(view: &PublishedView, called: &str, verb: &str, more: &str) -> String {
    let (namespace, name) = view.tenant.split_once('/').unwrap_or(("default", &view.tenant));
    format!("{called} {verb} --namespace {} --tenant {}{more}", printable(namespace), printable(name))
}
