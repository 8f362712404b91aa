//! `examples/contoso`: its files, and the tenant compared with them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use serde_json::{Value, json};
use tenant_contacts::directory;
use tenant_contacts_api::{
    field::Field,
    manifest::Object,
    v1alpha1::{AddressList, Mode, Private},
};

use crate::{cli::office::Office, places, rig};

/// A file of the example.
pub fn path(name: &str) -> PathBuf {
    places::root().join("examples/contoso").join(name)
}

/// What is in it.
pub fn text(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap()
}

/// Digits of a phone, or an address without regard to case: what makes two values the same.
fn canonical(value: &str) -> String {
    if value.contains('@') { value.to_lowercase() } else { value.chars().filter(char::is_ascii_digit).collect() }
}

fn is(live: &Value, mode: Mode, declared: &[String]) {
    let live: BTreeSet<String> = match live {
        Value::Array(values) => values.iter().map(|value| canonical(value.as_str().unwrap())).collect(),
        Value::String(value) => BTreeSet::from([canonical(value)]),
        _ => BTreeSet::new(),
    };
    let declared: BTreeSet<String> = declared.iter().map(|value| canonical(value)).collect();
    let good = if mode == Mode::Exact { live == declared } else { live.is_superset(&declared) };
    assert!(good, "{live:?} instead of {declared:?}");
}

/// The tenant, as it really is, has every value that the files declare. Shares nothing with the engine.
#[track_caller]
pub fn truth_is_as_declared(office: &Office) {
    let read = directory::read(rig::checker(), &path(""));
    let secrets: BTreeMap<String, String> = read
        .manifests
        .iter()
        .filter_map(|manifest| match &manifest.object {
            Object::Secret(secret) => Some(&secret.data),
            _ => None,
        })
        .flat_map(|data| data.iter().map(|(key, value)| (key.clone(), String::from_utf8_lossy(value.expose()).into())))
        .collect();
    let mut fields = 0;
    for manifest in &read.manifests {
        match &manifest.object {
            Object::UserContact(contact) => {
                let user = office.user(&contact.spec.account_ref.user_principal_name);
                let value = |value: &tenant_contacts_api::v1alpha1::PrivateValue| match &value.value_from {
                    Some(from) => secrets[&from.secret_key_ref.key].clone(),
                    None => value.value.clone().unwrap(),
                };
                for (field, private) in contact.spec.private() {
                    let property = match field {
                        Field::AlternateEmails => "otherMails",
                        Field::MobilePhone => "mobilePhone",
                        Field::BusinessPhone => "businessPhones",
                        other => panic!("which property is {}?", other.path()),
                    };
                    let mode = match private {
                        Private::Many(list) => list.mode.unwrap_or(Mode::Contains),
                        Private::One(_) => Mode::Exact,
                    };
                    let values: Vec<String> = private.values().map(|(_, one)| value(one)).collect();
                    is(&user[property], mode, &values);
                    fields += 1;
                }
            }
            Object::OrganizationContacts(contacts) => {
                let organization = office.organization();
                let spec = &contacts.spec;
                let security = spec.security_and_compliance.as_ref().unwrap();
                let list = |property: &str, list: &AddressList| {
                    let values: Vec<String> = list.values.iter().map(|entry| entry.address.clone()).collect();
                    is(&organization[property], list.mode.unwrap_or(Mode::Exact), &values);
                };
                list("technicalNotificationMails", spec.technical.as_ref().unwrap());
                list("marketingNotificationEmails", spec.marketing.as_ref().unwrap());
                list("securityComplianceNotificationMails", security.mails.as_ref().unwrap());
                let phones = &security.phones.as_ref().unwrap().values;
                is(&organization["securityComplianceNotificationPhones"], Mode::Exact, phones);
                let privacy = spec.privacy.as_ref().unwrap();
                let contact = privacy.contact_email.as_ref().unwrap().address.clone();
                is(&organization["privacyProfile"]["contactEmail"], Mode::Exact, &[contact]);
                assert_eq!(organization["privacyProfile"]["statementUrl"], json!(privacy.statement_url));
                fields += 6;
            }
            _ => {}
        }
    }
    assert!(fields > 30, "{fields}");
}
