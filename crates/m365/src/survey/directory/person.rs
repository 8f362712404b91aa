//! An account as Graph writes it.

use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor},
};
use tenant_contacts_core::{
    landscape::Person,
    model::{Fact, Unknown},
};
use uuid::{Uuid, uuid};

use crate::{directory::wire, graph::Field};

/// Properties that are read. Selected by name: Graph's default answer has only eleven properties (resource type user).
pub(super) const PROPERTIES: &[&str] = &[
    "id",
    "userPrincipalName",
    "displayName",
    "mail",
    "proxyAddresses",
    "otherMails",
    "mobilePhone",
    "businessPhones",
    "accountEnabled",
    "userType",
    "onPremisesSyncEnabled",
    "assignedPlans",
];

/// `EXCHANGE_S_FOUNDATION`: in nearly every licence, of service `exchange`, and without a mailbox (Microsoft's list "Product
/// names and service plan identifiers for licensing").
const FOUNDATION: Uuid = uuid!("113feb6c-3fe4-4440-bddc-54d774bf0318");

/// Members are named as Graph names them.
#[allow(clippy::struct_field_names)]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    id: Uuid,
    #[serde(default)]
    user_principal_name: Field<Box<str>>,
    #[serde(default)]
    display_name: Field<Box<str>>,
    #[serde(default)]
    mail: Field<Box<str>>,
    #[serde(default)]
    proxy_addresses: Field<Vec<Box<str>>>,
    #[serde(default)]
    other_mails: Field<Vec<Box<str>>>,
    #[serde(default)]
    mobile_phone: Field<Box<str>>,
    #[serde(default)]
    business_phones: Field<Vec<Box<str>>>,
    #[serde(default)]
    account_enabled: Field<bool>,
    #[serde(default)]
    user_type: Field<Box<str>>,
    #[serde(default)]
    on_premises_sync_enabled: Field<bool>,
    #[serde(default)]
    assigned_plans: Field<Mailbox>,
}

/// Whether one of an account's service plans gives it a mailbox. That is all that is kept of them: an account has some eighty
/// plans, and a page a thousand accounts.
#[derive(Clone, Copy)]
struct Mailbox(bool);

impl<'de> Deserialize<'de> for Mailbox {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Plans;

        impl<'de> Visitor<'de> for Plans {
            type Value = Mailbox;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of service plans")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut plans: A) -> Result<Mailbox, A::Error> {
                let mut given = false;
                while let Some(plan) = plans.next_element::<Plan>()? {
                    given |= plan.is_mailbox();
                }
                Ok(Mailbox(given))
            }
        }

        deserializer.deserialize_seq(Plans)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    #[serde(default)]
    service: Option<Box<str>>,
    #[serde(default)]
    capability_status: Option<Box<str>>,
    #[serde(default)]
    service_plan_id: Option<Uuid>,
}

impl Plan {
    /// Whether it gives a mailbox now. `Warning` is the time after a subscription has ended in which everything still works
    /// (Microsoft's description of `capabilityStatus`).
    fn is_mailbox(&self) -> bool {
        self.service.as_deref().is_some_and(|service| service.eq_ignore_ascii_case("exchange"))
            && matches!(self.capability_status.as_deref(), Some("Enabled" | "Warning"))
            && self.service_plan_id != Some(FOUNDATION)
    }
}

/// The account's facts. `missing` is why nothing but names may be read of it. `None` for an account without a name.
pub(super) fn of(user: User, missing: Option<&Unknown>) -> Option<Person> {
    let user_principal_name = user.user_principal_name.value()?;
    let display_name = user.display_name.value().unwrap_or_else(|| user_principal_name.clone());
    let guest = match wire::value(user.user_type, missing) {
        Fact::Present(kind) => Fact::Present(kind.eq_ignore_ascii_case("guest")),
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why),
    };
    let exchange_plan = match wire::value(user.assigned_plans, missing) {
        Fact::Present(Mailbox(given)) => Fact::Present(given),
        // The collection is not nullable (resource type user): null says nothing.
        Fact::Absent => Fact::Unknown(Unknown::ReadFailed("the licences of an account".into())),
        Fact::Unknown(why) => Fact::Unknown(why),
    };
    Some(Person {
        id: user.id,
        user_principal_name,
        display_name,
        mail: wire::value(user.mail, missing),
        proxy_addresses: wire::values(user.proxy_addresses, missing),
        alternate_emails: wire::values(user.other_mails, missing),
        mobile_phone: wire::single(user.mobile_phone, missing),
        business_phone: wire::values(user.business_phones, missing),
        enabled: wire::value(user.account_enabled, missing),
        guest,
        synchronised: wire::value(user.on_premises_sync_enabled, missing),
        exchange_plan,
    })
}
