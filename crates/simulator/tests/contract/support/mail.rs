//! A tenant for mail flow, and ends in short.

use tenant_contacts_simulator::{End, Folder, Message, Seed, Simulator};

use super::{options, simulator};

/// Accounts a to e with mailboxes, a disabled one, a shared mailbox `role`, and a domain served elsewhere.
pub const BASE: &str = "
tenant:
  id: 9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001
  displayName: Contoso
  createdDateTime: CREATED
  domains:
    - {name: contoso.onmicrosoft.com, initial: true}
    - {name: contoso.com, default: true}
    - {name: relay.example}
    - {name: unproved.example, verified: false}
skus: [{skuPartNumber: SPE_E5, enabled: 25}]
users:
  - {upn: a@contoso.com, licences: [SPE_E5], proxyAddresses: ['SMTP:a@contoso.com', 'smtp:alias@contoso.com']}
  - {upn: b@contoso.com, licences: [SPE_E5]}
  - {upn: c@contoso.com, licences: [SPE_E5]}
  - {upn: off@contoso.com, licences: [SPE_E5], accountEnabled: false}
  - {upn: bare@contoso.com, mail: bare@contoso.com}
  - {upn: gone@contoso.com, licences: [SPE_E5], deleted: true}
  - {upn: nomail@contoso.com}
  - {upn: guest_x, mail: guest@fabrikam.example, userType: Guest}
  - {upn: role@contoso.com, accountEnabled: false}
groups:
  - {name: Team, mail: team@contoso.com, unified: true, members: [a@contoso.com, b@contoso.com]}
";

pub fn seed(created: &str, exchange: &str) -> Seed {
    let base = BASE.replace("CREATED", created).replace("guest_x,", "'guest_x#EXT#@contoso.onmicrosoft.com',");
    let domains = "  acceptedDomains: [{domainName: relay.example, domainType: InternalRelay}]\n";
    let shared =
        if exchange.contains("sharedMailboxes") { "" } else { "  sharedMailboxes: [{user: role@contoso.com}]\n" };
    Seed::from_yaml(&format!("{base}exchange:\n{domains}{shared}{exchange}")).unwrap()
}

pub fn tenant(exchange: &str) -> Simulator {
    simulator(&seed("2022-01-01T00:00:00Z", exchange), options())
}

/// Every end in short, sorted: `a@contoso.com inbox`, `x@y out`, `role@contoso.com bounced MailboxFull`.
pub fn ends(simulator: &Simulator, message: &Message) -> Vec<String> {
    let delivery = simulator.deliver(message);
    assert!(!delivery.outcomes.is_empty());
    for outcome in &delivery.outcomes {
        assert_eq!(outcome.path[0].to_lowercase(), simulator_address(simulator, message), "{outcome:?}");
    }
    let short = |end: &End| match end {
        End::Mailbox { address, folder: Folder::Other(name), .. } => format!("{address} in {name}"),
        End::Mailbox { address, folder, .. } => format!("{address} {folder:?}").to_lowercase(),
        End::PublicFolder { address } => format!("{address} folder"),
        End::Outside { address, forwarded } => format!("{address} out{}", if *forwarded { " forwarded" } else { "" }),
        End::Bounced { at, reason } => format!("{at} {reason:?}"),
        End::Quarantined { at, by_rule } => format!("{at} quarantined{}", if *by_rule { " by rule" } else { "" }),
        End::Discarded { at, by } => format!("{at} discarded {by:?}"),
        End::HeldForModeration { at } => format!("{at} held"),
        End::LoopCut { at } => format!("{at} loop"),
    };
    let mut all: Vec<String> = delivery.outcomes.iter().map(|outcome| short(&outcome.end)).collect();
    all.sort();
    all
}

pub fn to(address: &str) -> Message {
    Message::outside("azure@microsoft.com", address)
}

/// The first hop: the primary address of whom the message is sent to, or the address itself.
fn simulator_address(simulator: &Simulator, message: &Message) -> String {
    let to = message.to.to_lowercase();
    let truth = simulator.truth();
    let holds = |one: &&serde_json::Value| {
        let all = one["EmailAddresses"].as_array();
        let same = |entry: &serde_json::Value| {
            entry.as_str().is_some_and(|entry| entry.to_lowercase().ends_with(&format!(":{to}")))
        };
        one["WhenSoftDeleted"].is_null() && all.is_some_and(|all| all.iter().any(same))
    };
    let holder = truth["recipients"].as_array().and_then(|all| all.iter().find(holds));
    holder.and_then(|one| one["PrimarySmtpAddress"].as_str()).map_or(to.clone(), str::to_lowercase)
}

/// `(what it shows, exchange section, address, ends)`, each for a clean message from outside.
pub type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

pub fn check(cases: &[Case]) {
    for (name, exchange, address, expected) in cases {
        assert_eq!(ends(&tenant(exchange), &to(address)), *expected, "{name}");
    }
}
