//! An account as Graph writes it, in listings, in answers and in the change feed: one form for every reading.
//!
//! Invariant: what one reading selects and another does not is told apart from what is not there ([`Field::Absent`]).

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use tenant_contacts_api::field::Field as Managed;
use tenant_contacts_core::{
    field::OF_ACCOUNTS,
    landscape::Person,
    model::{Account, Fact, Unknown},
};
use uuid::{Uuid, uuid};

use super::{
    properties::{self, Property},
    wire,
};
use crate::graph::Field;

/// `EXCHANGE_S_FOUNDATION`: in nearly every licence, of service `exchange`, and without a mailbox (Microsoft's list "Product
/// names and service plan identifiers for licensing").
const FOUNDATION: Uuid = uuid!("113feb6c-3fe4-4440-bddc-54d774bf0318");

/// An account, or an entry of the change feed. Members are named as Graph names them.
#[allow(clippy::struct_field_names)]
#[derive(Default)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) user_principal_name: Field<Box<str>>,
    pub(crate) mail: Field<Box<str>>,
    pub(crate) account_enabled: Field<bool>,
    pub(crate) on_premises_sync_enabled: Field<bool>,
    display_name: Field<Box<str>>,
    proxy_addresses: Field<Vec<Box<str>>>,
    user_type: Field<Box<str>>,
    assigned_plans: Field<Mailbox>,
    /// The managed fields, as [`OF_ACCOUNTS`] lists them.
    managed: [Field<Vec<Box<str>>>; OF_ACCOUNTS.len()],
    /// Present on an entry of the feed of a removed account.
    pub(crate) removed: Field<IgnoredAny>,
}

impl User {
    /// The managed fields that the entry has, and their values. `why` is why they may not be read.
    pub(crate) fn managed(&mut self, why: Option<&Unknown>) -> impl Iterator<Item = (Managed, Fact<Box<[Box<str>]>>)> {
        let why = why.cloned();
        let told = OF_ACCOUNTS.into_iter().zip(&mut self.managed).filter(|(_, told)| told.is_present());
        told.map(move |(field, told)| (field, wire::values(std::mem::take(told), why.as_ref())))
    }

    /// The account. `why` is why nothing but its names may be read of it. `None` for one without a name.
    pub(crate) fn account(&mut self, why: Option<&Unknown>) -> Option<Account> {
        let name = std::mem::take(&mut self.user_principal_name).value()?;
        let mut account = Account::new(self.id, name);
        account.mail = wire::value(std::mem::take(&mut self.mail), why);
        account.enabled = wire::value(std::mem::take(&mut self.account_enabled), why);
        account.synchronised = wire::value(std::mem::take(&mut self.on_premises_sync_enabled), why);
        for (field, told) in OF_ACCOUNTS.into_iter().zip(&mut self.managed) {
            account.put(field, wire::values(std::mem::take(told), why));
        }
        Some(account)
    }

    /// The account with what only the answer about the whole tenant reads of it.
    pub(crate) fn person(mut self, why: Option<&Unknown>) -> Option<Person> {
        let account = self.account(why)?;
        let guest = match wire::value(self.user_type, why) {
            Fact::Present(kind) => Fact::Present(kind.eq_ignore_ascii_case("guest")),
            Fact::Absent => Fact::Absent,
            Fact::Unknown(why) => Fact::Unknown(why),
        };
        let exchange_plan = match wire::value(self.assigned_plans, why) {
            Fact::Present(Mailbox(given)) => Fact::Present(given),
            // The collection is not nullable (resource type user): null says nothing.
            Fact::Absent => Fact::Unknown(Unknown::ReadFailed("the licences of an account".into())),
            Fact::Unknown(why) => Fact::Unknown(why),
        };
        Some(Person {
            display_name: self.display_name.value().unwrap_or_else(|| account.user_principal_name.clone()),
            proxy_addresses: wire::values(self.proxy_addresses, why),
            guest,
            exchange_plan,
            account,
        })
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        /// A listing has some ten names for each account: they stay where they were read.
        #[derive(Deserialize)]
        struct Name<'n>(#[serde(borrow)] Cow<'n, str>);

        impl<'de> Visitor<'de> for Members {
            type Value = User;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an account")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<User, A::Error> {
                let (mut user, mut id) = (User::default(), None);
                while let Some(Name(name)) = members.next_key()? {
                    match &*name {
                        "id" => {
                            if id.replace(members.next_value()?).is_some() {
                                return Err(A::Error::duplicate_field("id"));
                            }
                        }
                        "userPrincipalName" => take(&mut members, &mut user.user_principal_name)?,
                        "mail" => take(&mut members, &mut user.mail)?,
                        "accountEnabled" => take(&mut members, &mut user.account_enabled)?,
                        "onPremisesSyncEnabled" => take(&mut members, &mut user.on_premises_sync_enabled)?,
                        "displayName" => take(&mut members, &mut user.display_name)?,
                        "proxyAddresses" => take(&mut members, &mut user.proxy_addresses)?,
                        "userType" => take(&mut members, &mut user.user_type)?,
                        "assignedPlans" => take(&mut members, &mut user.assigned_plans)?,
                        "@removed" => take(&mut members, &mut user.removed)?,
                        other => managed(&mut members, other, &mut user)?,
                    }
                }
                user.id = id.ok_or_else(|| A::Error::missing_field("id"))?;
                Ok(user)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// Reads a member. One that stands twice says nothing certain.
fn take<'de, A: MapAccess<'de>, T: serde::de::DeserializeOwned>(
    members: &mut A,
    place: &mut Field<T>,
) -> Result<(), A::Error> {
    if place.is_present() {
        return Err(A::Error::custom("a member stands twice"));
    }
    *place = members.next_value()?;
    Ok(())
}

/// Reads a member that holds a managed field, and passes over what is none of ours.
fn managed<'de, A: MapAccess<'de>>(members: &mut A, name: &str, user: &mut User) -> Result<(), A::Error> {
    let properties = properties::of_accounts();
    let place = properties.iter().position(|property| property.is_some_and(|property| property.name() == name));
    let Some((place, Some(property))) = place.map(|place| (place, properties[place])) else {
        return members.next_value::<IgnoredAny>().map(drop);
    };
    let place = &mut user.managed[place];
    if let Property::Collection(_) = property {
        return take(members, place);
    }
    let mut text = Field::<Box<str>>::Absent;
    take(members, &mut text)?;
    if place.is_present() {
        return Err(A::Error::custom("a member stands twice"));
    }
    *place = wire::one(text);
    Ok(())
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

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
