//! What somebody who waits sees, and what becomes of Ctrl-C.

use std::{fs, time::Duration};

use tenant_contacts_simulator::Options;
use testkit::cli::{
    binary::{self, Running, until},
    office::Office,
    small::{self, SEED},
};

/// A tenant that answers after so many seconds.
fn slow(seconds: u64) -> Office {
    Office::with(SEED, Options { latency: Duration::from_secs(seconds), ..Options::default() })
}

#[test]
fn c5_reading_says_that_it_goes_on_and_an_interrupt_ends_it_at_once() {
    let (office, folder) = (slow(600), small::folder("interrupted_plan"));
    let plan = Running::start(office.verb("plan", &folder, &[]));
    plan.says(&["reading Tenant contoso/contoso: 0 answers, 10 s"]);
    plan.signal("INT");
    let (code, said) = plan.end();
    assert_eq!(code, Some(130), "{said:#?}");
    assert_eq!(said.last().unwrap(), "stopped: nothing was written to the tenant");
}

#[test]
fn c5_apply_that_is_interrupted_says_what_is_not_verified_and_the_next_one_goes_on() {
    let (office, folder) = (Office::open(SEED), small::folder("interrupted_apply"));
    let state = folder.state();
    let arguments = ["--timeout", "60", "--state", state.to_str().unwrap()];
    let running = Running::start(office.verb("apply", &folder, &arguments));
    until("something is written", || !office.journal().is_empty());
    running.signal("INT");
    let (code, said) = running.end();
    assert_eq!(code, Some(130), "{said:#?}");
    let text = said.join("\n");
    assert!(
        text.contains("not yet verified. The next plan, apply or run with this state file reads them back:"),
        "{text}"
    );
    assert!(text.contains("OrganizationContacts contoso/contoso technical"), "{text}");
    let written = office.written();
    assert_eq!(
        binary::call(office.verb("apply", &folder, &arguments)).code,
        2,
        "an approval is missing, and nothing else"
    );
    assert_eq!(office.written(), super::UNASKED, "what was written is not written twice");
    assert!(written.iter().all(|one| super::UNASKED.contains(&one.as_str())), "{written:?}");
}

#[test]
fn c5_a_second_interrupt_ends_what_waits_for_an_answer_and_says_what_may_be_written() {
    let (office, folder) = (slow(3), small::folder("interrupted_twice"));
    let state = folder.state();
    let running = Running::start(office.verb("apply", &folder, &["--state", state.to_str().unwrap()]));
    // It is kept before its request leaves, and the answer takes three seconds.
    until("an intent is kept", || fs::read_to_string(&state).is_ok_and(|text| text.contains("\"intent\":{")));
    running.signal("INT");
    running.says(&["stopping: nothing more is sent"]);
    running.signal("INT");
    let (code, said) = running.end();
    assert_eq!(code, Some(130), "{said:#?}");
    assert!(said.join("\n").contains("sent, or about to be, and not yet verified"), "{said:#?}");

    // What is only read is dropped at once, whatever is left from before.
    let office = slow(600);
    let running =
        Running::start(office.verb("apply", &folder, &["--plan", &"0".repeat(32), "--state", state.to_str().unwrap()]));
    until("it has asked", || office.simulator.statistics().connections > 0);
    running.signal("INT");
    let (code, said) = running.end();
    assert_eq!(code, Some(130), "{said:#?}");
    assert!(said.iter().all(|line| !line.contains("stopping")), "{said:#?}");
}
