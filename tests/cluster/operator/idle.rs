//! Nothing to do: nothing is written, neither to the tenant nor to the API server.

use std::{collections::BTreeMap, time::Instant};

use testkit::{
    cli::{binary::until, small},
    operator::Site,
};

/// Passes in a minute of the shortest interval (10 s, a tenth more or less).
const PASSES: usize = 6;

/// Everything that the operator could have touched.
const KINDS: &str = "tenants,organizationcontacts,usercontacts,trustedsenders,contactpolicies,contactreports,secrets,serviceaccounts,\
                     events,configmaps,roles,rolebindings";

/// A rule that is turned off.
const POLICY: &str = "
apiVersion: tenantcontacts.dev/v1alpha1
kind: ContactPolicy
metadata: {name: quiet, namespace: contoso}
spec: {tenantRef: {name: contoso}, rules: [{name: UnreadMail, enabled: false}]}
";

/// Version of each object in the site's namespaces.
fn versions(site: &Site, kinds: &str) -> BTreeMap<String, String> {
    let path = r#"-o=jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name} {.metadata.resourceVersion}{"\n"}{end}"#;
    [&site.namespace, &site.release]
        .into_iter()
        .flat_map(|namespace| {
            let answer = site.kubectl.call(&["get", kinds, "--namespace", namespace, path]).ok();
            answer
                .lines()
                .map(|line| line.split_once(' ').unwrap())
                .map(|(name, version)| (name.to_owned(), version.to_owned()))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn an_idle_minute_moves_no_resource_version_except_leases() {
    let site = Site::open("idle");
    let _operator = site.operator(&[]);
    site.apply(small::SECRET);
    site.apply(&small::tenant("[Organization, Users]", "  interval: 10s"));
    site.apply(small::ORGANIZATION);
    // In sync, written, waiting for an approval, and not to be written at all.
    for (name, fields) in [("ann", small::ANN), ("bob", small::BOB), ("ada", small::ADA), ("sam", small::SAM)] {
        site.apply(&small::contact(name, fields));
    }
    site.apply(POLICY);
    site.ready("contactpolicy", "quiet", "True PolicyHolds");
    site.ready("contactreport", "contoso", "True Reported");
    site.ready("organizationcontacts", "contoso", "True InSync");
    site.ready("usercontact", "ann", "True InSync");
    site.ready("usercontact", "ada", "False PrivilegedRecoveryData");
    site.ready("usercontact", "sam", "False SynchronisedOnPremises");
    // Every pass asks the change feed once. The first one after the last news is still news to the Tenant's status.
    let passes = || site.office.simulator.requests(0).iter().filter(|entry| entry.operation.contains("delta")).count();
    let settled = passes();
    until("another pass", || passes() > settled);
    let (before, leases) = (versions(&site, KINDS), versions(&site, "leases"));
    let (written, begun, started) = (site.office.journal().len(), passes(), Instant::now());
    assert!(before.len() > 10, "{before:#?}");
    until("a minute's passes", || passes() >= begun + PASSES);
    println!("{PASSES} passes in {:.0?}", started.elapsed());
    assert_eq!(versions(&site, KINDS), before);
    assert_ne!(versions(&site, "leases"), leases, "somebody leads all the while");
    assert_eq!(site.office.journal().len(), written);
}
