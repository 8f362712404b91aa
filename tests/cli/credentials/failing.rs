//! A credential that is of no use stops its own surface. The objects say why, the Tenant says which.

use std::time::Duration;

use serde_json::json;
use tenant_contacts::gather::TenantSet;
use tenant_contacts_api::reason::Reason;
use testkit::rig::on_paused_time;

use super::scene::{self, ORGANIZATION, RENEWED, Scene, USERS};

/// Beyond the end of the secret of the accounts, and of every token that was got with it.
const LONG: Duration = Duration::from_hours(4);

/// Says of a pass that the credential of the accounts, and it alone, could not be used for this reason.
async fn users_fail(scene: &mut Scene, set: &TenantSet, reason: Reason) {
    scene.disturb_organization();
    let report = scene.settle(set).await;
    scene.organization_is_kept();
    let failing: Vec<Reason> = report.failing.iter().map(|problem| problem.reason).collect();
    assert_eq!(failing, [reason]);
    for name in ["ada", "ben"] {
        let (status, is, message) = scene.ready("UserContact", name);
        assert_eq!((&*status, &*is), ("False", reason.as_str()), "{name}: {message}");
        assert!(message.contains("credentials[1]"), "{message}");
    }
    let (status, is, message) = scene::ready(&scene.tenant().conditions);
    assert_eq!((&*status, &*is), ("False", reason.as_str()));
    assert!(message.contains(&format!("credentials[1] (application {USERS}, for Users)")), "{message}");
    assert_eq!(scene.credential(USERS).reason, Some(reason));
    assert_eq!(scene.credential(ORGANIZATION).reason, None);
}

#[test]
fn a_secret_that_ends_stops_its_own_surface_until_it_is_renewed_and_the_other_does_not_notice() {
    on_paused_time(async {
        let set = scene::two();
        let mut scene = Scene::settled(&set).await;
        tokio::time::sleep(LONG).await;
        scene.disturb_ben();
        users_fail(&mut scene, &set, Reason::CredentialExpired).await;
        assert_eq!(scene.ben(), json!(["+1 206 555 0999"]), "nothing is written as an application that cannot sign in");
        assert_eq!(scene.credential(USERS).permissions, None, "what it may do is not known");

        let tokens = scene.world.simulator.statistics().tokens;
        let renewed = scene::secret("users", RENEWED, "contoso");
        let set = scene::manifests(scene::tenant(&scene::both()), &[scene::organization_secret(), renewed]);
        let report = scene.settle(&set).await;
        assert_eq!(report.failing, []);
        assert_eq!(scene.ben(), json!(["+1 206 555 0112"]));
        assert_eq!(scene.ready("UserContact", "ben").1, "InSync");
        assert_eq!(scene::ready(&scene.tenant().conditions).1, "InSync");
        let asked = scene.world.simulator.statistics().tokens - tokens;
        assert_eq!(asked, 1, "the other application keeps its token");
    });
}

#[test]
fn an_application_of_another_tenant_stops_its_own_surface() {
    on_paused_time(async {
        let stranger = "0c000000-0000-4000-8000-00000000000c";
        let set = scene::two();
        let mut scene = Scene::new(&set);
        let credentials = scene::credential(ORGANIZATION, "Organization", "organization")
            + &scene::credential(stranger, "Users", "users");
        let set = scene::manifests(scene::tenant(&credentials), &[scene::organization_secret(), scene::users_secret()]);
        let report = scene.settle(&set).await;
        assert_eq!(report.failing.len(), 1);
        assert_eq!(report.failing[0].reason, Reason::TenantMismatch);
        scene.organization_is_kept();
        assert_eq!(scene.ready("UserContact", "ada").1, "TenantMismatch");
    });
}

#[test]
fn a_wrong_a_missing_and_a_forbidden_secret_stop_their_own_surface() {
    let wrong = scene::secret("users", "no such secret", "contoso");
    let forbidden = scene::secret("users", "users-secret", "somebody-else");
    for (secret, reason) in [
        (Some(wrong), Reason::AuthenticationFailed),
        (None, Reason::CredentialsNotFound),
        (Some(forbidden), Reason::CredentialsNotAllowed),
    ] {
        on_paused_time(async {
            let secrets: Vec<String> = std::iter::once(scene::organization_secret()).chain(secret).collect();
            let set = scene::manifests(scene::tenant(&scene::both()), &secrets);
            let mut scene = Scene::new(&set);
            users_fail(&mut scene, &set, reason).await;
        });
    }
}

#[test]
fn a_label_that_is_taken_away_ends_the_use_of_a_token_that_is_still_good() {
    on_paused_time(async {
        let set = scene::two();
        let mut scene = Scene::settled(&set).await;
        let forbidden = scene::secret("users", "users-secret", "somebody-else");
        let set = scene::manifests(scene::tenant(&scene::both()), &[scene::organization_secret(), forbidden]);
        scene.disturb_ben();
        users_fail(&mut scene, &set, Reason::CredentialsNotAllowed).await;
        assert_eq!(scene.ben(), json!(["+1 206 555 0999"]));
    });
}

#[test]
fn a_surface_that_no_credential_serves_is_not_read_and_its_objects_say_so() {
    on_paused_time(async {
        let only = scene::credential(ORGANIZATION, "Organization", "organization");
        let tenant = scene::tenant(&only).replace("enforce: [Organization, Users]", "enforce: [Organization]");
        let set = scene::manifests(tenant, &[scene::organization_secret()]);
        let scene = Scene::settled(&set).await;
        scene.organization_is_kept();
        let (status, reason, message) = scene.ready("UserContact", "ada");
        assert_eq!((&*status, &*reason), ("False", "InvalidSpec"));
        assert!(message.contains("spec.credentials[].surfaces"), "{message}");
        assert!(!scene.seen.of(ORGANIZATION).contains("GET users"), "{:?}", scene.seen.of(ORGANIZATION));
    });
}

#[test]
fn while_one_service_is_away_for_a_moment_its_objects_keep_the_status_they_have() {
    on_paused_time(async {
        let set = scene::two();
        let mut scene = Scene::on_the_feed(&set).await;
        let before = (scene.child("UserContact", "ada"), scene.child("UserContact", "ben"));
        scene.disturb_organization();
        let away = "GET users/delta:429(100)";
        scene.world.simulator.set_faults(away.parse().unwrap());
        let report = scene.pass(&set).await;
        assert_eq!(report.failing.len(), 1, "{report:?}");
        assert_eq!(report.failing[0].reason, Reason::Throttled);
        assert!(report.done > 0, "the organization is put back meanwhile");
        assert_eq!((scene.child("UserContact", "ada"), scene.child("UserContact", "ben")), before);
        let (status, reason, _) = scene::ready(&scene.tenant().conditions);
        assert_eq!((&*status, &*reason), ("False", "Throttled"));

        tokio::time::sleep(Duration::from_secs(100)).await;
        let report = scene.settle(&set).await;
        assert_eq!(report.failing, []);
        scene.organization_is_kept();
        assert_eq!((scene.child("UserContact", "ada"), scene.child("UserContact", "ben")), before);
    });
}

#[test]
fn what_could_not_be_confirmed_is_not_written_and_the_other_surface_goes_on() {
    on_paused_time(async {
        let set = scene::two();
        let mut scene = Scene::on_the_feed(&set).await;
        scene.disturb_organization();
        scene.disturb_ben();
        // The change feed tells of Ben; the direct reading that is to confirm it is turned away.
        scene.world.simulator.set_faults("GET users/{id}:429(100)".parse().unwrap());
        let report = scene.pass(&set).await;
        assert_eq!(report.failing.len(), 1, "{report:?}");
        assert_eq!(scene.technical(), json!(["noc@contoso.com", "oncall@contoso.com"]));
        assert_eq!(scene.ben(), json!(["+1 206 555 0999"]));
        tokio::time::sleep(Duration::from_secs(100)).await;
        scene.settle(&set).await;
        assert_eq!(scene.ben(), json!(["+1 206 555 0112"]));
    });
}

#[test]
fn when_no_credential_can_be_used_the_tenant_says_it_of_each_and_objects_keep_the_status_they_have() {
    on_paused_time(async {
        let set = scene::two();
        let mut scene = Scene::settled(&set).await;
        let before = scene.child("UserContact", "ada");
        let set = scene::manifests(scene::tenant(&scene::both()), &[]);
        let report = scene.pass(&set).await;
        let problem = report.problem.expect("nothing could be looked at");
        assert_eq!(problem.reason, Reason::CredentialsNotFound);
        assert!(
            problem.message.contains("credentials[0]") && problem.message.contains("credentials[1]"),
            "{problem:?}"
        );
        assert_eq!(scene.child("UserContact", "ada"), before);
        assert_eq!(scene.credential(USERS).reason, Some(Reason::CredentialsNotFound));
        assert_eq!(scene.credential(ORGANIZATION).reason, Some(Reason::CredentialsNotFound));
    });
}
