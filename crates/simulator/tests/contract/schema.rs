//! Every property of every type: created, read, changed and read again; what the service keeps to itself is refused. The facts
//! are the rows of Microsoft's metadata, read here by a few lines of the test's own.

use crate::support::{
    Client, client,
    metadata::{choices, properties, samples},
    options, simulator,
};
use serde_json::{Map, Value, json};
use tenant_contacts_simulator::{Options, Seed};

/// All permissions there are for what is tested here.
async fn everything() -> Client {
    let mut seed = Seed::minimal();
    seed.applications[0].permissions = [
        "User.ReadWrite.All",
        "Directory.ReadWrite.All",
        "Group.ReadWrite.All",
        "RoleManagement.ReadWrite.Directory",
        "AdministrativeUnit.ReadWrite.All",
        "Application.ReadWrite.All",
        "Organization.ReadWrite.All",
        "User-LifeCycleInfo.ReadWrite.All",
        "CustomSecAttributeAssignment.Read.All",
        "AuditLog.Read.All",
        "MailboxSettings.ReadWrite",
        "UserAuthenticationMethod.ReadWrite.All",
        "LicenseAssignment.Read.All",
        "Mail.ReadBasic.All",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut options = Options { ..options() };
    options.switches.applications_write_profiles = true;
    client(simulator(&seed, options)).await
}

/// A property as it reads now, on its own.
async fn read(client: &Client, url: &str, name: &str) -> Value {
    let reply = client.get(&format!("{url}?$select={name}")).await;
    assert_eq!(reply.status, 200, "{url} {name}: {}", reply.body);
    reply.body.get(name).cloned().unwrap_or_else(|| panic!("{url}: {name} is missing in {}", reply.body))
}

/// Whether what reads is what was written: members that were not written read as null.
fn holds(read: &Value, written: &Value) -> bool {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => written
            .iter()
            .all(|(name, value)| name == "password" || read.get(name).is_some_and(|read| holds(read, value))),
        (Value::Array(read), Value::Array(written)) => {
            written.iter().all(|value| read.iter().any(|read| holds(read, value)))
        }
        (read, written) => read == written,
    }
}

/// Sends every property of a type through creation, reading, change and reading. A property is either written, and reads
/// as written, or refused by name, and reads on as before. Returns what was written: at creation and by changes.
async fn through(client: &Client, of: &str, set: &str, required: &[&str]) -> [Vec<String>; 2] {
    let mut all = properties(of);
    // Documented as never returned; filters take it.
    all.retain(|(name, ..)| *name != "hasMembersWithLicenseErrors");
    let (first, second) = (samples(of, false), samples(of, true));
    // What creation takes, found property by property: each is sent with the required ones, and nothing else.
    let base: Map<String, Value> = first
        .iter()
        .filter(|(name, _)| required.contains(&name.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let mut created = Vec::new();
    let mut accepted = base.clone();
    for (name, ..) in &all {
        let mut body = base.clone();
        body.insert((*name).to_owned(), first[*name].clone());
        let reply = client.post(set, Value::Object(body)).await;
        if reply.status == 201 {
            created.push((*name).to_owned());
            accepted.insert((*name).to_owned(), first[*name].clone());
            let url = format!("{set}/{}", reply.body["id"].as_str().unwrap());
            let now = read(client, &url, name).await;
            assert!(holds(&now, &first[*name]), "{of}.{name}: {now} instead of {}", first[*name]);
            let gone = client.delete(&url).await;
            assert_eq!(gone.status, 204, "{}", gone.body);
            // Names and addresses are held until then.
            client.delete(&format!("/directory/deletedItems/{}", url.rsplit('/').next().unwrap())).await;
        } else {
            assert_eq!(reply.status, 400, "{of}.{name}: {}", reply.body);
            assert!(reply.message().contains(&format!("'{name}'")), "{of}.{name}: {}", reply.message());
        }
    }
    // All at once.
    let made = client.post(set, Value::Object(accepted.clone())).await;
    assert_eq!(made.status, 201, "{of}: {}", made.body);
    let url = format!("{set}/{}", made.body["id"].as_str().unwrap());
    let mut changed = Vec::new();
    for (name, ..) in &all {
        let before = read(client, &url, name).await;
        // They were changed with groupTypes already.
        let together = of == "group" && name.starts_with("membershipRule");
        if created.contains(&(*name).to_owned()) && !together {
            assert!(holds(&before, &accepted[*name]), "{of}.{name}: {before} instead of {}", accepted[*name]);
        }
        let mut body = Map::from_iter([((*name).to_owned(), second[*name].clone())]);
        // The rule and the kind of membership go together.
        if together || (of == "group" && *name == "groupTypes") {
            for name in ["groupTypes", "membershipRule", "membershipRuleProcessingState"] {
                body.insert(name.to_owned(), second[name].clone());
            }
        }
        let reply = client.patch(&url, Value::Object(body)).await;
        let now = read(client, &url, name).await;
        if reply.status == 204 {
            changed.push((*name).to_owned());
            assert!(holds(&now, &second[*name]), "{of}.{name}: {now} instead of {}", second[*name]);
        } else {
            assert_eq!(reply.status, 400, "{of}.{name}: {}", reply.body);
            assert!(reply.message().contains(&format!("'{name}'")), "{of}.{name}: {}", reply.message());
            assert_eq!(now, before, "{of}.{name}");
            // Sent back as it read, it is no change and no error.
            let same = client.patch(&url, json!({*name: before})).await;
            assert_eq!(same.status, 204, "{of}.{name} unchanged: {}", same.body);
        }
    }
    // Whole lists and single objects show the default properties, null or with a value, never absent.
    for shown in [client.get(&url).await.body, made.body] {
        for (name, value) in shown.as_object().unwrap() {
            let known = all.iter().any(|(known, ..)| known == name);
            assert!(
                known || name == "id" || name == "deletedDateTime" || name.starts_with('@'),
                "{of}: {name} {value}"
            );
        }
    }
    [created, changed]
}

fn names(all: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = all.iter().map(|name| (*name).to_owned()).collect();
    all.sort();
    all
}

fn sorted(mut all: Vec<String>) -> Vec<String> {
    all.sort();
    all
}

/// What `POST` and `PATCH /users` take, by Microsoft's pages.
#[tokio::test(start_paused = true)]
async fn b12_every_property_of_a_user() {
    let client = everything().await;
    let required = ["accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName"];
    let [created, changed] = through(&client, "user", "/users", &required).await;
    let written = names(&[
        "aboutMe",
        "accountEnabled",
        "ageGroup",
        "authorizationInfo",
        "birthday",
        "businessPhones",
        "city",
        "companyName",
        "consentProvidedForMinor",
        "country",
        "department",
        "displayName",
        "employeeHireDate",
        "employeeId",
        "employeeLeaveDateTime",
        "employeeOrgData",
        "employeeType",
        "faxNumber",
        "givenName",
        "hireDate",
        "identities",
        "interests",
        "jobTitle",
        "mail",
        "mailNickname",
        "mobilePhone",
        "mySite",
        "officeLocation",
        "onPremisesExtensionAttributes",
        "onPremisesImmutableId",
        "otherMails",
        "passwordPolicies",
        "passwordProfile",
        "pastProjects",
        "postalCode",
        "preferredDataLocation",
        "preferredLanguage",
        "preferredName",
        "responsibilities",
        "schools",
        "showInAddressList",
        "skills",
        "state",
        "streetAddress",
        "surname",
        "usageLocation",
        "userPrincipalName",
        "userType",
    ]);
    assert_eq!(sorted(created), written);
    assert_eq!(sorted(changed), written);
}

/// What `POST` and `PATCH /groups` take: a Microsoft 365 group, which has them all.
#[tokio::test(start_paused = true)]
async fn b12_every_property_of_a_group() {
    let client = everything().await;
    let required = ["displayName", "groupTypes", "mailEnabled", "mailNickname", "securityEnabled"];
    let [created, changed] = through(&client, "group", "/groups", &required).await;
    let both = [
        "assignedLabels",
        "classification",
        "description",
        "displayName",
        "groupTypes",
        "mailNickname",
        "membershipRule",
        "membershipRuleProcessingState",
        "preferredDataLocation",
        "preferredLanguage",
        "securityEnabled",
        "theme",
        "visibility",
    ];
    // What reads alike cannot be told from what was written: `mailEnabled` and `isAssignableToRole` stay as they are.
    let only_created =
        ["isAssignableToRole", "mailEnabled", "resourceBehaviorOptions", "resourceProvisioningOptions", "uniqueName"];
    let only_changed = [
        "allowExternalSenders",
        "autoSubscribeNewMembers",
        "hideFromAddressLists",
        "hideFromOutlookClients",
        "isAssignableToRole",
        "isSubscribedByMail",
        "mailEnabled",
        "unseenCount",
    ];
    // The rules were null at creation, which is taken of anything that may be null.
    assert_eq!(sorted(created), names(&[&both[..], &only_created].concat()));
    assert_eq!(sorted(changed), names(&[&both[..], &only_changed].concat()));
}

#[tokio::test(start_paused = true)]
async fn b12_every_property_of_other_kinds() {
    let client = everything().await;
    let [created, changed] =
        through(&client, "administrativeUnit", "/directory/administrativeUnits", &["displayName"]).await;
    let both = [
        "description",
        "displayName",
        "membershipRule",
        "membershipRuleProcessingState",
        "membershipType",
        "visibility",
    ];
    assert_eq!(sorted(created), names(&[&both[..], &["isMemberManagementRestricted"]].concat()));
    assert_eq!(sorted(changed), names(&both));

    let set = "/roleManagement/directory/roleDefinitions";
    let required = ["displayName", "isEnabled", "rolePermissions"];
    let [created, changed] = through(&client, "unifiedRoleDefinition", set, &required).await;
    let both = ["description", "displayName", "isEnabled", "resourceScopes", "rolePermissions", "version"];
    assert_eq!(sorted(created), names(&[&both[..], &["templateId"]].concat()));
    assert_eq!(sorted(changed), names(&[&both[..], &["templateId"]].concat()), "the template id was sent as it is");

    let required = ["groupLifetimeInDays", "managedGroupTypes"];
    let [created, changed] = through(&client, "groupLifecyclePolicy", "/groupLifecyclePolicies", &required).await;
    assert_eq!((created.len(), changed.len()), (3, 3));
}

/// Every property of the types that clients do not create can be selected where such an object is read, and reads with its
/// type or null; collections are never null.
#[tokio::test(start_paused = true)]
async fn b12_every_property_can_be_read() {
    let mut seed = Seed::minimal();
    seed.exchange = serde_json::from_value(json!({
        "mailboxes": [{"user": "bob@contoso.com", "inboxRules": [{"name": "away", "redirectTo": ["me@outside.example"]}]}],
        "contacts": [{"name": "Paper Shop", "address": "paper@shop.example"}]
    }))
    .unwrap();
    let client = client(simulator(&seed, options()))
        .await
        .limited(&[
            "Directory.Read.All",
            "User.Read.All",
            "Organization.Read.All",
            "Application.Read.All",
            "OrgContact.Read.All",
            "RoleManagement.Read.Directory",
            "CustomSecAttributeAssignment.Read.All",
            "AuditLog.Read.All",
            "MailboxSettings.Read",
            "Mail.ReadBasic.All",
            "LicenseAssignment.Read.All",
            "UserAuthenticationMethod.ReadWrite.All",
        ])
        .await;
    let bob = "/users/bob@contoso.com";
    let phone = json!({"phoneType": "mobile", "phoneNumber": "+1 5555551234"});
    assert_eq!(client.post(&format!("{bob}/authentication/phoneMethods"), phone).await.status, 201);
    let email = json!({"emailAddress": "bob@fabrikam.example"});
    assert_eq!(client.post(&format!("{bob}/authentication/emailMethods"), email).await.status, 201);
    // A type, and a list that has an object of it.
    for (of, list) in [
        ("organization", "/organization".to_owned()),
        ("domain", "/domains".to_owned()),
        ("subscribedSku", "/subscribedSkus".to_owned()),
        ("servicePrincipal", "/servicePrincipals".to_owned()),
        ("orgContact", "/contacts".to_owned()),
        ("directoryRole", "/directoryRoles".to_owned()),
        ("directoryRoleTemplate", "/directoryRoleTemplates".to_owned()),
        ("unifiedRoleDefinition", "/roleManagement/directory/roleDefinitions".to_owned()),
        ("unifiedRoleAssignment", "/roleManagement/directory/roleAssignments".to_owned()),
        ("messageRule", format!("{bob}/mailFolders/inbox/messageRules")),
        ("licenseDetails", format!("{bob}/licenseDetails")),
        ("emailAuthenticationMethod", format!("{bob}/authentication/emailMethods")),
        ("phoneAuthenticationMethod", format!("{bob}/authentication/phoneMethods")),
        ("unifiedRoleAssignmentSchedule", "/roleManagement/directory/roleAssignmentSchedules".to_owned()),
    ] {
        let selectable = !list.contains("/authentication/") && !of.ends_with("Schedule");
        for (name, kind, many) in properties(of) {
            let url = if selectable { format!("{list}?$select={name}") } else { list.clone() };
            let reply = client.get(&url).await;
            assert_eq!(reply.status, 200, "{of}.{name}: {}", reply.body);
            let item = reply.items().first().unwrap_or_else(|| panic!("no {of}"));
            let value = item.get(name).unwrap_or_else(|| panic!("{of}.{name} is missing in {item}"));
            let fits = match (kind, many) {
                (_, true) => value.is_array(),
                ("Edm.Boolean", _) => value.is_boolean() || value.is_null(),
                ("Edm.Int32", _) => value.is_i64() || value.is_null(),
                (kind, _) if kind.starts_with("Edm.") || choices(kind).is_some() => {
                    value.is_string() || value.is_null()
                }
                _ => value.is_object() || value.is_null(),
            };
            assert!(fits, "{of}.{name}: {value}");
        }
    }
    let folder = client.get(&format!("{bob}/mailFolders/inbox")).await.body;
    for (name, ..) in properties("mailFolder") {
        assert!(folder.get(name).is_some(), "{name}");
    }
}
