//! Mail flow rules and the content filter. Contract §6.3, §10.30, §10.32, DOMAIN E3, E4.

use crate::support::mail::{check, ends, tenant, to};
use tenant_contacts_simulator::{Message, Verdict};

#[test]
fn mail_flow_rules_run_by_priority() {
    check(&[
        (
            "§10.32 a redirecting rule and no forwarding property",
            "  transportRules: [{sentTo: [role@contoso.com], redirectMessageTo: [b@contoso.com]}]",
            "role@contoso.com",
            &["b@contoso.com inbox"],
        ),
        (
            "another recipient is left alone",
            "  transportRules: [{sentTo: [role@contoso.com], redirectMessageTo: [b@contoso.com]}]",
            "a@contoso.com",
            &["a@contoso.com inbox"],
        ),
        (
            "a blind copy",
            "  transportRules: [{sentTo: [role@contoso.com], blindCopyTo: [b@contoso.com]}]",
            "role@contoso.com",
            &["b@contoso.com inbox", "role@contoso.com inbox"],
        ),
        (
            "more recipients",
            "  transportRules: [{addToRecipients: [b@contoso.com], sentTo: [a@contoso.com]}]",
            "a@contoso.com",
            &["a@contoso.com inbox", "b@contoso.com inbox"],
        ),
        (
            "deleted",
            "  transportRules: [{senderDomainIs: [microsoft.com], deleteMessage: true}]",
            "a@contoso.com",
            &["a@contoso.com discarded Rule"],
        ),
        (
            "a subdomain is another domain",
            "  transportRules: [{senderDomainIs: [com], deleteMessage: true}]",
            "a@contoso.com",
            &["a@contoso.com inbox"],
        ),
        (
            "E4 quarantined",
            "  transportRules: [{fromScope: NotInOrganization, quarantine: true}]",
            "a@contoso.com",
            &["a@contoso.com quarantined by rule"],
        ),
        (
            "rejected",
            "  transportRules: [{from: [azure@microsoft.com], rejectMessageReasonText: Not here}]",
            "a@contoso.com",
            &["a@contoso.com RejectedByRule"],
        ),
        (
            "moderated",
            "  transportRules: [{recipientDomainIs: [contoso.com], moderateMessageByUser: [b@contoso.com]}]",
            "a@contoso.com",
            &["a@contoso.com held"],
        ),
        (
            "only from inside",
            "  transportRules: [{fromScope: InOrganization, deleteMessage: true}]",
            "a@contoso.com",
            &["a@contoso.com inbox"],
        ),
        (
            "disabled",
            "  transportRules: [{deleteMessage: true, state: Disabled}]",
            "a@contoso.com",
            &["a@contoso.com inbox"],
        ),
        (
            "only watching",
            "  transportRules: [{deleteMessage: true, mode: Audit}]",
            "a@contoso.com",
            &["a@contoso.com inbox"],
        ),
        (
            "an exception",
            "  transportRules: [{deleteMessage: true, exceptIfSentTo: [a@contoso.com]}]",
            "a@contoso.com",
            &["a@contoso.com inbox"],
        ),
        (
            "an exception for another",
            "  transportRules: [{deleteMessage: true, exceptIfSentTo: [b@contoso.com]}]",
            "a@contoso.com",
            &["a@contoso.com discarded Rule"],
        ),
        (
            "members of a group, one by one",
            "
  transportRules: [{sentToMemberOf: [inner@contoso.com], deleteMessage: true}]
  lists:
    - {name: Outer, mail: outer@contoso.com, members: [Inner, c@contoso.com], requireSenderAuthenticationEnabled: false}
    - {name: Inner, mail: inner@contoso.com, members: [a@contoso.com], requireSenderAuthenticationEnabled: false}
",
            "outer@contoso.com",
            &["a@contoso.com discarded Rule", "c@contoso.com inbox"],
        ),
        (
            "a list's own address is none of the recipients any more",
            "
  transportRules: [{sentTo: [l@contoso.com], deleteMessage: true}]
  lists: [{name: L, mail: l@contoso.com, members: [a@contoso.com], requireSenderAuthenticationEnabled: false}]
",
            "l@contoso.com",
            &["a@contoso.com inbox"],
        ),
        (
            "the first by priority, and it stops",
            "  transportRules: [{priority: 1, deleteMessage: true}, {priority: 0, blindCopyTo: [b@contoso.com], stopRuleProcessing: true}]",
            "a@contoso.com",
            &["a@contoso.com inbox", "b@contoso.com inbox"],
        ),
        (
            "without stop the next one follows, for the copy too",
            "  transportRules: [{priority: 1, deleteMessage: true}, {priority: 0, blindCopyTo: [b@contoso.com]}]",
            "a@contoso.com",
            &["a@contoso.com discarded Rule", "b@contoso.com discarded Rule"],
        ),
        (
            "redirected back and forth",
            "
  transportRules:
    - {sentTo: [a@contoso.com], redirectMessageTo: [b@contoso.com]}
    - {sentTo: [b@contoso.com], redirectMessageTo: [a@contoso.com]}
",
            "a@contoso.com",
            &["a@contoso.com inbox"],
        ),
        (
            "redirected to a list that refuses the sender",
            "
  transportRules: [{sentTo: [a@contoso.com], redirectMessageTo: [l@contoso.com]}]
  lists: [{name: L, mail: l@contoso.com, members: [b@contoso.com]}]
",
            "a@contoso.com",
            &["l@contoso.com NotAuthenticated"],
        ),
        (
            "§10.27 a rule's redirect outside is not a mailbox's forwarding",
            "  transportRules: [{sentTo: [a@contoso.com], redirectMessageTo: [x@out.example]}]",
            "a@contoso.com",
            &["x@out.example out"],
        ),
    ]);
}

#[test]
fn mail_flow_rules_read_words_and_headers() {
    let subject = tenant("  transportRules: [{subjectContainsWords: [invoice], deleteMessage: true}]");
    let with = |subject: &str| Message { subject: subject.to_owned(), ..to("a@contoso.com") };
    assert_eq!(ends(&subject, &with("Your INVOICE is ready")), ["a@contoso.com discarded Rule"]);
    assert_eq!(ends(&subject, &with("Your invoices are ready")), ["a@contoso.com inbox"], "whole words");
    let header = tenant(
        "  transportRules: [{from: [azure@microsoft.com], headerContainsMessageHeader: Authentication-Results, headerContainsWords: ['dmarc=pass'], setSCL: -1}]",
    );
    let spam = Message { verdict: Verdict::Spam, ..to("a@contoso.com") };
    assert_eq!(ends(&header, &spam), ["a@contoso.com junk"], "E4 nothing proved, nothing let by");
    let headers = vec![("authentication-results".to_owned(), "spf=pass; dmarc=pass action=none".to_owned())];
    assert_eq!(ends(&header, &Message { headers, ..spam.clone() }), ["a@contoso.com inbox"], "E4");
    let raised = tenant("  transportRules: [{setSCL: 6}]");
    assert_eq!(ends(&raised, &to("a@contoso.com")), ["a@contoso.com junk"]);
}

#[test]
fn the_content_filter_knows_its_lists() {
    let spam = Message { verdict: Verdict::Spam, ..to("a@contoso.com") };
    let phish = Message { verdict: Verdict::HighConfidencePhish, ..to("a@contoso.com") };
    let with = |exchange: &str, message: &Message| ends(&tenant(exchange), message);
    assert_eq!(with("", &spam), ["a@contoso.com junk"]);
    let quarantine = "  contentFilterPolicies: [{name: Default, spamAction: Quarantine}]";
    assert_eq!(with(quarantine, &spam), ["a@contoso.com quarantined"], "E4");
    assert_eq!(
        with("  contentFilterPolicies: [{name: Default, spamAction: Delete}]", &spam),
        ["a@contoso.com discarded Filter"]
    );
    assert_eq!(
        with(
            "  contentFilterPolicies: [{name: Default, spamAction: Redirect, redirectToRecipients: [b@contoso.com]}]",
            &spam
        ),
        ["b@contoso.com inbox"]
    );
    for (entry, expected) in [
        ("{value: azure@microsoft.com, expirationDate: +3d}", "inbox"),
        ("{value: microsoft.com, removeAfter: 45, lastUsedDate: -44d}", "inbox"),
        ("{value: microsoft.com, removeAfter: 45, lastUsedDate: -46d}", "junk"),
        ("{value: azure@microsoft.com, expirationDate: -1d}", "junk"),
        ("{value: other@microsoft.com, expirationDate: +3d}", "junk"),
    ] {
        let allowed = format!("  allowBlockEntries: [{entry}]");
        assert_eq!(with(&allowed, &spam), [format!("a@contoso.com {expected}")], "§10.30 {entry}");
    }
    let blocked = "  allowBlockEntries: [{value: microsoft.com, action: Block}]\n  contentFilterPolicies: [{name: Default, highConfidenceSpamAction: Quarantine}]";
    assert_eq!(with(blocked, &to("a@contoso.com")), ["a@contoso.com quarantined"], "E4");
    let policy = "  contentFilterPolicies: [{name: Default, blockedSenders: [azure@microsoft.com]}]";
    assert_eq!(with(policy, &to("a@contoso.com")), ["a@contoso.com junk"], "E4");
    let allowed = "  contentFilterPolicies: [{name: Default, allowedSenderDomains: [microsoft.com]}]";
    assert_eq!(with(allowed, &spam), ["a@contoso.com inbox"], "E4");
    assert_eq!(with(allowed, &phish), ["a@contoso.com quarantined"], "nothing overrides it");
    // A policy for some.
    let some = "  contentFilterPolicies: [{name: Strict, spamAction: Quarantine}]\n  contentFilterRules: [{hostedContentFilterPolicy: Strict, sentToMemberOf: [team@contoso.com], exceptIfSentTo: [b@contoso.com]}]";
    assert_eq!(with(some, &spam), ["a@contoso.com quarantined"]);
    assert_eq!(with(some, &Message { to: "b@contoso.com".to_owned(), ..spam.clone() }), ["b@contoso.com junk"]);
    // Junk stays junk where it is forwarded to, and no inbox rule sees it.
    let onward = "  mailboxes:\n    - {user: a@contoso.com, forwardingAddress: b@contoso.com}\n    - {user: b@contoso.com, inboxRules: [{moveToFolder: Kept}]}";
    assert_eq!(with(onward, &spam), ["b@contoso.com junk"]);
    assert!(tenant(onward).who_gets(&spam).is_empty());
    let inside = Message { inside: true, from: "b@contoso.com".to_owned(), ..spam };
    assert_eq!(with("", &inside), ["a@contoso.com inbox"]);
}
