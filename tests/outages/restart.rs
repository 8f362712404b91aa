//! The API server is killed and comes back, with its history and without.

use serde_json::json;
use testkit::{
    cli::{binary::until, small},
    line::{Line, Mode},
};

use super::{BOB, EVE, ORIGINAL, alone, declared, number_of, phone, phone_of, until_phone};

#[test]
fn a_killed_api_server_comes_back_and_what_was_declared_before_and_after_is_kept_once() {
    // A server that has just started knows no roles for a moment, and refuses what they allow.
    let site = alone("restart").expecting_refusals();
    let _operator = site.operator(&["--lease-duration", "6s", "--request-timeout", "3s"]);
    declared(&site);
    let before = site.office.written();

    // Declared, and perhaps not seen by anybody when the server dies.
    site.apply(&small::contact("ann", &phone_of(1)));
    site.plane.stop_api_server();
    // Meanwhile the operator may not write: it cannot say that it still leads.
    site.office.disturb("bob@contoso.com", &json!({"mobilePhone": number_of(99)}));
    site.plane.start_api_server().unwrap();
    site.kubectl(&["delete", "usercontact", "ann"]).ok();
    site.apply(&small::contact("eve", &phone_of(3)));
    until_phone(&site, "bob", "+1 425 555 0155");
    until_phone(&site, "eve", &number_of(3));
    site.ready("usercontact", "bob", "True InSync");
    site.ready("usercontact", "eve", "True InSync");
    site.kubectl(&["delete", "usercontact", "bob", "--timeout=60s"]).ok();
    assert_eq!(phone(&site, "bob"), ORIGINAL);

    let mut wanted = before;
    wanted.extend([BOB, BOB, EVE].map(str::to_owned));
    // The one that was declared in the last moment was written or not: never twice.
    if phone(&site, "ann") == number_of(1) {
        wanted.push("ann@contoso.com mobilePhone".to_owned());
    }
    wanted.sort();
    assert_eq!(site.office.written(), wanted, "put back, restored, added: each once");
}

#[test]
fn a_watch_that_must_go_on_from_a_forgotten_version_lists_again_and_sees_what_vanished() {
    let mut site = alone("compaction");
    let (line, access) = Line::before(&site.access, "line");
    site.access = access;
    let operator = site.operator(&[]);
    declared(&site);
    site.apply(&small::contact("eve", &phone_of(3)));
    site.ready("usercontact", "eve", "True InSync");
    let before = site.office.written();

    line.set(Mode::Refusing);
    let mark = operator.mark();
    site.kubectl(&["delete", "usercontact", "ann"]).ok();
    site.kubectl(&["delete", "usercontact", "bob", "--wait=false"]).ok();
    // Another object of the same name: to whoever lists, a change.
    site.kubectl(&["delete", "usercontact", "eve"]).ok();
    site.apply(&small::contact("eve", &phone_of(4)));
    site.apply(&small::contact("sam", &phone_of(104)));
    site.plane.compact();
    // It answers watches from its own memory, which ends with it.
    site.plane.stop_api_server();
    site.plane.start_api_server().unwrap();
    line.set(Mode::Open);
    operator.says_after(mark, &["watch interrupted", "UserContact", "410"]);

    until("bob is let go", || site.object("usercontact", "bob").is_none());
    assert_eq!(phone(&site, "bob"), ORIGINAL);
    until_phone(&site, "eve", &number_of(4));
    site.ready("usercontact", "eve", "True InSync");
    site.ready("usercontact", "sam", "True InSync");
    assert_eq!(phone(&site, "ann"), "+1 425 555 0101", "Orphan leaves");
    let mut wanted = before;
    wanted.extend([BOB, EVE].map(str::to_owned));
    wanted.sort();
    assert_eq!(site.office.written(), wanted, "restored and changed, each once");
}
