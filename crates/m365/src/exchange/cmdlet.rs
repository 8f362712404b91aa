//! The cmdlets that read.

macro_rules! cmdlets {
    ($($(#[$doc:meta])* $variant:ident => $name:literal $(at $endpoint:literal)?;)+) => {
        /// A cmdlet that reads (contract §6.3; names from Microsoft's reference of Exchange PowerShell).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Cmdlet { $($(#[$doc])* $variant,)+ }

        impl Cmdlet {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The endpoint of the documented `v2.0` interface that takes it.
            pub const fn endpoint(self) -> Option<&'static str> {
                match self { $(Self::$variant => cmdlets!(@endpoint $($endpoint)?),)+ }
            }
        }
    };
    (@endpoint $endpoint:literal) => { Some($endpoint) };
    (@endpoint) => { None };
}

cmdlets! {
    /// Domains that mail is accepted for.
    AcceptedDomain => "Get-AcceptedDomain" at "AcceptedDomain";
    /// Mailboxes.
    Mailbox => "Get-Mailbox" at "Mailbox";
    /// Recipients of any kind, with what is told of all of them.
    Recipient => "Get-Recipient";
    /// Accounts and guests whose mail goes outside.
    MailUser => "Get-MailUser";
    /// Contacts.
    MailContact => "Get-MailContact";
    /// Distribution lists and mail-enabled security groups.
    DistributionGroup => "Get-DistributionGroup";
    /// Their members.
    DistributionGroupMember => "Get-DistributionGroupMember" at "DistributionGroupMember";
    /// Lists whose members are calculated.
    DynamicDistributionGroup => "Get-DynamicDistributionGroup";
    /// Their members.
    DynamicDistributionGroupMember => "Get-DynamicDistributionGroupMember" at "DynamicDistributionGroupMember";
    /// Microsoft 365 groups.
    UnifiedGroup => "Get-UnifiedGroup";
    /// Their members, owners and subscribers.
    UnifiedGroupLinks => "Get-UnifiedGroupLinks";
    /// Who may open a mailbox.
    MailboxPermission => "Get-MailboxPermission";
    /// A mailbox's inbox rules.
    InboxRule => "Get-InboxRule";
    /// A mailbox's size.
    MailboxStatistics => "Get-MailboxStatistics";
    /// Mail flow rules.
    TransportRule => "Get-TransportRule";
    /// Anti-spam policies.
    HostedContentFilterPolicy => "Get-HostedContentFilterPolicy";
    /// Whom they apply to.
    HostedContentFilterRule => "Get-HostedContentFilterRule";
    /// Outbound spam policies.
    HostedOutboundSpamFilterPolicy => "Get-HostedOutboundSpamFilterPolicy";
    /// Whom they apply to.
    HostedOutboundSpamFilterRule => "Get-HostedOutboundSpamFilterRule";
    /// Settings by domain of the other side.
    RemoteDomain => "Get-RemoteDomain";
    /// Where mail goes that leaves Exchange Online.
    OutboundConnector => "Get-OutboundConnector";
    /// The tenant allow/block list.
    TenantAllowBlockListItems => "Get-TenantAllowBlockListItems";
    /// Messages in quarantine.
    QuarantineMessage => "Get-QuarantineMessage";
    /// What became of messages.
    ///
    /// Graph has the same by `/admin/exchange/tracing/messageTraces` and a permission for nothing else
    /// (`ExchangeMessageTrace.Read.All`). It is not asked: whoever reads mailboxes and filters may call this one already, so
    /// that the permission would be one more and not one less; it is there in the global cloud only ("List messageTraces",
    /// Microsoft) and asks for a service principal of its own in the tenant ("Graph-based message trace API onboarding guide");
    /// and it is asked by one sender at a time, where this one takes them all in one request ("Get-MessageTraceV2":
    /// `SenderAddress` is multi-valued; that Graph's filter ignores `or` is a third party's observation).
    MessageTrace => "Get-MessageTraceV2";
    /// Safe Links policies.
    SafeLinksPolicy => "Get-SafeLinksPolicy";
    /// Whom they apply to.
    SafeLinksRule => "Get-SafeLinksRule";
    /// Retention policies.
    RetentionPolicy => "Get-RetentionPolicy";
    /// Their tags.
    RetentionPolicyTag => "Get-RetentionPolicyTag";
}

impl Cmdlet {
    /// The cmdlet of a name, spelled exactly so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|cmdlet| cmdlet.name() == name)
    }
}
