//! `run --manifests` through the real binary: it watches the folder, keeps the tenant as declared, infers nothing from what
//! it cannot read, and ends in order.

use std::{fmt::Write as _, fs, time::Duration};

use serde_json::json;
use tenant_contacts_simulator::Options;
use testkit::cli::{
    binary::{self, Running, until},
    folder::Folder,
    office::Office,
    small::{self, SEED},
    state,
};

/// The shortest interval that a Tenant may have.
const OFTEN: &str = "  interval: 10s";

fn run(office: &Office, folder: &Folder) -> Running {
    Running::start(office.verb("run", folder, &["--state", folder.state().to_str().unwrap()]))
}

fn phone(office: &Office, name: &str) -> String {
    office.user(name)["mobilePhone"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn run_applies_takes_up_an_approval_and_puts_drift_back() {
    let (office, folder) = (Office::open(SEED), small::folder("run_story"));
    folder.write("tenant.yaml", small::tenant("[Organization, Users]", OFTEN));
    let running = run(&office, &folder);
    running.says(&["UserContact contoso/ann", "Ready=True InSync"]);
    running.says(&["UserContact contoso/ada", "Ready=False PrivilegedRecoveryData"]);
    let sam = running.says(&["UserContact contoso/sam", "Ready=False SynchronisedOnPremises"]);
    assert!(sam.contains("attribute mobile"), "{sam}");
    let waits = running.says(&["Tenant contoso/contoso", "for the approval of"]);
    let hash = waits.rsplit(' ').next().unwrap().to_owned();
    assert_eq!(office.user("ada@contoso.com")["otherMails"], json!(["ada.old@example.org"]));

    let approval =
        format!("{OFTEN}\n  approvals: [{{hash: {hash}, by: helena.marsh, until: \"2999-01-01T00:00:00Z\"}}]");
    folder.write("tenant.yaml", small::tenant("[Organization, Users]", &approval));
    running.says(&["UserContact contoso/ada", "Ready=True InSync"]);
    assert_eq!(office.user("ada@contoso.com")["otherMails"], json!(["ada.new@example.net"]));

    let before = office.journal().len();
    office.disturb("bob@contoso.com", &json!({"mobilePhone": "+1 425 555 0177", "officeLocation": "3/117"}));
    until("the phone is put back", || phone(&office, "bob@contoso.com") == "+1 425 555 0102");
    assert_eq!(office.journal().len(), before + 1, "one write");
    assert_eq!(office.user("bob@contoso.com")["officeLocation"], "3/117", "what is not declared stays");
}

#[test]
fn what_cannot_be_read_is_reported_and_nothing_is_inferred_from_it() {
    let office = Office::open(SEED);
    let folder = Folder::new("run_invalid");
    folder.write("tenant.yaml", small::tenant("[Users]", ""));
    folder.write("secret.yaml", small::SECRET);
    folder.write("ann.yaml", small::contact("ann", small::ANN));
    let bob = |number: &str| {
        small::contact("bob", &format!("  deletionPolicy: Restore\n  mobilePhone: {{value: \"{number}\"}}"))
    };
    folder.write("bob.yaml", bob("+1 425 555 0155"));
    let running = run(&office, &folder);
    running.says(&["UserContact contoso/ann", "Ready=True InSync"]);
    running.says(&["UserContact contoso/bob", "Ready=True InSync"]);

    // Half a checkout: one file is broken, another one is gone, a third has changed.
    folder.write("broken.yaml", "apiVersion: [");
    until("the broken file was read", || running.said().iter().any(|line| line.contains("broken.yaml")));
    folder.remove("bob.yaml");
    let ann = "  mobilePhone: {value: \"+1 425 555 0166\"}";
    folder.write("ann.yaml", small::contact("ann", ann));
    until("the others go on", || phone(&office, "ann@contoso.com") == "+1 425 555 0166");
    let mark = running.mark();
    running.says_after(mark, &["UserContact contoso/ann", "Ready=True InSync"]);
    assert_eq!(phone(&office, "bob@contoso.com"), "+1 425 555 0155", "not restored: the folder is not whole");

    // An object that is refused takes no other with it, and is itself left as it was.
    folder.remove("broken.yaml");
    folder.write("bob.yaml", bob("not a phone"));
    running.says(&["bob.yaml", "mobilePhone"]);
    folder.write("ann.yaml", small::contact("ann", "  mobilePhone: {value: \"+1 425 555 0188\"}"));
    until("the others go on", || phone(&office, "ann@contoso.com") == "+1 425 555 0188");
    assert_eq!(phone(&office, "bob@contoso.com"), "+1 425 555 0155");
    assert!(state::status(&folder.state(), "UserContact", "bob").is_some(), "nothing of it is forgotten");
}

#[test]
fn a_file_that_is_removed_restores_or_leaves_as_its_policy_says() {
    let office = Office::open(SEED);
    let folder = Folder::new("run_removed");
    folder.write("tenant.yaml", small::tenant("[Users]", ""));
    folder.write("secret.yaml", small::SECRET);
    folder.write("ann.yaml", small::contact("ann", small::ANN));
    let bob = "  deletionPolicy: Restore\n  mobilePhone: {value: \"+1 425 555 0155\"}";
    folder.write("bob.yaml", small::contact("bob", bob));
    let running = run(&office, &folder);
    running.says(&["UserContact contoso/ann", "Ready=True InSync"]);
    running.says(&["UserContact contoso/bob", "Ready=True InSync"]);
    folder.remove("ann.yaml");
    folder.remove("bob.yaml");
    until("the original is back", || phone(&office, "bob@contoso.com") == "+1 425 555 0102");
    for name in ["ann", "bob"] {
        until("the object is released", || state::status(&folder.state(), "UserContact", name).is_none());
    }
    assert_eq!(phone(&office, "ann@contoso.com"), "+1 425 555 0101", "Orphan leaves");
    assert_eq!(office.user("ann@contoso.com")["otherMails"], json!(["ann.home@example.org"]));
    let changes = ["ann@contoso.com mobilePhone", "ann@contoso.com otherMails", "bob@contoso.com mobilePhone"];
    assert_eq!(office.written(), [&changes[..], &changes[2..]].concat());
}

#[test]
fn sigterm_ends_the_pass_in_hand_and_exits_with_0() {
    // Twenty batches, of which four are under way at a time.
    let people = 400;
    let mut seed = SEED.to_owned();
    let folder = Folder::new("run_sigterm");
    let limit = "  guardRails: {massChange: {objects: 1000}}";
    folder.write("tenant.yaml", small::tenant("[Users]", limit));
    folder.write("secret.yaml", small::SECRET);
    for number in 0..people {
        writeln!(seed, "  - {{upn: p{number}@contoso.com}}").unwrap();
        let phone = format!("  mobilePhone: {{value: \"+1 425 555 0{number:03}\"}}");
        folder.write(&format!("p{number}.yaml"), small::contact(&format!("p{number}"), &phone));
    }
    // Slow enough that the signal comes while later batches are still to be sent.
    let office = Office::with(&seed, Options { latency: Duration::from_millis(400), ..Options::default() });
    let running = run(&office, &folder);
    until("the first batch is written", || !office.journal().is_empty());
    running.terminate();
    let (code, said) = running.end();
    assert_eq!(code, Some(0), "{said:#?}");

    // What was begun has an outcome, on record and in the tenant alike.
    let audit = state::audit(&folder.state());
    let of = |kind: &str| {
        let records = audit.iter().filter(|record| record.to_string().contains(kind));
        records.map(|record| step(record).to_owned()).collect::<Vec<_>>()
    };
    let (intents, outcomes) = (of("\"intent\""), of("\"outcome\""));
    assert!(!intents.is_empty() && intents == outcomes, "{audit:#?}");
    assert!(audit.iter().all(|record| !record.to_string().contains("unknown")), "{audit:#?}");
    assert_eq!(office.journal().len(), intents.len());

    // And the next start goes on from there: nothing is written twice.
    assert!(office.journal().len() < people, "the signal came too late to show anything");
    let again = run(&office, &folder);
    until("everything is written", || office.journal().len() == people);
    again.terminate();
    assert_eq!(again.end().0, Some(0));
    assert_eq!(office.journal().len(), people);
}

/// The step that an audit record speaks of.
fn step(record: &serde_json::Value) -> &str {
    let event = &record["event"];
    let fields = if event.is_object() { event } else { record };
    fields["step"].as_str().unwrap_or_else(|| panic!("{record:#}"))
}

#[test]
fn a_tenant_that_goes_away_is_reported_and_taken_up_again() {
    let mut office = Office::open(SEED);
    let folder = Folder::new("run_unreachable");
    folder.write("tenant.yaml", small::tenant("[Users]", OFTEN));
    folder.write("secret.yaml", small::SECRET);
    folder.write("bob.yaml", small::contact("bob", small::BOB));
    let running = run(&office, &folder);
    running.says(&["Tenant contoso/contoso", "Ready=True InSync"]);
    let mark = running.mark();
    office.close();
    running.says_after(mark, &["Tenant contoso/contoso", "Ready=False TenantUnreachable"]);
    office.disturb("bob@contoso.com", &json!({"mobilePhone": "+1 425 555 0177"}));
    let mark = running.mark();
    office.reopen();
    running.says_after(mark, &["Tenant contoso/contoso", "Ready=True InSync"]);
    assert_eq!(phone(&office, "bob@contoso.com"), "+1 425 555 0102", "what happened meanwhile is put right");
    assert!(state::condition(&folder.state(), "Tenant", "contoso", "Reconciling").is_none());
}

#[test]
fn b7_audit_verify_runs_beside_run_and_a_changed_trail_stops_the_next_start() {
    let (office, folder) = (Office::open(SEED), small::folder("run_audit"));
    folder.write("tenant.yaml", small::tenant("[Users]", ""));
    let state = folder.state().to_str().unwrap().to_owned();
    let verify = || binary::call(["audit", "verify", "--state", state.as_str()]);
    assert_eq!(verify().code, 1, "there is none yet");

    let running = run(&office, &folder);
    running.says(&["UserContact contoso/ann", "Ready=True InSync"]);
    let answer = verify();
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(answer.out.starts_with("Tenant contoso/contoso: records 1 to "), "{answer:#?}");
    running.terminate();
    assert_eq!(running.end().0, Some(0));

    let trail = format!("{state}.audit");
    let whole = fs::read_to_string(&trail).unwrap();
    fs::write(&trail, whole.replacen("\"done\"", "\"none\"", 1)).unwrap();
    let (answer, start) = (verify(), binary::call(office.verb("apply", &folder, &["--state", &state])));
    for answer in [answer, start] {
        assert_eq!(answer.code, 1, "{answer:#?}");
        assert!(answer.err.contains("does not follow the record before it"), "{answer:#?}");
    }
    // Kept as evidence; the chain goes on.
    fs::rename(&trail, format!("{trail}.evidence")).unwrap();
    let start = binary::call(office.verb("apply", &folder, &["--state", &state]));
    assert_eq!(start.code, 2, "what needs an approval waits for it: {start:#?}");
    assert!(start.err.contains("earlier ones are in another file"), "{start:#?}");
    assert_eq!(verify().code, 0);
}

#[test]
fn a16_a_file_that_is_away_for_a_moment_restores_nothing() {
    let office = Office::open(SEED);
    let folder = Folder::new("run_moment");
    folder.write("tenant.yaml", small::tenant("[Users]", OFTEN));
    folder.write("secret.yaml", small::SECRET);
    let bob = small::contact("bob", "  deletionPolicy: Restore\n  mobilePhone: {value: \"+1 425 555 0155\"}");
    folder.write("bob.yaml", &bob);
    let running = run(&office, &folder);
    running.says(&["UserContact contoso/bob", "Ready=True InSync"]);
    let written = office.journal().len();

    // What would be restored, and when, is said before it is.
    folder.remove("bob.yaml");
    running.says(&["UserContact contoso/bob: is not declared any more", "is restored then"]);
    assert_eq!(office.journal().len(), written, "nothing is concluded from the first look");
    // While it is away passes go on: one puts this back.
    folder.write("ann.yaml", small::contact("ann", small::ANN));
    running.says(&["UserContact contoso/ann", "Ready=True InSync"]);
    assert_eq!(phone(&office, "bob@contoso.com"), "+1 425 555 0155");
    folder.write("bob.yaml", &bob);
    running.says(&["UserContact contoso/bob: is declared again"]);

    // A restart is no second look either: what its records know and the folder does not is waited for as well.
    running.terminate();
    assert_eq!(running.end().0, Some(0));
    folder.remove("bob.yaml");
    let again = run(&office, &folder);
    again.says(&["UserContact contoso/bob: is not declared any more", "is restored then"]);
    folder.write("bob.yaml", &bob);
    again.says(&["UserContact contoso/bob: is declared again"]);
    assert_eq!(phone(&office, "bob@contoso.com"), "+1 425 555 0155");
    assert!(office.written().iter().filter(|change| change.starts_with("bob")).count() == 1, "{:?}", office.written());
}

#[test]
fn a16_one_file_is_watched_and_an_edit_that_keeps_size_and_time_is_seen() {
    let office = Office::open(SEED);
    let folder = Folder::new("run_one_file");
    let text = |number: &str| {
        let bob = small::contact("bob", &format!("  mobilePhone: {{value: \"+1 425 555 {number}\"}}"));
        format!("{}---{}---\n{bob}", small::tenant("[Users]", ""), small::SECRET)
    };
    let file = folder.manifests().join("all.yaml");
    folder.write("all.yaml", text("0155"));
    let mut verb = office.verb("run", &folder, &[]);
    for argument in verb.iter_mut().filter(|argument| **argument == *folder.manifests()) {
        *argument = file.clone().into();
    }
    let running = Running::start(verb);
    until("the phone is written", || phone(&office, "bob@contoso.com") == "+1 425 555 0155");
    let modified = std::fs::metadata(&file).unwrap().modified().unwrap();
    std::fs::write(&file, text("0166")).unwrap();
    std::fs::File::options().write(true).open(&file).unwrap().set_modified(modified).unwrap();
    until("the edit is seen", || phone(&office, "bob@contoso.com") == "+1 425 555 0166");
    drop(running);
}

#[test]
fn a16_an_emptied_folder_is_said_and_nothing_is_concluded_at_once() {
    let office = Office::open(SEED);
    let folder = small::folder("run_emptied");
    let running = run(&office, &folder);
    running.says(&["UserContact contoso/ann", "Ready=True InSync"]);
    let mark = running.mark();
    for name in ["tenant", "secret", "organization", "ann", "bob", "ada", "sam"] {
        folder.remove(&format!("{name}.yaml"));
    }
    running.says_after(mark, &["has no `.yaml`, `.yml` or `.json` file"]);
    running.says_after(mark, &["Tenant contoso/contoso: is not declared any more", "neither read nor written"]);
}

/// A service that answers nothing: what is under way is given up before the grace period of the chart (45 s) is over, or at once
/// where it is asked for twice.
#[test]
fn b6_sigterm_ends_a_pass_whose_service_does_not_answer() {
    let never = Options { latency: Duration::from_hours(1), ..Options::default() };
    let (office, folder) = (Office::with(SEED, never), small::folder("run_hanging"));
    let asked = || {
        let running = run(&office, &folder);
        let before = office.simulator.statistics().connections;
        until("it has asked", || office.simulator.statistics().connections > before);
        running.terminate();
        running
    };
    let (code, said) = asked().end();
    assert_eq!(code, Some(0), "{said:#?}");
    assert!(said.iter().any(|line| line.contains("a pass did not end in time")), "{said:#?}");

    let running = asked();
    running.says(&["stopping: the steps in hand end first"]);
    running.signal("INT");
    let (code, said) = running.end();
    assert_eq!(code, Some(130), "{said:#?}");
    assert!(said.iter().any(|line| line.contains("is read back at the next start")), "{said:#?}");
}

#[test]
fn run_needs_a_tenant_to_begin_with() {
    let (office, folder) = (Office::open(SEED), Folder::new("run_nothing"));
    let answer = binary::call(office.verb("run", &folder, &[]));
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("no Tenant is declared"), "{answer:#?}");
}
