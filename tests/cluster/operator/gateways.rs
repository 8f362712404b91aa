//! TrustedSenders: a person's word for what stands before the mailboxes, in conditions and in the report (DOMAIN E4).

use jiff::{ToSpan as _, Zoned, civil::Date, tz::TimeZone};
use serde_json::{Value, json};
use testkit::{
    cli::{binary::until, small},
    operator::Site,
};

use super::report::Watch;

/// Two gateways; the first is attested on a day.
fn senders(day: Date) -> String {
    format!(
        "apiVersion: tenantcontacts.dev/v1alpha1
kind: TrustedSenders
metadata: {{name: contoso, namespace: contoso}}
spec:
  tenantRef: {{name: contoso}}
  gateways:
    - name: Mailwall
      attestation: {{by: nadia.ferrari, date: \"{day}\", evidence: OPS-4711}}
    - name: Elsewhere
      domains: [fabrikam.example]
"
    )
}

fn today() -> Date {
    Zoned::now().with_time_zone(TimeZone::UTC).date()
}

/// A condition of the object, as status and reason, and its message.
fn condition(site: &Site, kind: &str) -> (String, String) {
    let object = site.object("trustedsenders", "contoso").unwrap();
    let conditions = object["status"]["conditions"].as_array().cloned().unwrap_or_default();
    let found = conditions.into_iter().find(|one| one["type"] == kind).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (format!("{} {}", text(&found["status"]), text(&found["reason"])), text(&found["message"]))
}

#[test]
fn e4_a_trusted_senders_without_a_tenant_is_told_so_and_with_one_says_who_vouches_for_what() {
    let site = Site::open("gateways");
    let operator = site.operator(&[]);
    site.apply(&senders(today()));
    site.ready("trustedsenders", "contoso", "False TenantNotFound");
    site.apply(small::SECRET);
    site.apply(&small::tenant("[Organization, Users]", ""));
    site.ready("trustedsenders", "contoso", "True InSync");
    let (attested, message) = condition(&site, "Attested");
    assert_eq!(attested, "False AttestationMissing");
    let words = format!("Mailwall: attested by nadia.ferrari on {}, see OPS-4711", today());
    assert_eq!(message, format!("{words}; Elsewhere: nobody has attested it"));
    let object = site.object("trustedsenders", "contoso").unwrap();
    assert_eq!(object["status"]["fields"], json!([{"field": "gateways", "state": "Manual", "reason": "Manual"}]));
    assert_eq!(object["metadata"]["finalizers"], Value::Null, "nothing of it is ever put back");

    site.apply(
        &senders(today()).replace("      domains: [fabrikam.example]", "").replace("    - name: Elsewhere\n", ""),
    );
    until("what is left is attested", || condition(&site, "Attested").0 == "True Attested");
    site.apply(
        &senders(today() - 181.days()).replace("    - name: Elsewhere\n      domains: [fabrikam.example]\n", ""),
    );
    until("a word ends", || condition(&site, "Attested").0 == "False AttestationExpired");
    assert_eq!(condition(&site, "Ready").0, "True InSync", "no calendar turns a pipeline red");
    assert_eq!(site.office.journal(), [], "nothing of it is written");
    site.kubectl(&["delete", "trustedsenders", "contoso", "--timeout=60s"]).ok();
    operator.terminate();
    assert_eq!(operator.end().0, Some(0));
}

#[test]
fn e4_the_report_follows_the_word_for_a_gateway() {
    let (watch, _operator) = Watch::open("gateways-report");
    let reach = || {
        let report = watch.report();
        let categories = report["status"]["categories"].as_array().unwrap();
        let technical = categories.iter().find(|one| one["category"] == "ServiceAndTechnical").unwrap();
        technical["reach"].as_str().unwrap().to_owned()
    };
    assert_eq!(reach(), "SeveralPeople");
    watch.site.apply(&senders(today() - 181.days()));
    until("nobody vouches for what stands there", || reach() == "Unknown");
    assert!(watch.report()["status"].to_string().contains("GatewayUnverified"));
    watch.site.apply(&senders(today()));
    until("somebody does", || reach() == "SeveralPeople");
}
