//! What waits because it would leave a kind of notice to nobody, or to too few: which kind, and who would be left.

use serde_json::json;
use tenant_contacts_simulator::Options;
use testkit::{
    cli::small::{self, CLIENT},
    operator::Site,
};

use super::{call::plugin, rights};

/// Two people behind the technical notices, and two behind the marketing mail.
fn seed() -> String {
    format!(
        r"
tenant:
  id: 9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001
  displayName: Contoso
  domains:
    - {{name: contoso.onmicrosoft.com, initial: true}}
    - {{name: contoso.com, default: true}}
skus: [{{skuPartNumber: SPE_E3, enabled: 5}}]
organization:
  technicalNotificationMails: [ann@contoso.com, bob@contoso.com]
  marketingNotificationEmails: [ann@contoso.com, bob@contoso.com]
applications:
  - name: tenant-contacts
    clientId: {CLIENT}
    secrets: [{{value: small-secret}}]
    permissions: [User.Read.All, Organization.ReadWrite.All, Domain.Read.All, GroupMember.Read.All,
      RoleManagement.Read.Directory, Mail.ReadBasic.All, MailboxSettings.Read, Exchange.ManageAsApp]
    directoryRoles: [Global Reader]
users:
  - {{upn: ann@contoso.com, displayName: Ann Archer, mail: ann@contoso.com, licences: [SPE_E3]}}
  - {{upn: bob@contoso.com, displayName: Bob Bell, mail: bob@contoso.com, licences: [SPE_E3]}}
"
    )
}

const CONTACTS: &str = "apiVersion: tenantcontacts.dev/v1alpha1
kind: OrganizationContacts
metadata: {name: contoso, namespace: contoso}
spec:
  tenantRef: {name: contoso}
  technical: {values: [{address: gone@contoso.com}, {address: left@contoso.com}]}
  marketing: {values: [{address: bob@contoso.com}, {address: gone@contoso.com}]}
";

#[test]
fn plan_and_status_say_which_notice_would_reach_nobody_and_who_would_be_left_f1() {
    let site = Site::with("plugin-consequences", &seed(), Options::default());
    rights::bind(&site, "looker", "tenant-contacts-viewer");
    let _operator = site.operator(&[]);
    site.apply(&small::tenant("[Organization]", ""));
    site.apply(small::SECRET);
    site.apply(CONTACTS);
    site.ready("organizationcontacts", "contoso", "False EmptiesCategory");
    site.ready("tenant", "contoso", "False EmptiesCategory");

    let status = site.object("tenant", "contoso").unwrap()["status"].clone();
    let hash = status["plan"]["approvalHash"].as_str().unwrap();
    let ready = status["conditions"].as_array().unwrap().iter().find(|one| one["type"] == "Ready").unwrap();
    let says = format!(
        "2 steps wait for the approval of {hash}; no known recipient would receive ServiceAndTechnical (2 people now); \
         only Bob Bell would receive Marketing (2 people now)"
    );
    assert_eq!(ready["message"], says);

    let text = plugin(&site, &["plan", "--as", "looker"]);
    assert_eq!(text.code, Some(2), "{text:#?}");
    let expected = "
Who receives notices, once all of this is written:
  ServiceAndTechnical: 2 people -> NOBODY KNOWN (needs approval: EmptiesCategory)
      - no longer reaches Ann Archer, Bob Bell
  Marketing: 2 people -> one person (needs approval: BelowMinimumRecipients)
      - no longer reaches Ann Archer
      = leaves Bob Bell
";
    assert!(text.out.contains(expected), "{}", text.out);

    let view: serde_json::Value = serde_json::from_str(&plugin(&site, &["plan", "-o", "json"]).out).unwrap();
    let technical = json!({
        "category": "ServiceAndTechnical", "before": "SeveralPeople", "after": "NobodyKnown",
        "peopleBefore": 2, "peopleAfter": 0, "peopleLost": 2, "gate": "EmptiesCategory",
        "loses": ["Ann Archer", "Bob Bell"],
    });
    assert_eq!(view[0]["consequences"][0], technical);
}
