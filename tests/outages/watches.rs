//! Connections between the operator and the API server are cut, and fall silent.

use testkit::{
    cli::{binary::until, small},
    line::{Line, Mode},
};

use super::{EVE, ORIGINAL, declared, number_of, phone, phone_of, site, until_phone};

/// How often connections are cut: more than a back-off forgives at once.
const CUTS: u32 = 8;

/// The watches of an operator of one namespace: three kinds and a Secret.
const WATCHES: usize = 4;

#[test]
fn watches_that_are_cut_again_and_again_miss_nothing() {
    let mut site = site("cut");
    let (line, access) = Line::before(&site.access, "line");
    site.access = access;
    let _operator = site.operator(&[]);
    declared(&site);
    let before = site.office.journal().len();

    // Each change on one side of a cut or the other: with the watch, between two watches, into a list.
    let connected = line.connections();
    for number in 1..=CUTS {
        if number % 2 == 0 {
            line.cut();
        }
        site.apply(&small::contact("eve", &phone_of(number)));
        if number % 2 == 1 {
            line.cut();
        }
        if number == CUTS / 2 {
            site.kubectl(&["delete", "usercontact", "bob", "--wait=false"]).ok();
        }
    }
    until_phone(&site, "eve", &number_of(CUTS));
    site.ready("usercontact", "eve", "True InSync");
    until("bob is let go", || site.object("usercontact", "bob").is_none());
    assert_eq!(phone(&site, "bob"), ORIGINAL);
    assert!(line.connections() >= connected + WATCHES, "they were cut, and begun anew");

    // Values in between may be passed over, but come in their order and never twice.
    let journal = site.office.journal();
    let phones: Vec<String> = journal[before..]
        .iter()
        .flat_map(|entry| &entry.changes)
        .map(|change| change.after.as_str().unwrap().to_owned())
        .filter(|value| value != ORIGINAL)
        .collect();
    assert!(phones.is_sorted_by(|one, next| one < next), "{phones:?}");
    assert_eq!(journal.len() - before - phones.len(), 1, "bob is restored once");
}

#[test]
fn while_the_line_is_silent_nothing_is_written_and_afterwards_everything_once() {
    let mut site = site("silent");
    let (line, access) = Line::before(&site.access, "line");
    site.access = access;
    let operator = site.operator(&["--lease-duration", "6s", "--request-timeout", "3s"]);
    declared(&site);
    let before = site.office.written();

    let mark = operator.mark();
    line.set(Mode::Silent);
    site.apply(&small::contact("eve", &phone_of(3)));
    site.kubectl(&["delete", "usercontact", "bob", "--wait=false"]).ok();
    // Nothing tells it that the line is dead, but that nobody answers.
    operator.says_after(mark, &["did not answer in time"]);
    operator.says_after(mark, &["leadership"]);
    site.office.disturb("ann@contoso.com", &serde_json::json!({"mobilePhone": number_of(99)}));
    assert_eq!(site.office.written(), before);

    line.set(Mode::Open);
    until_phone(&site, "eve", &number_of(3));
    until_phone(&site, "ann", "+1 425 555 0101");
    until("bob is let go", || site.object("usercontact", "bob").is_none());
    assert_eq!(phone(&site, "bob"), ORIGINAL);
    site.ready("usercontact", "eve", "True InSync");
    site.ready("usercontact", "ann", "True InSync");
    let mut wanted = before;
    wanted.extend([EVE, super::BOB, "ann@contoso.com mobilePhone"].map(str::to_owned));
    wanted.sort();
    assert_eq!(site.office.written(), wanted, "each once");
}
