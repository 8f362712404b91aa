//! What each kind of object consists of: one table per kind, and everything else follows the tables.
//!
//! Invariant: a property is described in exactly one row; handlers name properties only where a rule is about that one.

pub(crate) mod directory;
pub(crate) mod group;
pub(crate) mod organization;
pub(crate) mod property;
pub(crate) mod role;
pub(crate) mod user;

pub(crate) use property::{Property, Schema, Type, Write};

/// The kinds of objects in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Entity {
    User,
    Group,
    Organization,
    Domain,
    Sku,
    ServicePrincipal,
    RoleDefinition,
    RoleAssignment,
    RoleEligibility,
    DirectoryRole,
    EmailMethod,
    PhoneMethod,
}

impl Entity {
    /// Number of kinds, for tables indexed by kind.
    pub(crate) const COUNT: usize = 12;

    /// All kinds, in the order in which `truth` prints them.
    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::User,
        Self::Group,
        Self::Organization,
        Self::Domain,
        Self::Sku,
        Self::ServicePrincipal,
        Self::RoleDefinition,
        Self::RoleAssignment,
        Self::RoleEligibility,
        Self::DirectoryRole,
        Self::EmailMethod,
        Self::PhoneMethod,
    ];

    pub(crate) fn schema(self) -> &'static Schema {
        match self {
            Self::User => &user::SCHEMA,
            Self::Group => &group::SCHEMA,
            Self::Organization => &organization::SCHEMA,
            Self::Domain => &directory::DOMAIN,
            Self::Sku => &directory::SKU,
            Self::ServicePrincipal => &directory::SERVICE_PRINCIPAL,
            Self::RoleDefinition => &role::DEFINITION,
            Self::RoleAssignment => &role::ASSIGNMENT,
            Self::RoleEligibility => &role::ELIGIBILITY,
            Self::DirectoryRole => &role::DIRECTORY_ROLE,
            Self::EmailMethod => &directory::EMAIL_METHOD,
            Self::PhoneMethod => &directory::PHONE_METHOD,
        }
    }
}
