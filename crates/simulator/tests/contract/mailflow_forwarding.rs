//! Forwarding and inbox rules, inside and out. Contract §6.3, §10.27, §10.32, DOMAIN E3, F6.

use crate::support::{
    mail::{check, ends, seed, tenant, to},
    options, simulator,
};
use tenant_contacts_simulator::{Options, Switches};

#[test]
fn forwarding_inside() {
    check(&[
        (
            "§10.27 without a copy the mailbox itself gets nothing",
            "  mailboxes: [{user: a@contoso.com, forwardingAddress: b@contoso.com}]",
            "a@contoso.com",
            &["b@contoso.com inbox"],
        ),
        (
            "§10.27 with a copy",
            "  mailboxes: [{user: a@contoso.com, forwardingAddress: b@contoso.com, deliverToMailboxAndForward: true}]",
            "a@contoso.com",
            &["a@contoso.com inbox", "b@contoso.com inbox"],
        ),
        (
            "§10.27 the internal address wins",
            "  mailboxes: [{user: a@contoso.com, forwardingAddress: b@contoso.com, forwardingSmtpAddress: 'smtp:c@contoso.com'}]",
            "a@contoso.com",
            &["b@contoso.com inbox"],
        ),
        (
            "an SMTP address inside",
            "  mailboxes: [{user: a@contoso.com, forwardingSmtpAddress: 'smtp:c@contoso.com'}]",
            "a@contoso.com",
            &["c@contoso.com inbox"],
        ),
        (
            "F6 forwarded to a list that refuses the original sender",
            "
  mailboxes: [{user: a@contoso.com, forwardingAddress: L}]
  lists: [{name: L, mail: l@contoso.com, members: [b@contoso.com]}]
",
            "a@contoso.com",
            &["l@contoso.com NotAuthenticated"],
        ),
        (
            "over quota, but forwarded before",
            "  mailboxes: [{user: a@contoso.com, forwardingAddress: b@contoso.com, prohibitSendReceiveQuota: 1 GB, size: 2 GB}]",
            "a@contoso.com",
            &["b@contoso.com inbox"],
        ),
        (
            "a loop of two",
            "
  mailboxes:
    - {user: a@contoso.com, forwardingAddress: b@contoso.com}
    - {user: b@contoso.com, forwardingAddress: a@contoso.com}
",
            "a@contoso.com",
            &["a@contoso.com loop"],
        ),
        (
            "a loop of two where one keeps a copy",
            "
  mailboxes:
    - {user: a@contoso.com, forwardingAddress: b@contoso.com}
    - {user: b@contoso.com, forwardingAddress: a@contoso.com, deliverToMailboxAndForward: true}
",
            "a@contoso.com",
            &["a@contoso.com loop", "b@contoso.com inbox"],
        ),
        (
            "to itself",
            "  mailboxes: [{user: a@contoso.com, forwardingAddress: a@contoso.com}]",
            "a@contoso.com",
            &["a@contoso.com loop"],
        ),
        (
            "to an address nobody has any more",
            "  mailboxes: [{user: a@contoso.com, forwardingSmtpAddress: 'smtp:gone@contoso.com'}]",
            "a@contoso.com",
            &["gone@contoso.com SoftDeleted"],
        ),
        (
            "inbox rules of a mailbox that keeps nothing never run",
            "  mailboxes: [{user: a@contoso.com, forwardingAddress: b@contoso.com, inboxRules: [{redirectTo: [c@contoso.com]}]}]",
            "a@contoso.com",
            &["b@contoso.com inbox"],
        ),
    ]);
}

#[test]
fn forwarding_outside_passes_the_outbound_policy_of_its_time() {
    let forward = "  mailboxes: [{user: a@contoso.com, forwardingSmtpAddress: 'smtp:me@out.example'}]\n";
    let at = |created: &str, more: &str| {
        ends(&simulator(&seed(created, &format!("{forward}{more}")), options()), &to("a@contoso.com"))
    };
    let (old, new) = ("2020-06-01T00:00:00Z", "2021-01-01T00:00:00Z");
    let (out, blocked) = (["me@out.example out forwarded"], ["a@contoso.com ForwardBlockedByPolicy"]);
    assert_eq!(at(new, ""), blocked, "F6, §10.27");
    assert_eq!(at(old, ""), out, "F6");
    assert_eq!(at(new, "  outboundPolicies: [{name: Default, autoForwardingMode: 'On'}]"), out);
    assert_eq!(at(old, "  outboundPolicies: [{name: Default, autoForwardingMode: 'Off'}]"), blocked);
    let on = "  outboundPolicies: [{name: Default, autoForwardingMode: 'On'}]\n";
    let remote = |more: &str| at(new, &format!("{on}  remoteDomains: {more}"));
    assert_eq!(
        remote("[{domainName: '*', autoForwardEnabled: false}]"),
        ["a@contoso.com ForwardBlockedByRemoteDomain"],
        "§10.27"
    );
    assert_eq!(
        remote("[{domainName: '*', autoForwardEnabled: false}, {domainName: out.example, autoForwardEnabled: true}]"),
        out
    );
    assert_eq!(
        remote("[{domainName: '*.example', autoForwardEnabled: false}]"),
        ["a@contoso.com ForwardBlockedByRemoteDomain"]
    );
    assert_eq!(remote("[{domainName: fabrikam.example, autoForwardEnabled: false}]"), out);
    // A mail flow rule sends on in the organization's name; what it sends where it was going anyway stays what it was.
    let redirect = |target: &str| {
        at(new, &format!("  transportRules: [{{recipientDomainIs: [out.example], redirectMessageTo: [{target}]}}]"))
    };
    assert_eq!(redirect("you@out.example"), ["you@out.example out"]);
    assert_eq!(redirect("me@out.example"), blocked);
    // A policy for some is stronger than the default, in order of priority.
    let some = |rules: &str| {
        at(
            new,
            &format!(
                "  outboundPolicies: [{{name: Open, autoForwardingMode: 'On'}}, {{name: Shut, autoForwardingMode: 'Off'}}]\n  outboundRules: {rules}"
            ),
        )
    };
    assert_eq!(some("[{hostedOutboundSpamFilterPolicy: Open, from: [a@contoso.com]}]"), out);
    assert_eq!(some("[{hostedOutboundSpamFilterPolicy: Open, from: [b@contoso.com]}]"), blocked);
    assert_eq!(
        some(
            "[{hostedOutboundSpamFilterPolicy: Shut, senderDomainIs: [contoso.com]}, {hostedOutboundSpamFilterPolicy: Open, from: [a@contoso.com]}]"
        ),
        blocked
    );
    assert_eq!(some("[{hostedOutboundSpamFilterPolicy: Open, fromMemberOf: [team@contoso.com]}]"), out);
    assert_eq!(some("[{hostedOutboundSpamFilterPolicy: Open, from: [a@contoso.com], state: Disabled}]"), blocked);
    check(&[
        (
            "§10.27 a contact is outside too",
            "
  contacts: [{name: Shop, address: shop@paper.example}]
  mailboxes: [{user: a@contoso.com, forwardingAddress: Shop, deliverToMailboxAndForward: true}]
",
            "a@contoso.com",
            &["a@contoso.com ForwardBlockedByPolicy", "a@contoso.com inbox"],
        ),
        (
            "forwarding to a server of our own elsewhere",
            "  mailboxes: [{user: a@contoso.com, forwardingSmtpAddress: 'smtp:a@relay.example'}]",
            "a@contoso.com",
            &["a@relay.example out forwarded"],
        ),
    ]);
    let strict = Switches { old_tenants_forward_automatically: false, ..Switches::default() };
    let all = simulator(&seed(old, forward), Options { switches: strict, ..options() });
    assert_eq!(ends(&all, &to("a@contoso.com")), blocked);
}

#[test]
fn inbox_rules_redirect_without_any_forwarding_property() {
    check(&[
        ("§10.32 redirected, and kept", "  mailboxes: [{user: a@contoso.com, inboxRules: [{redirectTo: [b@contoso.com]}]}]", "a@contoso.com", &["a@contoso.com inbox", "b@contoso.com inbox"]),
        ("E3 a hidden rule drains the mailbox", "
  outboundPolicies: [{name: Default, autoForwardingMode: 'On'}]
  mailboxes: [{user: a@contoso.com, inboxRules: [{redirectTo: [thief@out.example], deleteMessage: true, isHidden: true}]}]
", "a@contoso.com", &["a@contoso.com deleted", "thief@out.example out forwarded"]),
        ("§10.27 rules are subject to the outbound policy", "  mailboxes: [{user: a@contoso.com, inboxRules: [{forwardTo: [me@out.example]}]}]", "a@contoso.com", &["a@contoso.com ForwardBlockedByPolicy", "a@contoso.com inbox"]),
        ("a disabled rule does nothing", "  mailboxes: [{user: a@contoso.com, inboxRules: [{deleteMessage: true, enabled: false}]}]", "a@contoso.com", &["a@contoso.com inbox"]),
        ("E3 moved away", "  mailboxes: [{user: a@contoso.com, inboxRules: [{moveToFolder: RSS Feeds}]}]", "a@contoso.com", &["a@contoso.com in RSS Feeds"]),
        ("from somebody else", "  mailboxes: [{user: a@contoso.com, inboxRules: [{from: [b@contoso.com], deleteMessage: true}]}]", "a@contoso.com", &["a@contoso.com inbox"]),
        ("from this sender", "  mailboxes: [{user: a@contoso.com, inboxRules: [{from: [azure@microsoft.com], deleteMessage: true}]}]", "a@contoso.com", &["a@contoso.com deleted"]),
        ("a rule that stops the others", "  mailboxes: [{user: a@contoso.com, inboxRules: [{moveToFolder: Kept, stopProcessingRules: true}, {deleteMessage: true}]}]", "a@contoso.com", &["a@contoso.com in Kept"]),
        ("forwarded by a rule, the mailbox is the sender", "
  mailboxes: [{user: a@contoso.com, inboxRules: [{forwardTo: [L]}]}]
  lists: [{name: L, mail: l@contoso.com, members: [b@contoso.com]}]
", "a@contoso.com", &["a@contoso.com inbox", "b@contoso.com inbox"]),
        ("redirected by a rule, the sender stays who it was", "
  mailboxes: [{user: a@contoso.com, inboxRules: [{redirectTo: [L]}]}]
  lists: [{name: L, mail: l@contoso.com, members: [b@contoso.com]}]
", "a@contoso.com", &["a@contoso.com inbox", "l@contoso.com NotAuthenticated"]),
        ("rules in a circle", "
  mailboxes:
    - {user: a@contoso.com, inboxRules: [{redirectTo: [b@contoso.com]}]}
    - {user: b@contoso.com, inboxRules: [{redirectTo: [a@contoso.com], deleteMessage: true}]}
", "a@contoso.com", &["a@contoso.com inbox", "b@contoso.com deleted", "b@contoso.com discarded RedirectLimit"]),
    ]);
    let chain = "
  mailboxes:
    - {user: a@contoso.com, inboxRules: [{redirectTo: [b@contoso.com]}]}
    - {user: b@contoso.com, inboxRules: [{redirectTo: [c@contoso.com]}]}
    - {user: c@contoso.com, inboxRules: [{forwardTo: [a@contoso.com]}]}
";
    assert_eq!(
        ends(&tenant(chain), &to("a@contoso.com")),
        ["a@contoso.com inbox", "b@contoso.com discarded RedirectLimit", "b@contoso.com inbox"]
    );
    let often = Switches { inbox_rules_redirect_once: false, ..Switches::default() };
    let all = simulator(&seed("2022-01-01T00:00:00Z", chain), Options { switches: often, ..options() });
    assert_eq!(
        ends(&all, &to("a@contoso.com")),
        ["a@contoso.com inbox", "a@contoso.com loop", "b@contoso.com inbox", "c@contoso.com inbox"]
    );
}
