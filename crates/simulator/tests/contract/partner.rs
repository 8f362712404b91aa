//! Partner Center's profiles: contract §7, §10.33.

use crate::support::{CLIENT, Client, Reply, TENANT, options, simulator, token};
use serde_json::{Value, json};
use tenant_contacts_simulator::{DisturbError, Limits, Options, Seed, Simulator, Switches};

const PARTNER: &str = "
partner:
  legalBusiness:
    companyName: Contoso Ltd
    address: {country: US, city: Redmond, addressLine1: One Way, postalCode: '98052'}
    primaryContact: {firstName: Ada, lastName: Admin, email: ada@contoso.com, phoneNumber: '4255550100'}
    companyApproverEmail: approver@contoso.com
  organization: {email: partner@contoso.com}
  support: {email: support@contoso.com, website: www.contoso.com}
  signIns: [{user: admin@contoso.com, refreshToken: refresh-me}]
";

fn seed(more: &str) -> Seed {
    let minimal = include_str!("../../src/seed/minimal.yaml");
    Seed::from_yaml(&format!("{minimal}{more}")).unwrap()
}

async fn sign_in(simulator: &Simulator, grant: &str) -> Reply {
    let form = format!(
        "{grant}&client_id={CLIENT}&client_secret=minimal-secret&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2F.default"
    );
    token(simulator, TENANT, &form).await
}

/// The application alone, and with the person who signed in for it.
async fn both(simulator: Simulator) -> (Client, Client) {
    let app = sign_in(&simulator, "grant_type=client_credentials").await;
    let user = sign_in(&simulator, "grant_type=refresh_token&refresh_token=refresh-me").await;
    let with = |reply: Reply| Client {
        simulator: simulator.clone(),
        token: reply.body["access_token"].as_str().unwrap().to_owned(),
    };
    (with(app), with(user))
}

async fn start(switches: Switches) -> (Client, Client) {
    both(simulator(&seed(PARTNER), Options { switches, ..options() })).await
}

fn at(profile: &str) -> String {
    format!("http://localhost/v1/profiles/{profile}")
}

async fn put(client: &Client, profile: &str, headers: &[(&str, &str)], body: Value) -> Reply {
    client.send("PUT", &at(profile), headers, Some(body)).await.unwrap()
}

/// E1: an application alone watches the legal profile and reaches nothing else; with a person it reads all five.
#[tokio::test(start_paused = true)]
async fn an_application_alone_reads_the_legal_profile_only() {
    let (app, user) = start(Switches::default()).await;
    let legal = app.get(&at("legalbusiness?vettingVersion=Current")).await;
    assert_eq!(legal.status, 200);
    assert_eq!(legal.body["primaryContact"]["email"], "ada@contoso.com");
    assert_eq!(legal.body["vettingStatus"], "authorized");
    assert_eq!(legal.body["profileType"], "LegalBusinessProfile");
    assert_eq!(legal.body["attributes"].get("etag"), None);
    for profile in ["organization", "billing", "support", "mpn"] {
        let refused = app.get(&at(profile)).await;
        assert_eq!((refused.status, &refused.body["code"]), (403, &json!(2032)), "{profile}");
        let read = user.get(&at(profile)).await;
        assert_eq!(read.status, 200, "{profile}");
        assert_eq!(read.body["attributes"].get("etag").is_some(), profile != "mpn", "{profile}");
    }
    let body = legal.body.clone();
    assert_eq!(put(&app, "legalbusiness", &[], body).await.status, 403);
    assert!(app.simulator.journal(0).is_empty());
}

/// The envelope is Partner Center's own: number and description, 429 without `error`, no Graph headers.
#[tokio::test(start_paused = true)]
async fn refusals_have_the_shapes_of_partner_center() {
    let (app, _) = start(Switches::default()).await;
    let other = Client { simulator: app.simulator.clone(), token: "x.y.z".to_owned() };
    let refused = other.get(&at("legalbusiness")).await;
    assert_eq!((refused.status, &refused.body["code"]), (401, &json!(400)));
    assert!(refused.body["description"].is_string());
    assert_eq!(app.get(&at("nothing")).await.status, 404);
    app.simulator.set_faults("GET profiles/legalbusiness:429(57);GET profiles/legalbusiness#2:503".parse().unwrap());
    let throttled = app.get(&at("legalbusiness")).await;
    let expected = json!({"statusCode": 429, "message": "Rate limit is exceeded. Try again in 57 seconds."});
    assert_eq!((throttled.status, throttled.header("retry-after")), (429, Some("57")));
    assert_eq!(throttled.body, expected);
    assert_eq!(app.get(&at("legalbusiness")).await.body["code"], 503);
    let echoed = app.send("GET", &at("legalbusiness"), &[("MS-CorrelationId", "c1")], None).await.unwrap();
    assert_eq!(echoed.header("ms-correlationid"), Some("c1"));
    assert_eq!(echoed.header("content-type"), Some("application/json; charset=utf-8"));
    // A token for Graph is none for Partner Center.
    let graph = crate::support::client(app.simulator.clone()).await;
    assert_eq!(graph.get(&at("legalbusiness")).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn the_quota_is_its_own() {
    let limits = Some(Limits { scale: 0.01, ..Limits::default() });
    let (app, _) = both(simulator(&seed(PARTNER), Options { limits, ..options() })).await;
    assert_eq!(app.get(&at("legalbusiness")).await.status, 200);
    assert_eq!(app.get(&at("legalbusiness")).await.status, 200);
    let refused = app.get(&at("legalbusiness")).await;
    assert_eq!((refused.status, &refused.body["statusCode"]), (429, &json!(429)));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    tokio::time::advance(std::time::Duration::from_secs(wait)).await;
    assert_eq!(app.get(&at("legalbusiness")).await.status, 200);
}

/// E1: a PUT is the whole resource, in either spelling, and restarts vetting; the truth says so.
#[tokio::test(start_paused = true)]
async fn a_put_replaces_everything_and_restarts_vetting() {
    let (app, user) = start(Switches::default()).await;
    let part = json!({"PrimaryContact": {"Email": "role@contoso.com"}});
    assert_eq!(put(&user, "legalbusiness", &[], part).await.status, 400);
    let whole = json!({"CompanyName": "Contoso Ltd", "Address": {"Country": "US", "AddressLine1": "One Way"},
        "PrimaryContact": {"FirstName": "Role", "Email": "role@contoso.com"}, "VettingStatus": "authorized",
        "ProfileType": "LegalBusinessProfile", "Attributes": {"ObjectType": "LegalBusinessProfile"}});
    let written = put(&user, "legalbusiness", &[], whole.clone()).await;
    assert_eq!(written.status, 200);
    assert_eq!(written.body["vettingStatus"], "pending");
    // Not sent: gone.
    assert_eq!(written.body.get("companyApproverEmail"), None);
    assert_eq!(app.get(&at("legalbusiness")).await.body, written.body);
    let truth = app.simulator.truth();
    let legal = truth["partnerProfiles"].as_array().unwrap().iter().find(|p| p["vettingStatus"].is_string()).unwrap();
    assert_eq!(legal["primaryContact"]["email"], "role@contoso.com");
    assert_eq!(app.simulator.journal(0).len(), 1);
    // The human answers the verification mail; an equal PUT changes nothing and restarts nothing.
    let done = crate::support::object(json!({"vettingStatus": "authorized", "vettingSubStatus": "none"}));
    app.simulator.disturb_partner("legalbusiness", &done).unwrap();
    assert_eq!(put(&user, "legalbusiness", &[], whole).await.body["vettingStatus"], "authorized");
    let wrong = crate::support::object(json!({"vettingStatus": 7}));
    let refused = app.simulator.disturb_partner("legalbusiness", &wrong);
    assert_eq!(refused, Err(DisturbError::Property("vettingStatus".to_owned())));
    let calm = Switches { legal_change_restarts_vetting: false, ..Switches::default() };
    let (_, user) = start(calm).await;
    let whole = json!({"companyName": "Contoso", "address": {}, "primaryContact": {}});
    assert_eq!(put(&user, "legalbusiness", &[], whole).await.body["vettingStatus"], "authorized");
}

#[tokio::test(start_paused = true)]
async fn a_repeated_request_id_writes_once() {
    let (_, user) = start(Switches::default()).await;
    let mut whole = user.get(&at("legalbusiness")).await.body;
    whole["companyApproverEmail"] = json!("new@contoso.com");
    let id = [("MS-RequestId", "11111111-1111-4111-8111-111111111111")];
    let first = put(&user, "legalbusiness", &id, whole.clone()).await;
    let again = put(&user, "legalbusiness", &id, whole).await;
    assert_eq!((first.status, first.body.clone()), (200, again.body));
    assert_eq!(user.simulator.journal(0).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stale_etag_is_refused() {
    let (_, user) = start(Switches::default()).await;
    let read = user.get(&at("organization")).await.body;
    let mut next = read.clone();
    next["email"] = json!("new@contoso.com");
    assert_eq!(put(&user, "organization", &[], next.clone()).await.status, 200);
    let stale = put(&user, "organization", &[], next.clone()).await;
    assert_eq!((stale.status, &stale.body["code"]), (400, &json!(2055)));
    next["attributes"] = user.get(&at("organization")).await.body["attributes"].clone();
    let quoted = format!("\"{}\"", read["attributes"]["etag"].as_str().unwrap());
    let stale = put(&user, "organization", &[("If-Match", &quoted)], next.clone()).await;
    assert_eq!(stale.body["code"], 2055);
    assert_eq!(put(&user, "organization", &[], next).await.status, 200);
}

/// The page says `supportprofile`, the resource's own link says `support`.
#[tokio::test(start_paused = true)]
async fn the_support_profile_is_put_elsewhere() {
    let (_, user) = start(Switches::default()).await;
    let read = user.get(&at("support")).await;
    assert_eq!(read.body["links"]["self"]["uri"], "/profiles/support");
    let body = json!({"email": "help@contoso.com"});
    assert_eq!(put(&user, "support", &[], body.clone()).await.status, 405);
    assert_eq!(put(&user, "supportprofile", &[], body.clone()).await.status, 200);
    assert_eq!(user.get(&at("support")).await.body["email"], "help@contoso.com");
    assert_eq!(put(&user, "mpn", &[], body.clone()).await.status, 405);
    let open = Switches { support_put_at_its_own_link: true, ..Switches::default() };
    let (_, user) = start(open).await;
    assert_eq!(put(&user, "support", &[], body).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn answers_may_begin_with_a_byte_order_mark() {
    let marked = Switches { partner_answers_begin_with_a_mark: true, ..Switches::default() };
    let (app, _) = start(marked).await;
    let read = app.get(&at("legalbusiness")).await;
    let bare = read.text.strip_prefix('\u{feff}').unwrap();
    assert_eq!(serde_json::from_str::<Value>(bare).unwrap()["companyName"], "Contoso Ltd");
    assert_eq!(read.header("content-type"), Some("application/json; charset=utf-8"));
}

/// No partner, no entry; and an application can be shut out.
#[tokio::test(start_paused = true)]
async fn who_is_not_let_in_is_denied() {
    let outsider = simulator(&Seed::minimal(), options());
    let app = sign_in(&outsider, "grant_type=client_credentials").await;
    let client = Client { simulator: outsider, token: app.body["access_token"].as_str().unwrap().to_owned() };
    assert_eq!(client.get(&at("legalbusiness")).await.body["code"], 2032);
    let (app, _) = start(Switches::default()).await;
    app.simulator.set_partner_applications(Some(&[]));
    assert_eq!(app.get(&at("legalbusiness")).await.status, 403);
    app.simulator.set_partner_applications(Some(&[CLIENT]));
    assert_eq!(app.get(&at("legalbusiness")).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_is_good_for_partner_center_and_an_enabled_account_only() {
    let simulator = simulator(&seed(PARTNER), options());
    let wrong = sign_in(&simulator, "grant_type=refresh_token&refresh_token=guess").await;
    assert_eq!(wrong.body["error"], "invalid_grant");
    assert!(!wrong.text.contains("guess"));
    let form = format!(
        "grant_type=refresh_token&refresh_token=refresh-me&client_id={CLIENT}&client_secret=minimal-secret&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
    );
    assert_eq!(token(&simulator, TENANT, &form).await.body["error_codes"], json!([65001]));
    simulator.disturb_user("admin@contoso.com", &crate::support::object(json!({"accountEnabled": false}))).unwrap();
    let disabled = sign_in(&simulator, "grant_type=refresh_token&refresh_token=refresh-me").await;
    assert_eq!(disabled.body["error_codes"], json!([50057]));
}

#[test]
fn a_seed_that_makes_no_sense_says_where() {
    for (more, place) in [
        ("partner: {legalBusiness: {vettingStatus: maybe}}", "partner.legalBusiness.vettingStatus"),
        ("partner: {applications: [nobody]}", "partner.applications[0]"),
        ("partner: {signIns: [{user: x@y.z, refreshToken: t}]}", "partner.signIns[0].user"),
    ] {
        let error = Simulator::new(&seed(more), options()).unwrap_err().to_string();
        assert!(error.starts_with(place), "{error}");
    }
    let minimal = include_str!("../../src/seed/minimal.yaml");
    assert!(Seed::from_yaml(&format!("{minimal}partner: {{mpn: 7}}\n")).is_err());
}
