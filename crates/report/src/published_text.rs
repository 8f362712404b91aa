//! What an operator has published, as text for a terminal.

use std::fmt::Write as _;

use tenant_contacts_api::{reason::Reason, status::FieldState};

use crate::{
    printable::printable,
    published::{DeclaredView, FieldView, PublishedView},
    text::{MOST_SHOWN, Shift, as_declared, counted},
};

/// Shows what is published of a Tenant. `called` is how the command is called, for the commands that are proposed; `all`: everything,
/// however much it is.
pub fn published(view: &PublishedView, called: &str, all: bool) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(view, called, all, &mut out);
    out
}

/// Shows only the steps that wait for an approval.
pub fn waiting(view: &PublishedView) -> String {
    let mut out = String::new();
    let waiting = view.fields.iter().filter(|field| field.state == FieldState::AwaitingApproval);
    let _ = write_fields(waiting, &mut out);
    out
}

fn write(view: &PublishedView, called: &str, all: bool, out: &mut String) -> std::fmt::Result {
    writeln!(out, "Tenant {} ({})", printable(&view.tenant), view.tenant_id)?;
    if let Some(ready) = &view.ready {
        writeln!(out, "  Ready={} {}: {}", ready.status, printable(&ready.reason), printable(&ready.message))?;
        if let Some(remedy) = ready.remedy.filter(|_| ready.status != "True") {
            writeln!(out, "      {remedy}")?;
        }
    }
    notes(view, called, out)?;
    let (mut written, mut rest): (Vec<_>, Vec<_>) = view.fields.iter().partition(|field| is_step(field.state));
    let left = cut(&mut written, all, "steps", note, out)?;
    // What a person has to decide about comes first.
    if left > 0 {
        writeln!(out, "\nThe first {MOST_SHOWN} of them:")?;
    }
    write_fields(written.into_iter(), out)?;
    more(left, out)?;
    if !rest.is_empty() || !view.objects.is_empty() {
        writeln!(out, "\nNot written:")?;
    }
    let reason = |field: &FieldView| field.reason.map_or("unknown", Reason::as_str).to_owned();
    let left = cut(&mut rest, all, "fields", reason, out)?;
    for field in rest {
        let reason = field.reason.map_or("unknown", Reason::as_str);
        let message = field.message.as_ref().map(|message| format!(": {}", printable(message))).unwrap_or_default();
        writeln!(out, "  {} {}: {reason}{message}", printable(&field.object), field.field.path())?;
        if let Some(remedy) = field.remedy {
            writeln!(out, "      {remedy}")?;
        }
    }
    more(left, out)?;
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
        "missing" => {
            writeln!(out, "  No operator has processed it yet. Is an operator running that serves this namespace?")?;
        }
        "outdated" => writeln!(
            out,
            "  Changed after the operator's last pass: what follows is older. Request a pass: {}",
            command(view, called, "reconcile", "")
        )?,
        _ => {}
    }
    if view.suspended {
        let resume = command(view, called, "resume", "");
        writeln!(out, "  Suspended: what follows is older. To continue: {resume}")?;
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

/// Leaves of a long list what is shown of it, what waits for an approval first, and says of the whole how much there is of what.
/// How many are left out.
fn cut(
    fields: &mut Vec<&FieldView>,
    all: bool,
    what: &str,
    of: impl Fn(&FieldView) -> String,
    out: &mut String,
) -> Result<usize, std::fmt::Error> {
    let left = if all { 0 } else { fields.len().saturating_sub(MOST_SHOWN) };
    if left > 0 {
        writeln!(out, "\n{} {what}:", fields.len())?;
        let kind = |field: &FieldView| field.object.split(' ').next().unwrap_or_default().to_owned();
        let alike = fields.iter().map(|field| (kind(field), field.field.path(), of(field)));
        for ((kind, field, words), count) in counted(alike) {
            writeln!(out, "  {count:>7}  {} {field} ({words})", printable(&kind))?;
        }
        fields.sort_by_key(|field| field.state != FieldState::AwaitingApproval); // stable: otherwise in the order of the objects
        fields.truncate(MOST_SHOWN);
    }
    Ok(left)
}

fn more(left: usize, out: &mut String) -> std::fmt::Result {
    if left > 0 {
        writeln!(out, "\n  … and {left} more: plan --all shows every one")?;
    }
    Ok(())
}

/// What becomes of a field.
fn note(field: &FieldView) -> String {
    match (field.state, field.reason) {
        (FieldState::AwaitingApproval, Some(reason)) => format!("needs approval: {reason}"),
        (FieldState::Pending, Some(Reason::Observing)) => "only observed".to_owned(),
        (FieldState::Verifying, _) => "written, and being verified".to_owned(),
        _ => "to be written".to_owned(),
    }
}

fn write_field(field: &FieldView, out: &mut String) -> std::fmt::Result {
    writeln!(out, "    ~ {} ({})", field.field.path(), note(field))?;
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
    let observed = view
        .fields
        .iter()
        .filter(|field| field.state == FieldState::Pending && field.reason == Some(Reason::Observing));
    // Without any enforced surface all of them are, whatever an operator of another version calls them.
    let observed = u32::try_from(observed.count()).unwrap_or(u32::MAX).min(plan.steps);
    let observed = if view.enforce.is_empty() { plan.steps } else { observed };
    let mut parts = Vec::new();
    if observed < plan.steps || observed == 0 {
        parts.push(format!("{} to write", plan.steps - observed));
    }
    if observed > 0 {
        parts.push(format!("{observed} only observed"));
    }
    if plan.gated > 0 {
        parts.push(format!("{} waiting for approval", plan.gated));
    }
    parts.push(format!("{} blocked", plan.blocked));
    parts.push(as_declared(view.objects_in_sync));
    writeln!(out, "\nPlan: {}.", parts.join(", "))?;
    if view.enforce.is_empty() {
        writeln!(out, "Nothing is enforced: spec.enforce of the Tenant is empty, so the operator writes nothing.")?;
    }
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

#[cfg(test)]
mod tests {
    use tenant_contacts_api::field::{Field, Surface};

    use super::*;
    use crate::published::CountsView;

    fn field(number: usize, state: FieldState, reason: Reason) -> FieldView {
        FieldView {
            object: format!("UserContact contoso/user-{number}"),
            target: format!("user-{number}@contoso.com"),
            field: Field::MobilePhone,
            entry: None,
            state,
            reason: Some(reason),
            message: None,
            remedy: None,
            live: None,
            declared: None,
        }
    }

    fn view(fields: Vec<FieldView>, enforce: Vec<Surface>) -> PublishedView {
        let count =
            |state: FieldState| u32::try_from(fields.iter().filter(|field| field.state == state).count()).unwrap();
        PublishedView {
            schema_version: 1,
            tenant: "contoso/contoso".into(),
            tenant_id: "id".into(),
            enforce,
            suspended: false,
            status: "current",
            ready: None,
            in_sync: None,
            plan: Some(CountsView {
                steps: count(FieldState::Pending),
                gated: count(FieldState::AwaitingApproval),
                blocked: count(FieldState::Blocked),
            }),
            consequences: Vec::new(),
            fields,
            objects: Vec::new(),
            objects_in_sync: 0,
            approval_hash: None,
        }
    }

    #[test]
    fn c6_a_large_published_plan_is_counted_and_cut_as_well() {
        let mut fields: Vec<FieldView> =
            (0..500).map(|number| field(number, FieldState::Pending, Reason::ChangesPending)).collect();
        fields.push(field(500, FieldState::AwaitingApproval, Reason::MassChange));
        fields.extend((501..601).map(|number| field(number, FieldState::Blocked, Reason::PermissionMissing)));
        let view = view(fields, vec![Surface::Users]);
        let text = published(&view, "tenant-contacts", false);
        for expected in [
            "500  UserContact mobilePhone (to be written)",
            "1  UserContact mobilePhone (needs approval: MassChange)",
            "… and 441 more: plan --all shows every one",
            "100  UserContact mobilePhone (PermissionMissing)",
            "… and 40 more: plan --all shows every one",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
        let (_, shown) = text.split_once("The first 60 of them:").unwrap();
        assert!(shown.trim_start().starts_with("UserContact contoso/user-500 "), "what waits comes first: {shown}");
        let all = published(&view, "tenant-contacts", true);
        assert!((0..601).all(|number| all.contains(&format!("contoso/user-{number} "))) && !all.contains("--all"));
    }

    #[test]
    fn a17_what_is_only_observed_beside_an_enforced_surface_is_not_called_to_be_written() {
        let of = |enforce: &[Surface]| {
            let fields = vec![
                field(0, FieldState::Pending, Reason::Observing),
                field(1, FieldState::Pending, Reason::ChangesPending),
            ];
            published(&view(fields, enforce.to_vec()), "tenant-contacts", false)
        };
        let some = of(&[Surface::Users]);
        assert!(some.contains("Plan: 1 to write, 1 only observed, 0 blocked"), "{some}");
        let none = of(&[]);
        assert!(none.contains("Plan: 2 only observed, 0 blocked") && none.contains("Nothing is enforced"), "{none}");
    }
}
