//! What status says of each application.

use serde_json::json;
use tenant_contacts_api::{field::Surface, status::CredentialStatus};
use testkit::rig::on_paused_time;

use super::scene::{self, ORGANIZATION, ORGANIZATION_PERMISSIONS, Scene, USERS, USERS_PERMISSIONS};

fn missing(status: &CredentialStatus) -> Vec<String> {
    let permissions = status.permissions.as_ref().expect("its token says what it may do");
    permissions.missing.iter().map(|missing| missing.permission.clone()).collect()
}

#[test]
fn status_lists_of_each_credential_what_its_surfaces_need() {
    on_paused_time(async {
        let set = scene::two();
        let scene = Scene::settled(&set).await;
        for (application, surface, held) in [
            (ORGANIZATION, Surface::Organization, &ORGANIZATION_PERMISSIONS[..]),
            (USERS, Surface::Users, &USERS_PERMISSIONS[..]),
        ] {
            let status = scene.credential(application);
            assert_eq!(status.surfaces, [surface]);
            assert_eq!((status.reason, status.message), (None, None));
            let permissions = status.permissions.unwrap();
            let mut held: Vec<String> = held.iter().map(ToString::to_string).collect();
            held.sort();
            assert_eq!(permissions.held, held);
            assert_eq!((permissions.missing, permissions.excess), (vec![], Vec::<String>::new()));
        }
    });
}

#[test]
fn what_the_other_surface_needs_is_in_excess_here() {
    on_paused_time(async {
        let set = scene::two();
        let mut scene = Scene::new(&set);
        let more = [&ORGANIZATION_PERMISSIONS[..], &["User.Read.All", "Domain.Read.All"]].concat();
        assert!(scene.world.simulator.set_permissions(ORGANIZATION, &more));
        scene.settle(&set).await;
        let permissions = scene.credential(ORGANIZATION).permissions.unwrap();
        assert_eq!(permissions.excess, ["Domain.Read.All", "User.Read.All"]);
        assert_eq!(scene.credential(USERS).permissions.unwrap().excess, Vec::<String>::new());
    });
}

#[test]
fn g1_a_revoked_permission_stops_its_own_surface_and_is_named_with_what_it_would_allow() {
    on_paused_time(async {
        let set = scene::two();
        let mut scene = Scene::new(&set);
        // Everything of the accounts, and the right to write the organization.
        assert!(scene.world.simulator.set_permissions(USERS, &[]));
        scene.settle(&set).await;
        scene.organization_is_kept();
        let (status, reason, message) = scene.ready("UserContact", "ada");
        assert_eq!((&*status, &*reason), ("False", "PermissionMissing"));
        assert!(message.contains("User.Read.All, which tells which account a name stands for"), "{message}");
        let needed = ["Domain.Read.All", "GroupMember.Read.All", "RoleManagement.Read.Directory"];
        let needed = [&needed[..], &["User-Mail.ReadWrite.All", "User-Phone.ReadWrite.All", "User.Read.All"]].concat();
        assert_eq!(missing(&scene.credential(USERS)), needed);
        assert_eq!(missing(&scene.credential(ORGANIZATION)), [""; 0]);
        let status = serde_json::to_value(scene.credential(USERS)).unwrap();
        let domains = json!({"permission": "Domain.Read.All",
            "purpose": "tells whether an address lies inside the organization"});
        assert_eq!(status["permissions"]["missing"][0], domains);
        assert!(scene.written().iter().all(|(application, _)| application == ORGANIZATION), "{:?}", scene.written());

        // Granted again, it shows in the next token.
        assert!(scene.world.simulator.set_permissions(USERS, &USERS_PERMISSIONS));
        tokio::time::sleep(std::time::Duration::from_hours(1)).await;
        scene.settle(&set).await;
        assert_eq!(scene.ready("UserContact", "ada").1, "InSync");
        assert_eq!(scene.ready("UserContact", "ben").1, "InSync");
        assert_eq!(missing(&scene.credential(USERS)), [""; 0]);
    });
}
