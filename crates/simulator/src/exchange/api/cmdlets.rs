//! Every cmdlet there is: its name, what it takes to run it, its parameters, and what it does. Contract §6.3.
//!
//! Invariant: the only place that knows cmdlets by name.

use super::{
    access::Need::{self, Basic, Organization, Protection, Recipients, Trace, WriteProtection, WriteRecipients},
    call::{Call, Outcome},
    error::ExchangeError,
    parameters::{Parameter, needed, needed_texts, switch, text, texts},
    read::{mailbox, members, objects, protection, recipients},
    write,
};

/// What a cmdlet does.
pub(crate) type Run = fn(&mut Call<'_>) -> Result<Outcome, ExchangeError>;

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Cmdlet {
    pub(crate) name: &'static str,
    pub(crate) need: Need,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) run: Run,
}

const fn cmdlet(name: &'static str, need: Need, parameters: &'static [Parameter], run: Run) -> Cmdlet {
    Cmdlet { name, need, parameters, run }
}

/// A list of which one can be named.
const ONE_OR_ALL: &[Parameter] = &[text("Identity"), text("ResultSize")];
/// One that must be named.
const ONE: &[Parameter] = &[needed("Identity"), text("ResultSize")];

pub(crate) const TABLE: &[Cmdlet] = &[
    cmdlet(
        "Get-Mailbox",
        Recipients,
        &[
            text("Identity"),
            text("ResultSize"),
            switch("SoftDeletedMailbox"),
            switch("IncludeInactiveMailbox"),
            texts("RecipientTypeDetails"),
        ],
        recipients::mailboxes,
    ),
    cmdlet(
        "Get-Recipient",
        Recipients,
        &[text("Identity"), text("ResultSize"), texts("RecipientTypeDetails")],
        recipients::all,
    ),
    cmdlet("Get-MailUser", Recipients, ONE_OR_ALL, recipients::mail_users),
    cmdlet("Get-MailContact", Recipients, ONE_OR_ALL, recipients::contacts),
    cmdlet("Get-DistributionGroup", Recipients, ONE_OR_ALL, recipients::lists),
    cmdlet("Get-DynamicDistributionGroup", Recipients, ONE_OR_ALL, recipients::dynamic_lists),
    cmdlet("Get-UnifiedGroup", Recipients, ONE_OR_ALL, recipients::unified_groups),
    cmdlet("Get-DistributionGroupMember", Recipients, ONE, members::of_list),
    cmdlet("Get-DynamicDistributionGroupMember", Recipients, ONE, members::of_dynamic_list),
    cmdlet(
        "Get-UnifiedGroupLinks",
        Recipients,
        &[needed("Identity"), needed("LinkType"), text("ResultSize")],
        members::links,
    ),
    cmdlet(
        "Get-MailboxPermission",
        Recipients,
        &[needed("Identity"), text("User"), text("ResultSize")],
        mailbox::permissions,
    ),
    cmdlet(
        "Get-RecipientPermission",
        Recipients,
        &[text("Identity"), text("Trustee"), texts("AccessRights"), text("ResultSize")],
        mailbox::trustees,
    ),
    cmdlet(
        "Get-InboxRule",
        Recipients,
        &[needed("Mailbox"), text("Identity"), switch("IncludeHidden"), text("ResultSize")],
        mailbox::rules,
    ),
    cmdlet("Get-MailboxFolderPermission", Recipients, &[needed("Identity"), text("User")], mailbox::folder_permissions),
    cmdlet("Get-MailboxStatistics", Recipients, ONE, mailbox::statistics),
    cmdlet(
        "Get-TransportRule",
        Organization,
        &[text("Identity"), text("ResultSize"), text("State")],
        objects::transport_rules,
    ),
    cmdlet("Get-RemoteDomain", Organization, ONE_OR_ALL, objects::remote_domains),
    cmdlet("Get-OutboundConnector", Organization, ONE_OR_ALL, objects::outbound_connectors),
    cmdlet("Get-AcceptedDomain", Basic, ONE_OR_ALL, objects::accepted_domains),
    cmdlet("Get-OrganizationConfig", Basic, &[], objects::organization),
    cmdlet("Get-RetentionPolicy", Organization, ONE_OR_ALL, objects::retention_policies),
    cmdlet("Get-RetentionPolicyTag", Organization, ONE_OR_ALL, objects::retention_tags),
    cmdlet("Get-HostedContentFilterPolicy", Protection, ONE_OR_ALL, objects::content_filter_policies),
    cmdlet("Get-HostedContentFilterRule", Protection, ONE_OR_ALL, objects::content_filter_rules),
    cmdlet("Get-SafeLinksPolicy", Protection, ONE_OR_ALL, objects::safe_links_policies),
    cmdlet("Get-SafeLinksRule", Protection, ONE_OR_ALL, objects::safe_links_rules),
    cmdlet("Get-HostedOutboundSpamFilterPolicy", Protection, ONE_OR_ALL, objects::outbound_policies),
    cmdlet("Get-HostedOutboundSpamFilterRule", Protection, ONE_OR_ALL, objects::outbound_rules),
    cmdlet(
        "Get-TenantAllowBlockListItems",
        Protection,
        &[
            needed("ListType"),
            text("ListSubType"),
            text("Entry"),
            switch("Allow"),
            switch("Block"),
            switch("NoExpiration"),
            text("ExpirationDate"),
            text("ResultSize"),
        ],
        protection::entries,
    ),
    cmdlet(
        "Get-QuarantineMessage",
        Protection,
        &[
            text("Identity"),
            texts("SenderAddress"),
            texts("RecipientAddress"),
            text("StartReceivedDate"),
            text("EndReceivedDate"),
            text("Type"),
            text("PageSize"),
            text("Page"),
        ],
        protection::quarantine,
    ),
    cmdlet(
        "Get-MessageTraceV2",
        Trace,
        &[
            text("StartDate"),
            text("EndDate"),
            texts("SenderAddress"),
            texts("RecipientAddress"),
            text("StartingRecipientAddress"),
            texts("MessageTraceId"),
            texts("Status"),
            text("Subject"),
            text("SubjectFilterType"),
            text("ResultSize"),
        ],
        protection::trace,
    ),
    cmdlet("Set-Mailbox", WriteRecipients, write::mailbox::PARAMETERS, write::mailbox::set),
    cmdlet(
        "New-Mailbox",
        WriteRecipients,
        &[
            needed("Name"),
            switch("Shared"),
            switch("Room"),
            switch("Equipment"),
            text("Alias"),
            text("DisplayName"),
            text("PrimarySmtpAddress"),
            text("MicrosoftOnlineServicesID"),
        ],
        write::create::mailbox,
    ),
    cmdlet(
        "Add-MailboxPermission",
        WriteRecipients,
        &[
            needed("Identity"),
            needed("User"),
            needed_texts("AccessRights"),
            switch("AutoMapping"),
            text("InheritanceType"),
        ],
        write::permissions::add,
    ),
    cmdlet(
        "Remove-MailboxPermission",
        WriteRecipients,
        &[needed("Identity"), needed("User"), needed_texts("AccessRights"), text("InheritanceType")],
        write::permissions::remove,
    ),
    cmdlet(
        "Add-RecipientPermission",
        WriteRecipients,
        &[needed("Identity"), needed("Trustee"), needed_texts("AccessRights")],
        write::permissions::add_trustee,
    ),
    cmdlet(
        "Remove-RecipientPermission",
        WriteRecipients,
        &[needed("Identity"), needed("Trustee"), needed_texts("AccessRights")],
        write::permissions::remove_trustee,
    ),
    cmdlet("Set-DistributionGroup", WriteRecipients, write::list::PARAMETERS, write::list::set),
    cmdlet(
        "New-TenantAllowBlockListItems",
        WriteProtection,
        &[
            needed("ListType"),
            needed_texts("Entries"),
            switch("Allow"),
            switch("Block"),
            switch("NoExpiration"),
            text("ExpirationDate"),
            text("RemoveAfter"),
            text("Notes"),
            text("ListSubType"),
        ],
        write::entries::add,
    ),
    cmdlet(
        "Remove-TenantAllowBlockListItems",
        WriteProtection,
        &[needed("ListType"), texts("Entries"), texts("Ids"), text("ListSubType")],
        write::entries::remove,
    ),
];

/// A cmdlet by its name in any case of letters.
pub(crate) fn find(name: &str) -> Option<&'static Cmdlet> {
    TABLE.iter().find(|cmdlet| cmdlet.name.eq_ignore_ascii_case(name))
}
