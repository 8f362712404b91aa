//! What a plan shows is what its hash covers, and what it proposes can be typed.

use testkit::cli::{
    binary,
    folder::Folder,
    office::Office,
    small::{self, BOB, SEED},
    state,
};

use super::{UNASKED, apply, approval_hash, plan, view, with_approval};

#[test]
fn c2_a_name_that_does_not_fit_the_object_id_beside_it_is_said() {
    let (office, folder) = (Office::open(SEED), Folder::new("renamed"));
    let file = folder.state();
    folder.write("tenant.yaml", small::tenant("[Users]", ""));
    folder.write("secret.yaml", small::SECRET);
    let id = office.user("bob@contoso.com")["id"].as_str().unwrap().to_owned();
    let bob = small::contact("bob", BOB).replace("bob@contoso.com}", &format!("robert@contoso.com, objectId: {id}}}"));
    folder.write("bob.yaml", bob);
    let text = binary::call(office.verb("plan", &folder, &[]));
    assert_eq!(text.code, 0, "it is the same account: {text:#?}");
    assert!(
        text.out.contains("Note: UserContact contoso/bob: ") && text.out.contains("another sign-in name"),
        "{text:#?}"
    );
    let applied = apply(&office, &folder, &["--state", file.to_str().unwrap()]);
    assert_eq!(view(&applied)["notes"][0]["kind"], "renamed", "{applied:#?}");
    let ready = state::condition(&file, "UserContact", "bob", "Ready");
    assert_eq!(ready, Some(("True".into(), "Renamed".into())));
}

#[test]
fn c2_the_two_hashes_are_told_apart() {
    let (office, folder) = (Office::open(SEED), small::folder("two_hashes"));
    let now = view(&plan(&office, &folder));
    let (hash, approval) = (now["hash"].as_str().unwrap(), now["approvalHash"].as_str().unwrap());
    let refused = apply(&office, &folder, &["--plan", approval]);
    assert_eq!(refused.code, 1, "{refused:#?}");
    let said = format!("{approval} is the approval hash of what waits, and the plan hash is {hash}");
    assert!(refused.err.contains(&said) && refused.err.contains("Nothing was written"), "{refused:#?}");
    assert_eq!(office.journal(), []);
    let refused = apply(&office, &folder, &["--approve", hash]);
    assert!(refused.err.contains(&format!("their approval hash is {approval}")), "{refused:#?}");
}

/// The same difference, with something else to become of it: what was looked at is not what would be written.
#[test]
fn a1_a_plan_that_showed_less_to_write_is_not_carried_out_as_one_that_writes_more() {
    let (office, folder) = (Office::open(SEED), small::folder("apply_gate"));
    let hash = |folder: &Folder| view(&plan(&office, folder))["hash"].as_str().unwrap().to_owned();
    let refused = |hash: &str| {
        let answer = apply(&office, &folder, &["--plan", hash]);
        assert_eq!(answer.code, 1, "{answer:#?}");
        assert!(answer.err.contains("the plan has changed"), "{answer:#?}");
        assert_eq!(office.journal(), []);
    };
    // Only observed, and now enforced.
    folder.write("tenant.yaml", small::tenant("[]", ""));
    let observed = hash(&folder);
    folder.write("tenant.yaml", small::tenant("[Users]", ""));
    let users = hash(&folder);
    refused(&observed);
    folder.write("tenant.yaml", small::tenant("[Users, Organization]", ""));
    refused(&users);
    // Waiting for an approval, and now let pass by one.
    let waiting = hash(&folder);
    with_approval(&folder, &approval_hash(&office, &folder), "2999-01-01T00:00:00Z");
    refused(&waiting);
    // Waiting for another reason: the limit is raised, and the account holds no role any more.
    folder.write(
        "tenant.yaml",
        small::tenant("[Users, Organization]", "  guardRails: {massChange: {objects: 1, percent: 1}}"),
    );
    let mass = hash(&folder);
    folder.write("tenant.yaml", small::tenant("[Users, Organization]", ""));
    refused(&mass);
    // Blocked, and now free: whoever looked did not see it written.
    folder.write(
        "tenant.yaml",
        small::tenant(
            "[Users, Organization]",
            "  guardRails: {protectedAccounts: [{userPrincipalName: ann@contoso.com}]}",
        ),
    );
    let protected = hash(&folder);
    folder.write("tenant.yaml", small::tenant("[Users, Organization]", ""));
    refused(&protected);
    // What is as it was shown is written: what was to be written, and nothing that waited.
    let fresh = hash(&folder);
    let done = apply(&office, &folder, &["--plan", &fresh]);
    assert_eq!((done.code, done.err.contains("error")), (2, false), "{done:#?}");
    assert_eq!(office.written(), UNASKED);
}

#[test]
fn c6_plan_ends_with_the_command_that_carries_it_out_and_apply_with_what_it_came_to() {
    let (office, folder) = (Office::open(SEED), small::folder("next command"));
    let planned = view(&plan(&office, &folder));
    let (hash, approval) = (planned["hash"].as_str().unwrap(), planned["approvalHash"].as_str().unwrap());
    let text = binary::call(office.verb("plan", &folder, &[]));
    let next = text.out.lines().find_map(|line| line.strip_prefix("Next: tenant-contacts ")).expect("a next command");
    assert!(next.starts_with("apply --manifests ") && next.ends_with(&format!("--plan {hash}")), "{next}");
    assert!(text.out.trim_end().ends_with(&format!("add --approve {approval}")), "{}", text.out);
    assert!(!text.out.contains('\u{1b}'), "no colours where there is no terminal");
    // It can be typed as it stands.
    let typed = binary::typed(&format!("{next} --approve {approval}"));
    assert_eq!(typed.code, 2, "{typed:#?}");
    let last = typed.out.lines().last().unwrap();
    assert_eq!(last, "Applied to contoso/contoso: 4 written and verified, 1 not written.");
    folder.write("tenant.yaml", small::tenant("[]", ""));
    let text = binary::call(office.verb("plan", &folder, &[]));
    assert!(text.out.contains("Nothing is enforced: spec.enforce of the Tenant is empty"), "{}", text.out);
}
