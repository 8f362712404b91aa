//! Who may read and write what. Contract §1, §2 Sensitive actions, §5.

use crate::support::{CLIENT, client, minimal, options, simulator, with};
use serde_json::{Value, json};
use tenant_contacts_simulator::{RoleAssignmentSeed, Seed};

/// [PERM]: each property with its narrow permission, and only that.
#[tokio::test(start_paused = true)]
async fn permissions_are_per_property() {
    let client = minimal().await;
    let bodies = [
        json!({"otherMails": ["x@x.example"]}),
        json!({"mobilePhone": "1"}),
        json!({"accountEnabled": true}),
        json!({"mail": "bobby@contoso.com"}),
    ];
    for (permissions, allowed) in [
        (&["User-Mail.ReadWrite.All"][..], [true, false, false, false]),
        (&["User-Phone.ReadWrite.All"], [false, true, false, false]),
        (&["User.EnableDisableAccount.All", "User.Read.All"], [false, false, true, false]),
        (&["User.EnableDisableAccount.All"], [false, false, false, false]),
        (&["User.ReadWrite.All"], [true, true, true, true]),
        (&["User.Read.All"], [false, false, false, false]),
    ] {
        let limited = client.limited(permissions).await;
        for (body, allowed) in bodies.iter().zip(allowed) {
            let reply = limited.patch("/users/bob@contoso.com", body.clone()).await;
            assert_eq!(reply.status, if allowed { 204 } else { 403 }, "{permissions:?} {body}");
            if !allowed {
                assert_eq!(reply.code(), "Authorization_RequestDenied");
                assert_eq!(reply.message(), "Insufficient privileges to complete the operation.");
            }
        }
    }
}

/// The table of [US], by target and by the application's own role; same 403 text as for a missing permission.
#[tokio::test(start_paused = true)]
async fn the_sensitive_action_table() {
    const PAA: &str = "Privileged Authentication Administrator";
    let columns = ["Authentication Administrator", "User Administrator", PAA, "Global Administrator"];
    for (target, allowed) in [
        ("", [true, true, true, true]),
        ("Directory Readers", [true, true, true, true]),
        ("Password Administrator", [true, true, true, true]),
        ("Authentication Administrator", [true, false, true, true]),
        ("Helpdesk Administrator", [false, true, true, true]),
        ("User Administrator", [false, true, true, true]),
        ("Global Administrator", [false, false, true, true]),
        ("Billing Administrator", [false, false, true, true]),
        ("Contact Keeper", [false, false, true, true]),
    ] {
        for (own, allowed) in columns.iter().zip(allowed) {
            let mut seed = Seed::minimal();
            seed.custom_roles = vec![serde_json::from_value(json!({"name": "Contact Keeper"})).unwrap()];
            seed.applications[0].directory_roles = vec![(*own).to_owned()];
            if !target.is_empty() {
                seed.users[1].roles = vec![target.to_owned()];
            }
            let client = client(simulator(&seed, options())).await;
            let reply = client.patch("/users/bob@contoso.com", json!({"otherMails": ["x@x.example"]})).await;
            assert_eq!(reply.status == 204, allowed, "{own} on {target:?}: {}", reply.body);
            // Not a sensitive property.
            assert_eq!(client.patch("/users/bob@contoso.com", json!({"department": "x"})).await.status, 204);
        }
    }
}

/// Without any role an application can write a plain user's otherMails, not an administrator's [UU]; a member of a
/// role-assignable group and a scoped administrator are administrators too [US].
#[tokio::test(start_paused = true)]
async fn administrators_by_group_and_scope() {
    let mut seed = Seed::minimal();
    seed.applications[0].directory_roles.clear();
    let body = json!({"otherMails": ["x@x.example"]});
    let plain = client(simulator(&seed, options())).await;
    assert_eq!(plain.patch("/users/bob@contoso.com", body.clone()).await.status, 204);
    assert_eq!(plain.patch("/users/admin@contoso.com", body.clone()).await.status, 403);
    seed.groups = serde_json::from_value(json!([
        {"name": "Outer", "isAssignableToRole": true, "members": ["Inner"]},
        {"name": "Inner", "members": ["bob@contoso.com"]}
    ]))
    .unwrap();
    let grouped = client(simulator(&seed, options())).await;
    assert_eq!(grouped.patch("/users/bob@contoso.com", body.clone()).await.status, 403);
    seed.groups.clear();
    seed.role_assignments = vec![RoleAssignmentSeed {
        role: "Helpdesk Administrator".to_owned(),
        principal: "bob@contoso.com".to_owned(),
        scope: Some("/administrativeUnits/9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1009".to_owned()),
    }];
    let scoped = client(simulator(&seed, options())).await;
    assert_eq!(scoped.patch("/users/bob@contoso.com", body).await.status, 403);
}

/// User.ReadBasic.All cannot read otherMails: null (switch), and no filter betrays it.
#[tokio::test(start_paused = true)]
async fn basic_reads() {
    let client = minimal().await.limited(&["User.ReadBasic.All"]).await;
    let admin = client.user("admin@contoso.com", "displayName,otherMails").await;
    assert_eq!((&admin["displayName"], &admin["otherMails"]), (&json!("Ada Admin"), &Value::Null));
    assert_eq!(client.get("/users?$filter=otherMails/any(x:x eq 'ada@fabrikam.example')").await.status, 403);
    assert_eq!(client.get("/users/delta").await.status, 403);
}

/// [OU]: null, not an error; writable fields replaced; the rest refused.
#[tokio::test(start_paused = true)]
async fn the_organization() {
    let client = minimal().await;
    let path = format!("/organization/{}", crate::support::TENANT);
    let body = json!({"technicalNotificationMails": ["a@contoso.com", "b@contoso.com"],
        "securityComplianceNotificationPhones": ["(123) 456-7890"],
        "privacyProfile": {"contactEmail": "privacy@contoso.com", "statementUrl": null}});
    assert_eq!(client.patch(&path, body.clone()).await.status, 204);
    let read = client.get("/organization").await;
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&read.items()[0][name], value);
    }
    for bad in [
        json!({"technicalNotificationMails": null}),
        json!({"marketingNotificationEmails": null}),
        json!({"displayName": "x"}),
        json!({"technicalNotificationMails": "x"}),
        json!({"privacyProfile": {"nonsense": 1}}),
    ] {
        assert_eq!(client.patch(&path, bad.clone()).await.status, 400, "{bad}");
    }
    let limited = client.limited(&["User.Read.All"]).await;
    let read = limited.get(&path).await;
    assert_eq!(read.body["displayName"], json!("Contoso"));
    assert!(read.body["verifiedDomains"].is_array());
    assert_eq!(read.body["technicalNotificationMails"], Value::Null);
    assert_eq!(limited.patch(&path, json!({"technicalNotificationMails": []})).await.status, 403);
    assert_eq!(client.limited(&["Group.Read.All"]).await.get("/organization").await.status, 403);
}

/// A deleted object still holds its addresses (contract §2 Duplicate address).
#[tokio::test(start_paused = true)]
async fn a_deleted_holder_blocks_an_address() {
    let yaml = include_str!("../../src/seed/minimal.yaml").to_owned()
        + "  - {upn: gone@contoso.com, mail: help@contoso.com, deleted: true}\ngroups: [{name: List, mail: list@contoso.com}]\n";
    let client = with(&yaml).await;
    for address in ["help@contoso.com", "LIST@contoso.com"] {
        assert_eq!(client.patch("/users/bob@contoso.com", json!({"mail": address})).await.status, 400);
    }
    assert_eq!(client.get("/directory/deletedItems/microsoft.graph.user").await.items().len(), 1);
    assert!(client.simulator.set_permissions(CLIENT, &[]));
}
