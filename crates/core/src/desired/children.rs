//! Children of a Tenant as decisions see them.

use std::fmt::Display;

use tenant_contacts_api::{
    address::SmtpAddress,
    field::Field,
    kind::Object,
    reason::Reason,
    v1alpha1::{
        AddressEntry, AddressList, Attestation, DeletionPolicy, Mode, OrganizationContacts, Private, PrivatePath,
        PrivateValue, SecretKeyRef, TextList, TrustedSenders, UserContact,
    },
};

use super::{
    Attested, BusinessEmailClaim, DesiredField, DesiredObject, DesiredTarget, GatewayClaim, Kind, ObjectKey,
    SecretLookup, SecretValue, Want, requested_at,
};
use crate::{
    canonical,
    field::{self, Shape},
};

/// The Tenant that an object names, and the object reduced to what decisions need. `secret` answers for what is taken from
/// Secrets. `None` for what declares nothing of a tenant.
pub fn child(object: &Object, secret: SecretLookup<'_>) -> Option<(ObjectKey, DesiredObject)> {
    let desired = match object {
        Object::OrganizationContacts(contacts) => organization_contacts(contacts),
        Object::UserContact(contact) => user_contact(contact, secret),
        Object::TrustedSenders(senders) => trusted_senders(senders),
        // A policy declares no field of the tenant: it says what findings count.
        Object::Tenant(_) | Object::ContactPolicy(_) | Object::Secret(_) | Object::ServiceAccount(_) => return None,
    };
    let name = object.tenant_ref()?.name.as_str().into();
    Some((ObjectKey { kind: Kind::Tenant, namespace: object.namespace().into(), name }, desired))
}

/// Reduces an OrganizationContacts to what decisions need.
fn organization_contacts(object: &OrganizationContacts) -> DesiredObject {
    let spec = &object.spec;
    let mut fields = Vec::new();
    let mut add = |field, want: Option<Want>| {
        fields.extend(want.map(|want| DesiredField {
            field,
            entry: None,
            want,
            from_secret: false,
            inside_allowed: true,
        }));
    };
    add(Field::Technical, spec.technical.as_ref().map(addresses));
    let security = spec.security_and_compliance.as_ref();
    add(Field::SecurityMails, security.and_then(|contacts| contacts.mails.as_ref()).map(addresses));
    add(Field::SecurityPhones, security.and_then(|contacts| contacts.phones.as_ref()).map(phones));
    add(Field::Marketing, spec.marketing.as_ref().map(addresses));
    let privacy = spec.privacy.as_ref();
    add(Field::PrivacyContact, privacy.and_then(|contact| contact.contact_email.as_ref()).map(one_address));
    add(
        Field::PrivacyStatement,
        privacy.and_then(|contact| contact.statement_url.as_deref()).map(|url| Want::Exact([url.into()].into())),
    );
    DesiredObject {
        key: key(Kind::OrganizationContacts, &object.metadata),
        generation: object.metadata.generation,
        target: DesiredTarget::Organization,
        deletion: spec.deletion_policy,
        fields,
        removed: object.metadata.deletion_timestamp.is_some(),
        business_email: None,
        mail: None,
        requested_at: requested_at(&object.metadata),
    }
}

/// Reduces a UserContact to what decisions need; `secret` answers for `valueFrom`.
fn user_contact(object: &UserContact, secret: SecretLookup<'_>) -> DesiredObject {
    let spec = &object.spec;
    let mut fields: Vec<DesiredField> =
        spec.private().map(|(field, private)| private_field(field, private, secret)).collect();
    fields.shrink_to_fit();
    DesiredObject {
        key: key(Kind::UserContact, &object.metadata),
        generation: object.metadata.generation,
        target: DesiredTarget::Account {
            name: spec.account_ref.user_principal_name.as_str().into(),
            id: spec.account_ref.object_id,
        },
        deletion: spec.deletion_policy,
        fields,
        removed: object.metadata.deletion_timestamp.is_some(),
        business_email: spec.business_email.as_ref().map(|claim| BusinessEmailClaim {
            address: claim.address.as_str().into(),
            attestation: claim.attestation.as_ref().map(attested),
        }),
        mail: spec.mail.clone().map(Box::new),
        requested_at: requested_at(&object.metadata),
    }
}

/// Reduces a TrustedSenders to what decisions need. Nothing of it is ever written, so there is nothing to put back.
fn trusted_senders(object: &TrustedSenders) -> DesiredObject {
    let gateways = object.spec.gateways.iter().map(|gateway| GatewayClaim {
        name: gateway.name.as_str().into(),
        domains: gateway.domains.iter().map(|domain| domain.to_lowercase().into()).collect(),
        attestation: gateway.attestation.as_ref().map(attested),
    });
    DesiredObject {
        key: key(Kind::TrustedSenders, &object.metadata),
        generation: object.metadata.generation,
        target: DesiredTarget::Gateways(gateways.collect()),
        deletion: DeletionPolicy::Orphan,
        fields: Vec::new(),
        removed: object.metadata.deletion_timestamp.is_some(),
        business_email: None,
        mail: None,
        requested_at: requested_at(&object.metadata),
    }
}

fn attested(attestation: &Attestation) -> Attested {
    Attested {
        on: attestation.date.parse().ok(),
        by: attestation.by.as_str().into(),
        evidence: attestation.evidence.as_deref().map(Into::into),
    }
}

fn key(kind: Kind, metadata: &k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta) -> ObjectKey {
    ObjectKey {
        kind,
        namespace: metadata.namespace.as_deref().unwrap_or("default").into(),
        name: metadata.name.as_deref().unwrap_or_default().into(),
    }
}

/// Notification lists are `Exact` where no mode is given: a recipient nobody declared is a leak.
fn wanted(mode: Option<Mode>, default: Mode, values: Vec<Box<str>>) -> Want {
    match mode.unwrap_or(default) {
        Mode::Exact => Want::Exact(values.into()),
        Mode::Contains => Want::Contains(values.into()),
    }
}

fn addresses(list: &AddressList) -> Want {
    if let Some(index) = list.values.iter().position(|entry| entry.address.parse::<SmtpAddress>().is_err()) {
        return malformed(format_args!("values[{index}].address"), "is not a mail address");
    }
    let values = canonical::distinct(Shape::Addresses, list.values.iter().map(|entry| entry.address.as_str()));
    wanted(list.mode, Mode::Exact, values)
}

fn one_address(entry: &AddressEntry) -> Want {
    match entry.address.parse::<SmtpAddress>() {
        Ok(_) => Want::Exact([entry.address.as_str().into()].into()),
        Err(_) => malformed("contactEmail.address", "is not a mail address"),
    }
}

fn phones(list: &TextList) -> Want {
    let values = canonical::distinct(Shape::Phones, list.values.iter().map(String::as_str));
    wanted(list.mode, Mode::Exact, values)
}

/// A field of an account. Other alternate emails are left alone where no mode is given.
fn private_field(field: Field, private: Private<'_>, secret: SecretLookup<'_>) -> DesiredField {
    let shape = field::facts(field).map_or(Shape::Text, |facts| facts.shape);
    let (mut values, mut failed) = (Vec::new(), None);
    for (index, value) in private.values() {
        match resolve(value, shape, PrivatePath(field, index), secret) {
            Ok(value) => values.push(value),
            Err(unresolved) => failed = failed.or(Some(unresolved)),
        }
    }
    let want = || match private {
        Private::One(_) => Want::Exact(values.into()),
        Private::Many(list) => {
            let values = canonical::distinct(shape, values.iter().map(|value| &**value));
            wanted(list.mode, Mode::Contains, values)
        }
    };
    DesiredField {
        field,
        entry: None,
        want: failed.unwrap_or_else(want),
        from_secret: private.values().any(|(_, value)| value.value_from.is_some()),
        inside_allowed: match private {
            Private::One(_) => true,
            Private::Many(list) => list.inside_reason.is_some(),
        },
    }
}

fn resolve(value: &PrivateValue, shape: Shape, path: PrivatePath, secret: SecretLookup<'_>) -> Result<Box<str>, Want> {
    let text: Box<str> = match (&value.value, &value.value_from) {
        (Some(value), None) => value.as_str().into(),
        (None, Some(from)) => match secret(&from.secret_key_ref) {
            SecretValue::Found(text) => text,
            SecretValue::Missing => {
                return Err(unresolved(
                    Reason::ValueNotFound,
                    format!(
                        "{path}: there is no Secret {} with a key {}",
                        from.secret_key_ref.name, from.secret_key_ref.key
                    ),
                ));
            }
            SecretValue::NotText => {
                let SecretKeyRef { name, key } = &from.secret_key_ref;
                return Err(unresolved(
                    Reason::ValueNotFound,
                    format!("{path}: the value of key {key} in Secret {name} is not text"),
                ));
            }
            SecretValue::Encrypted(encrypted) => {
                let SecretKeyRef { name, key } = &from.secret_key_ref;
                let (what, remedy) = (encrypted.what(), encrypted.remedy());
                return Err(unresolved(
                    Reason::ValueNotFound,
                    format!("{path}: the value of key {key} in Secret {name} {what}. {remedy}"),
                ));
            }
            SecretValue::NotAllowed => {
                return Err(unresolved(
                    Reason::ValueNotFound,
                    format!("{path}: Secret {} lacks the label that allows its use", from.secret_key_ref.name),
                ));
            }
        },
        _ => return Err(malformed(path, "needs exactly one of value and valueFrom")),
    };
    let text = text.trim();
    let good = match shape {
        // Graph takes 250 characters in `otherMails` at most (contract §2).
        Shape::Addresses => text.len() <= 250 && text.parse::<SmtpAddress>().is_ok(),
        Shape::Phones => is_phone(text),
        Shape::Text => true,
    };
    if good {
        Ok(text.into())
    } else {
        Err(malformed(path, if shape == Shape::Addresses { "is not a mail address" } else { "is not a phone number" }))
    }
}

/// A number as the directory takes it: up to 64 characters (contract §2), with at least three digits.
pub fn is_phone(text: &str) -> bool {
    text.len() <= 64
        && text.bytes().filter(u8::is_ascii_digit).count() >= 3
        && text.bytes().all(|b| b.is_ascii_digit() || b"+ ()./x-".contains(&b))
}

fn malformed(path: impl Display, what: &str) -> Want {
    unresolved(Reason::InvalidSpec, format!("{path} {what}"))
}

fn unresolved(reason: Reason, message: String) -> Want {
    Want::Unresolved { reason, message: message.into() }
}
