//! With each permission taken away in turn: what it told is unknown and says so, and everything else is as before.

use std::fmt::Debug;

use tenant_contacts_core::{
    landscape::Landscape,
    model::{Fact, Unknown},
    permission::{EXCHANGE_APPLICATION, EXCHANGE_ROLE, EXCHANGE_TRACE_ROLE},
};
use testkit::rig::on_paused_time;

use super::tenant::{contoso, listed, simulator};

/// Each part: the missing permission if that is why it is unknown, and else what was read of it, in words.
fn parts(read: &Landscape) -> Vec<(&'static str, Result<String, String>)> {
    fn part<T: Debug>(fact: &Fact<T>) -> Result<String, String> {
        match fact {
            Fact::Unknown(Unknown::PermissionMissing(permission)) => Err(permission.to_string()),
            other => Ok(format!("{other:?}")),
        }
    }
    let (directory, exchange) = (&read.directory, &read.exchange);
    vec![
        ("organization", part(&read.organization.technical)),
        ("domains", part(&read.domains)),
        ("people", part(&directory.people)),
        ("deleted", part(&directory.deleted)),
        ("active", part(&directory.active)),
        ("eligible", part(&directory.eligible)),
        ("recipients", part(&exchange.recipients)),
        ("soft_deleted", part(&exchange.soft_deleted)),
        ("accepted_domains", part(&exchange.accepted_domains)),
        ("transport_rules", part(&exchange.transport_rules)),
        ("content_filters", part(&exchange.content_filters)),
        ("outbound_policies", part(&exchange.outbound_policies)),
        ("remote_domains", part(&exchange.remote_domains)),
        ("outbound_connectors", part(&exchange.outbound_connectors)),
        ("allow_entries", part(&exchange.allow_entries)),
        ("quarantine", part(&exchange.quarantine)),
        ("traces", part(&exchange.traces)),
        ("safe_links", part(&exchange.safe_links)),
        ("retention", part(&exchange.retention)),
        ("legal", part(&read.partner.legal)),
        ("billing", part(&read.billing.accounts)),
    ]
}

const EXCHANGE: [&str; 13] = [
    "recipients",
    "soft_deleted",
    "accepted_domains",
    "transport_rules",
    "content_filters",
    "outbound_policies",
    "remote_domains",
    "outbound_connectors",
    "allow_entries",
    "quarantine",
    "traces",
    "safe_links",
    "retention",
];

#[test]
fn g1_g2_a_permission_that_is_taken_away_takes_what_it_tells_and_nothing_else() {
    on_paused_time(async {
        let whole = parts(&listed(&simulator(&contoso())).await);
        assert!(whole.iter().all(|(_, part)| part.is_ok()), "{whole:?}");
        let cases: [(&[&str], &[&str], &str); 7] = [
            (&["User.Read.All"], &["people", "deleted"], "User.Read.All"),
            (&["Organization.Read.All"], &["organization"], "Organization.Read.All"),
            (&["Domain.Read.All"], &["domains"], "Domain.Read.All"),
            (&["RoleManagement.Read.Directory"], &["active"], "RoleManagement.Read.Directory"),
            // Either of the two tells who is eligible.
            (&["RoleEligibilitySchedule.Read.Directory"], &[], ""),
            (&["Exchange.ManageAsApp"], &EXCHANGE, EXCHANGE_APPLICATION),
            (&[], &EXCHANGE, EXCHANGE_ROLE),
        ];
        for (taken, lost, told) in cases {
            let mut seed = contoso();
            let observer = seed.applications.iter_mut().find(|one| one.name == "tenant-contacts-observer").unwrap();
            if taken.is_empty() {
                observer.directory_roles.clear();
            } else {
                observer.permissions.retain(|permission| !taken.contains(&permission.as_str()));
            }
            let read = parts(&listed(&simulator(&seed)).await);
            for ((name, part), (_, before)) in read.iter().zip(&whole) {
                let told = if *name == "traces" && told == EXCHANGE_ROLE { EXCHANGE_TRACE_ROLE } else { told };
                if lost.contains(name) {
                    assert_eq!(part.as_ref().err().map(String::as_str), Some(told), "{taken:?}: {name}");
                } else if *name != "active" && *name != "eligible" {
                    // Who holds roles is another thing without the role that was taken away.
                    assert_eq!(part, before, "{taken:?}: {name}");
                } else {
                    assert!(part.is_ok(), "{taken:?}: {name}");
                }
            }
        }
    });
}
