//! Which request leaves as which application, and how many there are.

use std::collections::BTreeSet;

use testkit::rig::on_paused_time;

use super::scene::{self, ORGANIZATION, Scene, USERS};

fn set(lines: &[&str]) -> BTreeSet<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn each_surface_is_read_and_written_as_its_own_application() {
    on_paused_time(async {
        let set_of = scene::two();
        let mut scene = Scene::new(&set_of);
        let report = scene.settle(&set_of).await;
        assert_eq!(report.failing, []);
        scene.organization_is_kept();
        let by = |application: &str, property: &str| (application.to_owned(), property.to_owned());
        let expected =
            [by(ORGANIZATION, "technicalNotificationMails"), by(USERS, "businessPhones"), by(USERS, "otherMails")];
        assert_eq!(scene.written(), expected);
        // A batch is sent as one application, so what each asked for shows that none held requests of both.
        let organization = set(&["GET organization", "PATCH organization"]);
        assert_eq!(scene.seen.of(ORGANIZATION), organization);
        let users = set(&[
            "GET domains",
            // Whose organization it is, by its id alone: that the credential belongs to the declared tenant.
            "GET organization",
            "GET roleManagement/directory/roleAssignments",
            "GET roleManagement/directory/roleEligibilityScheduleInstances",
            "GET users",
            "PATCH users",
            // What the change of the technical contact does to who receives notices is judged on the tenant as a whole, which
            // is read as the application of the accounts.
            "GET directory/deletedItems/microsoft.graph.user",
            "GET providers/Microsoft.Billing/billingAccounts",
            "GET v1/profiles/legalbusiness",
            "POST adminapi/beta/4b8e2c17-93d5-4f6a-8a21-5d0c7e9f3b64",
        ]);
        assert_eq!(scene.seen.of(USERS), users);
    });
}

#[test]
fn one_application_named_twice_costs_what_it_costs_named_once() {
    let counted = |credentials: String| {
        on_paused_time(async {
            // May do everything: as the seed has no such application, the one of the accounts is granted the rest.
            let set = scene::manifests(scene::tenant(&credentials), &[scene::users_secret()]);
            let mut scene = Scene::new(&set);
            let all = [&scene::USERS_PERMISSIONS[..], &scene::ORGANIZATION_PERMISSIONS[..]].concat();
            assert!(scene.world.simulator.set_permissions(USERS, &all));
            scene.settle(&set).await;
            scene.organization_is_kept();
            assert_eq!(scene.tenant().credentials.len(), 1, "it is one credential");
            scene.world.simulator.statistics()
        })
    };
    let once = counted(scene::credential(USERS, "", "users"));
    let twice =
        counted(scene::credential(USERS, "Organization", "users") + &scene::credential(USERS, "Users", "users"));
    assert_eq!((once.operations, once.requests, once.tokens), (twice.operations, twice.requests, twice.tokens));
    assert_eq!(
        once.tokens, 4,
        "one for Graph, and one for each other service that the tenant is read through as a whole"
    );
}

#[test]
fn one_application_for_everything_takes_the_requests_it_always_took() {
    on_paused_time(async {
        let set = scene::manifests(scene::tenant(&scene::credential(USERS, "", "users")), &[scene::users_secret()]);
        let mut scene = Scene::new(&set);
        let all = [&scene::USERS_PERMISSIONS[..], &scene::ORGANIZATION_PERMISSIONS[..]].concat();
        assert!(scene.world.simulator.set_permissions(USERS, &all));
        scene.settle(&set).await;
        let before = scene.world.simulator.statistics().requests;
        // Past the second full reading, after which the change feed is trusted.
        tokio::time::sleep(std::time::Duration::from_mins(10)).await;
        scene.pass(&set).await;
        tokio::time::sleep(std::time::Duration::from_mins(10)).await;
        let trusted = scene.world.simulator.statistics().requests;
        assert!(trusted > before);
        scene.pass(&set).await;
        let idle = scene.world.simulator.statistics().requests - trusted;
        assert_eq!(idle, 2, "the organization, domains and roles in one batch, and the change feed");
    });
}
