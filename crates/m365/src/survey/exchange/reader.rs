//! One listing of Exchange: how it is asked for, and what is said where it could not be read.

use tenant_contacts_core::model::Unknown;

use crate::{
    auth::Grants,
    exchange::{Cmdlet, Command, Exchange, Interface},
    object::Object,
    send::Error,
    survey::unknown,
};

/// Messages on a page of the quarantine: the most that the cmdlet gives.
const QUARANTINE_PAGE: usize = 1_000;

/// Most pages of the quarantine. It keeps messages for 30 days at most; 20,000 held back in a month are a tenant under attack,
/// where one notice among them is not what has to be looked at.
const QUARANTINE_PAGES: usize = 20;

/// What a cmdlet gave, or why nothing is known.
pub(super) type Listed = Result<Vec<Object>, Unknown>;

/// Reads listings, and says of those that fail why.
pub(super) struct Reader<'a> {
    pub(super) client: &'a Exchange,
    pub(super) grants: &'a Grants,
}

impl Reader<'_> {
    pub(super) async fn raw(&self, command: &Command) -> Result<Vec<Object>, Error> {
        let interface = self.client.interface(command.cmdlet()).await?;
        match self.client.run(command, interface, |object| object).await {
            // What the documented interface refuses the other one may give: it asks for another permission.
            Err(Error::Service(error)) if interface == Interface::Documented && error.status != 401 => {
                self.client.run(command, Interface::InvokeCommand, |object| object).await
            }
            other => other,
        }
    }

    pub(super) async fn list(&self, cmdlet: Cmdlet, command: Command) -> Listed {
        self.raw(&command).await.map_err(|error| unknown::of_exchange(&error, self.grants, what(cmdlet)))
    }

    /// One of the small listings: policies, rules and lists of the whole organization.
    pub(super) async fn setting(&self, cmdlet: Cmdlet) -> Listed {
        match cmdlet {
            Cmdlet::TransportRule => self.list(cmdlet, Command::new(cmdlet).unlimited()).await,
            Cmdlet::TenantAllowBlockListItems => {
                self.list(cmdlet, Command::new(cmdlet).with("ListType", "Sender")).await
            }
            Cmdlet::QuarantineMessage => self.quarantine().await,
            _ => self.list(cmdlet, Command::new(cmdlet)).await,
        }
    }

    /// The quarantine, which has pages of its own, by number (parameters `Page` and `PageSize` of Get-QuarantineMessage).
    async fn quarantine(&self) -> Listed {
        let cmdlet = Cmdlet::QuarantineMessage;
        let mut messages = Vec::new();
        for number in 1..=QUARANTINE_PAGES {
            let command = Command::new(cmdlet).with("PageSize", QUARANTINE_PAGE).with("Page", number);
            let page = self.list(cmdlet, command).await?;
            let last = page.len() < QUARANTINE_PAGE;
            messages.extend(page);
            if last {
                return Ok(messages);
            }
        }
        Err(Unknown::ReadFailed(what(cmdlet).into()))
    }
}

/// What a listing holds, for people.
pub(super) fn what(cmdlet: Cmdlet) -> &'static str {
    match cmdlet {
        Cmdlet::AcceptedDomain => "the accepted domains",
        Cmdlet::Mailbox => "the mailboxes",
        // Asked for these alone: see `recipient::SOURCES`.
        Cmdlet::Recipient => "the public folders",
        Cmdlet::MailUser => "the mail users",
        Cmdlet::MailContact => "the mail contacts",
        Cmdlet::DistributionGroup => "the distribution lists",
        Cmdlet::DynamicDistributionGroup => "the dynamic distribution lists",
        Cmdlet::UnifiedGroup => "the Microsoft 365 groups",
        Cmdlet::DistributionGroupMember | Cmdlet::DynamicDistributionGroupMember => "the members of a list",
        Cmdlet::UnifiedGroupLinks => "the members of a Microsoft 365 group",
        Cmdlet::MailboxPermission => "the permissions on a mailbox",
        Cmdlet::InboxRule => "the inbox rules of a mailbox",
        Cmdlet::MailboxStatistics => "the size of a mailbox",
        Cmdlet::TransportRule => "the mail flow rules",
        Cmdlet::HostedContentFilterPolicy | Cmdlet::HostedContentFilterRule => "the anti-spam policies",
        Cmdlet::HostedOutboundSpamFilterPolicy | Cmdlet::HostedOutboundSpamFilterRule => "the outbound spam policies",
        Cmdlet::RemoteDomain => "the remote domains",
        Cmdlet::OutboundConnector => "the outbound connectors",
        Cmdlet::TenantAllowBlockListItems => "the tenant allow/block list",
        Cmdlet::QuarantineMessage => "the quarantine",
        Cmdlet::MessageTrace => "the message trace",
        Cmdlet::SafeLinksPolicy | Cmdlet::SafeLinksRule => "the Safe Links policies",
        Cmdlet::RetentionPolicy | Cmdlet::RetentionPolicyTag => "the retention policies",
    }
}
