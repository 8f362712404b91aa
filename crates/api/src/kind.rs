//! The kinds, each registered once: what reads, watches, lists, checks and installs them goes by this table.
//!
//! Invariant: what is true of a kind alone stands in its own file, as its [`Declares`]. Nothing here names a kind but its row.

use kube::core::{ApiResource, ObjectMeta};
use serde_json::Value as Json;

use crate::{
    address::SmtpAddress,
    field::{Field, Surface},
    manifest::{SecretData, wording},
    reason::Reason,
    status::ChildStatus,
    v1alpha1::{
        AccountRef, ContactPolicy, DeletionPolicy, OrganizationContacts, SecretKeyRef, Tenant, TenantRef,
        TrustedSenders, UserContact,
    },
};

/// What an object that names a Tenant declares. Each kind says it in its own file.
pub trait Declares {
    /// The fields that it declares.
    fn fields(&self) -> Vec<Field>;

    /// What happens to them on deletion. Left alone, where the kind has no other answer.
    fn deletion(&self) -> DeletionPolicy {
        DeletionPolicy::Orphan
    }

    /// The surface without whose credential nothing of it can be read.
    fn surface(&self) -> Option<Surface> {
        None
    }

    /// The account that it is about.
    fn account(&self) -> Option<&AccountRef> {
        None
    }

    /// The Secrets that it takes values from, each with the path of the property that says so.
    fn secrets(&self) -> Vec<(String, &SecretKeyRef)> {
        Vec::new()
    }

    /// What the schema's patterns are too coarse for: the API server lets it through, the operator would refuse it. Decided by
    /// the object alone.
    fn refused(&self) -> Vec<Refusal> {
        Vec::new()
    }

    /// What is refused whatever the tenant holds, because of what its Tenant declares.
    fn refused_under(&self, tenant: &Tenant) -> Vec<Refusal> {
        let _ = tenant;
        Vec::new()
    }

    /// What is published of it.
    fn status(&self) -> Option<&ChildStatus>;
}

/// A value that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why: a page under `docs/reasons`.
    pub reason: Reason,
    /// Where it stands, below the object.
    pub field: String,
    /// What is wrong with it. Quotes no value that may be private.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl Refusal {
    /// With the remedy of its reason.
    pub fn new(reason: Reason, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { reason, field: field.into(), message: message.into(), remedy: reason.remedy().into() }
    }

    /// Refuses a text that is no mail address, and says what is wrong with it.
    pub fn unless_address(field: impl Into<String>, text: &str) -> Option<Self> {
        if text.parse::<SmtpAddress>().is_ok() {
            return None;
        }
        let (message, remedy) = wording::address(text);
        Some(Self { reason: Reason::InvalidSpec, field: field.into(), message, remedy })
    }
}

/// Registers the kinds.
macro_rules! kinds {
    (
        ($d:tt)
        $(#[doc = $tenant_doc:literal])+ tenant $tenant:ident;
        children { $($(#[doc = $doc:literal])+ $child:ident,)+ }
        policies { $($(#[doc = $policy_doc:literal])+ $policy:ident,)+ }
    ) => {
        /// The kinds that declare something of a tenant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            #[doc = concat!("`", stringify!($tenant), "`")]
            $tenant,
            $(#[doc = concat!("`", stringify!($child), "`")] $child,)+
        }

        impl Kind {
            /// Every kind: the Tenant first, then its children.
            pub const ALL: [Self; 1 + [$(Self::$child),+].len()] = [Self::$tenant, $(Self::$child),+];

            /// The kinds that name a Tenant.
            pub const CHILDREN: [Self; [$(Self::$child),+].len()] = [$(Self::$child),+];

            /// The kind's name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    Self::$tenant => stringify!($tenant),
                    $(Self::$child => stringify!($child),)+
                }
            }

            /// The kind as the API server knows it.
            pub fn resource(self) -> ApiResource {
                match self {
                    Self::$tenant => ApiResource::erase::<$tenant>(&()),
                    $(Self::$child => ApiResource::erase::<$child>(&()),)+
                }
            }
        }

        /// Names of every kind that people write.
        pub const WRITTEN: &[&str] =
            &[stringify!($tenant), $(stringify!($child),)+ $(stringify!($policy),)+];

        /// An object this product knows.
        #[derive(Clone, Debug)]
        pub enum Object {
            $(#[doc = $tenant_doc])+
            $tenant(Box<$tenant>),
            $($(#[doc = $doc])+ $child(Box<$child>),)+
            $($(#[doc = $policy_doc])+ $policy(Box<$policy>),)+
            /// A `v1` Secret.
            Secret(Box<SecretData>),
            /// A `v1` ServiceAccount: its name and labels are all that counts.
            ServiceAccount(Box<ObjectMeta>),
        }

        impl Object {
            /// Its kind.
            pub fn kind(&self) -> &'static str {
                match self {
                    Self::$tenant(_) => stringify!($tenant),
                    $(Self::$child(_) => stringify!($child),)+
                    $(Self::$policy(_) => stringify!($policy),)+
                    Self::Secret(_) => "Secret",
                    Self::ServiceAccount(_) => "ServiceAccount",
                }
            }

            /// Its metadata.
            pub fn metadata(&self) -> &ObjectMeta {
                match self {
                    Self::$tenant(object) => &object.metadata,
                    $(Self::$child(object) => &object.metadata,)+
                    $(Self::$policy(object) => &object.metadata,)+
                    Self::Secret(object) => &object.metadata,
                    Self::ServiceAccount(metadata) => metadata,
                }
            }

            /// What it declares, if it is of a kind that names a Tenant and declares something of it.
            pub fn child(&self) -> Option<&dyn Declares> {
                match self {
                    $(Self::$child(object) => Some(&**object),)+
                    Self::$tenant(_) | Self::Secret(_) | Self::ServiceAccount(_) => None,
                    $(Self::$policy(_) => None,)+
                }
            }

            /// The Tenant that it names.
            pub fn tenant_ref(&self) -> Option<&TenantRef> {
                match self {
                    $(Self::$child(object) => Some(&object.spec.tenant_ref),)+
                    $(Self::$policy(object) => Some(&object.spec.tenant_ref),)+
                    Self::$tenant(_) | Self::Secret(_) | Self::ServiceAccount(_) => None,
                }
            }

            /// The object of a checked spec. The error says nothing more: it may quote values.
            pub(crate) fn typed(kind: &str, metadata: ObjectMeta, spec: Json) -> Result<Self, ()> {
                match kind {
                    stringify!($tenant) => {
                        let spec = serde_json::from_value(spec).map_err(drop)?;
                        Ok(Self::$tenant(Box::new($tenant { metadata, spec, status: None })))
                    }
                    $(stringify!($child) => {
                        let spec = serde_json::from_value(spec).map_err(drop)?;
                        Ok(Self::$child(Box::new($child { metadata, spec, status: None })))
                    })+
                    $(stringify!($policy) => {
                        let spec = serde_json::from_value(spec).map_err(drop)?;
                        Ok(Self::$policy(Box::new($policy { metadata, spec, status: None })))
                    })+
                    _ => Err(()),
                }
            }
        }

        $(
            impl From<$child> for Object {
                fn from(object: $child) -> Self {
                    Self::$child(Box::new(object))
                }
            }
        )+

        impl From<$tenant> for Object {
            fn from(object: $tenant) -> Self {
                Self::$tenant(Box::new(object))
            }
        }

        /// Does something once for every kind that names a Tenant: in `for_each_child!(Child, kind => { … })` the block has
        /// `Child` for the type and `kind` for the [`Kind`]($crate::kind::Kind).
        #[macro_export]
        macro_rules! for_each_child {
            ($d type_name:ident, $d kind:ident => $d body:block) => {
                $({
                    type $d type_name = $crate::v1alpha1::$child;
                    let $d kind = $crate::kind::Kind::$child;
                    $d body
                })+
            };
        }

        /// The CustomResourceDefinitions of the kinds that people write, in the order in which to install and list them.
        pub(crate) fn definitions()
        -> Vec<k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition> {
            use kube::CustomResourceExt as _;
            vec![$tenant::crd(), $($child::crd(),)+ $($policy::crd(),)+]
        }
    };
}

kinds! {
    ($)
    /// A tenant.
    tenant Tenant;
    children {
        /// The organization's contacts.
        OrganizationContacts,
        /// One account's contact details.
        UserContact,
        /// What stands between Microsoft's senders and the mailboxes.
        TrustedSenders,
    }
    policies {
        /// What is said of the built-in rules.
        ContactPolicy,
    }
}

impl Kind {
    /// The kind of a name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl Object {
    /// Its name.
    pub fn name(&self) -> &str {
        self.metadata().name.as_deref().unwrap_or_default()
    }

    /// Its namespace.
    pub fn namespace(&self) -> &str {
        self.metadata().namespace.as_deref().unwrap_or_default()
    }
}
