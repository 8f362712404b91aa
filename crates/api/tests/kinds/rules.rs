//! Every CEL rule of every kind, by an object that keeps it and one that breaks it: the same strings, evaluated offline.

use kube::core::cel::Validator;
use serde_json::{Value, json};

const TENANT_ID: &str = "11111111-2222-3333-4444-555555555555";

fn schema(kind: &str) -> Value {
    let crd = tenant_contacts_api::crds::all().into_iter().find(|crd| crd.spec.names.kind == kind).unwrap();
    serde_json::to_value(crd.spec.versions[0].schema.as_ref().unwrap().open_api_v3_schema.as_ref().unwrap()).unwrap()
}

/// Messages of the rules that an object, or the change from `old` to it, breaks.
fn broken(kind: &str, spec: &Value, old: Option<&Value>) -> Vec<String> {
    let object = json!({"spec": spec});
    let old = old.map(|old| json!({"spec": old}));
    match Validator::new().validate(&schema(kind), &object, old.as_ref()) {
        Ok(()) => Vec::new(),
        Err(errors) => errors.into_iter().map(|error| error.message).collect(),
    }
}

fn merged(base: &Value, change: &Value) -> Value {
    let mut merged = base.clone();
    merged.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    merged
}

fn tenant() -> Value {
    let secret = json!({"clientId": TENANT_ID, "clientSecret": {"secretKeyRef": {"name": "app", "key": "secret"}}});
    json!({"tenantId": TENANT_ID, "enforce": [], "credentials": [secret]})
}

fn contacts() -> Value {
    json!({"tenantRef": {"name": "contoso"}})
}

fn user() -> Value {
    json!({"tenantRef": {"name": "contoso"}, "accountRef": {"userPrincipalName": "jane@contoso.com"}})
}

fn policy() -> Value {
    json!({"tenantRef": {"name": "contoso"}, "rules": []})
}

fn senders() -> Value {
    json!({"tenantRef": {"name": "contoso"}, "gateways": [{"name": "Mailwall"}]})
}

fn report() -> Value {
    json!({"tenantRef": {"name": "contoso"}})
}

fn keeps(kind: &str, base: &Value, change: &Value) {
    assert_eq!(broken(kind, &merged(base, change), None), [] as [&str; 0], "{change}");
}

fn breaks(kind: &str, base: &Value, change: &Value, words: &str) -> String {
    let messages = broken(kind, &merged(base, change), None);
    assert_eq!(messages.len(), 1, "{change}: {messages:?}");
    assert!(messages[0].contains(words), "{change}: {messages:?}");
    messages[0].clone()
}

/// A change of an existing object.
fn changes(kind: &str, old: &Value, change: &Value) -> Vec<String> {
    broken(kind, &merged(old, change), Some(old))
}

#[test]
fn immutable_fields_stay_as_they_are_and_others_may_change() {
    let (tenant, contacts, user, policy, report) = (tenant(), contacts(), user(), policy(), report());
    let senders = senders();
    for (kind, old, change, words) in [
        ("Tenant", &tenant, json!({"tenantId": "99999999-2222-3333-4444-555555555555"}), "tenantId is immutable"),
        ("Tenant", &tenant, json!({"cloud": "China"}), "cloud is immutable"),
        ("OrganizationContacts", &contacts, json!({"tenantRef": {"name": "other"}}), "tenantRef is immutable"),
        ("UserContact", &user, json!({"tenantRef": {"name": "other"}}), "tenantRef is immutable"),
        ("TrustedSenders", &senders, json!({"tenantRef": {"name": "other"}}), "tenantRef is immutable"),
        ("ContactPolicy", &policy, json!({"tenantRef": {"name": "other"}}), "tenantRef is immutable"),
        ("ContactReport", &report, json!({"tenantRef": {"name": "other"}}), "tenantRef is immutable"),
        ("UserContact", &user, json!({"accountRef": {"userPrincipalName": "joe@contoso.com"}}), "name is immutable"),
    ] {
        let messages = changes(kind, old, &change);
        assert_eq!(messages.len(), 1, "{change}: {messages:?}");
        assert!(messages[0].contains(words), "{messages:?}");
    }
    let id = json!({"accountRef": {"userPrincipalName": "jane@contoso.com", "objectId": TENANT_ID}});
    for (kind, old, change) in [
        ("Tenant", &tenant, json!({"suspend": true, "cloud": "Global"})),
        ("OrganizationContacts", &contacts, json!({"deletionPolicy": "Restore"})),
        ("UserContact", &user, id),
        ("TrustedSenders", &senders, json!({"gateways": []})),
        ("ContactPolicy", &policy, json!({"rules": [{"name": "UnreadMail"}]})),
    ] {
        assert_eq!(changes(kind, old, &change), [] as [&str; 0], "{change}");
    }
}

#[test]
fn a_credential_is_exactly_one_of_three_and_at_most_one_serves_the_rest() {
    let secret = json!({"secretKeyRef": {"name": "app", "key": "secret"}});
    let certificate = json!({"secretRef": {"name": "app"}});
    let identity = json!({"serviceAccountName": "operator"});
    let of = |credentials: Value| json!({"credentials": credentials});
    let id = TENANT_ID;
    let words = "give exactly one of clientSecret";
    breaks("Tenant", &tenant(), &of(json!([{"clientId": id}])), words);
    breaks(
        "Tenant",
        &tenant(),
        &of(json!([{"clientId": id, "clientSecret": secret, "certificate": certificate}])),
        words,
    );
    keeps("Tenant", &tenant(), &of(json!([{"clientId": id, "certificate": certificate}])));
    keeps("Tenant", &tenant(), &of(json!([{"clientId": id, "workloadIdentity": identity}])));

    let plain = json!({"clientId": id, "clientSecret": secret});
    let users = merged(&plain, &json!({"surfaces": ["Users"]}));
    let none = merged(&plain, &json!({"surfaces": []}));
    breaks("Tenant", &tenant(), &of(json!([plain, plain])), "at most one credential");
    breaks("Tenant", &tenant(), &of(json!([plain, none])), "at most one credential");
    keeps("Tenant", &tenant(), &of(json!([plain, users])));
    let organization = merged(&plain, &json!({"surfaces": ["Organization"]}));
    let both = merged(&plain, &json!({"surfaces": ["Organization", "Users"]}));
    keeps("Tenant", &tenant(), &of(json!([users, organization])));
    keeps("Tenant", &tenant(), &of(json!([plain, both])));
    let words = "served by one credential only";
    breaks("Tenant", &tenant(), &of(json!([users, users])), words);
    breaks("Tenant", &tenant(), &of(json!([organization, both])), words);
}

#[test]
fn every_enforced_surface_has_a_credential() {
    let secret = json!({"secretKeyRef": {"name": "app", "key": "secret"}});
    let credential = |surfaces: Value| json!({"clientId": TENANT_ID, "clientSecret": secret, "surfaces": surfaces});
    let of = |enforce: Value, credentials: Value| json!({"enforce": enforce, "credentials": credentials});
    let (users, organization, rest) =
        (credential(json!(["Users"])), credential(json!(["Organization"])), credential(json!([])));
    let words = "every surface in enforce needs a credential";
    for enforce in [json!(["Organization"]), json!(["Users", "Organization"])] {
        let change = of(enforce.clone(), json!([users]));
        breaks("Tenant", &tenant(), &change, words);
        let object = json!({"spec": merged(&tenant(), &change)});
        let errors = Validator::new().validate(&schema("Tenant"), &object, None).unwrap_err();
        assert_eq!(errors.into_iter().map(|error| error.field_path).collect::<Vec<_>>(), ["spec.enforce"]);
        keeps("Tenant", &tenant(), &of(enforce.clone(), json!([users, organization])));
        keeps("Tenant", &tenant(), &of(enforce, json!([users, rest])));
    }
    keeps("Tenant", &tenant(), &of(json!(["Users"]), json!([users])));
    let reports = credential(json!(["Report"]));
    keeps("Tenant", &tenant(), &of(json!(["Users"]), json!([users, reports])));
    breaks("Tenant", &tenant(), &of(json!(["Report"]), json!([users, reports])), "Report is only read");
    keeps("Tenant", &tenant(), &of(json!([]), json!([users])));
}

#[test]
fn an_interval_is_at_least_ten_seconds_and_at_most_a_day() {
    for interval in ["10s", "10m", "1h30m", "24h"] {
        keeps("Tenant", &tenant(), &json!({"interval": interval}));
    }
    for interval in ["9s", "0m"] {
        breaks("Tenant", &tenant(), &json!({"interval": interval}), "at least 10s");
    }
    for interval in ["24h1s", "9999h"] {
        breaks("Tenant", &tenant(), &json!({"interval": interval}), "at most 24h");
    }
}

#[test]
fn an_empty_list_needs_mode_exact_wherever_there_is_a_list() {
    type Case = (&'static str, fn() -> Value, fn(Value) -> Value, Value);
    let words = "an empty list clears the setting";
    let lists: [Case; 5] = [
        ("OrganizationContacts", contacts, |l| json!({"technical": l}), json!({"address": "noc@contoso.com"})),
        ("OrganizationContacts", contacts, |l| json!({"marketing": l}), json!({"address": "noc@contoso.com"})),
        (
            "OrganizationContacts",
            contacts,
            |l| json!({"securityAndCompliance": {"mails": l}}),
            json!({"address": "noc@contoso.com"}),
        ),
        (
            "OrganizationContacts",
            contacts,
            |l| json!({"securityAndCompliance": {"phones": l}}),
            json!("+1 425 555 0100"),
        ),
        ("UserContact", user, |l| json!({"alternateEmails": l}), json!({"value": "jane@fabrikam.com"})),
    ];
    for (kind, base, list, item) in lists {
        breaks(kind, &base(), &list(json!({"values": []})), words);
        breaks(kind, &base(), &list(json!({"mode": "Contains", "values": []})), words);
        keeps(kind, &base(), &list(json!({"mode": "Exact", "values": []})));
        keeps(kind, &base(), &list(json!({"values": [item]})));
    }
}

#[test]
fn a_private_value_is_given_or_taken_from_a_secret() {
    let from = json!({"secretKeyRef": {"name": "phones", "key": "jane"}});
    for field in ["mobilePhone", "businessPhone"] {
        let words = "give exactly one of value and valueFrom";
        breaks("UserContact", &user(), &json!({field: {}}), words);
        breaks("UserContact", &user(), &json!({field: {"value": "+1 425 555 0100", "valueFrom": from}}), words);
        keeps("UserContact", &user(), &json!({field: {"value": "+1 425 555 0100"}}));
        keeps("UserContact", &user(), &json!({field: {"valueFrom": from}}));
    }
    let words = "give exactly one of value and valueFrom";
    breaks("UserContact", &user(), &json!({"alternateEmails": {"values": [{}]}}), words);
    keeps("UserContact", &user(), &json!({"alternateEmails": {"values": [{"valueFrom": from}]}}));
}

#[test]
fn a2_a_business_email_is_no_free_mail_address() {
    let business = |address: &str| json!({"businessEmail": {"address": address}});
    for address in [
        "jane@gmail.com",
        "jane@GoogleMail.com",
        "jane@outlook.de",
        "jane@hotmail.co.uk",
        "jane@live.com.au",
        "jane@yahoo.co.jp",
        "jane@icloud.com",
        "jane@me.com",
        "jane@web.de",
        "jane@gmx.net",
        "jane@proton.me",
        "jane@pm.me",
        "jane@yandex.ru",
    ] {
        let message = breaks("UserContact", &user(), &business(address), "must be a corporate address");
        assert_eq!(message, tenant_contacts_api::v1alpha1::PRIVATE_BUSINESS_EMAIL);
    }
    for address in [
        "jane@contoso.com",
        "gmail.com@contoso.com",
        "jane@mail.contoso.com",
        "jane@live.contoso.com",
        "jane@web.contoso.de",
        "jane@notgmail.com",
        "jane@outlook.contoso.co.uk",
        "jane@gmail.com.contoso.com",
    ] {
        keeps("UserContact", &user(), &business(address));
    }
}

#[test]
fn e2_an_account_without_a_mailbox_names_another_path() {
    breaks("UserContact", &user(), &json!({"mail": {"intent": "NotMailEnabled"}}), "needs alternatePath");
    keeps(
        "UserContact",
        &user(),
        &json!({"mail": {"intent": "NotMailEnabled", "alternatePath": "billing@contoso.com"}}),
    );
    keeps("UserContact", &user(), &json!({"mail": {"intent": "Receives"}}));
}

#[test]
fn only_rules_that_count_days_take_days() {
    let rule = |name: &str, days: Option<u16>| {
        let rule = json!({"name": name});
        json!({"rules": [days.map_or(rule.clone(), |days| merged(&rule, &json!({"days": days})))]})
    };
    for name in ["BusinessEmailUnattested", "UnreadMail"] {
        keeps("ContactPolicy", &policy(), &rule(name, Some(30)));
    }
    keeps("ContactPolicy", &policy(), &rule("ListWithoutMembers", None));
    let words = "only rules that count days take days";
    let message = breaks("ContactPolicy", &policy(), &rule("ListWithoutMembers", Some(30)), words);
    for (rule, _) in tenant_contacts_api::v1alpha1::RULES_WITH_DAYS {
        assert!(message.contains(rule.as_str()), "the message names {rule}");
    }
}

/// A rule that is added without a case above makes this fail.
#[test]
fn no_rule_is_without_a_case() {
    fn collect(schema: &Value, messages: &mut std::collections::BTreeSet<String>) {
        for rule in schema["x-kubernetes-validations"].as_array().into_iter().flatten() {
            messages.insert(rule["message"].as_str().unwrap().to_owned());
        }
        schema["properties"].as_object().into_iter().flatten().for_each(|(_, property)| collect(property, messages));
        schema.get("items").into_iter().for_each(|items| collect(items, messages));
    }
    let mut messages = std::collections::BTreeSet::new();
    for kind in ["Tenant", "OrganizationContacts", "UserContact", "ContactPolicy", "ContactReport"] {
        collect(&schema(kind), &mut messages);
    }
    let cases = include_str!("rules.rs");
    let covered = [
        "tenantId is immutable",
        "cloud is immutable",
        "tenantRef is immutable",
        "name is immutable",
        "give exactly one of clientSecret",
        "at most one credential",
        "served by one credential only",
        "every surface in enforce needs a credential",
        "Report is only read",
        "at least 10s",
        "at most 24h",
        "an empty list clears the setting",
        "give exactly one of value and valueFrom",
        "must be a corporate address",
        "needs alternatePath",
        "only rules that count days take days",
    ];
    assert_eq!(messages.len(), covered.len(), "{messages:#?}");
    for words in covered {
        assert_eq!(messages.iter().filter(|message| message.contains(words)).count(), 1, "{words}");
        assert!(cases.matches(words).count() >= 2, "no case for {words}");
    }
}
