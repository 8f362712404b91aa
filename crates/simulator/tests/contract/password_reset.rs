//! Who really gets the mail for a password-reset request. `[SSPR]`, contract §4, §10.19.

use crate::support::{Client, client, options, simulator};
use serde_json::{Value, json};
use tenant_contacts_simulator::{Options, Seed, Switches};

const UNIT: &str = "/administrativeUnits/11111111-2222-4333-8444-555555555555";

/// The minimal tenant with more accounts and roles.
fn seed(more: &str) -> Seed {
    let yaml = include_str!("../../src/seed/minimal.yaml").to_owned()
        + "  - {upn: desk@contoso.com, mail: desk@contoso.com, otherMails: [d@fabrikam.example]}\n"
        + "  - {upn: off@contoso.com, accountEnabled: false}\n"
        + more;
    Seed::from_yaml(&yaml).unwrap()
}

async fn start(more: &str, switches: Switches) -> Client {
    client(simulator(&seed(more), Options { switches, ..options() })).await
}

/// Tier, and names with their addresses.
async fn told(client: &Client) -> (Option<String>, Vec<(String, Vec<String>)>) {
    let reply = client.get("http://localhost/_sim/password-reset-recipients").await;
    assert_eq!(reply.status, 200);
    let names = reply.body["recipients"].as_array().unwrap().iter().map(|recipient| {
        let addresses = recipient["addresses"].as_array().unwrap().iter().map(|a| a.as_str().unwrap().to_owned());
        (recipient["userPrincipalName"].as_str().unwrap().to_owned(), addresses.collect())
    });
    let mut names: Vec<_> = names.collect();
    names.sort();
    (reply.body["tier"].as_str().map(str::to_owned), names)
}

async fn names(client: &Client) -> Vec<String> {
    told(client).await.1.into_iter().map(|(name, _)| name).collect()
}

async fn grant(client: &Client, role: &str, user: &str) -> String {
    let id = client.user(user, "id").await["id"].clone();
    let body = json!({"roleDefinitionId": role, "principalId": id, "directoryScopeId": "/"});
    let made = client.post("/roleManagement/directory/roleAssignments", body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["id"].as_str().unwrap().to_owned()
}

/// Global administrators at first; one User Administrator takes them out, one Helpdesk Administrator takes that one out;
/// with the assignment gone the next tier is told again.
#[tokio::test(start_paused = true)]
async fn the_first_filled_tier_is_told() {
    let client = start("", Switches::default()).await;
    let addresses = vec!["admin@contoso.com".to_owned(), "ada@fabrikam.example".to_owned()];
    let (tier, recipients) = told(&client).await;
    assert_eq!(tier.as_deref(), Some("GlobalAdministrators"));
    assert_eq!(recipients, [("admin@contoso.com".to_owned(), addresses)]);
    grant(&client, "fe930be7-5e62-47db-91af-98c3a49a38b1", "bob@contoso.com").await;
    assert_eq!(names(&client).await, ["bob@contoso.com"]);
    let helpdesk = grant(&client, "729827e3-9c14-49f7-bb1b-9608f156bbb8", "desk@contoso.com").await;
    grant(&client, "966707d0-3269-4727-9be2-8c3a10f19b9d", "admin@contoso.com").await;
    let (tier, recipients) = told(&client).await;
    assert_eq!(tier.as_deref(), Some("HelpdeskAndPasswordAdministrators"));
    // The primary address only, in this tier.
    let only = |name: &str| (name.to_owned(), vec![name.to_owned()]);
    assert_eq!(recipients, [only("admin@contoso.com"), only("desk@contoso.com")]);
    client.delete(&format!("/roleManagement/directory/roleAssignments/{helpdesk}")).await;
    assert_eq!(names(&client).await, ["admin@contoso.com"]);
}

/// What the page leaves open, each way: groups, scoped, eligible and disabled holders, service principals, addresses.
#[tokio::test(start_paused = true)]
async fn open_questions_are_switches() {
    let group = "groups:\n  - {name: G, isAssignableToRole: true, members: [H, desk@contoso.com], roles: [Helpdesk Administrator]}\n  - {name: H, members: [bob@contoso.com]}\n";
    let scoped =
        format!("roleAssignments:\n  - {{role: Helpdesk Administrator, principal: desk@contoso.com, scope: {UNIT}}}\n");
    let eligible = "eligibleRoles:\n  - {role: Helpdesk Administrator, principal: desk@contoso.com}\n";
    let disabled = "roleAssignments:\n  - {role: Helpdesk Administrator, principal: off@contoso.com}\n";
    let robot = "roleAssignments:\n  - {role: Helpdesk Administrator, principal: tenant-contacts}\n";
    let d = Switches::default();
    let admin: &[&str] = &["admin@contoso.com"];
    let desk: &[&str] = &["desk@contoso.com"];
    let cases: [(&str, Switches, &[&str]); 11] = [
        (group, d, &["bob@contoso.com", "desk@contoso.com"]),
        (group, Switches { reset_tier_through_groups: false, ..d }, admin),
        (&scoped, d, admin),
        (&scoped, Switches { reset_tier_by_scoped_roles: true, ..d }, desk),
        (eligible, d, admin),
        (eligible, Switches { reset_tier_by_eligibility: true, ..d }, desk),
        (disabled, d, admin),
        (disabled, Switches { reset_tells_disabled: true, ..d }, &["off@contoso.com"]),
        (disabled, Switches { reset_tier_without_readers_counts: true, ..d }, &[]),
        (robot, d, admin),
        (robot, Switches { reset_tier_without_readers_counts: true, ..d }, &[]),
    ];
    for (more, switches, expected) in cases {
        let client = start(more, switches).await;
        assert_eq!(names(&client).await, expected, "{more}{switches:?}");
    }
    let everywhere = Switches { reset_uses_alternate_in_every_tier: true, ..d };
    let direct = "roleAssignments:\n  - {role: User Administrator, principal: desk@contoso.com}\n";
    let (_, recipients) = told(&start(direct, everywhere).await).await;
    assert_eq!(recipients[0].1, ["desk@contoso.com", "d@fabrikam.example"]);
}

/// At most 100; a customised link replaces the mail; nobody with a role, nobody told.
#[tokio::test(start_paused = true)]
async fn the_cap_the_link_and_nobody() {
    let mut many = Seed::minimal();
    for number in 0..120 {
        many.users.push(tenant_contacts_simulator::UserSeed {
            upn: format!("u{number}@contoso.com"),
            account_enabled: true,
            roles: vec!["Password Administrator".to_owned()],
            ..Default::default()
        });
    }
    let answer = simulator(&many, options()).password_reset_recipients();
    assert_eq!((answer.recipients.len(), answer.capped), (100, true));
    many.tenant.help_desk_link = Some("https://help.contoso.com".to_owned());
    let client = client(simulator(&many, options())).await;
    let reply = client.get("http://localhost/_sim/password-reset-recipients").await;
    let expected: Value =
        json!({"tier": null, "recipients": [], "capped": false, "helpDeskLink": "https://help.contoso.com"});
    assert_eq!(reply.body, expected);
    let mut nobody = Seed::minimal();
    nobody.users[0].roles.clear();
    assert_eq!(simulator(&nobody, options()).password_reset_recipients().tier, None);
}
