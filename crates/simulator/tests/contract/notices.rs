//! Whom Microsoft would mail for each notice, and who gets it: DOMAIN F, F1 to F4.

use crate::support::{options, simulator};
use serde_json::json;
use tenant_contacts_simulator::{NoticeCategory, Options, Seed, Simulator, Switches};

const BASE: &str = "
tenant:
  id: 9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001
  displayName: Contoso
  domains:
    - {name: contoso.onmicrosoft.com, initial: true}
    - {name: contoso.com, default: true}
organization:
  technicalNotificationMails: [it@contoso.com]
  securityComplianceNotificationMails: [sec@outside.example]
  marketingNotificationEmails: []
skus: [{skuPartNumber: SPE_E5, enabled: 25}]
users:
  - {upn: ga@contoso.com, licences: [SPE_E5], otherMails: [ga@home.example], roles: [Global Administrator]}
  - {upn: sleeping@contoso.com, licences: [SPE_E5], accountEnabled: false, roles: [Global Administrator]}
  - {upn: bill@contoso.com, licences: [SPE_E5], otherMails: [bill@home.example], roles: [Billing Administrator]}
  - {upn: invoices@contoso.com, licences: [SPE_E5]}
  - {upn: it@contoso.com, accountEnabled: false}
  - {upn: left@contoso.com, licences: [SPE_E5], deleted: true}
exchange:
  sharedMailboxes: [{user: it@contoso.com, fullAccess: [ga@contoso.com, bill@contoso.com]}]
";
const PARTNER: &str = "
partner:
  legalBusiness: {primaryContact: {email: ga@contoso.com}, companyApproverEmail: boss@contoso.com}
";

fn tenant(more: &str) -> Simulator {
    simulator(&Seed::from_yaml(&format!("{BASE}{more}")).unwrap(), options())
}

/// The same, where every administrator has turned mail about privacy posts off.
fn without_posts(more: &str) -> Simulator {
    let switches = Switches { privacy_posts_are_mailed: false, ..Switches::default() };
    simulator(&Seed::from_yaml(&format!("{BASE}{more}")).unwrap(), Options { switches, ..options() })
}

fn addresses(simulator: &Simulator, category: NoticeCategory) -> Vec<String> {
    let mut all: Vec<_> = simulator.notice_recipients(category).into_iter().map(|to| to.address).collect();
    all.sort();
    all
}

#[test]
fn the_organizations_contacts_and_business_emails() {
    let plain = tenant("");
    assert_eq!(addresses(&plain, NoticeCategory::ServiceAndTechnical), ["it@contoso.com"]);
    assert_eq!(addresses(&plain, NoticeCategory::SecurityAndCompliance), ["sec@outside.example"]);
    assert!(addresses(&plain, NoticeCategory::Marketing).is_empty());
    // The commerce side keeps an address after the account is gone: DOMAIN A3.
    let more = tenant(
        "notices: {businessEmails: [{user: left@contoso.com, address: left@home.example}], messageCenter: [mc@contoso.com]}\n",
    );
    assert_eq!(
        addresses(&more, NoticeCategory::ServiceAndTechnical),
        ["it@contoso.com", "left@home.example", "mc@contoso.com"]
    );
    assert_eq!(addresses(&more, NoticeCategory::Marketing), ["left@home.example"]);
}

#[test]
fn privacy_falls_back_to_global_administrators() {
    let (primary, both) = (["ga@contoso.com"], ["ga@contoso.com", "ga@home.example"]);
    let plain = tenant("");
    assert_eq!(addresses(&plain, NoticeCategory::Privacy), both);
    let changes = crate::support::object(json!({"privacyProfile": {"contactEmail": "privacy@contoso.com"}}));
    let turned_off = without_posts("");
    for tenant in [&plain, &turned_off] {
        tenant.disturb_organization(&changes).unwrap();
    }
    assert_eq!(
        addresses(&plain, NoticeCategory::Privacy),
        ["ga@contoso.com", "privacy@contoso.com"],
        "posts are mailed"
    );
    assert_eq!(addresses(&turned_off, NoticeCategory::Privacy), ["privacy@contoso.com"]);
    assert!(addresses(&plain, NoticeCategory::AdminPasswordChanged).is_empty());
    let told = tenant("notices: {adminsAreToldOfResets: true}\n");
    assert_eq!(addresses(&told, NoticeCategory::AdminPasswordChanged), primary, "[SSPR2] primary only");
    assert_eq!(addresses(&plain, NoticeCategory::PasswordResetRequest), both, "B1");
    assert_eq!(plain.password_reset_notice("bill@contoso.com").unwrap(), ["bill@contoso.com", "bill@home.example"]);
}

/// Contract, writes §h.
#[test]
fn a18_privacy_posts_are_mailed_to_who_sees_them_and_has_not_turned_that_off() {
    let roles = BASE.replace("roles: [Billing Administrator]", "roles: [Message Center Privacy Reader]");
    let with = |on: bool| {
        let switches = Switches { privacy_posts_are_mailed: on, ..Switches::default() };
        simulator(&Seed::from_yaml(&roles).unwrap(), Options { switches, ..options() })
    };
    let (on, off) = (with(true), with(false));
    let privacy = ["bill@contoso.com", "ga@contoso.com", "ga@home.example"];
    assert_eq!(addresses(&on, NoticeCategory::Privacy), privacy, "the reader at the primary address");
    assert_eq!(addresses(&off, NoticeCategory::Privacy), ["ga@contoso.com", "ga@home.example"]);
}

#[test]
fn billing_depends_on_the_agreement() {
    let admins = ["bill@contoso.com", "bill@home.example", "ga@contoso.com", "ga@home.example", "it@contoso.com"];
    assert_eq!(addresses(&tenant(""), NoticeCategory::Billing), admins);
    let account = |opt_in: &str| {
        format!(
            "billing: {{accounts: [{{name: a, roles: [{{role: Billing account owner, principal: ga@contoso.com}}], profiles: [{{name: p, invoiceRecipients: [ap@outside.example], invoiceEmailOptIn: {opt_in}, roles: [{{role: Invoice manager, principal: invoices@contoso.com}}, {{role: Billing profile reader, principal: bill@contoso.com}}]}}]}}]}}\n"
        )
    };
    let agreed = tenant(&account("true"));
    assert_eq!(addresses(&agreed, NoticeCategory::Billing), ["ap@outside.example", "invoices@contoso.com"]);
    assert_eq!(addresses(&tenant(&account("false")), NoticeCategory::Billing), ["invoices@contoso.com"]);
    let seed = Seed::from_yaml(&format!("{BASE}{}", account("false"))).unwrap();
    let switches = Switches { billing_account_roles_are_told: true, ..Switches::default() };
    let wide = simulator(&seed, Options { switches, ..options() });
    assert_eq!(
        addresses(&wide, NoticeCategory::Billing),
        ["ga@contoso.com", "ga@home.example", "invoices@contoso.com"]
    );
    let of = |agreement: &str| account("true").replace("{name: a,", &format!("{{name: a, agreementType: {agreement},"));
    let old = of("MicrosoftOnlineServicesProgram");
    let other = Seed::from_yaml(&format!("{BASE}{}", of("EnterpriseAgreement"))).unwrap();
    let switches = Switches { other_agreements_tell_administrators: true, ..Switches::default() };
    let told = simulator(&other, Options { switches, ..options() });
    assert_eq!(addresses(&told, NoticeCategory::Billing), admins);
    assert!(addresses(&simulator(&other, options()), NoticeCategory::Billing).is_empty(), "by no rule of another's");
    assert_eq!(addresses(&tenant(&old), NoticeCategory::Billing), admins);
}

#[test]
fn a_partner_is_told_as_a_partner() {
    let partner = tenant(PARTNER);
    assert_eq!(addresses(&partner, NoticeCategory::PartnerVerification), ["boss@contoso.com", "ga@contoso.com"]);
    assert_eq!(addresses(&partner, NoticeCategory::PartnerAccount), ["ga@contoso.com"], "F3");
    assert_eq!(addresses(&partner, NoticeCategory::PartnerBilling), ["bill@contoso.com"], "F3");
    for category in
        [NoticeCategory::PartnerVerification, NoticeCategory::PartnerAccount, NoticeCategory::PartnerBilling]
    {
        assert!(addresses(&tenant(""), category).is_empty());
    }
}

/// F4: who opens the mailbox of somebody who has left is no page's to say.
#[test]
fn a13_delegates_of_a_handed_over_mailbox_read_it_where_the_switch_says_so() {
    let given =
        "exchange:\n  mailboxes: [{user: sleeping@contoso.com, fullAccess: [bill@contoso.com, it@contoso.com]}]\n";
    let base = BASE.replace("exchange:\n", given);
    let readers = |delegates_read_handed_over_mailboxes: bool| {
        let switches = Switches { delegates_read_handed_over_mailboxes, ..Switches::default() };
        let simulator = simulator(&Seed::from_yaml(&base).unwrap(), Options { switches, ..options() });
        simulator.readers("sleeping@contoso.com").unwrap().len()
    };
    assert_eq!((readers(false), readers(true)), (0, 1), "the other one is disabled as well");
    let own = simulator(
        &Seed::from_yaml(&base.replace("ga@contoso.com, licences", "ga@contoso.com, accountEnabled: true, licences"))
            .unwrap(),
        options(),
    );
    assert_eq!(own.readers("ga@contoso.com").unwrap().len(), 1, "who is there reads it");
}

/// F1: people are counted, not addresses; joined with the mail flow, the weaker one wins.
#[tokio::test(start_paused = true)]
async fn a_notice_is_followed_to_people() {
    let simulator = tenant(PARTNER);
    let people = |category| simulator.notices().into_iter().find(|n| n.category == category).unwrap().people.len();
    assert_eq!(people(NoticeCategory::ServiceAndTechnical), 2, "two read the shared mailbox");
    assert_eq!(people(NoticeCategory::SecurityAndCompliance), 0, "F5 an address outside");
    assert_eq!(people(NoticeCategory::PartnerVerification), 1, "the approver's address bounces");
    let changes = crate::support::object(json!({"ForwardingSmtpAddress": "smtp:x@out.example"}));
    simulator.disturb_mailbox("it@contoso.com", &changes).unwrap();
    assert_eq!(people(NoticeCategory::ServiceAndTechnical), 0, "§10.27");
    let client = crate::support::Client { simulator: simulator.clone(), token: String::new() };
    let served = client.get("http://localhost/_sim/notices").await;
    assert_eq!(served.body.as_array().unwrap().len(), NoticeCategory::ALL.len());
    assert_eq!(served.body[2]["category"], "ServiceAndTechnical");
    let business = json!({"businessEmails": [{"user": "ga@contoso.com", "address": "bill@contoso.com"}]});
    assert_eq!(client.put("http://localhost/_sim/notices", business).await.status, 204);
    assert_eq!(people(NoticeCategory::Marketing), 1);
    assert_eq!(simulator.truth()["notices"]["businessEmails"][0]["address"], "bill@contoso.com", "§10.35");
    assert_eq!(client.put("http://localhost/_sim/notices", json!({"surprise": 1})).await.status, 400);
}
