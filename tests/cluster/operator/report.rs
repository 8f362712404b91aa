//! The ContactReport: what an on-call person sees, when it changes, and what is told of it.

use serde_json::{Value, json};
use tenant_contacts_simulator::Options;
use testkit::{
    cli::{
        binary::{Running, until},
        small,
    },
    operator::Site,
};

use super::leaks::metrics;

/// Permissions that tell everything about mail in this tenant.
const PERMISSIONS: [&str; 8] = [
    "User.Read.All",
    "Organization.Read.All",
    "Domain.Read.All",
    "GroupMember.Read.All",
    "RoleManagement.Read.Directory",
    "Mail.ReadBasic.All",
    "MailboxSettings.Read",
    "Exchange.ManageAsApp",
];

/// Two administrators with mailboxes, a list that has both, and security notices to an address that nothing has.
pub fn seed() -> String {
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
  technicalNotificationMails: [noc@contoso.com]
  securityComplianceNotificationMails: [gone@contoso.com]
  marketingNotificationEmails: [noc@contoso.com]
  privacyProfile: {{contactEmail: noc@contoso.com}}
applications:
  - name: tenant-contacts
    clientId: {client}
    secrets: [{{value: small-secret}}]
    permissions: [{permissions}]
    directoryRoles: [Global Reader]
users:
  - {{upn: ann@contoso.com, mail: ann@contoso.com, licences: [SPE_E3], roles: [Global Administrator]}}
  - {{upn: bob@contoso.com, mail: bob@contoso.com, licences: [SPE_E3], roles: [Helpdesk Administrator]}}
exchange:
  lists:
    - name: NOC
      mail: noc@contoso.com
      members: [ann@contoso.com, bob@contoso.com]
      requireSenderAuthenticationEnabled: false
",
        client = small::CLIENT,
        permissions = PERMISSIONS.join(", "),
    )
}

/// The category that nobody who can be read receives, as the report names it: the business emails of two administrators cannot.
pub const NOBODY: &str = "SecurityAndCompliance (NoRecipient)";

/// An exception for the category that nobody receives.
pub fn policy(until: &str) -> String {
    format!(
        "apiVersion: tenantcontacts.dev/v1alpha1
kind: ContactPolicy
metadata: {{name: moving, namespace: contoso}}
spec:
  tenantRef: {{name: contoso}}
  rules:
    - name: NobodyKnownBehindCategory
      exceptions:
        - subject: SecurityAndCompliance
          owner: helena.marsh
          reason: moving to the new list
          until: \"{until}\"
"
    )
}

/// Leases that end soon, so that a killed operator is followed soon.
pub const QUICK: [&str; 4] = ["--lease-duration", "6s", "--request-timeout", "3s"];

pub struct Watch {
    pub site: Site,
    asked: u32,
}

impl Watch {
    pub fn open(name: &str) -> (Self, Running) {
        Self::by(Site::with(name, &seed(), Options::default()), &QUICK)
    }

    /// With an operator that has these arguments.
    pub fn by(site: Site, arguments: &[&str]) -> (Self, Running) {
        let operator = site.operator(arguments);
        site.apply(small::SECRET);
        site.apply(&small::tenant("[]", ""));
        let watch = Self { site, asked: 0 };
        watch.site.ready("contactreport", "contoso", "True Reported");
        (watch, operator)
    }

    pub fn report(&self) -> Value {
        self.site.object("contactreport", "contoso").unwrap()
    }

    pub fn summary(&self, field: &str) -> String {
        match &self.report()["status"]["summary"][field] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }

    /// Asks for a reading, as `kubectl annotate` does.
    pub fn ask(&mut self) {
        self.asked += 1;
        let annotation = format!("tenantcontacts.dev/requestedAt={}", self.asked);
        self.site.kubectl(&["annotate", "--overwrite", "tenant", "contoso", &annotation]).ok();
    }

    /// Events about the Tenant with one of these reasons, as `type reason note`, however often each was counted.
    pub fn told(&self) -> Vec<String> {
        let events = self.site.kubectl(&["get", "events.events.k8s.io", "-o", "json"]).json();
        let mut told: Vec<String> = events["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| ["NobodyReached", "ReachedAgain"].contains(&event["reason"].as_str().unwrap()))
            .map(|event| {
                assert_eq!(event["regarding"]["kind"], "Tenant");
                assert!(event["series"].is_null(), "told again: {event}");
                let text = |field: &str| event[field].as_str().unwrap().to_owned();
                format!("{} {} {}", text("type"), text("reason"), text("note"))
            })
            .collect();
        told.sort();
        told
    }

    pub fn disturb(&self, changes: &Value) {
        self.site.office.simulator.disturb_organization(changes.as_object().unwrap()).unwrap();
    }

    pub fn shown(&self, args: &[&str]) -> String {
        let shown = self.site.kubectl(args).ok();
        println!("$ kubectl {}\n{shown}", args.join(" "));
        shown
    }
}

#[test]
fn f1_who_is_on_call_sees_which_notice_nobody_gets_and_why_and_when_it_is_mended() {
    let (mut watch, operator) = Watch::open("report");
    let list = watch.shown(&["get", "contactreports"]);
    let row = list.lines().nth(1).unwrap();
    assert!(row.contains("SecurityAndCompliance (NoRecipient)"), "{list}");
    watch.shown(&["get", "contactreports", "-o", "wide"]);
    let described = watch.shown(&["describe", "contactreport", "contoso"]);
    let described = described.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = "Status: Categories: Category: SecurityAndCompliance Certain: 0 Message:";
    assert!(described.contains(first), "what nobody gets comes first");
    for said in [
        "Obstacle: NoRecipient",
        "gone@contoso.com: NoRecipient",
        "Correct the address, or create a mailbox or list that has it.",
        "no known recipient would receive: SecurityAndCompliance (NoRecipient)",
    ] {
        assert!(described.contains(said), "{said}");
    }
    let report = watch.report();
    let owner = &report["metadata"]["ownerReferences"][0];
    assert_eq!(owner["uid"], watch.site.object("tenant", "contoso").unwrap()["metadata"]["uid"]);
    assert_eq!(report["spec"], json!({"tenantRef": {"name": "contoso"}}));
    assert_eq!(watch.told(), [""; 0], "how things are is no news");

    // Mended by hand, and then spoilt.
    watch.disturb(&json!({"securityComplianceNotificationMails": ["noc@contoso.com"]}));
    watch.ask();
    until("the report is mended", || watch.summary("nobodyKnown").is_empty());
    let again = "Normal ReachedAgain 2 people certainly receive SecurityAndCompliance again";
    until("the event", || watch.told() == [again]);
    watch.disturb(&json!({"technicalNotificationMails": ["gone@contoso.com"]}));
    watch.ask();
    until("the report says so", || watch.summary("nobodyKnown") == "ServiceAndTechnical (NoRecipient)");
    let warning = "Warning NobodyReached nobody certainly receives ServiceAndTechnical any more (NoRecipient): Correct the \
                address, or create a mailbox or list that has it.";
    until("the event", || watch.told() == [again, warning]);
    watch.shown(&["get", "events", "--field-selector", "involvedObject.kind=Tenant"]);

    // Killed and started again: nothing is told twice, and nothing is written.
    drop(operator);
    let before = watch.report();
    let operator = watch.site.operator(&QUICK);
    operator.says(&["surveyed"]);
    assert_eq!(watch.report(), before);
    let mark = operator.mark();
    watch.ask();
    operator.says_after(mark, &["surveyed"]);
    assert_eq!(watch.report(), before);
    assert_eq!(watch.told(), [again, warning]);

    // It goes with its Tenant.
    watch.site.kubectl(&["delete", "tenant", "contoso"]).ok();
    until("the report is gone", || watch.site.object("contactreport", "contoso").is_none());
}

#[test]
fn g2_without_a_permission_it_is_unknown_and_says_which_one_and_nothing_is_called_lost() {
    let (mut watch, _operator) = Watch::open("unread");
    let client = small::CLIENT;
    let fewer: Vec<&str> = PERMISSIONS.into_iter().filter(|one| *one != "Exchange.ManageAsApp").collect();
    assert!(watch.site.office.simulator.set_permissions(client, &fewer));
    watch.ask();
    until("it says what it does not know", || watch.summary("unknown").contains("ServiceAndTechnical"));
    let report = watch.report();
    watch.shown(&["get", "contactreports"]);
    watch.shown(&["describe", "contactreport", "contoso"]);
    assert_eq!(watch.summary("nobodyKnown"), "", "{report:#}");
    let gaps = report["status"]["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["permission"].as_str().unwrap_or_default().contains("Exchange.ManageAsApp")));
    assert!(watch.site.office.simulator.set_permissions(client, &PERMISSIONS));
    watch.ask();
    until("it is known again", || watch.summary("nobodyKnown") == NOBODY);

    // Nothing can be read at all: the old answer stands, and is not current.
    watch.site.kubectl(&["delete", "secret", "app"]).ok();
    watch.ask();
    watch.site.ready("contactreport", "contoso", "False CredentialsNotFound");
    assert_eq!(watch.summary("nobodyKnown"), NOBODY);
    watch.site.apply(small::SECRET);
    watch.site.ready("contactreport", "contoso", "True Reported");
    assert_eq!(watch.told(), [""; 0], "what was unknown in between is no news");
}

#[test]
fn a_policys_exception_quiets_a_finding_until_its_day_and_costs_no_request() {
    let (watch, _operator) = Watch::open("policy");
    // Listed before its Tenant is no reason to say that the Tenant is missing; without one it is.
    watch.site.apply(&policy("2999-12-31").replace("name: contoso}", "name: nobody}").replace("moving,", "lost,"));
    watch.site.ready("contactpolicy", "lost", "False TenantNotFound");
    let warnings: u32 = watch.summary("warnings").parse().unwrap();
    let asked = watch.site.office.simulator.statistics().requests;
    assert_eq!(watch.summary("excepted"), "0");
    watch.site.apply(&policy("2999-12-31"));
    until("the finding is quiet", || watch.summary("excepted") == "1");
    assert_eq!(watch.summary("warnings"), (warnings - 1).to_string());
    watch.site.ready("contactpolicy", "moving", "True PolicyHolds");
    watch.shown(&["get", "contactpolicies"]);
    watch.site.apply(&policy("2020-01-31"));
    until("it counts again", || watch.summary("excepted") == "0");
    assert_eq!(watch.summary("warnings"), warnings.to_string());
    assert_eq!(watch.site.office.simulator.statistics().requests, asked, "answered from what was read");
    watch.site.kubectl(&["delete", "contactpolicy", "lost", "moving"]).ok();
}

#[test]
fn a_suspended_tenant_is_not_read_and_its_report_says_that_it_is_not_current() {
    let (mut watch, operator) = Watch::open("suspended");
    let said = metrics(&operator);
    for (metric, labels, value) in [
        ("categories", r#"reach="NobodyKnown""#, "1"),
        ("category_people", r#"category="Privacy",certainty="certain""#, "2"),
        ("findings", r#"severity="Error""#, "1"),
        ("surveys_total", r#"outcome="done""#, "1"),
    ] {
        let of = format!(r#"namespace="{}",tenant="contoso""#, watch.site.namespace);
        let line = format!("tenant_contacts_{metric}{{{of},{labels}}} {value}");
        assert!(said.contains(&line), "{line} in {said}");
    }
    watch.site.apply(&small::tenant("[]", "  suspend: true"));
    watch.site.ready("contactreport", "contoso", "False Suspended");
    watch.site.ready("tenant", "contoso", "True Suspended");
    let (asked, mark) = (watch.site.office.simulator.statistics().requests, operator.mark());
    watch.ask();
    operator.says_after(mark, &["pass", "contoso"]);
    assert_eq!(watch.summary("nobodyKnown"), NOBODY, "what was said stands");
    assert_eq!(watch.site.office.simulator.statistics().requests, asked);
    watch.site.apply(&small::tenant("[]", ""));
    watch.site.ready("contactreport", "contoso", "True Reported");
}

#[test]
fn somebody_elses_report_of_the_tenants_name_is_left_alone_and_the_tenant_is_told() {
    let site = Site::with("theirs", &seed(), Options::default());
    let theirs = "apiVersion: tenantcontacts.dev/v1alpha1
kind: ContactReport
metadata: {name: contoso, namespace: contoso}
spec: {tenantRef: {name: contoso}}
";
    site.apply(theirs);
    let before = site.object("contactreport", "contoso").unwrap();
    let _operator = site.operator(&QUICK);
    site.apply(small::SECRET);
    site.apply(&small::tenant("[]", ""));
    until("the Tenant is told", || {
        let events = site.kubectl(&["get", "events.events.k8s.io", "-o", "json"]).json();
        events["items"].as_array().unwrap().iter().any(|event| event["reason"] == "ReportNotOwned")
    });
    assert_eq!(site.object("contactreport", "contoso").unwrap(), before);
    site.kubectl(&["delete", "contactreport", "contoso"]).ok();
    site.ready("contactreport", "contoso", "True Reported");
}
