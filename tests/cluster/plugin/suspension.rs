//! `suspend` and `resume`: nothing is written meanwhile, and what git declares is not overruled in silence.

use serde_json::Value;
use testkit::{
    cli::{binary::until, small},
    operator::Site,
};

use super::call::plugin;

fn phone(site: &Site) -> Value {
    site.office.user("ann@contoso.com")["mobilePhone"].clone()
}

#[test]
fn a_suspended_tenant_is_left_alone_until_it_is_resumed() {
    let site = Site::open("plugin-suspend");
    let _operator = site.operator(&[]);
    site.apply(&small::tenant("[Users]", ""));
    site.apply(small::SECRET);
    site.apply(&small::contact("ann", small::ANN));
    site.ready("usercontact", "ann", "True InSync");

    let said = plugin(&site, &["suspend", "--tenant", "contoso"]).ok();
    assert!(said.contains(&format!("Tenant {}/contoso: suspended", site.namespace)), "{said}");
    assert!(plugin(&site, &["suspend"]).ok().contains("suspended already"));
    site.ready("tenant", "contoso", "True Suspended");
    site.apply(&small::contact("ann", "  mobilePhone: {value: \"+1 425 555 0166\"}"));
    // A pass that came after the change, and wrote nothing.
    site.kubectl(&["annotate", "tenant", "contoso", "tenantcontacts.dev/requestedAt=after-the-change"]).ok();
    until("a pass came", || {
        site.object("tenant", "contoso").unwrap()["status"]["lastHandledReconcileAt"] == "after-the-change"
    });
    assert_eq!(phone(&site), "+1 425 555 0101");
    let said = plugin(&site, &["reconcile"]).refused();
    assert!(said.contains("suspended: nothing is read or written") && said.contains("kubectl tenant-contacts resume"));
    let plan = plugin(&site, &["plan"]);
    assert!(plan.out.contains("Suspended: what follows is older."), "{plan:#?}");

    plugin(&site, &["resume"]).ok();
    until("the phone is written", || phone(&site) == "+1 425 555 0166");
    assert!(plugin(&site, &["resume"]).ok().contains("is not suspended"));
    let tenant = site.object("tenant", "contoso").unwrap();
    assert!(tenant["spec"].get("suspend").is_none(), "nothing of it is left: {tenant:#}");
}

#[test]
fn what_git_declares_is_overruled_by_force_only_and_comes_back() {
    let site = Site::open("plugin-suspend-git");
    let from_git = |suspend: bool| {
        let manifest = small::tenant("[Users]", &format!("  suspend: {suspend}"));
        let manifest = manifest.replace("namespace: contoso", &format!("namespace: {}", site.namespace));
        let args = ["apply", "--server-side", "--force-conflicts", "--field-manager=kustomize-controller", "-f", "-"];
        site.kubectl.call_with(&args, manifest.as_bytes()).ok();
    };
    let suspended = || site.object("tenant", "contoso").unwrap()["spec"]["suspend"] == true;
    for (value, verb) in [(false, "suspend"), (true, "resume")] {
        from_git(value);
        let said = plugin(&site, &[verb]).refused();
        let declared = format!("suspend: {value} is declared by kustomize-controller");
        let again =
            format!("kubectl tenant-contacts {verb} --namespace {} --tenant contoso --force-conflicts", site.namespace);
        for expected in [&declared, &again, "will put it back when it applies next"] {
            assert!(said.contains(expected), "{expected}\n{said}");
        }
        assert_eq!(suspended(), value);
        let forced = plugin(&site, &[verb, "--force-conflicts"]);
        assert_eq!(forced.code, Some(0), "{forced:#?}");
        assert!(forced.err.contains("kustomize-controller declared something else"), "{}", forced.err);
        assert_eq!(suspended(), !value);
        from_git(value);
        assert_eq!(suspended(), value, "git puts it back");
    }
}
