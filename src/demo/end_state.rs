//! Compares the tenant, as it really is, with the files, as they are written. Shares nothing with the engine: it compares
//! what a person would compare, value by value.

use std::collections::BTreeSet;

use serde_json::Value;
use tenant_contacts_api::{
    field::Field,
    manifest::{Manifest, Object},
    v1alpha1::{AddressList, Mode, OrganizationContacts, Private, PrivateValue, UserContact},
};

use crate::gather::Secrets;

/// Every difference, as a sentence; none if the tenant is as the files say.
pub(super) fn differences(manifests: &[Manifest], secrets: &Secrets, truth: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    for manifest in manifests {
        let found = match &manifest.object {
            Object::OrganizationContacts(contacts) => organization(contacts, &truth["organization"][0]),
            Object::UserContact(contact) => user(contact, secrets, truth),
            _ => continue,
        };
        differences.extend(
            found.into_iter().map(|what| format!("{} {}: {what}", manifest.object.kind(), manifest.object.name())),
        );
    }
    differences
}

fn organization(contacts: &OrganizationContacts, live: &Value) -> Vec<&'static str> {
    let spec = &contacts.spec;
    let mut differences = Vec::new();
    let mut list = |declared: Option<&AddressList>, property: &'static str| {
        if let Some(declared) = declared {
            let wanted = declared.values.iter().map(|entry| address(&entry.address)).collect();
            let exact = declared.mode != Some(Mode::Contains);
            if !holds(&wanted, &texts(&live[property], address), exact) {
                differences.push(property);
            }
        }
    };
    list(spec.technical.as_ref(), "technicalNotificationMails");
    list(spec.marketing.as_ref(), "marketingNotificationEmails");
    let security = spec.security_and_compliance.as_ref();
    list(security.and_then(|contacts| contacts.mails.as_ref()), "securityComplianceNotificationMails");
    if let Some(phones) = security.and_then(|contacts| contacts.phones.as_ref()) {
        let wanted = phones.values.iter().map(|number| digits(number)).collect();
        let exact = phones.mode != Some(Mode::Contains);
        if !holds(&wanted, &texts(&live["securityComplianceNotificationPhones"], digits), exact) {
            differences.push("securityComplianceNotificationPhones");
        }
    }
    if let Some(privacy) = &spec.privacy {
        let profile = &live["privacyProfile"];
        let contact = profile["contactEmail"].as_str().map(address);
        if privacy.contact_email.as_ref().is_some_and(|wanted| contact != Some(address(&wanted.address))) {
            differences.push("privacyProfile.contactEmail");
        }
        if privacy.statement_url.as_ref().is_some_and(|wanted| profile["statementUrl"].as_str() != Some(wanted)) {
            differences.push("privacyProfile.statementUrl");
        }
    }
    differences
}

fn user(contact: &UserContact, secrets: &Secrets, truth: &Value) -> Vec<&'static str> {
    let spec = &contact.spec;
    let name = &spec.account_ref.user_principal_name;
    let users = truth["users"].as_array().into_iter().flatten();
    let Some(live) = users
        .into_iter()
        .find(|user| user["userPrincipalName"].as_str().is_some_and(|candidate| candidate.eq_ignore_ascii_case(name)))
    else {
        return vec!["there is no such account"];
    };
    let namespace = contact.metadata.namespace.as_deref().unwrap_or("default");
    let text = |value: &PrivateValue| -> String {
        let from = value.value_from.as_ref().and_then(|from| {
            let secret = secrets.get(&(namespace.to_owned(), from.secret_key_ref.name.clone()))?;
            let bytes = secret.data.get(&from.secret_key_ref.key)?;
            Some(String::from_utf8_lossy(bytes.expose()).trim().to_owned())
        });
        value.value.clone().or(from).unwrap_or_default()
    };
    let differs = |(field, private): &(Field, Private<'_>)| match (field, private) {
        (Field::AlternateEmails, Private::Many(list)) => {
            let wanted = list.values.iter().map(|value| address(&text(value))).collect();
            !holds(&wanted, &texts(&live["otherMails"], address), list.mode == Some(Mode::Exact))
        }
        (Field::MobilePhone, Private::One(value)) => {
            live["mobilePhone"].as_str().map(digits) != Some(digits(&text(value)))
        }
        (Field::BusinessPhone, Private::One(value)) => {
            texts(&live["businessPhones"], digits) != BTreeSet::from([digits(&text(value))])
        }
        // What this comparison knows nothing of is not seen to be as declared.
        _ => true,
    };
    spec.private().filter(differs).map(|(field, _)| field.path()).collect()
}

fn holds(wanted: &BTreeSet<String>, live: &BTreeSet<String>, exact: bool) -> bool {
    if exact { wanted == live } else { wanted.is_subset(live) }
}

fn texts(list: &Value, normal: fn(&str) -> String) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(normal).collect()
}

fn address(text: &str) -> String {
    text.to_lowercase()
}

fn digits(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}
