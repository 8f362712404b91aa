//! Where an address or a name leads, looked up once and not searched for.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

use tenant_contacts_api::obstacle::Obstacle;
use uuid::Uuid;

use super::senders::NOTICE_SENDERS;
use crate::{
    answer::Blockage,
    landscape::{At, Landscape, Lookup, MailboxKind, Person, Recipient, RecipientKey, RecipientKind, Reference, fold},
    model::{Fact, Shared, Unknown},
};

/// See the module.
pub(super) struct Index<'a> {
    landscape: &'a Landscape,
    addresses: Lookup<'a, Recipient>,
    soft_deleted: Lookup<'a, Recipient>,
    /// Contacts and mail users that stand for Microsoft's senders, by key.
    senders: BTreeMap<&'a str, BTreeSet<&'static str>>,
    /// Accounts with a mailbox of their own, and those that have another place in Exchange.
    owners: BTreeMap<Uuid, bool>,
    people: OnceCell<People<'a>>,
}

/// Whom a reference means cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Untold {
    /// Several are called so.
    Several(Box<str>),
    /// It cannot be read, or nothing is known to be called so.
    Unreadable,
}

impl Untold {
    /// As it is said of what refers, in words that end before the one who is meant.
    pub(super) fn blockage(&self, words: &str) -> Blockage {
        match self {
            Self::Several(name) => {
                let words = format!("{words} a recipient with the name \"{name}\", which several recipients have");
                Blockage::new(Obstacle::AmbiguousName, words)
            }
            Self::Unreadable => {
                let words = format!("{words} a recipient whose name cannot be read");
                Blockage::new(Obstacle::NotReadable, words)
            }
        }
    }

    /// As a fact that is not known.
    pub(super) fn why(&self) -> Unknown {
        Unknown::ReadFailed(match self {
            Self::Several(_) => "whom a name means that several have".into(),
            Self::Unreadable => "whom a name means".into(),
        })
    }
}

/// What the directory says of names and addresses.
struct People<'a> {
    names: Lookup<'a, Person>,
    /// By display name.
    called: Lookup<'a, Person>,
    addresses: Lookup<'a, Person>,
    alternates: Lookup<'a, Person>,
    deleted: Lookup<'a, Person>,
    deleted_alternates: Lookup<'a, Person>,
}

impl<'a> Index<'a> {
    pub(super) fn new(landscape: &'a Landscape) -> Self {
        let exchange = &landscape.exchange;
        let mut senders: BTreeMap<&'a str, BTreeSet<&'static str>> = BTreeMap::new();
        let contacts = exchange.recipients.present().into_iter().flat_map(Shared::values);
        for recipient in contacts {
            let external = match &recipient.kind {
                RecipientKind::Contact { external } | RecipientKind::MailUser { external } => external.as_deref(),
                // A contact that could not be read whole stands for whoever its addresses are.
                RecipientKind::Other(_) => None,
                RecipientKind::Mailbox(_) | RecipientKind::List { .. } | RecipientKind::Group => continue,
            };
            for address in addresses(recipient).chain(external.map(fold)) {
                if let Some(sender) = NOTICE_SENDERS.iter().find(|sender| *address == *sender.address) {
                    senders.entry(&recipient.key).or_default().insert(sender.address);
                }
            }
        }
        Self {
            landscape,
            addresses: by_address(&exchange.recipients),
            soft_deleted: by_address(&exchange.soft_deleted),
            senders,
            owners: owners(&exchange.recipients),
            people: OnceCell::new(),
        }
    }

    /// The recipient that has an address (folded) as its own.
    pub(super) fn recipient(&self, address: &str) -> Option<&'a Recipient> {
        self.addresses.first(address)
    }

    /// The recipient of a key.
    pub(super) fn keyed(&self, key: &str) -> Option<&'a Recipient> {
        self.landscape.exchange.recipients.present().and_then(|recipients| recipients.get(key))
    }

    /// The recipient that a reference leads to; `Ok(None)` where nobody here is meant.
    pub(super) fn referred(&self, reference: &Reference) -> Result<Option<&'a Recipient>, Untold> {
        match reference {
            Reference::Recipient(key) => Ok(self.keyed(key)),
            Reference::Address(address) => Ok(self.recipient(address)),
            Reference::Gone => Ok(None),
            Reference::Ambiguous(name) => Err(Untold::Several(name.clone())),
            Reference::Unreadable => Err(Untold::Unreadable),
        }
    }

    /// Whether an account has a mailbox of its own. `None`: Exchange does not know it at all.
    pub(super) fn owns_mailbox(&self, account: Uuid) -> Option<bool> {
        self.owners.get(&account).copied()
    }

    /// The soft-deleted mailbox that has an address.
    pub(super) fn soft_deleted(&self, address: &str) -> Option<&'a Recipient> {
        self.soft_deleted.first(address)
    }

    /// Which of Microsoft's senders a recipient stands for.
    pub(super) fn senders_of(&self, key: &str) -> impl Iterator<Item = &'static str> {
        self.senders.get(key).into_iter().flatten().copied()
    }

    /// Keys of recipients that stand for one of Microsoft's senders.
    pub(super) fn sender_keys(&self) -> impl Iterator<Item = &'a str> {
        self.senders.keys().copied()
    }

    /// The account with a sign-in name (folded).
    pub(super) fn person_named(&self, name: &str) -> Option<&'a Person> {
        self.people().names.first(name)
    }

    /// Every account that has a name (folded) as its sign-in name or is called so.
    pub(super) fn people_called(&self, name: &str) -> impl Iterator<Item = &'a Person> {
        let people = self.people();
        people.names.all(name).chain(people.called.all(name))
    }

    /// The account that shows an address.
    pub(super) fn person_at(&self, address: &str) -> Option<&'a Person> {
        self.people().addresses.first(address)
    }

    /// The deleted account that had an address, where no other account has it.
    pub(super) fn deleted_at(&self, address: &str) -> Option<&'a Person> {
        let people = self.people();
        people.deleted.first(address).filter(|_| people.addresses.first(address).is_none())
    }

    /// The account that is deleted or disabled and has an address as its alternate email, where no other has.
    pub(super) fn departed_at(&self, address: &str) -> Option<&'a Person> {
        let people = self.people();
        let mut gone = None;
        for person in people.alternates.all(address) {
            if person.enabled != Fact::Present(false) {
                return None;
            }
            gone = gone.or(Some(person));
        }
        gone.or_else(|| people.deleted_alternates.first(address))
    }

    fn people(&self) -> &People<'a> {
        self.people.get_or_init(|| {
            let directory = &self.landscape.directory;
            let live = || directory.people.present().into_iter().flat_map(Shared::values);
            let deleted = || directory.deleted.present().into_iter().flat_map(Shared::values);
            People {
                names: Lookup::of(live(), |person, place| At::of(&[], place, Some, Some(&person.user_principal_name))),
                called: Lookup::of(live(), |person, place| At::of(&[], place, Some, Some(&person.display_name))),
                addresses: Lookup::of(live(), shown),
                alternates: Lookup::of(live(), alternates),
                deleted: Lookup::of(deleted(), shown),
                deleted_alternates: Lookup::of(deleted(), alternates),
            }
        })
    }
}

/// The addresses that an account shows.
fn shown(person: &Person, place: usize) -> At<'_> {
    let proxies = person.proxy_addresses.values().unwrap_or_default();
    At::of(proxies, place, smtp, person.mail.present().map(|mail| &**mail))
}

fn alternates(person: &Person, place: usize) -> At<'_> {
    At::of(person.alternate_emails().values().unwrap_or_default(), place, Some, None)
}

fn of_recipient(recipient: &Recipient, place: usize) -> At<'_> {
    At::of(&recipient.addresses, place, smtp, recipient.primary.as_deref())
}

fn owners(recipients: &Fact<Shared<RecipientKey, Recipient>>) -> BTreeMap<Uuid, bool> {
    let mut found = BTreeMap::new();
    for recipient in recipients.present().into_iter().flat_map(Shared::values) {
        let owns = matches!(&recipient.kind, RecipientKind::Mailbox(mailbox) if mailbox.kind == MailboxKind::User);
        if let Some(id) = recipient.directory_id {
            *found.entry(id).or_default() |= owns;
        }
    }
    found
}

fn by_address(recipients: &Fact<Shared<RecipientKey, Recipient>>) -> Lookup<'_, Recipient> {
    Lookup::of(recipients.present().into_iter().flat_map(Shared::values), of_recipient)
}

/// A recipient's own SMTP addresses, as they are written.
fn written(recipient: &Recipient) -> impl Iterator<Item = &str> {
    let listed = recipient.addresses.iter().filter_map(|entry| smtp(entry));
    listed.chain(recipient.primary.as_deref())
}

/// The same, folded.
pub(super) fn addresses(recipient: &Recipient) -> impl Iterator<Item = Box<str>> {
    written(recipient).map(fold)
}

/// The address in an entry of `proxyAddresses` or `EmailAddresses`, if it is one of SMTP (DOMAIN D2: whatever the case).
pub(super) fn smtp(entry: &str) -> Option<&str> {
    match entry.split_once(':') {
        None => Some(entry),
        Some((prefix, address)) => prefix.eq_ignore_ascii_case("smtp").then_some(address),
    }
}

/// The domain of an address. `None`: it is no address.
pub(super) fn domain(address: &str) -> Option<&str> {
    let (local, domain) = address.rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then_some(domain)
}

/// An account by id. `Ok(None)`: there is no such account.
pub(super) fn person(landscape: &Landscape, id: Uuid) -> Result<Option<&Person>, &crate::model::Unknown> {
    landscape.directory.people.known().map(|people| people.and_then(|people| people.get(&id)))
}
