//! What is certain about a set of manifests without looking at a tenant.
//!
//! Invariant: a problem of this page is one whatever the tenant holds and whatever else is in a cluster; what a cluster
//! may still add (a Secret) is a note.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use kube::core::ObjectMeta;

pub use super::refused::Refused;
use super::{Encrypted, Listed, Manifest, Note, Object, Problem, SecretData};
use crate::{
    ALLOW_LABEL,
    field::{Field, Surface},
    reason::Reason,
    v1alpha1::{AccountRef, SecretKeyRef, Tenant, UserContact},
};

/// Keeps the first of several manifests of one object, and names the others.
pub fn unique(manifests: Vec<Manifest>) -> (Vec<Manifest>, Vec<Problem>) {
    let mut first: HashMap<super::ObjectKey, String> = HashMap::with_capacity(manifests.len());
    let mut problems = Listed::default();
    let mut kept = Vec::with_capacity(manifests.len());
    for manifest in manifests {
        let key = manifest.object.key();
        if let Some(place) = first.get(&key) {
            let mut problem =
                manifest.problem(Reason::InvalidSpec, "metadata.name", format!("is declared already at {place}"));
            problem.remedy = "Remove one of the two, or give it another name.".into();
            problems.push(problem);
        } else {
            first.insert(key, place_of(&manifest));
            kept.push(manifest);
        }
    }
    (kept, problems.ended(&all_files()))
}

/// Checks what the manifests say of each other. `refused` are the problems that single files have: what is missing for one of
/// them is no further problem.
pub fn check(manifests: &[Manifest], refused: &[Problem]) -> (Vec<Problem>, Vec<Note>) {
    let mut checks = Checks {
        set: Set::of(manifests),
        refused: Refused::by(refused),
        waiting: BTreeMap::new(),
        problems: Listed::default(),
        notes: Listed::default(),
        missing: BTreeSet::new(),
        told: HashSet::new(),
    };
    checks.tenants(manifests);
    let mut fields: HashMap<FieldKey, &Manifest> = HashMap::new();
    for manifest in manifests {
        match &manifest.object {
            Object::OrganizationContacts(contacts) => {
                if let Some(tenant) = checks.tenant(manifest, &contacts.spec.tenant_ref.name) {
                    checks.served(manifest, tenant, Surface::Organization);
                    for field in organization_fields(contacts) {
                        let key = (manifest.object.namespace(), &*contacts.spec.tenant_ref.name, String::new(), field);
                        checks.claim(&mut fields, key, manifest);
                    }
                }
            }
            Object::UserContact(contact) => {
                if let Some(tenant) = checks.tenant(manifest, &contact.spec.tenant_ref.name) {
                    checks.served(manifest, tenant, Surface::Users);
                    checks.user(manifest, contact, tenant);
                    for field in user_fields(contact) {
                        for identity in identities(&contact.spec.account_ref) {
                            let key = (manifest.object.namespace(), &*contact.spec.tenant_ref.name, identity, field);
                            if checks.claim(&mut fields, key, manifest) {
                                break; // by name and by id is one conflict
                            }
                        }
                    }
                }
            }
            Object::TrustedSenders(senders) => drop(checks.tenant(manifest, &senders.spec.tenant_ref.name)),
            Object::ContactPolicy(policy) => drop(checks.tenant(manifest, &policy.spec.tenant_ref.name)),
            Object::Tenant(_) | Object::Secret(_) | Object::ServiceAccount(_) => {}
        }
    }
    checks.say_waiting();
    (checks.problems.ended(&all_files()), checks.notes.ended(&all_files()))
}

type FieldKey<'m> = (&'m str, &'m str, String, Field);

struct Set<'m> {
    tenants: HashMap<(&'m str, &'m str), &'m Tenant>,
    secrets: HashMap<(&'m str, &'m str), &'m SecretData>,
    accounts: HashMap<(&'m str, &'m str), &'m ObjectMeta>,
}

impl<'m> Set<'m> {
    fn of(manifests: &'m [Manifest]) -> Self {
        let mut set = Self { tenants: HashMap::new(), secrets: HashMap::new(), accounts: HashMap::new() };
        for manifest in manifests {
            let key = (manifest.object.namespace(), manifest.object.name());
            match &manifest.object {
                Object::Tenant(tenant) => drop(set.tenants.insert(key, tenant)),
                Object::Secret(secret) => drop(set.secrets.insert(key, secret)),
                Object::ServiceAccount(metadata) => drop(set.accounts.insert(key, metadata)),
                Object::OrganizationContacts(_)
                | Object::UserContact(_)
                | Object::TrustedSenders(_)
                | Object::ContactPolicy(_) => {}
            }
        }
        set
    }
}

struct Checks<'m> {
    set: Set<'m>,
    refused: Refused,
    /// The first object that names a Tenant which was refused, and how many do.
    waiting: BTreeMap<(&'m str, String), (&'m Manifest, usize)>,
    problems: Listed<Problem>,
    notes: Listed<Note>,
    /// Secrets and ServiceAccounts that a note names already.
    missing: BTreeSet<(&'m str, String)>,
    /// Conflicts that are reported already: an object is told once of each field.
    told: HashSet<(super::ObjectKey, Field)>,
}

impl<'m> Checks<'m> {
    fn tenants(&mut self, manifests: &'m [Manifest]) {
        let mut claims: BTreeMap<(String, uuid::Uuid), &Manifest> = BTreeMap::new();
        for manifest in manifests {
            let Object::Tenant(tenant) = &manifest.object else { continue };
            let claim = (format!("{:?}", tenant.spec.cloud), tenant.spec.tenant_id);
            if let Some(other) = claims.get(&claim) {
                let message = format!("is managed already by the Tenant at {}", place_of(other));
                self.problems.push(manifest.problem(Reason::TenantClaimed, "spec.tenantId", message));
            } else {
                claims.insert(claim, manifest);
            }
            self.credentials(manifest, tenant);
        }
    }

    fn credentials(&mut self, manifest: &'m Manifest, tenant: &'m Tenant) {
        let namespace = manifest.object.namespace();
        for (index, credential) in tenant.spec.credentials.iter().enumerate() {
            let reasons = (Reason::CredentialsNotFound, Reason::CredentialsNotAllowed);
            if let Some(secret) = &credential.client_secret {
                let path = format!("spec.credentials[{index}].clientSecret.secretKeyRef");
                let SecretKeyRef { name, key } = &secret.secret_key_ref;
                self.secret(manifest, &path, name, &[key.as_str()], manifest.object.name(), reasons);
            }
            if let Some(certificate) = &credential.certificate {
                let path = format!("spec.credentials[{index}].certificate.secretRef");
                let name = &certificate.secret_ref.name;
                self.secret(manifest, &path, name, &["tls.crt", "tls.key"], manifest.object.name(), reasons);
            }
            if let Some(identity) = &credential.workload_identity {
                let path = format!("spec.credentials[{index}].workloadIdentity.serviceAccountName");
                let name = &identity.service_account_name;
                match self.set.accounts.get(&(namespace, name.as_str())) {
                    Some(metadata) => self.label(manifest, &path, metadata, manifest.object.name(), reasons.1),
                    None => self.absent(manifest, &path, "ServiceAccount", name),
                }
            }
        }
    }

    /// The Tenant that a child names.
    fn tenant(&mut self, manifest: &'m Manifest, name: &str) -> Option<&'m Tenant> {
        let namespace = manifest.object.namespace();
        let tenant = self.set.tenants.get(&(namespace, name)).copied();
        if tenant.is_none() && self.refused.may_be("Tenant", namespace, name) {
            self.waiting.entry((namespace, name.to_owned())).or_insert((manifest, 0)).1 += 1;
        } else if tenant.is_none() {
            let message = format!("names a Tenant that is not here, in namespace {}", manifest.object.namespace());
            self.problems.push(manifest.problem(Reason::TenantNotFound, "spec.tenantRef.name", message));
        }
        tenant
    }

    /// Says once how much could not be compared with a Tenant that was refused.
    fn say_waiting(&mut self) {
        for ((namespace, name), (first, count)) in std::mem::take(&mut self.waiting) {
            let (objects, name) = (if count == 1 { "object names" } else { "objects name" }, super::printable(&name));
            let message = format!(
                "{count} {objects} Tenant {namespace}/{name}, which is not among what could be read: they are checked against \
                 it when the problems above are corrected"
            );
            let place = first.source.places.of("spec.tenantRef.name").unwrap_or(first.source.place);
            self.notes.push(Note { file: Arc::clone(&first.source.file), place, message });
        }
    }

    /// What a child declares cannot even be read without a credential for its surface.
    fn served(&mut self, manifest: &'m Manifest, tenant: &'m Tenant, surface: Surface) {
        let mut credentials = tenant.spec.credentials.iter().map(|credential| &credential.surfaces);
        if !credentials.any(|surfaces| surfaces.is_empty() || surfaces.contains(&surface)) {
            let message = format!("names a Tenant that has no credential for the surface {}", surface.as_str());
            let mut problem = manifest.problem(Reason::InvalidSpec, "spec.tenantRef.name", message);
            problem.remedy = "Name the surface in the Tenant's spec.credentials[].surfaces.".into();
            self.problems.push(problem);
        }
    }

    fn user(&mut self, manifest: &'m Manifest, contact: &'m UserContact, tenant: &'m Tenant) {
        let spec = &contact.spec;
        if tenant.spec.guard_rails.protected_accounts.iter().any(|account| same_account(account, &spec.account_ref)) {
            let message = "is a protected account of the Tenant: nothing is ever written to it".to_owned();
            self.problems.push(manifest.problem(Reason::ProtectedAccount, "spec.accountRef", message));
        }
        if let Some(list) = spec.alternate_emails.as_ref().filter(|list| list.inside_reason.is_none()) {
            for (index, value) in list.values.iter().enumerate() {
                let domain = value.value.as_deref().and_then(|text| text.rsplit_once('@')).map(|(_, domain)| domain);
                if domain
                    .is_some_and(|domain| tenant.spec.own_domains.iter().any(|own| own.eq_ignore_ascii_case(domain)))
                {
                    let field = format!("spec.alternateEmails.values[{index}].value");
                    let message =
                        "lies inside the organization's own domains: it does not help when the tenant is unavailable";
                    self.problems.push(manifest.problem(Reason::AlternateEmailInside, &field, message.to_owned()));
                }
            }
        }
        let listed = spec.alternate_emails.iter().flat_map(|list| list.values.iter().enumerate());
        let listed = listed.map(|(index, value)| (format!("spec.alternateEmails.values[{index}]"), Some(value)));
        let single = [("spec.mobilePhone", &spec.mobile_phone), ("spec.businessPhone", &spec.business_phone)];
        let single = single.into_iter().map(|(path, value)| (path.to_owned(), value.as_ref()));
        for (path, value) in listed.chain(single) {
            if let Some(from) = value.and_then(|value| value.value_from.as_ref()) {
                let SecretKeyRef { name, key } = &from.secret_key_ref;
                let reasons = (Reason::ValueNotFound, Reason::ValueNotFound);
                let path = format!("{path}.valueFrom.secretKeyRef");
                self.secret(manifest, &path, name, &[key.as_str()], &spec.tenant_ref.name, reasons);
            }
        }
    }

    fn secret(
        &mut self,
        manifest: &'m Manifest,
        path: &str,
        name: &str,
        keys: &[&str],
        tenant: &str,
        (absent, not_allowed): (Reason, Reason),
    ) {
        let Some(secret) = self.set.secrets.get(&(manifest.object.namespace(), name)).copied() else {
            return self.absent(manifest, path, "Secret", name);
        };
        for key in keys.iter().filter(|key| !secret.data.contains_key(**key)) {
            let message = format!("the Secret has no key `{}`", super::printable(key));
            self.problems.push(manifest.problem(absent, path, message));
        }
        self.sealed(manifest, path, secret, keys, absent);
        self.label(manifest, path, &secret.metadata, tenant, not_allowed);
    }

    /// Values that stand for others. What SOPS encrypted together with its Secret has been noted; one that was put into a
    /// plain Secret would reach the cluster as it is.
    fn sealed(&mut self, manifest: &'m Manifest, path: &str, secret: &SecretData, keys: &[&str], reason: Reason) {
        for key in keys {
            let text = secret.data.get(*key).and_then(|bytes| std::str::from_utf8(bytes.expose()).ok());
            let Some(encrypted) = text.and_then(Encrypted::of).filter(|_| !secret.encrypted) else { continue };
            let message = format!("what the Secret holds under `{}` {}", super::printable(key), encrypted.what());
            let mut problem = manifest.problem(reason, path, message);
            problem.remedy = encrypted.remedy().into();
            self.problems.push(problem);
        }
    }

    fn label(&mut self, manifest: &'m Manifest, path: &str, metadata: &ObjectMeta, tenant: &str, reason: Reason) {
        let allowed = metadata.labels.as_ref().and_then(|labels| labels.get(ALLOW_LABEL));
        if allowed.is_none_or(|allowed| allowed != tenant) {
            let message = format!("does not carry the label `{ALLOW_LABEL}: {tenant}` that lets the Tenant use it");
            self.problems.push(manifest.problem(reason, path, message));
        }
    }

    /// A cluster may hold what the files do not.
    fn absent(&mut self, manifest: &'m Manifest, path: &str, kind: &'static str, name: &str) {
        // That it could not be read has been said.
        if self.refused.may_be(kind, manifest.object.namespace(), name) {
            return;
        }
        if self.missing.insert((manifest.object.namespace(), format!("{kind}/{name}"))) {
            let (namespace, name) = (manifest.object.namespace(), super::printable(name));
            let message = format!("{kind} {namespace}/{name} is not among these files: it must exist in the cluster");
            let place = manifest.source.places.of(path).unwrap_or(manifest.source.place);
            self.notes.push(Note { file: Arc::clone(&manifest.source.file), place, message });
        }
    }

    /// Notes who declares a field; two who declare the same are both told. Gives whether there was another.
    fn claim(
        &mut self,
        fields: &mut HashMap<FieldKey<'m>, &'m Manifest>,
        key: FieldKey<'m>,
        manifest: &'m Manifest,
    ) -> bool {
        let field = key.3;
        let Some(first) = fields.get(&key).copied() else {
            fields.insert(key, manifest);
            return false;
        };
        for (here, there) in [(manifest, first), (first, manifest)] {
            if self.told.insert((here.object.key(), field)) {
                let message = format!("is declared also by {}, at {}", there.object.key(), place_of(there));
                self.problems.push(here.problem(Reason::Conflict, &format!("spec.{}", field.path()), message));
            }
        }
        true
    }
}

/// How problems name what they are all of.
fn all_files() -> Arc<str> {
    "all files".into()
}

fn place_of(manifest: &Manifest) -> String {
    format!("{}:{}", super::printable(&manifest.source.file), manifest.source.place.line)
}

fn same_account(a: &AccountRef, b: &AccountRef) -> bool {
    a.user_principal_name.eq_ignore_ascii_case(&b.user_principal_name)
        || (a.object_id.is_some() && a.object_id == b.object_id)
}

fn identities(account: &AccountRef) -> impl Iterator<Item = String> {
    [Some(account.user_principal_name.to_ascii_lowercase()), account.object_id.map(|id| id.to_string())]
        .into_iter()
        .flatten()
}

/// The fields that an object declares.
pub fn declared_fields(object: &Object) -> Vec<Field> {
    match object {
        Object::OrganizationContacts(contacts) => organization_fields(contacts).collect(),
        Object::UserContact(contact) => user_fields(contact).collect(),
        Object::Tenant(_)
        | Object::TrustedSenders(_)
        | Object::ContactPolicy(_)
        | Object::Secret(_)
        | Object::ServiceAccount(_) => Vec::new(),
    }
}

fn organization_fields(contacts: &crate::v1alpha1::OrganizationContacts) -> impl Iterator<Item = Field> {
    let spec = &contacts.spec;
    let (security, privacy) = (spec.security_and_compliance.as_ref(), spec.privacy.as_ref());
    [
        (Field::Technical, spec.technical.is_some()),
        (Field::SecurityMails, security.is_some_and(|security| security.mails.is_some())),
        (Field::SecurityPhones, security.is_some_and(|security| security.phones.is_some())),
        (Field::Marketing, spec.marketing.is_some()),
        (Field::PrivacyContact, privacy.is_some_and(|privacy| privacy.contact_email.is_some())),
        (Field::PrivacyStatement, privacy.is_some_and(|privacy| privacy.statement_url.is_some())),
    ]
    .into_iter()
    .filter_map(|(field, declared)| declared.then_some(field))
}

fn user_fields(contact: &UserContact) -> impl Iterator<Item = Field> {
    let spec = &contact.spec;
    [
        (Field::AlternateEmails, spec.alternate_emails.is_some()),
        (Field::MobilePhone, spec.mobile_phone.is_some()),
        (Field::BusinessPhone, spec.business_phone.is_some()),
        (Field::BusinessEmail, spec.business_email.is_some()),
    ]
    .into_iter()
    .filter_map(|(field, declared)| declared.then_some(field))
}
