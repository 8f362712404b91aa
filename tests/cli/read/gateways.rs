//! What stands before the mailboxes: what DNS shows of it, what is declared, and what the answer makes of both (DOMAIN E4).

use jiff::{ToSpan as _, Zoned, civil::Date};
use serde_json::Value;
use testkit::cli::{
    binary::{self, Answer},
    folder::Folder,
    office::Office,
    small,
};
use tokio::runtime::Runtime;

use super::dns::{DnsServer, MX, Reply, SERVER_FAILURE, mx};

/// Two people with mailboxes, and technical notices to both.
const SEED: &str = "
tenant:
  id: 9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001
  displayName: Contoso
  domains: [{name: contoso.onmicrosoft.com, initial: true}, {name: contoso.com, default: true}]
skus: [{skuPartNumber: SPE_E3, enabled: 5}]
organization: {technicalNotificationMails: [ann@contoso.com, bob@contoso.com]}
applications:
  - name: tenant-contacts
    clientId: 6f9f1c8e-2b7d-4a52-9a0e-1d3c5b7a2001
    secrets: [{value: small-secret}]
    permissions: [User.Read.All, Organization.Read.All, Domain.Read.All, GroupMember.Read.All,
      RoleManagement.Read.Directory, Mail.ReadBasic.All, MailboxSettings.Read, Exchange.ManageAsApp]
    directoryRoles: [Global Reader]
users:
  - {upn: ann@contoso.com, mail: ann@contoso.com, licences: [SPE_E3]}
  - {upn: bob@contoso.com, mail: bob@contoso.com, licences: [SPE_E3]}
";

const EXCHANGE_ONLINE: &str = "contoso-com.mail.protection.outlook.com";
const GATEWAY: &str = "mx1.mailwall.example";

/// A TrustedSenders with one gateway; `more` are further lines of it.
fn senders(more: &str) -> String {
    format!(
        "apiVersion: tenantcontacts.dev/v1alpha1
kind: TrustedSenders
metadata: {{name: contoso, namespace: contoso}}
spec:
  tenantRef: {{name: contoso}}
  gateways:
    - name: Mailwall
{more}
"
    )
}

fn attested(day: Date) -> String {
    senders(&format!("      attestation: {{by: nadia.ferrari, date: \"{day}\"}}"))
}

/// The tenant, its manifests, and a DNS server that says these hosts take the mail of contoso.com.
struct Scene {
    office: Office,
    folder: Folder,
    dns: DnsServer,
    _runtime: Runtime,
}

impl Scene {
    fn new(name: &str, hosts: &'static [&'static str]) -> Self {
        Self::answering(name, move |domain, kind| match (domain, kind) {
            ("contoso.com", MX) => Reply::of(hosts.iter().map(|host| mx("contoso.com", 10, host))),
            _ => Reply::nothing(),
        })
    }

    fn answering(name: &str, zone: impl Fn(&str, u16) -> Reply + Send + Sync + 'static) -> Self {
        let runtime = Runtime::new().unwrap();
        let dns = runtime.block_on(DnsServer::start(zone));
        let (office, folder) = (Office::open(SEED), Folder::new(name));
        folder.write("tenant.yaml", small::tenant("[]", ""));
        folder.write("secret.yaml", small::SECRET);
        Self { office, folder, dns, _runtime: runtime }
    }

    fn call(&self, verb: &str, more: &[&str]) -> Answer {
        binary::call(self.office.verb(verb, &self.folder, more))
    }

    /// What is explained of technical notices, with DNS or without.
    fn explained(&self, dns: bool) -> Explained {
        let server = self.dns.address.to_string();
        let more: &[&str] = if dns { &["--dns", &server] } else { &[] };
        let call = |form: &[&str]| self.call("explain", &[more, form].concat());
        let answer = call(&["-o", "json"]);
        assert_eq!(answer.err, "", "{answer:#?}");
        let view = answer.json()[0].clone();
        Explained { view, text: call(&["ServiceAndTechnical"]).out }
    }
}

struct Explained {
    view: Value,
    text: String,
}

impl Explained {
    /// Whether technical notices reach people.
    fn reach(&self) -> &str {
        let categories = self.view["categories"].as_array().unwrap();
        let technical = categories.iter().find(|one| one["category"] == "ServiceAndTechnical").unwrap();
        technical["reach"].as_str().unwrap()
    }

    /// What is found of gateways, as rule and subject.
    fn findings(&self) -> Vec<(&str, &str)> {
        let findings = self.view["findings"].as_array().unwrap().iter();
        let named = findings.map(|one| (one["rule"].as_str().unwrap(), one["subject"]["name"].as_str().unwrap()));
        named.filter(|(rule, _)| rule.starts_with("Gateway")).collect()
    }

    /// What stands before ann's mailbox.
    fn gateway(&self) -> Option<&str> {
        let nodes = self.view["nodes"].as_array().unwrap();
        nodes.iter().find(|node| node["kind"] == "Gateway").map(|node| node["label"].as_str().unwrap())
    }
}

fn today() -> Date {
    Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date()
}

#[test]
fn e4_a_gateway_that_dns_shows_makes_arrival_unknown_until_somebody_vouches_for_it() {
    let scene = Scene::new("gateway-shown", &[GATEWAY]);
    let unasked = scene.explained(false);
    assert_eq!((unasked.reach(), unasked.gateway()), ("SeveralPeople", None), "{}", unasked.text);
    assert_eq!(scene.dns.asked(), [], "nothing is asked without --dns");

    let shown = scene.explained(true);
    assert_eq!((shown.reach(), shown.gateway()), ("Unknown", Some(GATEWAY)), "{}", shown.text);
    assert_eq!(shown.findings(), [("GatewayUnattested", "contoso.com")]);
    assert!(shown.text.contains(GATEWAY) && shown.text.contains("GatewayUnverified"), "{}", shown.text);

    scene.folder.write("senders.yaml", senders(""));
    let declared = scene.explained(true);
    assert_eq!((declared.reach(), declared.gateway()), ("Unknown", Some("Mailwall")), "{}", declared.text);
    assert_eq!(declared.findings(), [("GatewayUnattested", "Mailwall")]);
    let log = scene.call("explain", &["--dns", &scene.dns.address.to_string(), "-o", "sarif"]).json();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let place = &results.iter().find(|one| one["ruleId"] == "GatewayUnattested").unwrap()["locations"][0];
    let place = &place["physicalLocation"];
    assert!(place["artifactLocation"]["uri"].as_str().unwrap().ends_with("senders.yaml"), "{place}");
    assert_eq!(place["region"]["startLine"], 7, "the gateway's own line: {place}");

    scene.folder.write("senders.yaml", attested(today()));
    let vouched = scene.explained(true);
    let label = format!("Mailwall (attested by nadia.ferrari on {})", today());
    assert_eq!((vouched.reach(), vouched.gateway()), ("SeveralPeople", Some(&*label)), "{}", vouched.text);
    assert_eq!(vouched.findings(), []);
    assert!(vouched.text.contains(&label), "who vouches for it is said: {}", vouched.text);

    scene.folder.write("senders.yaml", attested(today() - 181.days()));
    assert_eq!(scene.explained(true).reach(), "Unknown", "the word has ended");
    let asked = scene.dns.asked();
    assert!(asked.iter().all(|(name, _)| name == "contoso.com"), "of the initial domain nobody is asked: {asked:?}");
}

#[test]
fn e4_without_dns_the_declaration_counts() {
    let scene = Scene::new("gateway-declared", &[]);
    scene.folder.write("senders.yaml", senders("      domains: [contoso.com]"));
    assert_eq!(scene.explained(false).reach(), "Unknown");
    scene.folder.write("senders.yaml", senders("      domains: [other.example]"));
    assert_eq!(scene.explained(false).reach(), "SeveralPeople", "it stands before another domain");
    scene.folder.write("senders.yaml", attested(today() - 1.days()));
    assert_eq!(scene.explained(false).reach(), "SeveralPeople");
}

#[test]
fn e4_a_gateway_that_mail_goes_around_is_a_finding_and_no_obstacle() {
    let scene = Scene::new("gateway-bypassed", &[EXCHANGE_ONLINE]);
    assert_eq!(scene.explained(true).findings(), []);
    scene.folder.write("senders.yaml", senders(""));
    let explained = scene.explained(true);
    assert_eq!((explained.reach(), explained.gateway()), ("SeveralPeople", None), "{}", explained.text);
    assert_eq!(explained.findings(), [("GatewayBypassed", "Mailwall")]);
}

#[test]
fn e4_a_dns_server_that_fails_changes_nothing() {
    let scene = Scene::answering("gateway-unasked", |_, _| Reply::code(SERVER_FAILURE));
    let (failed, unasked) = (scene.explained(true), scene.explained(false));
    assert!(!scene.dns.asked().is_empty());
    for part in ["categories", "findings", "gaps", "nodes"] {
        assert_eq!(failed.view[part], unasked.view[part], "{part}");
    }
}

#[test]
fn e4_the_yaml_of_the_worklist_makes_the_task_go_away() {
    let scene = Scene::new("gateway-worklist", &[]);
    scene.folder.write("senders.yaml", senders(""));
    let before = scene.call("worklist", &[]);
    assert_eq!((before.code, before.err.as_str()), (2, ""), "{before:#?}");
    assert!(before.out.contains("A person must check and attest one gateway before the mailboxes."), "{}", before.out);
    let plan = scene.call("plan", &[]);
    assert_eq!(plan.code, 0, "there is nothing to write: {plan:#?}");
    assert!(plan.out.contains("Mailwall: it has no API"), "{}", plan.out);

    let line = before.out.lines().find(|line| line.contains("attestation:")).unwrap();
    let line = format!("      {}", line.trim().replace("YOUR NAME", "nadia.ferrari"));
    scene.folder.write("senders.yaml", senders(&line));
    let check = binary::call([std::path::Path::new("check"), &scene.folder.manifests()]);
    assert_eq!(check.code, 0, "{check:#?}");
    let after = scene.call("worklist", &[]);
    assert_eq!((after.code, after.err.as_str()), (0, ""), "{after:#?}");
    let plan = scene.call("plan", &[]);
    assert!(plan.code == 0 && !plan.out.contains("Mailwall"), "{plan:#?}");
    assert_eq!(scene.office.journal(), [], "nothing of it is written");
}

#[test]
fn e4_an_export_says_nothing_of_gateways_and_its_plan_stays_empty() {
    let scene = Scene::new("gateway-export", &[GATEWAY]);
    scene.folder.write("senders.yaml", senders(""));
    let to = scene.folder.root().join("exported");
    let export = scene.call("export", &["--to", to.to_str().unwrap()]);
    assert_eq!(export.code, 0, "{export:#?}");
    for file in std::fs::read_dir(&to).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("TrustedSenders"), "no interface tells it: {text}");
    }
}
