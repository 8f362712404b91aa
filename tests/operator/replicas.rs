//! Two replicas: one leads, the other takes over.

use serde_json::json;

use crate::{
    cli::{binary::until, small},
    operator::Site,
};

/// Short, so that a take-over is quick; the proportions are those of the defaults.
const QUICK: [&str; 4] = ["--lease-duration", "6s", "--request-timeout", "3s"];

#[test]
fn when_the_leader_is_killed_the_other_one_goes_on_and_nothing_is_written_twice() {
    let site = Site::open("replicas");
    let holder = || site.leader();
    let first = site.operator(&[&QUICK[..], &["--replica", "first"]].concat());
    until("the first one leads", || holder().starts_with("first-"));
    let second = site.operator(&[&QUICK[..], &["--replica", "second"]].concat());
    site.apply(small::SECRET);
    site.apply(&small::tenant("[Users]", "  interval: 10s"));
    site.apply(&small::contact("ann", small::ANN));
    site.ready("usercontact", "ann", "True InSync");
    let before = site.office.journal().len();

    first.signal("KILL");
    until("the second one leads", || holder().starts_with("second-"));
    site.office.disturb("ann@contoso.com", &json!({"mobilePhone": "+1 425 555 0177"}));
    until("the phone is put back", || site.office.user("ann@contoso.com")["mobilePhone"] == "+1 425 555 0101");
    assert_eq!(site.office.journal().len(), before + 1, "one correction, and nothing that was done before");

    second.terminate();
    assert_eq!(second.end().0, Some(0));
    assert_eq!(holder(), "", "it was given back");
}

#[test]
fn a_frozen_leader_writes_nothing_when_it_thaws() {
    let site = Site::open("frozen");
    let holder = || site.leader();
    let first = site.operator(&[&QUICK[..], &["--replica", "first"]].concat());
    until("the first one leads", || holder().starts_with("first-"));
    let _second = site.operator(&[&QUICK[..], &["--replica", "second"]].concat());
    site.apply(small::SECRET);
    site.apply(&small::tenant("[Users]", "  interval: 10s"));
    site.apply(&small::contact("ann", small::ANN));
    site.ready("usercontact", "ann", "True InSync");
    first.signal("STOP");
    until("the second one leads", || holder().starts_with("second-"));
    let before = site.office.journal().len();
    // Something to write for both: only one may.
    site.apply(&small::contact("ann", "  mobilePhone: {value: \"+1 425 555 0166\"}"));
    let mark = first.mark();
    first.signal("CONT");
    first.says_after(mark, &["leadership"]);
    until("it is written", || site.office.user("ann@contoso.com")["mobilePhone"] == "+1 425 555 0166");
    site.ready("usercontact", "ann", "True InSync");
    assert_eq!(site.office.journal().len(), before + 1, "written once, by the one that leads");
    assert!(holder().starts_with("second-"));
}
