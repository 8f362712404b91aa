//! What every rule looks at, prepared once: who holds roles, what an address belongs to, what is said of an account.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use tenant_contacts_api::{
    rule::Rule,
    v1alpha1::{MailIntent, RULES_WITH_DAYS},
};
use uuid::Uuid;

use super::directory::Holders;
use crate::{
    answer::{Answer, Declared, DeclaredContact, Node, NodeId, NodeKind, Subject},
    landscape::{At, Landscape, Lookup, Mailbox, MailboxKind, Person, Recipient, RecipientKind, fold, written},
    lint::{self, Place},
    model::{Fact, Shared},
};

/// Everything a rule may look at.
pub(super) struct Case<'a> {
    pub(super) landscape: &'a Landscape,
    pub(super) declared: &'a Declared,
    pub(super) answer: &'a Answer,
    pub(super) today: Date,
    pub(super) now: Timestamp,
    /// Who holds roles actively.
    pub(super) active: Holders,
    /// Who may activate them.
    pub(super) eligible: Holders,
    recipients: Lookup<'a, Recipient>,
    by_directory_id: BTreeMap<Uuid, &'a Recipient>,
    nodes: BTreeMap<&'a NodeKind, NodeId>,
    /// Whose addresses are whose, of accounts that are there.
    pub(super) addresses: Addresses<'a>,
    /// The same of deleted ones.
    pub(super) deleted_addresses: Addresses<'a>,
}

/// Accounts by address, [folded](fold).
pub(super) struct Addresses<'a> {
    /// By the account's own addresses.
    own: Lookup<'a, Person>,
    /// By alternate emails.
    alternate: Lookup<'a, Person>,
}

impl<'a> Addresses<'a> {
    fn of(people: &'a Fact<Shared<Uuid, Person>>) -> Self {
        let all = || people.present().into_iter().flat_map(Shared::values);
        Self {
            own: Lookup::of(all(), |person, place| {
                let proxies = person.proxy_addresses.values().unwrap_or_default();
                At::of(proxies, place, smtp, person.mail.present().map(|mail| &**mail))
            }),
            alternate: Lookup::of(all(), |person, place| {
                At::of(person.alternate_emails().values().unwrap_or_default(), place, Some, None)
            }),
        }
    }

    /// Who has the address as an own one or, if asked for, as an alternate email.
    pub(super) fn of_address(&self, address: &str, alternates_too: bool) -> impl Iterator<Item = &'a Person> {
        let alternate = alternates_too.then(|| self.alternate.all(address)).into_iter().flatten();
        self.own.all(address).chain(alternate)
    }
}

/// An address in a field of contact state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stated<'a> {
    pub(super) field: &'static str,
    pub(super) address: &'a str,
}

impl Stated<'_> {
    pub(super) fn subject(self) -> Subject {
        Subject::Address { field: self.field.into(), address: self.address.into() }
    }
}

impl<'a> Case<'a> {
    pub(super) fn of(
        landscape: &'a Landscape,
        declared: &'a Declared,
        answer: &'a Answer,
        today: Date,
        now: Timestamp,
    ) -> Self {
        let listed = || landscape.exchange.recipients.present().into_iter().flat_map(Shared::values);
        let recipients = Lookup::of(listed(), |recipient: &Recipient, place| {
            At::of(&recipient.addresses, place, smtp, recipient.primary.as_deref())
        });
        let by_directory_id = listed().filter_map(|recipient| Some((recipient.directory_id?, recipient))).collect();
        // Of places that are told apart by who sends the mail, the first is what is asked whatever the notice.
        let nodes = answer.nodes.iter().enumerate().rev();
        let nodes = nodes.filter_map(|(place, node)| Some((&node.kind, NodeId::of(place)?)));
        Self {
            active: Holders::of(&landscape.directory.active, &landscape.directory),
            eligible: Holders::of(&landscape.directory.eligible, &landscape.directory),
            nodes: nodes.collect(),
            addresses: Addresses::of(&landscape.directory.people),
            deleted_addresses: Addresses::of(&landscape.directory.deleted),
            landscape,
            declared,
            answer,
            today,
            now,
            recipients,
            by_directory_id,
        }
    }

    /// An account.
    pub(super) fn person(&self, id: Uuid) -> Option<&'a Person> {
        self.landscape.directory.people.present()?.get(&id)
    }

    /// Every account.
    pub(super) fn people(&self) -> impl Iterator<Item = &'a Person> {
        self.landscape.directory.people.present().into_iter().flat_map(Shared::values)
    }

    /// Enabled members of the organization, and the roles they hold actively: in the whole tenant, or in a part of it.
    pub(super) fn administrators(&self) -> impl Iterator<Item = (&'a Person, &BTreeSet<Uuid>)> {
        self.active
            .any
            .iter()
            .filter_map(|(id, roles)| Some((self.person(*id)?, roles)))
            .filter(|(one, _)| is_active_member(one))
    }

    /// Those who hold one of `roles` in the whole tenant.
    pub(super) fn administrators_of(&self, roles: &'static [Uuid]) -> impl Iterator<Item = &'a Person> {
        self.active.whole_of(roles).filter_map(|id| self.person(id)).filter(|one| is_active_member(one))
    }

    /// Whether the account is a break-glass account.
    pub(super) fn is_protected(&self, person: &Person) -> bool {
        person.is_one_of(&self.declared.protected)
    }

    /// What is declared of the account.
    pub(super) fn contact(&self, person: &Person) -> Option<&'a DeclaredContact> {
        self.declared.contacts.get(&fold(&person.user_principal_name))
    }

    /// Whether the account is declared to receive mail, or not to; `None` where nothing is said.
    pub(super) fn intent(&self, person: &Person) -> Option<MailIntent> {
        self.contact(person)?.mail.as_ref().map(|mail| mail.intent)
    }

    /// What has the address in Exchange. `None` where nothing has it; an error where recipients are not known.
    pub(super) fn recipient(&self, address: &str) -> Result<Option<&'a Recipient>, NotKnown> {
        self.recipients_known()?;
        Ok(self.recipients.all(&fold(address)).next_back())
    }

    /// What Exchange has for an account.
    pub(super) fn recipient_of(&self, person: &Person) -> Result<Option<&'a Recipient>, NotKnown> {
        self.recipients_known()?;
        Ok(self.by_directory_id.get(&person.id).copied())
    }

    fn recipients_known(&self) -> Result<(), NotKnown> {
        self.landscape.exchange.recipients.known().map(drop).map_err(|_| NotKnown)
    }

    /// The mailbox of an account, if it is known to have one.
    pub(super) fn mailbox(&self, person: &Person) -> Option<&'a Mailbox> {
        mailbox(self.recipient_of(person).ok()??)
    }

    /// Where an address lies.
    pub(super) fn place(&self, address: &str) -> Place {
        lint::place_among(address, &self.declared.own_domains, &self.landscape.domains)
    }

    /// Whether an address is certainly nobody's but a person's own (DOMAIN F5).
    pub(super) fn is_personal(&self, address: &str) -> bool {
        written::flaw(address).is_none() && matches!(self.place(address), Place::FreeMail | Place::Outside)
    }

    /// The addresses of the organization's own contact fields, of the partner's and of billing profiles.
    pub(super) fn contact_state(&self) -> BTreeSet<Stated<'a>> {
        self.entries().filter(|stated| written::flaw(stated.address).is_none()).collect()
    }

    /// Everything that is written in those fields, addresses or not.
    pub(super) fn entries(&self) -> impl Iterator<Item = Stated<'a>> {
        let organization = &self.landscape.organization;
        let lists = [
            ("technicalNotificationMails", &organization.technical),
            ("securityComplianceNotificationMails", &organization.security_mails),
            ("marketingNotificationEmails", &organization.marketing),
            ("privacyProfile.contactEmail", &organization.privacy_contact),
        ];
        let listed = lists.into_iter().flat_map(|(field, list)| {
            list.present().into_iter().flatten().map(move |address| Stated { field, address })
        });
        let legal = self.landscape.partner.legal.present();
        let partner = legal.into_iter().flat_map(|legal| {
            [("primaryContact", &legal.primary_contact), ("companyApproverEmail", &legal.company_approver)]
        });
        let partner = partner.filter_map(|(field, address)| Some(Stated { field, address: address.present()? }));
        let accounts = self.landscape.billing.accounts.present().into_iter().flatten();
        let profiles = accounts.filter_map(|account| account.profiles.present()).flatten();
        let invoices = profiles
            .flat_map(|profile| &profile.invoice_recipients)
            .map(|address| Stated { field: "invoiceRecipients", address });
        listed.chain(partner).chain(invoices)
    }

    /// The answer's node for a place.
    pub(super) fn node(&self, kind: &NodeKind) -> Option<(NodeId, &'a Node)> {
        let id = *self.nodes.get(kind)?;
        Some((id, self.answer.node(id)?))
    }

    /// The answer's node for an address.
    pub(super) fn address_node(&self, address: &str) -> Option<(NodeId, &'a Node)> {
        self.node(&NodeKind::Address(fold(address)))
    }

    /// The days that a rule counts.
    pub(super) fn days(&self, rule: Rule) -> i64 {
        let built_in = RULES_WITH_DAYS.iter().find(|(one, _)| *one == rule).map_or(0, |(_, days)| *days);
        self.declared.rules.get(&rule).and_then(|setting| setting.days).unwrap_or(built_in).into()
    }
}

/// A fact that decides is not known: the rule is silent.
#[derive(Debug)]
pub(super) struct NotKnown;

/// Domains that the organization has or controls, lower case: an address in one of them is not somebody's private one.
pub fn own_domains(landscape: &Landscape, declared: &Declared) -> BTreeSet<Box<str>> {
    let verified = landscape.domains.present().into_iter().flatten().filter(|(_, domain)| domain.is_verified());
    verified.map(|(name, _)| name.clone()).chain(declared.own_domains.iter().cloned()).collect()
}

/// The subject of an account.
pub(super) fn account(person: &Person) -> Subject {
    Subject::Account { id: person.id, name: person.user_principal_name.clone() }
}

/// Whether the account is known to be enabled and to be a member of the organization.
pub(super) fn is_active_member(person: &Person) -> bool {
    person.enabled == Fact::Present(true) && is_member(person)
}

/// Whether the account is known to be no guest.
pub(super) fn is_member(person: &Person) -> bool {
    matches!(person.guest, Fact::Present(false) | Fact::Absent)
}

/// The address of an entry of `proxyAddresses` or `EmailAddresses` that is one of SMTP (DOMAIN D2: whatever its case).
pub(super) fn smtp(entry: &str) -> Option<&str> {
    let (prefix, address) = entry.split_once(':')?;
    prefix.eq_ignore_ascii_case("smtp").then_some(address)
}

/// The mailbox that a recipient is.
pub(super) fn mailbox(recipient: &Recipient) -> Option<&Mailbox> {
    match &recipient.kind {
        RecipientKind::Mailbox(mailbox) => Some(mailbox),
        RecipientKind::MailUser { .. }
        | RecipientKind::Contact { .. }
        | RecipientKind::List { .. }
        | RecipientKind::Group
        | RecipientKind::Other(_) => None,
    }
}

/// Whether a mailbox is a person's own.
pub(super) fn is_persons(mailbox: &Mailbox) -> bool {
    mailbox.kind == MailboxKind::User
}

/// The domain of an address, in lower case.
pub(super) fn domain(address: &str) -> String {
    address.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase()
}
