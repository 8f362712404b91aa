//! The ContactReport while things go wrong: a service that asks to wait, a report that somebody deletes or edits, an operator
//! or a Tenant that ends in the middle of a reading, an API server that cannot be reached when the report is to be written.

use std::fmt::Write as _;

use serde_json::{Value, json};
use tenant_contacts_simulator::{FaultScript, Options};
use testkit::{
    cli::{
        binary::{Running, until},
        small,
    },
    line::{Line, Mode},
    operator::Site,
};

use super::{
    leaks::metrics,
    report::{NOBODY, QUICK, Watch, policy, seed},
};

const LOST: &str = "ServiceAndTechnical (NoRecipient)";

impl Watch {
    fn faults(&self, script: &str) {
        self.site.office.simulator.set_faults(script.parse::<FaultScript>().unwrap());
    }

    /// How often an operation was asked for.
    fn count(&self, operation: &str) -> u64 {
        self.site.office.simulator.statistics().operations.get(operation).copied().unwrap_or_default()
    }

    /// Has the next reading stop in its middle: the accounts are asked for, and nothing is answered for minutes.
    fn stuck(&mut self) {
        let before = self.count("GET users");
        self.faults("GET users:timeout-after-write");
        self.ask();
        until("a reading is under way", || self.count("GET users") > before);
    }

    fn gaps(&self) -> Vec<String> {
        let report = self.report();
        let gaps = report["status"]["gaps"].as_array().cloned().unwrap_or_default();
        gaps.iter().map(|gap| gap["what"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn g2_a_service_that_asks_to_wait_is_named_left_alone_and_read_again_by_itself() {
    let site = Site::with("throttled", &seed(), Options::default());
    let (mut watch, operator) = Watch::by(site, &[&QUICK[..], &["--log", "trace"]].concat());
    let asked = watch.count("POST Get-AcceptedDomain");
    let mut script = String::new();
    for number in 1..=50 {
        write!(script, "POST Get-AcceptedDomain#{number}:429(3600);").unwrap();
    }
    watch.faults(script.trim_end_matches(';'));
    let (cmdlets, pages) = (watch.count("POST Get-Mailbox"), watch.count("GET users"));
    watch.ask();
    until("it says what it does not know", || watch.summary("unknown").contains("ServiceAndTechnical"));
    watch.shown(&["get", "contactreports"]);
    watch.shown(&["describe", "contactreport", "contoso"]);
    assert!(watch.gaps().iter().any(|gap| gap.contains("(the service throttles requests)")), "{:?}", watch.gaps());
    assert_eq!(watch.summary("nobodyKnown"), "", "unknown is no defect");
    assert_eq!(watch.site.condition("contactreport", "contoso", "Ready").as_deref(), Some("True Reported"));
    assert_eq!(watch.told(), [""; 0]);
    assert!(metrics(&operator).contains(r#",outcome="interrupted"} 1"#));
    assert_eq!(watch.count("POST Get-Mailbox"), cmdlets, "one call tells that it is to be left alone");
    assert_eq!(watch.count("POST Get-AcceptedDomain"), asked + 1);

    // Meanwhile somebody deletes the report: it is made again when something is looked at, from what is known.
    watch.site.kubectl(&["delete", "contactreport", "contoso"]).ok();
    watch.site.apply(&policy("2020-01-31"));
    // A new object has a status from the API server, which says that nobody has looked at it yet.
    until("the report is back", || {
        watch.site.object("contactreport", "contoso").is_some_and(|it| it["status"]["observedGeneration"] != -1)
    });
    assert!(watch.summary("unknown").contains("ServiceAndTechnical"), "{:#}", watch.report()["status"]);

    // And the service answers again: the next reading comes soon, though nobody asks for it.
    watch.faults("");
    until("it is known again", || watch.summary("nobodyKnown") == NOBODY);
    assert!(watch.count("GET users") <= pages + 3, "two readings, or three on a slow machine");
    watch.site.ready("contactreport", "contoso", "True Reported");
    assert_eq!(watch.told(), [""; 0], "what becomes known is no news");

    // Edited by hand: what the operator says is put right with the next reading, what others add stays.
    let edit = r#"{"status":{"summary":{"nobodyKnown":"all is well"}}}"#;
    watch.site.kubectl(&["patch", "contactreport", "contoso", "--subresource=status", "--type=merge", "-p", edit]).ok();
    watch.site.kubectl(&["label", "contactreport", "contoso", "team=messaging"]).ok();
    watch.ask();
    until("the edit is put right", || watch.summary("nobodyKnown") == NOBODY);
    assert_eq!(watch.report()["metadata"]["labels"]["team"], "messaging");
    for address in ["noc@contoso.com", "gone@contoso.com", "ann@contoso.com", "bob@contoso.com"] {
        let line = operator.said().into_iter().find(|line| line.to_lowercase().contains(address));
        assert_eq!(line, None, "the log shows an address");
    }
}

#[test]
fn what_ends_in_the_middle_of_a_reading_leaves_nothing_half_said() {
    let (mut watch, mut first) = Watch::open("middle");
    let technical = |to: &str| json!({ "technicalNotificationMails": [to] });

    // The Tenant is deleted, and another one of its name made.
    watch.stuck();
    watch.site.kubectl(&["delete", "tenant", "contoso"]).ok();
    until("the report is gone", || watch.site.object("contactreport", "contoso").is_none());
    watch.site.apply(&small::tenant("[]", ""));
    watch.site.ready("contactreport", "contoso", "True Reported");
    let owner = |watch: &Watch| watch.report()["metadata"]["ownerReferences"][0]["uid"].clone();
    assert_eq!(owner(&watch), watch.site.object("tenant", "contoso").unwrap()["metadata"]["uid"]);
    assert!(!first.ended());

    // The operator is killed, and the one that stood by takes over: it reads anew, and tells the news once.
    let second = watch.site.operator(&QUICK);
    second.says(&["serving"]);
    watch.stuck();
    watch.disturb(&technical("gone@contoso.com"));
    drop(first);
    until("the other one has read", || watch.summary("nobodyKnown").contains(LOST));
    until("the news is told", || watch.told().len() == 1);
    assert!(watch.told()[0].starts_with("Warning NobodyReached nobody certainly receives ServiceAndTechnical"));

    // Suspended in the middle: that is said at once, or when the reading ends; and what was read is not taken back.
    watch.site.apply(&small::tenant("[]", "  suspend: true"));
    watch.site.ready("contactreport", "contoso", "False Suspended");
    assert!(watch.summary("nobodyKnown").contains(LOST));
    watch.site.apply(&small::tenant("[]", ""));
    watch.site.ready("contactreport", "contoso", "True Reported");
    assert_eq!(watch.told().len(), 1);
}

#[test]
fn a_report_that_could_not_be_written_is_written_when_the_api_server_is_back_and_its_news_is_told_once() {
    let mut site = Site::with("unwritten", &seed(), Options::default());
    let (line, access) = Line::before(&site.access, "line");
    site.access = access;
    let (mut watch, operator) = Watch::by(site, &[]);
    watch.disturb(&json!({"technicalNotificationMails": ["gone@contoso.com"]}));
    // The reading takes some seconds, in which the API server goes.
    let before = watch.count("GET users");
    watch.faults("GET users:slow-body");
    let mark = operator.mark();
    watch.ask();
    until("a reading is under way", || watch.count("GET users") > before);
    line.set(Mode::Refusing);
    operator.says_after(mark, &["the report could not be published", "the API server cannot be reached"]);
    line.set(Mode::Open);
    until("the report says so", || watch.summary("nobodyKnown").contains(LOST));
    until("the news is told", || !watch.told().is_empty());
    assert_eq!(watch.told().len(), 1);
}

#[test]
fn a_namespace_that_ends_takes_its_report_along_and_the_operator_stays() {
    let (watch, mut operator): (Watch, Running) =
        Watch::by(Site::with("ending", &seed(), Options::default()).expecting_refusals(), &QUICK);
    watch.site.kubectl.call(&["delete", "namespace", &watch.site.namespace, "--timeout=90s"]).ok();
    assert!(!operator.ended());
    let said = operator.said();
    let count = |words: &str| said.iter().filter(|line| line.contains(words)).count();
    assert!(count("the report could not be published") <= 2, "not all the time");
    let events: Value = watch.site.kubectl(&["get", "events.events.k8s.io", "-o", "json"]).json();
    assert_eq!(events["items"].as_array().map_or(0, Vec::len), 0);
}
