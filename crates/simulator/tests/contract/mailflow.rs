//! Where a message ends: addresses, restrictions, lists, groups. Contract §6.3, §10.29, DOMAIN E3, F4, F6.

use std::collections::BTreeSet;

use crate::support::mail::{check, ends, tenant, to};
use tenant_contacts_simulator::{Bounce, Discard, End, Message};

#[test]
fn an_address_is_found_or_refused() {
    check(&[
        ("E3 a mailbox", "", "a@contoso.com", &["a@contoso.com inbox"]),
        ("D5 by any of its addresses, in any case", "", "ALIAS@Contoso.com", &["a@contoso.com inbox"]),
        ("E3 nobody has it", "", "nobody@contoso.com", &["nobody@contoso.com UnknownRecipient"]),
        ("E3 not a domain of ours", "", "x@fabrikam.example", &["x@fabrikam.example out"]),
        ("an unverified domain takes no mail here", "", "x@unproved.example", &["x@unproved.example out"]),
        ("a domain served elsewhere too", "", "x@relay.example", &["x@relay.example out"]),
        ("E3 soft-deleted", "", "gone@contoso.com", &["gone@contoso.com SoftDeleted"]),
        (
            "[WIKI] an unlicensed account with an address has no mailbox",
            "",
            "bare@contoso.com",
            &["bare@contoso.com NoMailbox"],
        ),
        ("an account without an address", "", "nomail@contoso.com", &["nomail@contoso.com UnknownRecipient"]),
        ("E3 a disabled owner's mailbox still takes mail", "", "off@contoso.com", &["off@contoso.com inbox"]),
        (
            "§10.28 the licence is gone, the mailbox not yet",
            "  mailboxes: [{user: bare@contoso.com, licenceEnded: -5d}]",
            "bare@contoso.com",
            &["bare@contoso.com inbox"],
        ),
        (
            "§10.28 and now it is",
            "  mailboxes: [{user: bare@contoso.com, licenceEnded: -31d}]",
            "bare@contoso.com",
            &["bare@contoso.com NoMailbox"],
        ),
        (
            "E3 over quota",
            "  mailboxes: [{user: a@contoso.com, prohibitSendReceiveQuota: 50 GB, size: 50 GB}]",
            "a@contoso.com",
            &["a@contoso.com MailboxFull"],
        ),
        (
            "E3 nearly over quota",
            "  mailboxes: [{user: a@contoso.com, prohibitSendReceiveQuota: 50 GB, size: 49.9 GB}]",
            "a@contoso.com",
            &["a@contoso.com inbox"],
        ),
    ]);
}

#[test]
fn restrictions_look_at_the_sender() {
    let open = "requireSenderAuthenticationEnabled: false";
    let list = |more: &str| {
        format!(
            "  contacts: [{{name: Azure, address: azure@microsoft.com}}]\n  lists:\n    - {{name: L, mail: l@contoso.com, members: [a@contoso.com], {more}}}\n    - {{name: In, mail: in@contoso.com, members: [b@contoso.com, Azure], {open}}}\n"
        )
    };
    let outcome = |more: &str, message: &Message| ends(&tenant(&list(more)), message);
    let one = to("l@contoso.com");
    let inside = Message { inside: true, ..Message::outside("b@contoso.com", "l@contoso.com") };
    assert_eq!(outcome("requireSenderAuthenticationEnabled: true", &one), ["l@contoso.com NotAuthenticated"], "§10.29");
    assert_eq!(outcome("requireSenderAuthenticationEnabled: true", &inside), ["a@contoso.com inbox"]);
    assert_eq!(outcome("hiddenFromAddressListsEnabled: true", &one), ["l@contoso.com NotAuthenticated"], "the default");
    assert_eq!(outcome(open, &one), ["a@contoso.com inbox"], "§10.29");
    let accept = format!("{open}, acceptMessagesOnlyFrom: [b@contoso.com]");
    assert_eq!(outcome(&accept, &one), ["l@contoso.com NotAccepted"], "E3");
    assert_eq!(outcome(&accept, &inside), ["a@contoso.com inbox"]);
    // Anybody can write an address of ours into a message; only a proved sender is it.
    let forged = Message { inside: false, ..inside.clone() };
    assert_eq!(outcome(&accept, &forged), ["l@contoso.com NotAccepted"]);
    let contact = format!("{open}, acceptMessagesOnlyFrom: [Azure]");
    assert_eq!(outcome(&contact, &one), ["a@contoso.com inbox"]);
    let member = format!("{open}, acceptMessagesOnlyFromDLMembers: [In]");
    assert_eq!(outcome(&member, &one), ["a@contoso.com inbox"]);
    let reject = format!("{open}, rejectMessagesFromDLMembers: [In], acceptMessagesOnlyFrom: [Azure]");
    assert_eq!(outcome(&reject, &one), ["l@contoso.com Rejected"], "rejection goes first");
    let moderated = format!("{open}, moderationEnabled: true, moderatedBy: [c@contoso.com]");
    assert_eq!(outcome(&moderated, &one), ["l@contoso.com held"], "E3 moderation");
    let moderator = Message { from: "c@contoso.com".to_owned(), ..inside };
    assert_eq!(outcome(&moderated, &moderator), ["a@contoso.com inbox"]);
    let bypass = format!("{moderated}, bypassModerationFromSendersOrMembers: [In]");
    assert_eq!(outcome(&bypass, &one), ["a@contoso.com inbox"]);
    check(&[
        (
            "E3 a mailbox restricts too",
            "  mailboxes: [{user: a@contoso.com, requireSenderAuthenticationEnabled: true}]",
            "a@contoso.com",
            &["a@contoso.com NotAuthenticated"],
        ),
        (
            "an account whose mail goes elsewhere",
            "  mailUsers: [{user: nomail@contoso.com, address: elsewhere@fabrikam.example}]",
            "nomail@contoso.com",
            &["elsewhere@fabrikam.example out"],
        ),
        (
            "E3 a removed mailbox",
            "  softDeleted: [{name: Desk, addresses: [desk@contoso.com], at: -5d, byRemove: true}]",
            "desk@contoso.com",
            &["desk@contoso.com SoftDeleted"],
        ),
        (
            "a public folder",
            "  publicFolders: [{name: Board, mail: board@contoso.com}]",
            "board@contoso.com",
            &["board@contoso.com folder"],
        ),
        (
            "E3 accept list of a mailbox",
            "  mailboxes: [{user: a@contoso.com, acceptMessagesOnlyFrom: [b@contoso.com]}]",
            "a@contoso.com",
            &["a@contoso.com NotAccepted"],
        ),
    ]);
}

#[test]
fn lists_expand_and_circles_end() {
    check(&[
        ("§10.29, F6 the inner list refuses the original sender", "
  lists:
    - {name: Outer, mail: outer@contoso.com, members: [Inner, c@contoso.com], requireSenderAuthenticationEnabled: false}
    - {name: Inner, mail: inner@contoso.com, members: [a@contoso.com]}
", "outer@contoso.com", &["c@contoso.com inbox", "inner@contoso.com NotAuthenticated"]),
        ("nested lists in a circle", "
  lists:
    - {name: One, mail: one@contoso.com, members: [Two, a@contoso.com], requireSenderAuthenticationEnabled: false}
    - {name: Two, mail: two@contoso.com, members: [Three], requireSenderAuthenticationEnabled: false}
    - {name: Three, mail: three@contoso.com, members: [One, b@contoso.com, a@contoso.com], requireSenderAuthenticationEnabled: false}
", "one@contoso.com", &["a@contoso.com inbox", "b@contoso.com inbox"]),
        ("a circle with nobody in it", "
  lists:
    - {name: One, mail: one@contoso.com, members: [Two], requireSenderAuthenticationEnabled: false}
    - {name: Two, mail: two@contoso.com, members: [One], requireSenderAuthenticationEnabled: false}
", "one@contoso.com", &["one@contoso.com discarded EmptyList"]),
        ("E3 an empty list", "  lists: [{name: E, mail: e@contoso.com, requireSenderAuthenticationEnabled: false}]", "e@contoso.com", &["e@contoso.com discarded EmptyList"]),
        ("E3 a list of people without an address is as good as empty", "  lists: [{name: E, mail: e@contoso.com, members: [nomail@contoso.com], requireSenderAuthenticationEnabled: false}]", "e@contoso.com", &["e@contoso.com discarded EmptyList"]),
        ("a dynamic list behind a static one", "  lists: [{name: D, mail: d@contoso.com, kind: dynamic, members: [a@contoso.com, off@contoso.com], requireSenderAuthenticationEnabled: false}, {name: S, mail: s@contoso.com, members: [D], requireSenderAuthenticationEnabled: false}]", "s@contoso.com", &["a@contoso.com inbox", "off@contoso.com inbox"]),
        ("E3 members of all kinds", "
  contacts: [{name: Shop, address: shop@paper.example}]
  lists:
    - {name: M, mail: m@contoso.com, kind: security, members: [Shop, bare@contoso.com, a@contoso.com], requireSenderAuthenticationEnabled: false}
", "m@contoso.com", &["a@contoso.com inbox", "bare@contoso.com NoMailbox", "shop@paper.example out"]),
        ("a public folder on a list", "
  publicFolders: [{name: Board, mail: board@contoso.com}]
  lists: [{name: L, mail: l@contoso.com, members: [Board, a@contoso.com], requireSenderAuthenticationEnabled: false}]
", "l@contoso.com", &["a@contoso.com inbox", "board@contoso.com folder"]),
        ("a contact is not the mailbox's own forwarding", "
  mailboxes: [{user: a@contoso.com, forwardingAddress: L}]
  contacts: [{name: Shop, address: shop@paper.example}]
  lists: [{name: L, mail: l@contoso.com, members: [Shop], requireSenderAuthenticationEnabled: false}]
", "a@contoso.com", &["shop@paper.example out"]),
    ]);
}

#[test]
fn a_group_tells_only_who_subscribed() {
    check(&[
        (
            "§10.29 refuses mail from outside by default",
            "  groups: [{name: Team, subscribeAll: true}]",
            "team@contoso.com",
            &["team@contoso.com NotAuthenticated"],
        ),
        (
            "§10.29, F4 nobody subscribed",
            "  groups: [{name: Team, requireSenderAuthenticationEnabled: false}]",
            "team@contoso.com",
            &["team@contoso.com inbox"],
        ),
        (
            "§10.29 one subscribed",
            "  groups: [{name: Team, subscribers: [b@contoso.com], requireSenderAuthenticationEnabled: false}]",
            "team@contoso.com",
            &["b@contoso.com inbox", "team@contoso.com inbox"],
        ),
    ]);
    let nobody = tenant("  groups: [{name: Team, requireSenderAuthenticationEnabled: false}]");
    assert!(nobody.who_gets(&to("team@contoso.com")).is_empty(), "F4");
    let one =
        tenant("  groups: [{name: Team, subscribers: [b@contoso.com], requireSenderAuthenticationEnabled: false}]");
    assert_eq!(one.who_gets(&to("team@contoso.com")), one.readers("b@contoso.com").unwrap(), "F4");
}

/// The path of an outcome leads from the address to the end, hop by hop.
#[test]
fn a_path_names_every_hop() {
    let simulator = tenant(
        "
  lists: [{name: L, mail: l@contoso.com, members: [a@contoso.com], requireSenderAuthenticationEnabled: false}]
  mailboxes: [{user: a@contoso.com, forwardingAddress: b@contoso.com}]
",
    );
    let delivery = simulator.deliver(&to("l@contoso.com"));
    assert_eq!(delivery.outcomes[0].path, ["l@contoso.com", "a@contoso.com", "b@contoso.com"]);
    assert_eq!(delivery.inboxes(), ["b@contoso.com"]);
    // Asked again, the same; and nothing was written.
    assert_eq!(simulator.deliver(&to("l@contoso.com")), delivery);
    assert!(simulator.journal(0).is_empty());
}

/// Many lists that all contain each other: one visit each.
#[test]
fn five_hundred_lists_in_each_other_end() {
    use std::fmt::Write;
    let mut lists = "  lists:\n".to_owned();
    for number in 0..500 {
        let (next, leap) = ((number + 1) % 500, (number * 7 + 3) % 500);
        writeln!(lists, "    - {{name: L{number}, mail: l{number}@contoso.com, members: [L{next}, L{leap}, a@contoso.com], requireSenderAuthenticationEnabled: false}}").unwrap();
    }
    let simulator = tenant(&lists);
    assert_eq!(ends(&simulator, &to("l0@contoso.com")), ["a@contoso.com inbox"]);
    let people: BTreeSet<String> = simulator.who_gets(&to("l499@contoso.com"));
    assert_eq!(people, simulator.readers("a@contoso.com").unwrap());
}

#[test]
fn ends_are_told_apart() {
    // Two ends of one kind at one place are one; of different kinds, two.
    let simulator = tenant("
  lists:
    - {name: L, mail: l@contoso.com, members: [a@contoso.com, b@contoso.com, c@contoso.com], requireSenderAuthenticationEnabled: false}
  mailboxes:
    - {user: a@contoso.com, forwardingAddress: c@contoso.com}
    - {user: b@contoso.com, inboxRules: [{forwardTo: [c@contoso.com]}]}
");
    assert_eq!(ends(&simulator, &to("l@contoso.com")), ["b@contoso.com inbox", "c@contoso.com inbox"]);
    let full = tenant(
        "  mailboxes: [{user: a@contoso.com, forwardingSmtpAddress: 'smtp:x@out.example', deliverToMailboxAndForward: true, prohibitSendReceiveQuota: 1 GB, size: 2 GB}]",
    );
    assert_eq!(
        ends(&full, &to("a@contoso.com")),
        ["a@contoso.com ForwardBlockedByPolicy", "a@contoso.com MailboxFull"]
    );
    let both = full.deliver(&to("a@contoso.com"));
    assert!(both.outcomes.iter().any(|o| matches!(&o.end, End::Bounced { reason: Bounce::MailboxFull, .. })));
    assert!(both.outcomes.iter().all(|o| !matches!(&o.end, End::Discarded { by: Discard::EmptyList, .. })));
}
