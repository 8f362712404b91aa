//! A plan as text for a terminal.

use std::{collections::BTreeMap, fmt::Write as _};

use tenant_contacts_api::{
    field::{Field, Surface},
    notice::{Category, Reach},
    reason::Reason,
};

use crate::{
    plan::{NotDoneView, PlanView, StepView},
    printable::printable,
};

/// How a plan is shown.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Everything, however much it is.
    pub all: bool,
    /// With colours: for a terminal.
    pub colour: bool,
    /// The command that carries a plan out, without its hash, where one is to be proposed.
    pub apply: Option<String>,
}

/// Steps, and things that are not done, that are shown one by one: two screens of a terminal. More are counted by kind.
pub(crate) const MOST_SHOWN: usize = 60;

/// Shows a plan as text.
pub fn plan(view: &PlanView, shown: &Shown) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(view, shown, &mut out);
    out
}

fn write(view: &PlanView, shown: &Shown, out: &mut String) -> std::fmt::Result {
    writeln!(out, "Tenant {} ({})", printable(&view.tenant), view.tenant_id)?;
    write_steps(view, shown, out)?;
    write_not_done(view, shown, out)?;
    write_consequences(view, out)?;
    for note in &view.notes {
        writeln!(out, "\nNote: {}: {}", printable(&note.object), printable(&note.message))?;
        writeln!(out, "      {}", note.remedy)?;
    }
    summary(view, out)?;
    next(view, shown, out)
}

fn write_steps(view: &PlanView, shown: &Shown, out: &mut String) -> std::fmt::Result {
    let mut steps: Vec<&StepView> = view.steps.iter().collect();
    let left = if shown.all { 0 } else { steps.len().saturating_sub(MOST_SHOWN) };
    if left > 0 {
        writeln!(out, "\n{} steps:", steps.len())?;
        for ((kind, field, words), count) in counted(steps.iter().map(|step| likeness(step))) {
            writeln!(out, "  {count:>7}  {kind} {field} ({words})")?;
        }
        // What a person has to decide about comes first; the rest in the order of the objects.
        steps.sort_by_key(|step| step.state != "awaitingApproval");
        steps.truncate(MOST_SHOWN);
        writeln!(out, "\nThe first {MOST_SHOWN} of them:")?;
    }
    let mut object = "";
    for step in steps {
        if step.object != object {
            object = &step.object;
            writeln!(out, "\n  {} -> {}", printable(object), printable(&step.target))?;
        }
        write_step(step, shown.colour, out)?;
    }
    if left > 0 {
        writeln!(out, "\n  … and {left} more: --all shows every one")?;
    }
    Ok(())
}

/// What many steps have in common: the kind of object, the field, and what becomes of them.
fn likeness(step: &StepView) -> (&str, &'static str, String) {
    let kind = step.object.split(' ').next().unwrap_or_default();
    let gate = step.gate.map(|gate| format!(": {gate}")).unwrap_or_default();
    let words = match step.state {
        "awaitingApproval" => format!("{}, needs approval{gate}", step.cause),
        "observeOnly" => format!("{}, only observed", step.cause),
        "waiting" => format!("{}, waiting", step.cause),
        _ => step.cause.to_owned(),
    };
    (kind, step.field.path(), words)
}

/// How often each comes up, the most frequent first.
pub(crate) fn counted<T: Ord>(all: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn write_not_done(view: &PlanView, shown: &Shown, out: &mut String) -> std::fmt::Result {
    if view.not_done.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nNot written:")?;
    if shown.all || view.not_done.len() <= MOST_SHOWN {
        return view.not_done.iter().try_for_each(|item| {
            write_undone(item, out)?;
            writeln!(out, "      {}", item.remedy)
        });
    }
    // One remedy for all that lack the same.
    for (reason, count) in counted(view.not_done.iter().map(|item| item.reason)) {
        writeln!(out, "  {count:>7}  {reason}: {}", reason.remedy())?;
        let alike: Vec<_> = view.not_done.iter().filter(|item| item.reason == reason).collect();
        let (first, more) = alike.split_at(alike.len().min(MOST_OF_A_REASON));
        for item in first {
            out.push_str("    ");
            write_undone(item, out)?;
        }
        if !more.is_empty() {
            writeln!(out, "      … and {} more: --all shows every one", more.len())?;
        }
    }
    Ok(())
}

/// Objects that are named of those that lack the same, where there are many: enough to see what they have in common.
const MOST_OF_A_REASON: usize = 5;

fn write_undone(item: &NotDoneView, out: &mut String) -> std::fmt::Result {
    let field = item.field.map(|field| format!(" {}", slot(field, item.entry.as_deref()))).unwrap_or_default();
    writeln!(out, "  {}{field}: {}: {}", printable(&item.object), item.reason, printable(&item.message))
}

/// `field`, or `field[entry]`.
fn slot(field: Field, entry: Option<&str>) -> String {
    let entry = entry.map(|entry| format!("[{}]", printable(entry))).unwrap_or_default();
    format!("{}{entry}", field.path())
}

/// What is to be done next, as a command where there is one.
fn next(view: &PlanView, shown: &Shown, out: &mut String) -> std::fmt::Result {
    let count = |state: &str| view.steps.iter().filter(|step| step.state == state).count();
    let (write, observed) = (count("write"), count("observeOnly"));
    if view.enforce.is_empty() {
        let surfaces: Vec<_> = Surface::ALL.iter().filter(|surface| **surface != Surface::Report).collect();
        let surfaces: Vec<_> = surfaces.iter().map(|surface| surface.as_str()).collect();
        writeln!(
            out,
            "Nothing is enforced: spec.enforce of the Tenant is empty, so apply writes nothing. What may be written is named there: {}.",
            surfaces.join(", ")
        )?;
    } else if observed > 0 {
        writeln!(out, "Fields that are only observed are on surfaces that spec.enforce of the Tenant does not name.")?;
    }
    let Some(apply) = &shown.apply else { return Ok(()) };
    match (write, view.approval_hash) {
        (0, None) if view.as_declared => writeln!(out, "Next: nothing; everything is as declared."),
        (0, None) if observed == view.steps.len() && !view.steps.is_empty() => Ok(()),
        (0, None) => writeln!(out, "Next: correct what stands under \"Not written\", and plan again."),
        (_, None) => writeln!(out, "Next: {apply} --plan {}", view.hash),
        (0, Some(approval)) => {
            writeln!(out, "Next, once you have looked at what waits: {apply} --plan {} --approve {approval}", view.hash)
        }
        (_, Some(approval)) => {
            writeln!(out, "Next: {apply} --plan {}", view.hash)?;
            writeln!(out, "Or, with what waits, once you have looked at it: add --approve {approval}")
        }
    }
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

fn write_step(step: &StepView, colour: bool, out: &mut String) -> std::fmt::Result {
    let paint =
        |code: &str, text: &str| if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    let mut notes = vec![step.cause.to_owned()];
    match (step.state, step.gate) {
        ("awaitingApproval", Some(gate)) => notes.push(paint("33", &format!("needs approval: {gate}"))),
        ("write", Some(gate)) => notes.push(format!("approved: {gate}")),
        ("observeOnly", _) => notes.push("only observed".to_owned()),
        _ => {}
    }
    notes.extend(step.waits_on.iter().map(|on| format!("waiting: {on}")));
    if let Some(operation) = step.operation {
        notes.insert(0, operation.to_owned());
    }
    if step.keeps > 0 {
        notes.push(format!("{} kept", step.keeps));
    }
    writeln!(out, "    ~ {} ({})", slot(step.field, step.entry.as_deref()), notes.join(", "))?;
    for value in &step.removes {
        writeln!(out, "        {}", paint("31", &format!("- {}", printable(value))))?;
    }
    for value in &step.adds {
        writeln!(out, "        {}", paint("32", &format!("+ {}", printable(value))))?;
    }
    if step.adds.is_empty() && step.entry.is_none() && step.removes.len() + step.keeps > 0 && step.keeps == 0 {
        writeln!(out, "        (the list would be empty)")?;
    }
    Ok(())
}

/// What an `apply` came to, in a line: how many steps the tenant took and refused, and what is left.
pub fn applied(view: &PlanView, done: usize, refused: usize, verified: bool) -> String {
    let waiting = view.steps.iter().filter(|step| step.state == "awaitingApproval").count();
    let observed = view.steps.iter().filter(|step| step.state == "observeOnly").count();
    let held = view.steps.iter().filter(|step| step.state == "waiting").count();
    let undone = view.not_done.iter().filter(|item| item.reason != Reason::Manual).count();
    let mut parts = vec![match (done, verified) {
        (0, _) => "nothing was written".to_owned(),
        (done, true) => format!("{done} written and verified"),
        (done, false) => format!("{done} written, and not all of it verified yet"),
    }];
    let rest = [
        (refused, "refused by the tenant"),
        (waiting, "waiting for approval"),
        (held, "waiting for another step"),
        (observed, "only observed"),
        (undone, "not written"),
    ];
    parts.extend(rest.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    let end = if view.as_declared { "; everything is as declared" } else { "" };
    format!("Applied to {}: {}{end}.", printable(&view.tenant), parts.join(", "))
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
    let held = count("waiting");
    if held > 0 {
        parts.push(format!("{held} waiting for another step"));
    }
    if observed > 0 {
        parts.push(format!("{observed} only observed"));
    }
    parts.push(format!("{} not written", view.not_done.len()));
    parts.push(as_declared(view.in_sync));
    writeln!(out, "\nPlan: {}.", parts.join(", "))?;
    writeln!(out, "Plan hash:     {} (all that is shown here: for apply --plan)", view.hash)?;
    if let Some(hash) = view.approval_hash {
        writeln!(out, "Approval hash: {hash} (the steps that wait: for apply --approve, or spec.approvals)")?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
