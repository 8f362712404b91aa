//! From an address to a recipient, or outside (DOMAIN F5).

use tenant_contacts_api::{address::FREE_MAIL_DOMAINS, obstacle::Obstacle};

use crate::{
    answer::{Blockage, HopKind, NodeId, NodeKind},
    landscape::{DomainType, Person, Recipient, RecipientKind, Wanted, fold, written},
    model::{Fact, Unknown},
    routing::{
        gaps::Reading,
        gateways,
        graph::{stops, worse},
        index,
        route::Sent,
        walk::{Walk, name, unread},
    },
};

/// Where a domain lies.
#[derive(Clone, Copy)]
pub(super) enum Standing<'a> {
    /// Exchange takes mail for it.
    Accepted(DomainType),
    /// It is the organization's; whether Exchange takes mail for it could not be read.
    Ours(&'a Unknown),
    /// It was added to the organization and is not verified.
    Unverified,
    /// It is verified, and Exchange takes no mail for it.
    NotForMail,
    /// Outside.
    Outside,
    /// Nothing of it could be read.
    Unread(&'a Unknown),
}

impl<'a> Walk<'a> {
    /// Where a domain (folded) lies. The directory says what is verified, Exchange what it takes mail for.
    pub(super) fn standing(&self, domain: &str) -> Standing<'a> {
        let verified = self.landscape.domains.known().and_then(|domains| {
            let one = domains.and_then(|domains| domains.get(domain));
            // Listed without a word of it is not unverified.
            one.map(|one| one.verified.known().map(|verified| verified.copied().unwrap_or_default())).transpose()
        });
        let accepted = self.landscape.exchange.accepted_domains.known();
        let accepted = accepted.map(|domains| domains.and_then(|domains| domains.get(domain)).copied());
        match (verified, accepted) {
            (Ok(Some(false)), _) => Standing::Unverified,
            (_, Ok(Some(kind))) => Standing::Accepted(kind),
            (Ok(Some(true)), Ok(None)) => Standing::NotForMail,
            (Ok(Some(true)), Err(why)) => Standing::Ours(why),
            (Ok(None), _) | (Err(_), Ok(None)) => Standing::Outside,
            (Err(why), Err(_)) => Standing::Unread(why),
        }
    }

    /// Whether an address (folded) lies in a domain that Exchange takes mail for, as far as is known.
    pub(super) fn is_inside(&self, address: &str) -> bool {
        let standing = index::domain(address).map(|domain| self.standing(domain));
        matches!(standing, Some(Standing::Accepted(_) | Standing::Ours(_)))
    }

    pub(super) fn follow_address(&mut self, at: NodeId, address: &str) {
        // What Exchange lists as a recipient's address is one, however it is written.
        if let Some(flaw) = written::flaw(address).filter(|_| self.index.recipient(address).is_none()) {
            let words = format!("the entry is not a mail address: {flaw}");
            self.graph.unknown(at, Blockage::new(Obstacle::NotAnAddress, words));
            return;
        }
        let domain = index::domain(address).unwrap_or_default();
        match self.standing(domain) {
            Standing::Accepted(kind) => {
                let at = self.pass_gateway(at, address, domain);
                self.find_recipient(at, address, Ok(kind));
            }
            Standing::Ours(why) => {
                self.gaps.add(Reading::AcceptedDomains, why);
                let at = self.pass_gateway(at, address, domain);
                self.find_recipient(at, address, Err(why));
            }
            // Mail to a domain that nobody proved to be the organization's goes wherever its mail exchanger is (DOMAIN F5).
            Standing::Unverified | Standing::NotForMail | Standing::Outside => self.leave(at, address),
            Standing::Unread(why) => {
                self.gaps.add(Reading::Domains, why);
                self.graph.unknown(at, unread(Reading::Domains, why));
            }
        }
    }

    /// Where mail to an address of the organization's is once it has passed what stands before Exchange Online. What stops it
    /// behind a gateway stops it all the same: a gateway gives mail on, or does not.
    ///
    /// Mail that is forwarded inside to an address without a recipient comes here too, and passes no gateway. Nearly none of it
    /// leads to anybody; it is unknown where it could be said.
    fn pass_gateway(&mut self, at: NodeId, address: &str, domain: &str) -> NodeId {
        let (landscape, declared) = (self.landscape, self.declared);
        // No gap where DNS does not say: the answer is then the one that it is without DNS.
        if !gateways::is_initial(landscape, domain) && !landscape.mail_exchangers.contains_key(domain) {
            self.wanted.insert(Wanted::MailExchangers(domain.into()));
        }
        let before = gateways::before(landscape, declared, domain);
        let Some(label) = before.label() else { return at };
        let gateway = self.graph.place(NodeKind::Gateway(address.into()), || (label.into(), None));
        self.graph.hop(at, gateway, HopKind::Passes, None);
        if let Some(doubt) = before.doubt(domain, landscape.read_on()) {
            self.graph.cap(gateway, doubt);
        }
        gateway
    }

    fn leave(&mut self, at: NodeId, address: &str) {
        let to = self.graph.place(NodeKind::Outside(address.into()), || (address.into(), None));
        self.graph.hop(at, to, HopKind::Resolves, None);
    }

    /// The recipient that has the address, through the organization's rules.
    fn find_recipient(&mut self, at: NodeId, address: &str, kind: Result<DomainType, &'a Unknown>) {
        let recipients = &self.landscape.exchange.recipients;
        if let Fact::Unknown(why) = recipients {
            self.gaps.add(Reading::Recipients, why);
            self.ask_directory(at, address, why);
            return;
        }
        let uncertain = match kind {
            Ok(DomainType::Authoritative | DomainType::InternalRelay) => None,
            Ok(DomainType::ExternalRelay) => {
                let words = "all mail to the domain is relayed to another system";
                Some(Blockage::new(Obstacle::RelayedElsewhere, words))
            }
            Err(why) => Some(unread(Reading::AcceptedDomains, why)),
        };
        if let Some(recipient) = self.index.recipient(address) {
            let uncertain = worse(uncertain, at_the_edge(recipient, kind.ok()));
            self.send(at, recipient, HopKind::Resolves, uncertain.as_ref());
            return;
        }
        // `name+tag@domain` reaches `name@domain` unless the organization has turned that off, which is not read.
        let plain = address.split_once('+').zip(address.rsplit_once('@'));
        let plain = plain.map(|((local, _), (_, domain))| format!("{local}@{domain}"));
        if let Some(recipient) = plain.and_then(|plain| self.index.recipient(&plain)) {
            let words = "whether the organization delivers plus addresses is not read";
            let doubt = Blockage::new(Obstacle::NotReadable, words);
            self.send(at, recipient, HopKind::Resolves, Some(&doubt));
            // If not, it is nobody's here: relayed where that is looked for elsewhere.
            if matches!(kind, Ok(DomainType::InternalRelay | DomainType::ExternalRelay) | Err(_)) {
                let words = "mail to unknown recipients of the domain is relayed";
                self.graph.unknown(at, Blockage::new(Obstacle::RelayedElsewhere, words));
            }
            return;
        }
        match kind {
            Ok(DomainType::Authoritative) => self.bounce(at, address),
            Ok(DomainType::InternalRelay | DomainType::ExternalRelay) => {
                let words = "no recipient in Exchange Online has this address, and mail to unknown recipients of the domain is relayed";
                let relayed = Blockage::new(Obstacle::RelayedElsewhere, words);
                self.relay(at, address, &relayed);
            }
            Err(why) => self.graph.unknown(at, unread(Reading::AcceptedDomains, why)),
        }
    }

    /// On its way to another system mail passes the organization's rules.
    fn relay(&mut self, at: NodeId, address: &str, relayed: &Blockage) {
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            self.routes_out(address).into_iter().partition(|route| route.to.is_address(address));
        for route in here {
            match route.blockage {
                Some(stopped) if stops(Some(&stopped)) => self.graph.say(at, stopped),
                blockage => self.graph.unknown(at, blockage.unwrap_or_else(|| relayed.clone())),
            }
        }
        self.take(at, &elsewhere, HopKind::Resolves, &Sent::default());
    }

    /// No recipient has the address: why.
    fn bounce(&mut self, at: NodeId, address: &str) {
        let blockage = if let Some(recipient) = self.index.soft_deleted(address) {
            let words = format!("only the deleted mailbox {} has this address", name(recipient));
            Blockage::new(Obstacle::SoftDeleted, words)
        } else if let Some(on_premises) = self.index.person_at(address).and_then(|person| self.on_premises(person)) {
            self.graph.unknown(at, on_premises);
            return;
        } else if let Some(person) = self.index.person_at(address) {
            let words = format!("the account {} has this address and no mailbox", person.user_principal_name);
            Blockage::new(without_mailbox(Some(person)), words)
        } else if let Some(person) = self.index.deleted_at(address) {
            let words = format!("only the deleted account {} has this address", person.user_principal_name);
            Blockage::new(Obstacle::SoftDeleted, words)
        } else {
            Blockage::new(Obstacle::NoRecipient, "nothing in the organization has this address")
        };
        self.graph.cap(at, blockage);
    }

    /// Without Exchange: what the directory says of an address inside. A disabled account may be a shared mailbox's, so it
    /// says nothing; only a deleted one does.
    fn ask_directory(&mut self, at: NodeId, address: &str, why: &'a Unknown) {
        let directory = &self.landscape.directory;
        let known = self.listed(&directory.people, Reading::Accounts).is_ok();
        if self.listed(&directory.deleted, Reading::DeletedAccounts).is_ok()
            && known
            && let Some(person) = self.index.deleted_at(address)
        {
            let words = format!("only the deleted account {} has this address", person.user_principal_name);
            self.graph.cap(at, Blockage::new(Obstacle::SoftDeleted, words));
            return;
        }
        self.graph.unknown(at, unread(Reading::Recipients, why));
        if let Some(person) = self.index.person_at(address).filter(|person| person.enabled == Fact::Present(true)) {
            let to = self.reader(person.id);
            self.graph.hop(at, to, HopKind::Reads, Some(unread(Reading::Recipients, why)));
        }
    }

    /// An address outside: whether it arrives cannot be seen from here, unless its domain takes no mail.
    pub(super) fn follow_outside(&mut self, at: NodeId, address: &str) {
        let domain = fold(index::domain(address).unwrap_or_default());
        let landscape = self.landscape;
        // No gap: an address outside stays unknown, whatever is read of its domain.
        match landscape.mail_exchangers.get(&domain) {
            None => {
                self.wanted.insert(Wanted::MailExchangers(domain.clone()));
            }
            Some(Fact::Absent) => {
                let words = format!("{domain} publishes no mail exchanger");
                self.graph.cap(at, Blockage::new(Obstacle::NoMailExchanger, words));
                return;
            }
            Some(Fact::Present(_) | Fact::Unknown(_)) => {}
        }
        if let Some(person) = self.index.departed_at(address) {
            let words = format!("it is the alternate email of {}, who has left", person.user_principal_name);
            self.graph.unknown(at, Blockage::new(Obstacle::DepartedPerson, words));
        }
        let blockage = if FREE_MAIL_DOMAINS.contains(&&*domain) {
            Blockage::new(Obstacle::PersonalAddress, format!("{domain} is a free-mail service"))
        } else if self.declared.own_domains.contains(&domain) {
            Blockage::new(Obstacle::OutsideAddress, format!("{domain} is declared as the company's, and lies outside"))
        } else if matches!(self.standing(&domain), Standing::Unverified) {
            let words = format!("{domain} was added to the organization and never verified");
            Blockage::new(Obstacle::UnverifiedDomain, words)
        } else if matches!(self.standing(&domain), Standing::NotForMail) {
            Blockage::new(
                Obstacle::OutsideAddress,
                format!("Exchange Online accepts no mail for {domain}: mail is delivered elsewhere"),
            )
        } else {
            Blockage::new(Obstacle::PersonalAddress, format!("{domain} is not declared as the company's"))
        };
        self.graph.unknown(at, blockage);
    }
}

/// What keeps mail from outside from a recipient before any rule of the organization's sees it. Edge blocking goes by a copy
/// of the directory that has no dynamic lists: in an Authoritative domain mail to one was refused with 550 5.4.1, in an
/// InternalRelay domain it passed (MicrosoftDocs/OfficeDocs-Exchange, issues 723, 1142, 2056, 2078, 2413: administrators'
/// reports of 2019 to 2021). Whether it is so today is not known.
fn at_the_edge(recipient: &Recipient, domain: Option<DomainType>) -> Option<Blockage> {
    let edge = domain == Some(DomainType::Authoritative) && recipient.kind == RecipientKind::List { dynamic: true };
    edge.then(|| {
        let words =
            format!("{} is a dynamic list: mail to it from outside may be refused at the edge", name(recipient));
        Blockage::new(Obstacle::DynamicListAtEdge, words)
    })
}

/// What an account without a mailbox lacks: one that is disabled needs none, and its address another owner.
pub(super) fn without_mailbox(account: Option<&Person>) -> Obstacle {
    let left = account.is_some_and(|person| person.enabled == Fact::Present(false));
    if left { Obstacle::DisabledOwner } else { Obstacle::NoMailbox }
}
