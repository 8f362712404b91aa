//! The same through the real binary: `plan` and `apply` on a folder of manifests.

use serde_json::json;
use tenant_contacts_api::reason::Reason;
use tenant_contacts_simulator::{JournalEntry, Seed};
use testkit::{
    cli::{
        binary::{self, Answer},
        folder::Folder,
        front::Front,
        office::arguments,
        state,
    },
    small,
};

use super::scene::{self, ORGANIZATION, USERS};

struct Company {
    front: Front,
    folder: Folder,
}

impl Company {
    fn new(test: &str, seed: Seed) -> Self {
        let folder = Folder::new(&format!("credentials_{test}"));
        folder.write("tenant.yaml", scene::tenant(&scene::both()));
        folder.write("organization-secret.yaml", scene::organization_secret());
        folder.write("users-secret.yaml", scene::users_secret());
        for (index, object) in scene::objects().into_iter().enumerate() {
            folder.write(&format!("{index}.yaml"), object);
        }
        Self { front: Front::open(&[seed]), folder }
    }

    fn call(&self, verb: &str) -> Answer {
        let state = self.folder.state();
        let more = ["-o", "json", "--state", state.to_str().unwrap()];
        binary::call(arguments(verb, &self.folder.manifests(), self.front.address, &more))
    }

    /// What applications wrote, as application and kind.
    fn written(&self) -> Vec<(String, String)> {
        let journal = self.front.simulators[0].journal(0);
        let ours = journal.into_iter().filter(|entry: &JournalEntry| entry.actor != "outside");
        let mut written: Vec<(String, String)> = ours.map(|entry| (entry.actor, entry.kind)).collect();
        written.sort();
        written
    }

    fn ready(&self, kind: &str, name: &str) -> (String, String) {
        state::condition(&self.folder.state(), kind, name, "Ready").unwrap()
    }

    fn credential(&self, index: usize) -> serde_json::Value {
        state::status(&self.folder.state(), "Tenant", "contoso").unwrap()["credentials"][index].clone()
    }
}

fn by(application: &str, kind: &str) -> (String, String) {
    (application.to_owned(), kind.to_owned())
}

fn is(status: &str, reason: Reason) -> (String, String) {
    (status.to_owned(), reason.as_str().to_owned())
}

/// The seed in which no secret has ended: the binary's clock is the machine's.
fn seed() -> Seed {
    let mut seed = scene::seed();
    for secret in seed.applications.iter_mut().flat_map(|application| &mut application.secrets) {
        secret.expires = None;
    }
    seed
}

#[test]
fn apply_writes_each_surface_as_its_own_application_and_goes_on_with_one_when_the_other_is_revoked() {
    let company = Company::new("revoked", seed());
    let planned = company.call("plan");
    assert_eq!(planned.code, 2, "{planned:#?}");
    assert_eq!(planned.json()[0]["steps"].as_array().unwrap().len(), 3);
    assert_eq!(company.written(), [], "a plan writes nothing");
    let answer = company.call("apply");
    assert_eq!(answer.code, 0, "{answer:#?}");
    let first = [by(ORGANIZATION, "organization"), by(USERS, "user"), by(USERS, "user")];
    assert_eq!(company.written(), first);

    // Both surfaces drift, and the application of the accounts has lost its rights.
    let simulator = &company.front.simulators[0];
    assert!(simulator.set_permissions(USERS, &[]));
    let changes = json!({"technicalNotificationMails": ["somebody@example.org"]});
    simulator.disturb_organization(changes.as_object().unwrap()).unwrap();
    let changes = json!({"otherMails": ["somebody@example.org"]});
    simulator.disturb_user("ada@contoso.com", changes.as_object().unwrap()).unwrap();
    let answer = company.call("apply");
    assert_eq!(
        answer.code, 2,
        "a missing permission is no error of the run, and the accounts are not as declared: {answer:#?}"
    );
    let second =
        [by(ORGANIZATION, "organization"), by(ORGANIZATION, "organization"), by(USERS, "user"), by(USERS, "user")];
    assert_eq!(company.written(), second);
    assert_eq!(company.ready("OrganizationContacts", "contoso"), is("True", Reason::InSync));
    assert_eq!(company.ready("UserContact", "ada"), is("False", Reason::PermissionMissing));
    assert_eq!(company.credential(0)["permissions"]["missing"], json!([]));
    let missing = company.credential(1)["permissions"]["missing"].clone();
    assert!(missing.as_array().unwrap().iter().any(|one| one["permission"] == "User.Read.All"), "{missing}");

    // Granted again, the accounts go on as well.
    assert!(simulator.set_permissions(USERS, &scene::USERS_PERMISSIONS));
    let answer = company.call("apply");
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert_eq!(company.ready("UserContact", "ada"), is("True", Reason::InSync));
}

#[test]
fn a_secret_that_has_ended_is_said_with_the_credential_and_stops_its_own_surface() {
    let mut seed = seed();
    seed.applications[1].secrets[0].expires = Some("2020-01-01T00:00:00Z".into());
    let company = Company::new("expired", seed);
    let planned = company.call("plan");
    assert_eq!(planned.code, 1, "{planned:#?}");
    let said =
        format!("error: Tenant contoso/contoso: CredentialExpired: credentials[1] (application {USERS}, for Users)");
    assert!(planned.err.contains(&said), "{planned:#?}");
    assert!(planned.err.contains(Reason::CredentialExpired.remedy()), "{planned:#?}");
    assert_eq!(planned.json()[0]["steps"].as_array().unwrap().len(), 1, "the organization is planned");
    let answer = company.call("apply");
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert!(answer.err.contains(&said), "{answer:#?}");
    assert_eq!(company.written(), [by(ORGANIZATION, "organization")]);
    assert_eq!(company.ready("OrganizationContacts", "contoso"), is("True", Reason::InSync));
    assert_eq!(company.ready("UserContact", "ben"), is("False", Reason::CredentialExpired));
    assert_eq!(company.ready("Tenant", "contoso"), is("False", Reason::CredentialExpired));
    assert_eq!(company.credential(1)["reason"], "CredentialExpired");

    company.folder.write("users-secret.yaml", scene::secret("users", scene::RENEWED, "contoso"));
    let answer = company.call("apply");
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert_eq!(company.ready("UserContact", "ben"), is("True", Reason::InSync));
    assert_eq!(company.ready("Tenant", "contoso"), is("True", Reason::InSync));
}

#[test]
fn the_offline_check_names_an_account_that_no_credential_serves() {
    let folder = Folder::new("credentials_unserved");
    let only = scene::credential(ORGANIZATION, "Organization", "organization");
    folder.write("tenant.yaml", scene::tenant(&only).replace("enforce: [Organization, Users]", "enforce: []"));
    folder.write("ada.yaml", small::user("ada", "mobilePhone: {value: \"+1 206 555 0111\"}"));
    folder.write("organization.yaml", small::organization("technical: {values: [{address: noc@contoso.com}]}"));
    let arguments = ["check", "-o", "json"].map(std::ffi::OsString::from);
    let checked = binary::call(arguments.into_iter().chain([folder.manifests().into_os_string()]));
    assert_eq!(checked.code, 1, "{checked:#?}");
    let problems = checked.json()["problems"].as_array().unwrap().clone();
    assert_eq!(problems.len(), 1, "the organization is served: {problems:#?}");
    let problem = &problems[0];
    assert_eq!((&problem["reason"], &problem["field"]), (&json!("InvalidSpec"), &json!("spec.tenantRef.name")));
    assert!(problem["file"].as_str().unwrap().ends_with("ada.yaml"), "{problem:#}");
    assert!(problem["message"].as_str().unwrap().contains("no credential for the surface Users"), "{problem:#}");
    assert!(problem["remedy"].as_str().unwrap().contains("spec.credentials[].surfaces"), "{problem:#}");
}
