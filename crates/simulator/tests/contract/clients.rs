//! What clients ask that nobody here wrote: relations in bodies, expansions, counts, single objects, and that nothing of a
//! request is ignored.

use crate::support::{Client, minimal, with};
use serde_json::{Value, json};

const HELPDESK: &str = "729827e3-9c14-49f7-bb1b-9608f156bbb8";

/// The minimal tenant, with what its application may not do there.
fn yaml(more: &str) -> String {
    let minimal = include_str!("../../src/seed/minimal.yaml");
    let all = minimal.replacen(
        "permissions:\n",
        "permissions:\n      - MailboxSettings.Read\n      - AdministrativeUnit.ReadWrite.All\n",
        1,
    );
    assert_ne!(all, minimal);
    all + more
}

async fn id(client: &Client, upn: &str) -> String {
    client.user(upn, "id").await["id"].as_str().unwrap().to_owned()
}

fn url(of: &str, id: &str) -> String {
    format!("https://graph.microsoft.com/v1.0/{of}/{id}")
}

fn ids(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

/// The documented example "create a group with owners and members", the defaults it shows, and its expansions.
#[tokio::test(start_paused = true)]
async fn b12_groups_with_owners_and_members() {
    let client = minimal().await;
    let (admin, bob) = (id(&client, "admin@contoso.com").await, id(&client, "bob@contoso.com").await);
    let body = json!({
        "description": "Group with designated owner and members", "displayName": "Operations group", "groupTypes": [],
        "mailEnabled": false, "mailNickname": "operations2019", "securityEnabled": true,
        "owners@odata.bind": [url("users", &admin)],
        "members@odata.bind": [url("users", &bob), url("directoryObjects", &admin)]
    });
    let made = client.post("/groups", body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    for name in ["membershipRule", "theme", "visibility", "isAssignableToRole", "expirationDateTime", "mail"] {
        assert_eq!(made.body[name], Value::Null, "{name}");
        assert!(made.body.get(name).is_some(), "{name} is absent");
    }
    for name in ["resourceBehaviorOptions", "resourceProvisioningOptions", "proxyAddresses"] {
        assert_eq!(made.body[name], json!([]), "{name}");
    }
    assert_eq!(made.body["renewedDateTime"], made.body["createdDateTime"]);
    assert!(made.body["securityIdentifier"].as_str().unwrap().starts_with("S-1-12-1-"));
    let path = format!("/groups/{}", made.body["id"].as_str().unwrap());
    assert_eq!(ids(&client.get(&format!("{path}/owners")).await.body["value"]), [admin.as_str()]);
    assert_eq!(client.get(&format!("{path}/members")).await.items().len(), 2);
    let references = client.get(&format!("{path}/owners/$ref")).await;
    let reference = format!("http://localhost/v1.0/directoryObjects/{admin}");
    assert_eq!(references.body["value"], json!([{"@odata.id": reference}]));
    let expanded = client.get(&format!("{path}?$select=id&$expand=members($select=id,displayName)")).await;
    let member = &expanded.body["members"][0];
    assert_eq!(expanded.body["members"].as_array().unwrap().len(), 2, "{}", expanded.body);
    assert_eq!(member["@odata.type"], json!("#microsoft.graph.user"));
    assert!(member.get("displayName").is_some() && member.get("mail").is_none(), "{member}");
    let listed = client.get("/groups?$expand=owners").await;
    assert_eq!(listed.items()[0]["owners"][0]["userPrincipalName"], json!("admin@contoso.com"));
    let of = client.get("/users/bob@contoso.com?$expand=memberOf").await;
    assert_eq!(of.body["memberOf"][0]["displayName"], json!("Operations group"));
    assert_eq!(client.advanced(&format!("{path}/members/$count")).await.text, "2");
    assert_eq!(client.advanced(&format!("{path}/members/microsoft.graph.user/$count")).await.text, "2");
    assert_eq!(client.advanced("/groups/$count").await.text, "1");
    assert_eq!(client.get("/groups/$count").await.status, 400, "advanced queries only");
    // Adding by PATCH, and what is refused: whole, with nothing done.
    assert_eq!(client.delete(&format!("{path}/members/{bob}/$ref")).await.status, 204);
    let bind = |url: String| json!({"members@odata.bind": [url]});
    assert_eq!(client.patch(&path, bind(url("users", &bob))).await.status, 204);
    assert_eq!(client.patch(&path, bind(url("users", &bob))).await.status, 400, "is a member");
    let nobody = "00000000-0000-4000-8000-000000000000";
    assert_eq!(client.patch(&path, bind(url("users", nobody))).await.status, 404);
    assert_eq!(client.patch(&path, bind(url("groups", &admin))).await.status, 404, "no such group");
    assert_eq!(client.patch(&path, bind("nonsense".to_owned())).await.status, 400);
    let many = json!({"members@odata.bind": vec![url("users", &bob); 21]});
    assert_eq!(client.patch(&path, many).await.status, 400, "twenty at most");
    for (relation, target) in
        [("owners@odata.bind", url("users", nobody)), ("members@odata.bind", url("users", nobody))]
    {
        let mut bad = body.clone();
        bad[relation] = json!([target]);
        assert_eq!(client.post("/groups", bad).await.status, 404);
    }
    assert_eq!(client.get("/groups").await.items().len(), 1, "nothing was made of what was refused");
}

/// A query option, an annotation or a member that is not understood.
#[tokio::test(start_paused = true)]
async fn b12_nothing_is_ignored() {
    let client = with(&yaml("")).await;
    let bob = id(&client, "bob@contoso.com").await;
    let group = json!({"displayName": "G", "mailEnabled": false, "mailNickname": "g", "securityEnabled": true});
    let group = client.post("/groups", group).await.body["id"].as_str().unwrap().to_owned();
    for path in [
        "/users/bob@contoso.com?$top=1",
        "/users/bob@contoso.com?$filter=id eq 'x'",
        "/users/bob@contoso.com?$expand=nonsense",
        "/users/bob@contoso.com?$expand=manager($levels=max)",
        "/users/bob@contoso.com?$format=xml",
        "/users?$expand=messages",
        "/users?$apply=aggregate(id)",
        "/users?$deltatoken=x",
        "/users?$count=perhaps",
        "/users/delta?$count=true",
        "/users/bob@contoso.com/manager?$top=1",
        "/users/bob@contoso.com/licenseDetails?$filter=skuId eq 'x'",
        "/users/bob@contoso.com/mailFolders/inbox/messageRules?$top=1",
        "/groups/{group}?$expand=nonsense",
        "/groups/{group}?$orderby=displayName",
        "/organization/9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001?$expand=extensions",
        "/subscribedSkus?$expand=nonsense",
        "/directoryRoles?$orderby=displayName",
        "/domains/contoso.com?$top=1",
        "/users?$select=aboutMe",
    ] {
        let reply = client.get(&path.replace("{group}", &group)).await;
        assert!([400, 501].contains(&reply.status), "{path}: {} {}", reply.status, reply.body);
    }
    let writes = client.simulator.journal(0).len();
    for (method, path, body) in [
        ("PATCH", "/users/bob@contoso.com", json!({"jobTitle": "x", "manager@odata.bind": url("users", &bob)})),
        ("PATCH", "/users/bob@contoso.com", json!({"jobTitle": "x", "@odata.nonsense": "y"})),
        ("PATCH", "/users/bob@contoso.com", json!({"jobTitle": "x", "jobTitle@nonsense": "y"})),
        ("PATCH", "/users/bob@contoso.com", json!({"employeeOrgData": {"nonsense": "y"}})),
        ("PATCH", "/users/bob@contoso.com", json!({"employeeHireDate": "yesterday"})),
        ("PATCH", "/users/bob@contoso.com?$nonsense=1", json!({"jobTitle": "x"})),
        ("POST", "/users/bob@contoso.com/assignLicense", json!({"addLicenses": [], "removeLicenses": [], "more": 1})),
        ("POST", "/groups/{group}/members/$ref", json!({"@odata.id": url("users", &bob), "more": 1})),
        ("POST", "/directoryRoles", json!({"roleTemplateId": HELPDESK, "more": 1})),
        (
            "POST",
            "/roleManagement/directory/roleAssignments",
            json!({"roleDefinitionId": HELPDESK, "principalId": bob, "directoryScopeId": "/", "more": 1}),
        ),
        (
            "POST",
            "/users/bob@contoso.com/authentication/emailMethods",
            json!({"emailAddress": "b@x.example", "more": 1}),
        ),
        ("PATCH", "/organization/9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001", json!({"privacyProfile": {"more": 1}})),
        // v1.0 does not know it.
        ("PATCH", "/groups/{group}", json!({"writebackConfiguration": {"isEnabled": true}})),
    ] {
        let path = path.replace("{group}", &group);
        let reply = client.send(method, &path, &[], Some(body.clone())).await.unwrap();
        assert_eq!(reply.status, 400, "{method} {path} {body}: {}", reply.body);
    }
    assert_eq!(client.simulator.journal(0).len(), writes, "nothing was written");
    let beta = format!("http://localhost/beta/groups/{group}");
    let wanted = json!({"writebackConfiguration": {"isEnabled": true}});
    assert_eq!(client.patch(&beta, wanted).await.status, 204);
    assert_eq!(
        client.get(&beta).await.body["writebackConfiguration"],
        json!({"isEnabled": true, "onPremisesGroupType": null})
    );
    assert!(client.get(&format!("/groups/{group}")).await.body.get("writebackConfiguration").is_none());
}

/// What Terraform's provider and others send back or send as null is taken; what a password must be is checked.
#[tokio::test(start_paused = true)]
async fn b12_only_what_entra_refuses_is_refused() {
    let client = minimal().await;
    let new = |password: &str| {
        json!({"accountEnabled": true, "displayName": "Eve", "mailNickname": "eve", "userPrincipalName": "eve@contoso.com",
            "mail": null, "usageLocation": null, "ageGroup": null, "employeeOrgData": null, "employeeHireDate": null,
            "onPremisesSyncEnabled": null, "businessPhones": [], "imAddresses": [],
            "passwordProfile": {"password": password, "forceChangePasswordNextSignIn": false}})
    };
    for weak in ["a", "", "password", "alllowercaseletters", "Password"] {
        let reply = client.post("/users", new(weak)).await;
        assert_eq!(reply.status, 400, "{weak}");
        assert!(reply.message().contains("password complexity"), "{}", reply.message());
    }
    let mut relaxed = new("alllowercaseletters");
    relaxed["passwordPolicies"] = json!("DisablePasswordExpiration, DisableStrongPassword");
    relaxed["userPrincipalName"] = json!("mallory@contoso.com");
    assert_eq!(client.post("/users", relaxed).await.status, 201);
    let made = client.post("/users", new("Secr3t-enough")).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let eve = client.user("eve@contoso.com", "mail,identities,passwordProfile,onPremisesExtensionAttributes").await;
    assert_eq!(eve["mail"], Value::Null);
    assert_eq!(eve["identities"][0]["issuerAssignedId"], json!("eve@contoso.com"));
    assert_eq!(eve["passwordProfile"]["password"], Value::Null);
    assert_eq!(eve["onPremisesExtensionAttributes"].as_object().unwrap().len(), 15);
    // The whole object, as it was read.
    let mut whole = client.get("/users/eve@contoso.com").await.body;
    whole["jobTitle"] = json!("Clerk");
    let reply = client.patch("/users/eve@contoso.com", whole).await;
    assert_eq!(reply.status, 204, "{}", reply.body);
    // [PROXY]: a change of what is read-only is refused.
    let other = json!({"proxyAddresses": ["SMTP:x@contoso.com"]});
    assert_eq!(client.patch("/users/eve@contoso.com", other).await.status, 400);
    // A filter takes what reads where nobody wrote.
    let found = client.get("/users?$filter=employeeOrgData/division eq 'Sales'").await;
    assert_eq!(found.items().len(), 0, "{}", found.body);
    let division = json!({"employeeOrgData": {"division": "Sales"}, "onPremisesExtensionAttributes": {"extensionAttribute3": "x"}});
    assert_eq!(client.patch("/users/eve@contoso.com", division).await.status, 204);
    assert_eq!(client.get("/users?$filter=employeeOrgData/division eq 'Sales'").await.items().len(), 1);
    // What only people may write, by Microsoft's page.
    assert_eq!(client.patch("/users/eve@contoso.com", json!({"aboutMe": "x"})).await.status, 403);
}

/// Members of a directory role by filter and reference; schedules of what an account is; objects by id.
#[tokio::test(start_paused = true)]
async fn b12_roles_and_objects_by_id() {
    let client = with(&yaml("exchange: {mailboxes: [{user: bob@contoso.com, inboxRules: [{name: away, redirectTo: [me@outside.example]}]}]}\n")).await;
    let bob = id(&client, "bob@contoso.com").await;
    let role = client.post("/directoryRoles", json!({"roleTemplateId": HELPDESK})).await.body;
    let members = format!("/directoryRoles/{}/members", role["id"].as_str().unwrap());
    let reference = json!({"@odata.id": url("directoryObjects", &bob)});
    assert_eq!(client.post(&format!("{members}/$ref"), reference.clone()).await.status, 204);
    assert_eq!(client.post(&format!("{members}/$ref"), reference).await.status, 400, "holds it");
    let found = client.get(&format!("{members}?$filter=id eq '{bob}'")).await;
    assert_eq!(ids(&found.body["value"]), [bob.as_str()]);
    let nobody = "00000000-0000-4000-8000-000000000000";
    assert!(client.get(&format!("{members}?$filter=id eq '{nobody}'")).await.items().is_empty());
    let assigned =
        client.get(&format!("/roleManagement/directory/roleAssignments?$filter=principalId eq '{bob}'")).await;
    let assignment = assigned.items()[0]["id"].as_str().unwrap().to_owned();
    let one = client.get(&format!("/roleManagement/directory/roleAssignments/{assignment}?$expand=principal")).await;
    assert_eq!(one.body["principal"]["id"], json!(bob));
    assert_eq!(client.delete(&format!("{members}/{bob}/$ref")).await.status, 204);
    assert_eq!(client.delete(&format!("{members}/{bob}/$ref")).await.status, 404);
    for list in [
        "/subscribedSkus".to_owned(),
        "/users/bob@contoso.com/authentication/methods".to_owned(),
        "/users/bob@contoso.com/mailFolders/inbox/messageRules".to_owned(),
    ] {
        let all = client.get(&list).await;
        let item = &all.items()[0];
        let one = client.get(&format!("{list}/{}", item["id"].as_str().unwrap())).await;
        assert_eq!(one.status, 200, "{list}: {}", one.body);
        assert_eq!(one.body["id"], item["id"]);
        assert_eq!(client.get(&format!("{list}/{nobody}")).await.status, 404, "{list}");
    }
    // Deleted objects, newest first.
    for upn in ["bob@contoso.com"] {
        assert_eq!(client.delete(&format!("/users/{upn}")).await.status, 204);
    }
    let deleted = "/directory/deletedItems/microsoft.graph.user";
    let sorted = client.get(&format!("{deleted}?$orderby=deletedDateTime desc&$select=id,deletedDateTime")).await;
    assert_eq!(ids(&sorted.body["value"]), [bob.as_str()], "{}", sorted.body);
    assert!(sorted.items()[0]["deletedDateTime"].is_string());
    // Restored, under another name if that is asked for; what else is asked for is refused.
    let restore = format!("/directory/deletedItems/{bob}/restore");
    assert_eq!(client.post(&restore, json!({"nonsense": true})).await.status, 400);
    let renamed = json!({"newUserPrincipalName": "robert@contoso.com", "autoReconcileProxyConflict": true});
    assert_eq!(client.post(&restore, renamed).await.status, 200);
    assert_eq!(client.user("robert@contoso.com", "id").await["id"], json!(bob));
}

/// Contract §10.17: administrative units are objects with members, and roles hold within them.
#[tokio::test(start_paused = true)]
async fn b12_administrative_units() {
    let seed = yaml(
        "administrativeUnits: [{name: Berlin, members: [bob@contoso.com]}]\nroleAssignments:\n  - {role: Helpdesk Administrator, principal: bob@contoso.com, scope: /administrativeUnits/9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1009}\n",
    );
    let client = with(&seed).await;
    let (admin, bob) = (id(&client, "admin@contoso.com").await, id(&client, "bob@contoso.com").await);
    let set = "/directory/administrativeUnits";
    assert_eq!(client.get(set).await.items().len(), 2, "one of the seed, one of a scope");
    let of = client.get("/users/bob@contoso.com/memberOf/microsoft.graph.administrativeUnit").await;
    assert_eq!(of.items()[0]["displayName"], json!("Berlin"));
    let made = client.post(set, json!({"displayName": "Paris", "visibility": "HiddenMembership"})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let path = format!("{set}/{}", made.body["id"].as_str().unwrap());
    let reference = json!({"@odata.id": url("users", &bob)});
    assert_eq!(client.post(&format!("{path}/members/$ref"), reference).await.status, 204);
    assert_eq!(ids(&client.get(&format!("{path}/members")).await.body["value"]), [bob.as_str()]);
    assert_eq!(client.get(&format!("{path}?$expand=members")).await.body["members"][0]["id"], json!(bob));
    assert_eq!(client.delete(&format!("{path}/members/{bob}/$ref")).await.status, 204);
    // A role within the unit is an assignment with its scope, and the other way round.
    let role = client.get(&format!("/directoryRoles(roleTemplateId='{HELPDESK}')")).await.body;
    let scoped = format!("{path}/scopedRoleMembers");
    let body = json!({"roleId": role["id"], "roleMemberInfo": {"id": admin}});
    let member = client.post(&scoped, body).await;
    assert_eq!(member.status, 201, "{}", member.body);
    assert_eq!(member.body["roleMemberInfo"]["displayName"], json!("Ada Admin"));
    let key = member.body["id"].as_str().unwrap();
    let filter = format!("principalId eq '{admin}' and roleDefinitionId eq '{HELPDESK}'");
    let all =
        client.get(&format!("/roleManagement/directory/roleAssignments?$filter={filter}&$expand=directoryScope")).await;
    assert_eq!(all.items()[0]["directoryScope"]["displayName"], json!("Paris"), "{}", all.body);
    assert_eq!(client.get(&scoped).await.items().len(), 1);
    assert_eq!(client.get(&format!("{scoped}/{key}")).await.body["roleId"], role["id"]);
    assert!(client.get(&format!("/directoryRoles/{}/members", role["id"].as_str().unwrap())).await.items().is_empty());
    assert_eq!(client.delete(&format!("{scoped}/{key}")).await.status, 204);
    let nowhere = json!({"roleDefinitionId": HELPDESK, "principalId": admin,
        "directoryScopeId": "/administrativeUnits/00000000-0000-4000-8000-000000000000"});
    assert_eq!(client.post("/roleManagement/directory/roleAssignments", nowhere).await.status, 404);
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(client.get(&path).await.status, 404);
    let deleted = client.get("/directory/deletedItems/microsoft.graph.administrativeUnit").await;
    assert_eq!(deleted.items()[0]["displayName"], json!("Paris"));
}

/// Roles of the tenant's own.
#[tokio::test(start_paused = true)]
async fn b12_custom_role_definitions() {
    let client = minimal().await;
    let set = "/roleManagement/directory/roleDefinitions";
    let body = json!({"description": "Reads phones", "displayName": "Phone Reader", "isEnabled": true,
        "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/users/standard/read"]}]});
    let made = client.post(set, body.clone()).await;
    assert_eq!((made.status, &made.body["isBuiltIn"]), (201, &json!(false)), "{}", made.body);
    assert_eq!(client.post(set, body).await.status, 400, "the name is taken");
    let path = format!("{set}/{}", made.body["id"].as_str().unwrap());
    assert_eq!(client.patch(&path, json!({"description": "d"})).await.status, 204);
    let bob = id(&client, "bob@contoso.com").await;
    let assignment = json!({"roleDefinitionId": made.body["id"], "principalId": bob, "directoryScopeId": "/"});
    let assigned = client.post("/roleManagement/directory/roleAssignments", assignment).await;
    assert_eq!(assigned.status, 201, "{}", assigned.body);
    assert_eq!(client.delete(&path).await.status, 400, "it is held");
    let assigned = format!("/roleManagement/directory/roleAssignments/{}", assigned.body["id"].as_str().unwrap());
    assert_eq!(client.delete(&assigned).await.status, 204);
    assert_eq!(client.delete(&path).await.status, 204);
    let built_in = format!("{set}/{HELPDESK}");
    assert_eq!(client.patch(&built_in, json!({"description": "d"})).await.status, 400);
    assert_eq!(client.delete(&built_in).await.status, 400);
}

/// What Exchange masters of a Microsoft 365 group has one state, whichever side changes it.
#[tokio::test(start_paused = true)]
async fn b12_group_settings_are_exchanges() {
    let client = minimal().await;
    let new = json!({"displayName": "Team", "mailEnabled": true, "mailNickname": "team", "securityEnabled": false,
        "groupTypes": ["Unified"]});
    let made = client.post("/groups", new).await.body;
    assert_eq!(made["visibility"], json!("Public"));
    let path = format!("/groups/{}", made["id"].as_str().unwrap());
    let select = format!("{path}?$select=allowExternalSenders,hideFromAddressLists,autoSubscribeNewMembers");
    assert_eq!(client.get(&select).await.body["allowExternalSenders"], json!(false));
    assert_eq!(client.patch(&path, json!({"allowExternalSenders": true})).await.status, 204);
    assert_eq!(client.get(&select).await.body["allowExternalSenders"], json!(true));
    let both = json!({"allowExternalSenders": false, "description": "d"});
    assert_eq!(client.patch(&path, both).await.status, 400, "in a request of its own");
    let recipients = client.simulator.truth()["recipients"].as_array().unwrap().clone();
    let group = recipients.iter().find(|found| found["DisplayName"] == "Team").unwrap();
    assert_eq!(group["RequireSenderAuthenticationEnabled"], json!(false));
    let changes = crate::support::object(json!({"HiddenFromAddressListsEnabled": true}));
    client.simulator.disturb_mailbox(made["id"].as_str().unwrap(), &changes).unwrap();
    assert_eq!(client.get(&select).await.body["hideFromAddressLists"], json!(true));
    assert_eq!(client.get("/groups?$select=allowExternalSenders").await.status, 501, "of a single group only");
}
