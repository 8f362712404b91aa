//! The story: committed, approved by a commit, broken, healed, pruned.

use std::{fs, time::Duration};

use serde_json::{Value, json};
use tenant_contacts_simulator::Options;
use testkit::{cli::binary::until, cluster::ControlPlane, contoso, operator::Site};

use super::{artifact::Repository, controller::Flux, crds};

const SECRETS: [&str; 2] = ["contoso-graph", "contoso-private-contacts"];

/// Short, so that a credential that no longer opens anything is noticed soon; a real token lives an hour.
const TOKEN_LIFETIME: Duration = Duration::from_secs(10);

/// Has a phone in the seed, and another one in the example: to be put back, which the example itself does not ask for.
const RESTORED: &str = "aisha-rahman";

/// Has no phone in the seed; as most objects, it leaves in the tenant what it declared.
const ORPHANED: &str = "noah-fitzgerald";

/// The example's objects, in the site's namespace, compared with the tenant as often as is allowed.
fn committed(site: &Site) -> Vec<Value> {
    let files = fs::read_dir(contoso::path("")).unwrap().map(|entry| entry.unwrap().path());
    let mut objects: Vec<Value> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .flat_map(|path| serde_saphyr::from_multiple::<Value>(&fs::read_to_string(path).unwrap()).unwrap())
        .filter(|object| !object.is_null())
        .collect();
    for object in &mut objects {
        object["metadata"]["namespace"] = json!(site.namespace);
    }
    one(&mut objects, "Tenant", "contoso")["spec"]["interval"] = json!("10s");
    one(&mut objects, "UserContact", RESTORED)["spec"]["deletionPolicy"] = json!("Restore");
    objects
}

fn one<'a>(objects: &'a mut [Value], kind: &str, name: &str) -> &'a mut Value {
    objects.iter_mut().find(|object| object["kind"] == kind && object["metadata"]["name"] == name).unwrap()
}

#[test]
fn flux_is_green_when_the_tenant_is_as_committed_red_when_it_cannot_be_kept_and_pruning_does_as_declared() {
    let options = Options { token_lifetime: TOKEN_LIFETIME, ..Options::default() };
    let site = Site::naming("flux", &contoso::text("seed/tenant.yaml"), options, &SECRETS, &[]);
    let _operator = site.operator(&[]);
    crds::install(&site.kubectl);
    let phone = |name: &str| site.office.user(&format!("{name}@contoso.com"))["mobilePhone"].clone();
    let original = phone("aisha.rahman");
    let mut repository = Repository::new(&site.kubectl, &site.release);
    let mut objects = committed(&site);
    let first = repository.push(&objects);
    let flux = Flux::start(ControlPlane::shared(), &site.release);

    // What waits for an approval is neither healthy nor failed: the check goes on until its time is up.
    let hash = || {
        site.object("tenant", "contoso")
            .and_then(|tenant| Some(tenant["status"]["plan"]["approvalHash"].as_str()?.to_owned()))
    };
    until("an approval is asked for", || hash().is_some());
    flux.turns_red(&first, &["timeout waiting for", "InProgress"]);
    assert!(!flux.was_ever_green(), "objects that nobody has looked at yet are not healthy");
    let approval = json!({"hash": hash().unwrap(), "by": "helena.marsh", "until": "2999-01-01T00:00:00Z"});
    one(&mut objects, "Tenant", "contoso")["spec"]["approvals"] = json!([approval]);
    flux.turns_green(&repository.push(&objects));
    contoso::truth_is_as_declared(&site.office);

    // A credential that opens nothing.
    let secret = one(&mut objects, "Secret", "contoso-graph");
    let good = std::mem::replace(&mut secret["stringData"]["client-secret"], json!("expired long ago"));
    flux.turns_red(&repository.push(&objects), &["Tenant", "contoso", "Failed"]);
    assert_eq!(site.condition("tenant", "contoso", "Stalled").as_deref(), Some("True AuthenticationFailed"));
    one(&mut objects, "Secret", "contoso-graph")["stringData"]["client-secret"] = good;
    flux.turns_green(&repository.push(&objects));

    // Pruned: Orphan leaves what it declared, Restore puts back what was there before.
    assert_eq!(phone("aisha.rahman"), "+1 206 555 0134");
    objects.retain(|object| {
        object["kind"] != "UserContact" || ![RESTORED, ORPHANED].contains(&object["metadata"]["name"].as_str().unwrap())
    });
    flux.turns_green(&repository.push(&objects));
    for name in [RESTORED, ORPHANED] {
        until(&format!("{name} is gone"), || site.object("usercontact", name).is_none());
    }
    assert_eq!(phone("aisha.rahman"), original);
    assert_eq!(phone("noah.fitzgerald"), "+1 206 555 0133");
}
