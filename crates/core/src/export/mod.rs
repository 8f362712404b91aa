//! A live tenant as the objects that would declare it: so that the next plan is empty.
//!
//! Invariant: declares only what was read, as it was read, and nothing that the product could not declare again; what is
//! left out is said, with the reason and without the value.

mod accounts;
mod names;
mod organization;
mod private;
mod protected;

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use tenant_contacts_api::v1alpha1::{OrganizationContacts, Tenant, TenantRef, UserContact};

pub use names::Names;
pub use private::{Private, PrivateSecret};

use crate::{desired, landscape::Landscape, model::Unknown};

/// How to export.
#[derive(Clone, Debug)]
pub struct Options {
    /// The Tenant object: its name and namespace are everybody's, its guard rails say who is never declared.
    pub tenant: Tenant,
    /// Where private data (alternate emails, phones) is written.
    pub private: Private,
    /// Whether nobody named the Tenant: then it is called by its organization.
    pub unnamed: bool,
}

/// What was exported.
#[derive(Clone, Debug, Default)]
pub struct Exported {
    /// Files, as a team would keep them. None is empty.
    pub files: Vec<File>,
    /// What is missing from them.
    pub left_out: Vec<LeftOut>,
}

/// A file of objects.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it, in a sentence.
    pub about: String,
    /// The objects.
    pub objects: Vec<Exportable>,
}

/// An object that is exported.
#[derive(Clone, Debug)]
pub enum Exportable {
    /// The Tenant.
    Tenant(Box<Tenant>),
    /// The organization's contacts.
    Organization(Box<OrganizationContacts>),
    /// An account's.
    User(Box<UserContact>),
    /// Private data.
    Secret(PrivateSecret),
}

impl Exportable {
    /// Whether it holds private data that was to be kept apart ([`Private::Secrets`]).
    pub fn is_private(&self) -> bool {
        match self {
            Self::Secret(_) => true,
            Self::Tenant(_) | Self::Organization(_) | Self::User(_) => false,
        }
    }
}

/// Something that is missing from an export.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// What: a field, or a kind of accounts.
    pub what: String,
    /// Why.
    pub why: String,
    /// Of how many objects.
    pub objects: usize,
    /// Sign-in names of the first accounts it is about, in the order of the export: [`MOST_NAMED`] at most.
    pub accounts: Vec<String>,
    /// Whether it is missing because it could not be read.
    pub unread: bool,
}

/// Accounts that [`LeftOut`] names: whoever has more than a handful to look at looks in the tenant.
pub const MOST_NAMED: usize = 5;

/// Exports.
pub fn export(landscape: &Landscape, options: &Options) -> Exported {
    let mut notes = Notes::default();
    let mut options = options.clone();
    if let Some(name) = options.unnamed.then(|| names::of_organization(landscape)).flatten() {
        options.tenant.metadata.namespace = Some(name.clone());
        options.tenant.metadata.name = Some(name);
    }
    let mut about = "Which tenant, and how it is reached.".to_owned();
    let protected = &mut options.tenant.spec.guard_rails.protected_accounts;
    if protected.is_empty() {
        *protected = protected::proposed(landscape);
        if !protected.is_empty() {
            about.push_str(protected::ABOUT);
        }
    }
    let options = &options;
    let mut files = vec![File {
        name: "tenant.yaml".into(),
        about,
        objects: vec![Exportable::Tenant(Box::new(tenant(&options.tenant)))],
    }];
    files.extend(organization::file(landscape, options, &mut notes));
    files.extend(accounts::files(landscape, options, &mut notes));
    files.retain(|file| !file.objects.is_empty());
    Exported { files, left_out: notes.said() }
}

/// The Tenant as it is declared, without what only its past explains: approvals are used once.
fn tenant(given: &Tenant) -> Tenant {
    let mut tenant = given.clone();
    tenant.metadata = ObjectMeta {
        name: given.metadata.name.clone(),
        namespace: given.metadata.namespace.clone(),
        labels: given.metadata.labels.clone(),
        ..ObjectMeta::default()
    };
    tenant.spec.approvals.clear();
    tenant.status = None;
    tenant
}

fn metadata(options: &Options, name: String) -> ObjectMeta {
    ObjectMeta { name: Some(name), namespace: options.tenant.metadata.namespace.clone(), ..ObjectMeta::default() }
}

fn tenant_ref(options: &Options) -> TenantRef {
    TenantRef { name: options.tenant.metadata.name.clone().unwrap_or_default() }
}

/// Whether a number can stand in a manifest: the kinds' own pattern is stricter than the directory in where a plus may be.
fn is_phone(value: &str) -> bool {
    let mut characters = value.chars();
    characters.next().is_some_and(|first| first.is_ascii_digit() || first == '+' || first == '(')
        && !characters.any(|c| c == '+')
        && desired::is_phone(value)
}

/// Counts what is left out, so that ten thousand accounts without a permission are one line.
#[derive(Default)]
struct Notes(BTreeMap<(String, String), Note>);

#[derive(Default)]
struct Note {
    objects: usize,
    accounts: Vec<String>,
    unread: bool,
}

impl Notes {
    fn add(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.0.entry((what.into(), why.into())).or_default().objects += 1;
    }

    /// Of an account, which is named.
    fn add_of(&mut self, account: &str, what: impl Into<String>, why: impl Into<String>) {
        let note = self.0.entry((what.into(), why.into())).or_default();
        note.objects += 1;
        if note.accounts.len() < MOST_NAMED {
            note.accounts.push(account.to_owned());
        }
    }

    fn unread(&mut self, what: impl Into<String>, why: &Unknown) {
        let note = self.0.entry((what.into(), why.to_string())).or_default();
        note.objects += 1;
        note.unread = true;
    }

    fn said(self) -> Vec<LeftOut> {
        let left_out = |((what, why), Note { objects, accounts, unread }): ((String, String), Note)| LeftOut {
            what,
            why,
            objects,
            accounts,
            unread,
        };
        self.0.into_iter().map(left_out).collect()
    }
}

#[cfg(test)]
mod tests;
