//! `plan` and `apply` through the real binary against a served tenant: what they answer, what they write, and what an
//! approval covers.

mod interrupted;
mod shown;

use std::fs;

use serde_json::{Value, json};
use testkit::cli::{
    binary::{self, Answer, Running},
    folder::Folder,
    office::Office,
    small::{self, ADA, ANN, BOB, SEED},
    state,
};

/// What the small manifests change without asking.
const UNASKED: [&str; 3] =
    ["ann@contoso.com mobilePhone", "ann@contoso.com otherMails", "organization technicalNotificationMails"];
/// What waits for an approval.
const ASKED: &str = "ada@contoso.com otherMails";

fn plan(office: &Office, folder: &Folder) -> Answer {
    binary::call(office.verb("plan", folder, &["-o", "json"]))
}

fn apply(office: &Office, folder: &Folder, more: &[&str]) -> Answer {
    binary::call(office.verb("apply", folder, &[&["-o", "json", "--timeout", "60"], more].concat()))
}

/// The only view of an answer.
fn view(answer: &Answer) -> Value {
    let views = answer.json();
    assert_eq!(views.as_array().unwrap().len(), 1, "{answer:#?}");
    views[0].clone()
}

fn approval_hash(office: &Office, folder: &Folder) -> String {
    view(&plan(office, folder))["approvalHash"].as_str().expect("something waits for an approval").to_owned()
}

fn with_approval(folder: &Folder, hash: &str, until: &str) {
    let approvals = format!("  approvals: [{{hash: {hash}, by: helena.marsh, until: \"{until}\"}}]");
    folder.write("tenant.yaml", small::tenant("[Organization, Users]", &approvals));
}

/// Steps by state.
fn steps(view: &Value, wanted: &str) -> Vec<String> {
    let steps = view["steps"].as_array().unwrap().iter().filter(|step| step["state"] == wanted);
    steps.map(|step| format!("{} {}", step["target"].as_str().unwrap(), step["field"].as_str().unwrap())).collect()
}

#[test]
fn two_plans_are_equal_byte_by_byte_and_write_nothing() {
    let (office, folder) = (Office::open(SEED), small::folder("plan_twice"));
    for format in ["text", "json"] {
        let ask = || binary::call(office.verb("plan", &folder, &["-o", format]));
        let (first, second) = (ask(), ask());
        assert_eq!(first, second, "{format}");
        assert_eq!(first.code, 2, "{first:#?}");
        assert_eq!(first.err, "");
    }
    let view = view(&plan(&office, &folder));
    let text = binary::call(office.verb("plan", &folder, &[])).out;
    for hash in ["hash", "approvalHash"] {
        let hash = view[hash].as_str().unwrap();
        assert!(hash.len() == 32 && text.contains(hash), "the two forms name different hashes: {text}");
    }
    assert_eq!(office.journal(), []);
}

#[test]
fn a_plan_lists_what_is_written_what_waits_and_what_is_not_done_and_why() {
    let (office, folder) = (Office::open(SEED), small::folder("plan_lists"));
    let view = view(&plan(&office, &folder));
    let mut unasked = steps(&view, "write");
    unasked.sort();
    assert_eq!(unasked, ["ann@contoso.com alternateEmails", "ann@contoso.com mobilePhone", "organization technical"]);
    assert_eq!(steps(&view, "awaitingApproval"), ["ada@contoso.com alternateEmails"]);
    let not_done = view["notDone"].as_array().unwrap();
    assert_eq!(not_done.len(), 1, "{not_done:#?}");
    assert_eq!(not_done[0]["object"], "UserContact contoso/sam");
    assert_eq!(not_done[0]["reason"], "SynchronisedOnPremises");
    assert!(not_done[0]["message"].as_str().unwrap().contains("attribute mobile"), "D4: the attribute is named");
    assert!(not_done[0]["remedy"].as_str().unwrap().len() > 10);
}

#[test]
fn a15_plan_exits_with_0_for_as_declared_2_for_what_is_not_and_1_for_errors() {
    let office = Office::open(SEED);
    let folder = Folder::new("plan_exit");
    folder.write("tenant.yaml", small::tenant("[Users]", ""));
    folder.write("secret.yaml", small::SECRET);
    folder.write("bob.yaml", small::contact("bob", BOB));
    let nothing = plan(&office, &folder);
    assert_eq!((nothing.code, nothing.err.as_str()), (0, ""), "{nothing:#?}");
    assert_eq!(view(&nothing)["steps"], json!([]));

    folder.write("ann.yaml", small::contact("ann", ANN));
    assert_eq!(plan(&office, &folder).code, 2);

    folder.remove("ann.yaml");
    // Not so, and it will not become so by itself: an account that is not there, and one that is mastered elsewhere.
    for (name, fields) in [("nobody", BOB), ("sam", small::SAM)] {
        folder.write("other.yaml", small::contact(name, fields));
        for verb in ["plan", "apply"] {
            let answer = binary::call(office.verb(verb, &folder, &["-o", "json"]));
            assert_eq!((answer.code, answer.err.as_str()), (2, ""), "{verb} {name}: {answer:#?}");
            assert_eq!(
                (&view(&answer)["steps"], &view(&answer)["asDeclared"]),
                (&json!([]), &json!(false)),
                "{verb} {name}"
            );
        }
    }
    // What only a person can do and attest turns nothing.
    folder.write("other.yaml", small::contact("bob", &format!("{BOB}\n  businessEmail: {{address: bob@contoso.com}}")));
    folder.remove("bob.yaml");
    for verb in ["plan", "apply"] {
        let answer = binary::call(office.verb(verb, &folder, &["-o", "json"]));
        assert_eq!(view(&answer)["notDone"][0]["reason"], "Manual", "{verb}: {answer:#?}");
        assert_eq!((answer.code, &view(&answer)["asDeclared"]), (0, &json!(true)), "{verb}: {answer:#?}");
    }
    folder.remove("other.yaml");
    folder.write("bob.yaml", small::contact("bob", BOB));
    folder.write("ann.yaml", small::contact("ann", ANN));

    folder.write("broken.yaml", "apiVersion: [");
    let broken = plan(&office, &folder);
    assert_eq!(broken.code, 1);
    assert!(broken.err.contains("broken.yaml"), "{broken:#?}");
    assert_eq!(steps(&view(&broken), "write").len(), 2, "the others are planned all the same");

    folder.remove("broken.yaml");
    folder.remove("tenant.yaml");
    let without = plan(&office, &folder);
    assert_eq!(without.code, 1);
    assert!(without.err.contains("no Tenant is declared"), "{without:#?}");
}

#[test]
fn a_tenant_that_cannot_be_reached_is_an_error_with_reason_and_remedy() {
    let (mut office, folder) = (Office::open(SEED), small::folder("plan_unreachable"));
    office.close();
    let answer = plan(&office, &folder);
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("Tenant contoso/contoso: TenantUnreachable: "), "{answer:#?}");
    assert!(answer.err.contains("Check egress"), "{answer:#?}");
}

#[test]
fn after_apply_no_step_is_left_and_what_remains_are_listed_non_actions() {
    let (office, folder) = (Office::open(SEED), small::folder("apply_all"));
    let hash = approval_hash(&office, &folder);
    let applied = apply(&office, &folder, &["--approve", &hash]);
    assert_eq!(applied.code, 2, "one of them is mastered on-premises, and is not as declared: {applied:#?}");
    let after = plan(&office, &folder);
    assert_eq!(after.code, 2, "{after:#?}");
    let after = view(&after);
    assert_eq!(after["steps"], json!([]));
    let left: Vec<_> = after["notDone"].as_array().unwrap().iter().map(|one| one["object"].as_str().unwrap()).collect();
    assert_eq!(left, ["UserContact contoso/sam"]);
    let mut expected = UNASKED.map(str::to_owned).to_vec();
    expected.push(ASKED.to_owned());
    expected.sort();
    assert_eq!(office.written(), expected, "exactly what was declared, each once");
    assert_eq!(office.user("ann@contoso.com")["otherMails"], json!(["ann.home@example.org"]));
    assert_eq!(office.user("ada@contoso.com")["otherMails"], json!(["ada.new@example.net"]));
}

#[test]
fn a_stale_plan_hash_writes_nothing_and_a_fresh_one_writes_exactly_its_steps() {
    let (office, folder) = (Office::open(SEED), small::folder("apply_plan_hash"));
    let stale = view(&plan(&office, &folder))["hash"].as_str().unwrap().to_owned();
    office.disturb("bob@contoso.com", &json!({"mobilePhone": "+1 425 555 0177"}));
    let refused = apply(&office, &folder, &["--plan", &stale]);
    assert_eq!(refused.code, 1, "{refused:#?}");
    assert!(
        refused.err.contains("the plan has changed") && refused.err.contains("Nothing was written"),
        "{refused:#?}"
    );
    assert_eq!(office.journal(), []);

    let now = view(&plan(&office, &folder));
    let (fresh, approval) = (now["hash"].as_str().unwrap(), now["approvalHash"].as_str().unwrap());
    let done = apply(&office, &folder, &["--plan", fresh, "--approve", approval]);
    assert_eq!((done.code, done.err.contains("error")), (2, false), "all but what is mastered on-premises: {done:#?}");
    assert_eq!(office.written().len(), now["steps"].as_array().unwrap().len());
    assert_eq!(office.user("bob@contoso.com")["mobilePhone"], "+1 425 555 0102");
}

#[test]
fn what_waits_for_an_approval_is_left_and_the_rest_is_written() {
    let (office, folder) = (Office::open(SEED), small::folder("apply_gated"));
    let applied = apply(&office, &folder, &[]);
    assert_eq!(applied.code, 2, "{applied:#?}");
    assert_eq!(office.written(), UNASKED);
    let text = binary::call(office.verb("apply", &folder, &[]));
    assert_eq!(text.code, 2, "a second time too");
    assert!(text.out.contains("Approval hash: "), "{text:#?}");
    assert_eq!(office.written(), UNASKED, "and nothing is written twice");
}

#[test]
fn an_approval_of_other_steps_approves_nothing_and_says_so() {
    let (office, folder) = (Office::open(SEED), small::folder("apply_wrong_approval"));
    let other = view(&plan(&office, &folder))["hash"].as_str().unwrap().to_owned();
    let applied = apply(&office, &folder, &["--approve", &other]);
    assert_eq!(applied.code, 2, "{applied:#?}");
    assert!(applied.err.contains("is not for the steps that wait"), "{applied:#?}");
    assert_eq!(office.written(), UNASKED);
}

#[test]
fn an_approval_in_the_manifest_lets_its_steps_pass_once() {
    let (office, folder) = (Office::open(SEED), small::folder("apply_declared_approval"));
    let file = folder.state();
    let keep = ["--state", file.to_str().unwrap()];
    let hash = approval_hash(&office, &folder);
    with_approval(&folder, &hash, "2999-01-01T00:00:00Z");
    let applied = apply(&office, &folder, &keep);
    assert_eq!(view(&applied)["steps"], json!([]), "{applied:#?}");
    assert_eq!(office.user("ada@contoso.com")["otherMails"], json!(["ada.new@example.net"]));
    let used = state::audit(&file).iter().any(|record| record.to_string().contains(&hash));
    assert!(used, "the audit trail says which approval was used");

    // Somebody puts the old value back: the same step again, but the approval is spent.
    office.disturb("ada@contoso.com", &json!({"otherMails": ["ada.old@example.org"]}));
    let again = apply(&office, &folder, &keep);
    assert_eq!(again.code, 2, "{again:#?}");
    assert_eq!(view(&again)["approvalHash"], json!(hash), "it is the very same change");
    assert_eq!(view(&again)["notes"][0]["kind"], "approvalUsed", "{again:#?}");
    assert_eq!(office.user("ada@contoso.com")["otherMails"], json!(["ada.old@example.org"]));
}

#[test]
fn c2_an_expired_approval_lets_nothing_pass_and_is_said() {
    let (office, folder) = (Office::open(SEED), small::folder("apply_expired_approval"));
    let hash = approval_hash(&office, &folder);
    with_approval(&folder, &hash, "2020-01-01T00:00:00Z");
    let file = folder.state();
    for (verb, more) in [("plan", &[][..]), ("apply", &["--state", file.to_str().unwrap()])] {
        let answer = binary::call(office.verb(verb, &folder, more));
        assert_eq!(answer.code, 2, "{answer:#?}");
        let said = format!("the approval of {hash} expired at 2020-01-01T00:00:00Z, and its steps wait");
        assert!(answer.out.contains(&said), "{verb}: {answer:#?}");
    }
    assert_eq!(office.written(), UNASKED);
    let message = state::message(&file, "Tenant", "contoso", "Ready").unwrap();
    assert!(message.contains("expired at 2020-01-01T00:00:00Z"), "{message}");
    let checked = binary::call(["check".into(), folder.manifests().into_os_string()]);
    assert_eq!(checked.code, 0, "nothing is wrong with it: {checked:#?}");
    assert!(
        checked.out.contains("tenant.yaml:") && checked.out.contains("approvals[0] expired at 2020-01-01"),
        "{checked:#?}"
    );
}

#[test]
fn drift_elsewhere_does_not_spoil_an_approval() {
    let (office, folder) = (Office::open(SEED), small::folder("apply_drift_elsewhere"));
    let hash = approval_hash(&office, &folder);
    office.disturb("bob@contoso.com", &json!({"mobilePhone": "+1 425 555 0177"}));
    assert_eq!(approval_hash(&office, &folder), hash);
    let applied = apply(&office, &folder, &["--approve", &hash]);
    assert_eq!(view(&applied)["steps"], json!([]), "{applied:#?}");
    assert_eq!(office.user("ada@contoso.com")["otherMails"], json!(["ada.new@example.net"]));
    assert_eq!(office.user("bob@contoso.com")["mobilePhone"], "+1 425 555 0102");
}

#[test]
fn a_change_of_the_approved_value_spoils_the_approval() {
    let (office, folder) = (Office::open(SEED), small::folder("apply_spoiled"));
    let hash = approval_hash(&office, &folder);
    office.disturb("ada@contoso.com", &json!({"otherMails": ["somebody.else@example.org"]}));
    assert_ne!(approval_hash(&office, &folder), hash, "the live value is part of what was approved");
    folder.write("ada.yaml", small::contact("ada", &ADA.replace("ada.new", "ada.third")));
    office.disturb("ada@contoso.com", &json!({"otherMails": ["ada.old@example.org"]}));
    assert_ne!(approval_hash(&office, &folder), hash, "and so is the declared one");
    let applied = apply(&office, &folder, &["--approve", &hash]);
    assert!(applied.err.contains(&format!("the approval of {hash} is not for the steps that wait")), "{applied:#?}");
    assert_eq!(applied.code, 2, "{applied:#?}");
    assert_eq!(office.user("ada@contoso.com")["otherMails"], json!(["ada.old@example.org"]));
}

#[test]
fn read_only_sends_nothing_that_writes_whatever_is_approved() {
    let (office, folder) = (Office::open(SEED), small::folder("apply_read_only"));
    let hash = approval_hash(&office, &folder);
    let applied = apply(&office, &folder, &["--read-only", "--approve", &hash]);
    assert_eq!(applied.code, 1, "what was asked for was not done: {applied:#?}");
    assert!(applied.err.contains("read-only") || applied.err.contains("--read-only"), "{applied:#?}");
    assert_eq!(office.journal(), []);
    let operations = office.simulator.statistics().operations;
    assert!(operations.keys().all(|operation| !operation.starts_with("PATCH")), "{operations:?}");
}

#[test]
fn a_second_process_on_the_same_state_file_says_so_and_does_nothing() {
    let (office, folder) = (Office::open(SEED), small::folder("apply_locked"));
    let file = folder.state();
    let keep = ["--state", file.to_str().unwrap()];
    let first = Running::start(office.verb("run", &folder, &keep));
    first.says(&["UserContact contoso/bob", "Ready=True"]);
    let before = office.simulator.statistics().tokens;
    for verb in ["plan", "apply"] {
        let second = binary::call(office.verb(verb, &folder, &keep));
        assert_eq!(second.code, 1, "{verb}: {second:#?}");
        assert!(second.err.contains("in use by another process"), "{verb}: {second:#?}");
        assert_eq!(second.out, "");
    }
    assert_eq!(office.simulator.statistics().tokens, before, "only the first process ever signed in");
    drop(first);
    assert_eq!(apply(&office, &folder, &keep).code, 2, "the lock goes with the process");
}

#[test]
fn one_of_several_tenants_is_selected_by_name() {
    let (office, folder) = (Office::open(SEED), small::folder("select"));
    let other = small::tenant("[]", "").replace("name: contoso, namespace", "name: other, namespace");
    let other = other.replace("9c2f6f2e", "00000000").replace("name: app", "name: other-app");
    folder.write("other.yaml", other);
    folder.write(
        "other-secret.yaml",
        small::SECRET.replace("name: app", "name: other-app").replace("allow: contoso", "allow: other"),
    );
    let ask = |more: &[&str]| binary::call(office.verb("plan", &folder, &[&["-o", "json"], more].concat()));
    let both = ask(&[]);
    assert_eq!(both.code, 1, "{both:#?}");
    assert!(both.err.contains("Tenant contoso/other: TenantMismatch"), "{both:#?}");
    assert_eq!(view(&both)["tenant"], "contoso/contoso", "the good one is planned all the same");
    for name in ["contoso", "contoso/contoso"] {
        let one = ask(&["--tenant", name]);
        assert_eq!((one.code, one.err.as_str()), (2, ""), "{one:#?}");
        assert_eq!(one.out, both.out);
    }
    assert_eq!(ask(&["--tenant", "other"]).code, 1);
    let none = ask(&["--tenant", "contosa"]);
    assert_eq!(none.code, 1);
    assert!(none.err.contains("no Tenant contosa"), "{none:#?}");
}

#[test]
fn a_suspended_tenant_is_neither_read_nor_written() {
    let (office, folder) = (Office::open(SEED), small::folder("suspended"));
    let file = folder.state();
    folder.write("tenant.yaml", small::tenant("[Organization, Users]", "  suspend: true"));
    for verb in ["plan", "apply"] {
        let answer = binary::call(office.verb(verb, &folder, &["--state", file.to_str().unwrap()]));
        assert_eq!(answer.code, 0, "{verb}: suspended is what was asked for: {answer:#?}");
        assert!(answer.err.contains("suspended: nothing is read or written"), "{verb}: {answer:#?}");
    }
    assert_eq!(office.simulator.statistics().requests, 0);
    let ready = state::condition(&file, "Tenant", "contoso", "Ready");
    assert_eq!(ready, Some(("True".into(), "Suspended".into())));
}

#[test]
fn observing_is_healthy_and_says_that_the_tenant_differs() {
    let (office, folder) = (Office::open(SEED), small::folder("observe"));
    let file = folder.state();
    folder.write("tenant.yaml", small::tenant("[]", ""));
    let planned = view(&plan(&office, &folder));
    assert_eq!(steps(&planned, "write"), Vec::<String>::new());
    assert_eq!(steps(&planned, "observeOnly").len(), 5, "the synchronised one included: nothing is judged further");
    let applied = apply(&office, &folder, &["--state", file.to_str().unwrap()]);
    assert_eq!(
        (applied.code, applied.err.as_str()),
        (2, ""),
        "nothing is wrong, and it is not as declared: {applied:#?}"
    );
    assert_eq!(office.journal(), []);
    let condition = |kind: &str, name: &str, condition: &str| state::condition(&file, kind, name, condition).unwrap();
    let of = |status: &str, reason: &str| (status.to_owned(), reason.to_owned());
    for (kind, name) in [("Tenant", "contoso"), ("OrganizationContacts", "contoso"), ("UserContact", "ann")] {
        assert_eq!(condition(kind, name, "Ready"), of("True", "Observing"), "{kind} {name}");
        assert_eq!(condition(kind, name, "InSync").0, "False", "{kind} {name}");
        assert_eq!(state::condition(&file, kind, name, "Stalled"), None);
    }
    assert_eq!(condition("UserContact", "bob", "Ready"), of("True", "InSync"));
    assert_eq!(condition("UserContact", "bob", "InSync"), of("True", "InSync"));
}

#[test]
fn a_state_file_that_is_damaged_is_refused_before_anything_is_sent() {
    let (office, folder) = (Office::open(SEED), small::folder("damaged_state"));
    fs::write(folder.state(), "not a record\n").unwrap();
    let answer = apply(&office, &folder, &["--state", folder.state().to_str().unwrap()]);
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("is not a state file of tenant-contacts and was left as it is"), "{answer:#?}");
    assert_eq!(office.simulator.statistics().requests, 0);
}
