//! What a plan looks like: large, coloured, and with what comes next.

use tenant_contacts_api::{digest::Digest, field::Field};

use super::*;

fn step(number: usize, state: &'static str) -> StepView {
    StepView {
        entry: None,
        operation: None,
        waits_on: None,
        object: format!("UserContact contoso/user-{number}"),
        target: format!("user-{number}@contoso.com"),
        field: if number.is_multiple_of(2) { Field::MobilePhone } else { Field::AlternateEmails },
        removes: Vec::new(),
        adds: vec!["+1 *** 01".to_owned()],
        keeps: 0,
        cause: "declared",
        state,
        gate: (state == "awaitingApproval").then_some(Reason::MassChange),
        digest: Digest([0; 16]),
    }
}

fn undone(number: usize, reason: Reason) -> NotDoneView {
    NotDoneView {
        entry: None,
        object: format!("UserContact contoso/lost-{number}"),
        field: None,
        reason,
        message: "no account has the declared name".into(),
        remedy: reason.remedy(),
    }
}

fn view(steps: Vec<StepView>, not_done: Vec<NotDoneView>) -> PlanView {
    PlanView {
        schema_version: 1,
        tenant: "contoso/contoso".into(),
        tenant_id: "id".into(),
        enforce: vec![Surface::Users],
        as_declared: steps.is_empty() && not_done.is_empty(),
        steps,
        not_done,
        consequences: Vec::new(),
        in_sync: 0,
        notes: Vec::new(),
        hash: Digest([1; 16]),
        approval_hash: None,
    }
}

#[test]
fn c6_a_large_plan_is_counted_and_cut_and_all_shows_every_step() {
    let mut steps: Vec<StepView> = (0..1_000).map(|number| step(number, "write")).collect();
    steps.push(step(1_000, "awaitingApproval"));
    let undone: Vec<NotDoneView> = (0..100).map(|number| undone(number, Reason::AccountNotFound)).collect();
    let view = view(steps, undone);
    let cut = plan(&view, &Shown::default());
    // Sixty steps of four lines each, and what counts them.
    assert!(cut.lines().count() < 60 * 4 + 40, "{} lines", cut.lines().count());
    for expected in [
        "1001 steps:",
        "500  UserContact mobilePhone (declared)",
        "500  UserContact alternateEmails (declared)",
        "1  UserContact mobilePhone (declared, needs approval: MassChange)",
        "… and 941 more: --all shows every one",
        "100  AccountNotFound: Correct accountRef, or create the account.",
        "… and 95 more: --all shows every one",
        "Plan: 1000 to write, 1 waiting for approval, 100 not written",
    ] {
        assert!(cut.contains(expected), "{expected}\n{cut}");
    }
    let (_, shown) = cut.split_once("The first 60 of them:").unwrap();
    assert!(shown.trim_start().starts_with("UserContact contoso/user-1000 "), "what waits comes first: {shown}");
    let all = plan(&view, &Shown { all: true, ..Shown::default() });
    for number in 0..=1_000 {
        assert!(all.contains(&format!("UserContact contoso/user-{number} ->")), "{number}");
    }
    assert!(all.contains("UserContact contoso/lost-99: AccountNotFound") && !all.contains("--all"));
}

#[test]
fn c6_colours_are_for_terminals_and_say_nothing_by_themselves() {
    let view = view(vec![step(0, "awaitingApproval")], Vec::new());
    let (plain, coloured) = (plan(&view, &Shown::default()), plan(&view, &Shown { colour: true, ..Shown::default() }));
    assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
    let mut stripped = coloured.clone();
    for code in ["31", "32", "33", "0"] {
        stripped = stripped.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(stripped, plain);
}

#[test]
fn c6_the_next_command_fits_the_plan() {
    let next = |view: &PlanView| {
        let shown = Shown { apply: Some("tenant-contacts apply --manifests DIR".into()), ..Shown::default() };
        plan(view, &shown).lines().last().unwrap().to_owned()
    };
    let hash = Digest([1; 16]);
    assert_eq!(next(&view(Vec::new(), Vec::new())), "Next: nothing; everything is as declared.");
    let write = view(vec![step(0, "write")], Vec::new());
    assert_eq!(next(&write), format!("Next: tenant-contacts apply --manifests DIR --plan {hash}"));
    let mut gated = view(vec![step(0, "awaitingApproval")], Vec::new());
    gated.approval_hash = Some(Digest([2; 16]));
    assert!(next(&gated).ends_with(&format!("--plan {hash} --approve {}", Digest([2; 16]))));
    let lost = view(Vec::new(), vec![undone(0, Reason::AccountNotFound)]);
    assert_eq!(next(&lost), "Next: correct what stands under \"Not written\", and plan again.");
    let mut observed = view(vec![step(0, "observeOnly")], Vec::new());
    observed.enforce.clear();
    assert!(next(&observed).starts_with("Nothing is enforced: "), "no command would write it");
}

#[test]
fn c6_apply_ends_with_what_it_came_to() {
    let left =
        view(vec![step(0, "awaitingApproval")], vec![undone(0, Reason::AccountNotFound), undone(1, Reason::Manual)]);
    assert_eq!(
        applied(&left, 4, 1, true),
        "Applied to contoso/contoso: 4 written and verified, 1 refused by the tenant, 1 waiting for approval, 1 not written."
    );
    assert_eq!(
        applied(&view(Vec::new(), Vec::new()), 0, 0, true),
        "Applied to contoso/contoso: nothing was written; everything is as declared."
    );
    assert!(applied(&left, 4, 0, false).contains("not all of it verified yet"));
}
