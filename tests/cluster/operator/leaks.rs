//! No token, secret, address or phone in the operator's logs at any level, in its events or in its metrics.

use testkit::{
    cli::{
        binary::{Running, until},
        small,
    },
    operator::{Site, admin},
};

/// What is recognised wherever it turns up. Sign-in names are addresses too.
const RECOGNISABLE: [&str; 12] = [
    "zq-client-secret-zq",
    "zq.ann.home@zq-private.example",
    "zq.ada.new@zq-private.example",
    "ada.old@example.org",
    "425 555 0171",
    "425 555 0102",
    "425 555 0104",
    "zq-noc@contoso.com",
    "ann@contoso.com",
    "ada@contoso.com",
    "zq-nobody@contoso.com",
    // How every token begins, the tenant's and the API server's: `{"` in base64.
    "eyJ",
];

/// The metrics as a scraper gets them.
pub fn metrics(operator: &Running) -> String {
    let answer = admin(operator, "/metrics");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

fn clean(what: &str, text: &str) {
    for word in RECOGNISABLE {
        let line = text.lines().find(|line| line.to_lowercase().contains(&word.to_lowercase()));
        assert_eq!(line, None, "{what} shows {word}");
    }
}

#[test]
fn the_operator_shows_nothing_private_at_the_most_talkative_level() {
    let seed = small::SEED.replace("small-secret", RECOGNISABLE[0]);
    let site = Site::naming("leaks", &seed, tenant_contacts_simulator::Options::default(), &["app", "private"], &[]);
    let operator = site.operator(&["--log", "trace"]);
    site.apply(&small::SECRET.replace("small-secret", RECOGNISABLE[0]));
    let private = format!("stringData: {{secret: {}}}", RECOGNISABLE[2]);
    site.apply(
        &small::SECRET.replace("stringData: {secret: small-secret}", &private).replace("name: app", "name: private"),
    );
    site.apply(&small::tenant("[Organization, Users]", "  interval: 10s"));
    site.apply(&small::ORGANIZATION.replace("noc@", "zq-noc@"));
    let ann = small::ANN.replace("ann.home@example.org", RECOGNISABLE[1]).replace("425 555 0101", RECOGNISABLE[4]);
    site.apply(&small::contact("ann", &ann));
    let from = "{mode: Exact, values: [{valueFrom: {secretKeyRef: {name: private, key: secret}}}]}";
    site.apply(&small::contact("ada", &format!("  alternateEmails: {from}")));
    site.apply(&small::contact("sam", small::SAM));
    site.apply(&small::contact("zq-nobody", small::ANN));
    site.ready("organizationcontacts", "contoso", "True InSync");
    site.ready("usercontact", "ann", "True InSync");
    site.ready("usercontact", "ada", "False PrivilegedRecoveryData");
    site.ready("usercontact", "sam", "False SynchronisedOnPremises");
    site.ready("usercontact", "zq-nobody", "False AccountNotFound");
    // Refused tokens are talked about as well.
    let wrong = format!("{}-wrong", RECOGNISABLE[0]);
    site.apply(&small::SECRET.replace("small-secret", &wrong));
    site.kubectl(&["annotate", "tenant", "contoso", "tenantcontacts.dev/requestedAt=now"]).ok();
    let events = || site.kubectl(&["get", "events", "-o", "json"]).ok();
    until("events are told", || events().contains("PrivilegedRecoveryData") && events().contains("AccountNotFound"));
    let refused = r#"tenant_contacts_requests_total{service="login",operation="token",status_class="4xx"}"#;
    until("the refused token is counted", || metrics(&operator).contains(refused));
    let metrics = metrics(&operator);
    assert!(metrics.contains("tenant_contacts_passes_total"), "{metrics}");
    let of = format!(r#"namespace="{}",tenant="contoso""#, site.namespace);
    for series in [
        r#"tenant_contacts_requests_total{service="login",operation="token",status_class="2xx"}"#.to_owned(),
        r#"tenant_contacts_requests_total{service="graph",operation="read",status_class="2xx"}"#.to_owned(),
        r#"tenant_contacts_requests_total{service="graph",operation="batch",status_class="2xx"}"#.to_owned(),
        format!(r#"tenant_contacts_blocked_fields{{{of},reason="AccountNotFound"}}"#),
        format!(r#"tenant_contacts_blocked_fields{{{of},reason="SynchronisedOnPremises"}}"#),
    ] {
        assert!(metrics.contains(&series), "{series} in {metrics}");
    }
    clean("a metric", &metrics);
    clean("an event", &events());
    operator.terminate();
    let (code, said) = operator.end();
    assert_eq!(code, Some(0));
    assert!(said.iter().any(|line| line.contains("TRACE")), "nothing was logged");
    clean("the log", &said.join("\n"));
}
