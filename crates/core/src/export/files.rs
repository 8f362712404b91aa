//! What an export consists of: files of objects, each object with its name and its Tenant.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use tenant_contacts_api::v1alpha1::{OrganizationContacts, Tenant, TenantRef, UserContact};

use super::{
    left_out::LeftOut,
    private::{Private, PrivateSecret},
};
use crate::desired;

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

pub(super) fn metadata(options: &Options, name: String) -> ObjectMeta {
    ObjectMeta { name: Some(name), namespace: options.tenant.metadata.namespace.clone(), ..ObjectMeta::default() }
}

pub(super) fn tenant_ref(options: &Options) -> TenantRef {
    TenantRef { name: options.tenant.metadata.name.clone().unwrap_or_default() }
}

/// Whether a number can stand in a manifest: the kinds' own pattern is stricter than the directory in where a plus may be.
pub(super) fn is_phone(value: &str) -> bool {
    let mut characters = value.chars();
    characters.next().is_some_and(|first| first.is_ascii_digit() || first == '+' || first == '(')
        && !characters.any(|c| c == '+')
        && desired::is_phone(value)
}
