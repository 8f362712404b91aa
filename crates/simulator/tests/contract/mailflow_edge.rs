//! What stands before the mailboxes, and mailboxes that are not here. Contract §6.3, "Edge" and "Hybrid"; §10.29a and 29b.

use crate::support::{
    mail::{ends, seed, to},
    options, simulator,
};
use tenant_contacts_simulator::{Options, Switches};

const LISTS: &str = "
  lists:
    - {name: D, mail: d@contoso.com, aliases: [d@relay.example], kind: dynamic, members: [a@contoso.com], requireSenderAuthenticationEnabled: false}
    - {name: S, mail: s@contoso.com, members: [D], requireSenderAuthenticationEnabled: false}
  mailboxes: [{user: b@contoso.com, forwardingAddress: D}]
";

fn sent(exchange: &str, address: &str, change: fn(&mut Switches)) -> Vec<String> {
    let mut seed = seed("2022-01-01T00:00:00Z", exchange);
    let bare = seed.users.iter_mut().find(|user| user.upn == "bare@contoso.com").unwrap();
    bare.on_premises_sync_enabled = Some(true);
    let mut switches = Switches::default();
    change(&mut switches);
    ends(&simulator(&seed, Options { switches, ..options() }), &to(address))
}

#[test]
fn a6_the_edge_refuses_dynamic_lists_of_authoritative_domains_and_nothing_else() {
    let on = |address: &str| sent(LISTS, address, |_| {});
    assert_eq!(on("d@contoso.com"), ["d@contoso.com RefusedAtTheEdge"]);
    assert_eq!(on("d@relay.example"), ["a@contoso.com inbox"], "a domain that relays what it does not know");
    assert_eq!(on("s@contoso.com"), ["a@contoso.com inbox"], "a static list in front");
    assert_eq!(on("b@contoso.com"), ["a@contoso.com inbox"], "what comes from inside never meets it");
    let off = sent(LISTS, "d@contoso.com", |switches| switches.edge_refuses_dynamic_lists = false);
    assert_eq!(off, ["a@contoso.com inbox"]);
}

#[test]
fn a5_a_connector_takes_mail_for_a_synchronised_mail_user_on_premises() {
    let connector = |more: &str| format!("  outboundConnectors: [{{name: Hybrid, {more}}}]\n");
    let bare = |exchange: &str| sent(exchange, "bare@contoso.com", |_| {});
    let (there, lost) = (["bare@contoso.com out"], ["bare@contoso.com NoMailbox"]);
    for domains in ["[contoso.com]", "['*']", "['*.contoso.com']"] {
        assert_eq!(bare(&connector(&format!("recipientDomains: {domains}"))), there, "{domains}");
    }
    assert_eq!(bare(""), lost);
    assert_eq!(bare(&connector("recipientDomains: [other.example]")), lost);
    assert_eq!(bare(&connector("recipientDomains: ['*'], enabled: false")), lost);
    assert_eq!(bare(&connector("recipientDomains: ['*'], connectorType: Partner")), lost);
    let by_exchanger = sent("", "bare@contoso.com", |switches| switches.on_premises_needs_connector = false);
    assert_eq!(by_exchanger, there);
    let seed = connector("recipientDomains: ['*']")
        + "  lists: [{name: L, mail: l@contoso.com, members: [bare@contoso.com], requireSenderAuthenticationEnabled: false}]\n";
    assert_eq!(sent(&seed, "l@contoso.com", |_| {}), there);
}
