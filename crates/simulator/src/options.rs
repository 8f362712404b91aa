//! How a simulator behaves: replicas, pages, latency, faults, and a switch for each behaviour that is not verified.
//!
//! Invariant: the default is a calm, consistent service; everything unpleasant is asked for.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::{faults::FaultScript, limits::Limits};

/// Behaviour of a simulator.
#[derive(Clone, Debug)]
pub struct Options {
    /// Seed of everything that is random: request ids, batch order, replica choice, page lengths.
    pub seed: u64,
    /// The simulated date at start; none = the machine's clock at start.
    pub epoch: Option<Timestamp>,
    /// How far each replica lags behind the store. One entry per replica, at least one is always assumed. `[UL][DQ]`
    pub replicas: Vec<Duration>,
    /// How the replica that answers a read is chosen.
    pub replica_choice: ReplicaChoice,
    /// Time each request takes before it is handled.
    pub latency: Duration,
    /// Page lengths.
    pub paging: Paging,
    /// Lifetime of access tokens (about 60 minutes `[EXA]`).
    pub token_lifetime: Duration,
    /// Faults to play.
    pub faults: FaultScript,
    /// Delta queries tell items twice within a page, and go back a few writes to tell them again. `[DQ]`
    pub delta_repeats: bool,
    /// How long a write to billing takes between its acceptance and its effect (contract §8).
    pub billing_operation: Duration,
    /// Limits on requests; none = every request is served.
    pub limits: Option<Limits>,
    /// Exchange beside the directory.
    pub exchange: ExchangeOptions,
    /// Behaviours that are not verified.
    pub switches: Switches,
}

/// How Exchange behaves beside the directory. Contract §6.1, §10.24.
#[derive(Clone, Debug)]
pub struct ExchangeOptions {
    /// How long a change of the directory (licence, account, mail) takes until Exchange knows it.
    pub from_directory: Duration,
    /// How long a change in Exchange (addresses, a new shared mailbox) takes until the directory knows it.
    pub to_directory: Duration,
    /// How far Exchange's own copies lag: an object that was just made is 404 for so long, and one that was removed still
    /// reads back (minutes in life `[EXLIVE]`). Empty = as [`Options::replicas`].
    pub replicas: Vec<Duration>,
    /// How long a user mailbox outlives its licence (contract §10.28: 30 days, UNV).
    pub mailbox_grace: SignedDuration,
    /// How long it takes until a message shows in the trace (minutes in life, UNV).
    pub trace_latency: Duration,
    /// Lifetime of next links: five to ten minutes `[EXLIVE]`.
    pub link_lifetime: Duration,
    /// Page length without `Prefer: odata.maxpagesize` (1,000 entries, contract §6.1), and the greatest one.
    pub page_size: usize,
}

impl Default for ExchangeOptions {
    fn default() -> Self {
        Self {
            from_directory: Duration::ZERO,
            to_directory: Duration::ZERO,
            replicas: Vec::new(),
            mailbox_grace: SignedDuration::from_hours(30 * 24),
            trace_latency: Duration::ZERO,
            // The shorter end: a client that copes with five minutes copes with ten.
            link_lifetime: Duration::from_mins(5),
            page_size: 1000,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 0,
            epoch: None,
            replicas: vec![Duration::ZERO],
            replica_choice: ReplicaChoice::InTurn,
            latency: Duration::ZERO,
            paging: Paging::default(),
            // `expires_in: 3599` [EXA].
            token_lifetime: Duration::from_secs(3599),
            faults: FaultScript::default(),
            delta_repeats: false,
            billing_operation: Duration::ZERO,
            limits: None,
            exchange: ExchangeOptions::default(),
            switches: Switches::default(),
        }
    }
}

/// See [`Options::replica_choice`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplicaChoice {
    /// Round robin, so that two reads in a row disagree while a replica lags.
    #[default]
    InTurn,
    /// By the seeded generator.
    Random,
}

/// Page lengths of lists.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    /// Page length without `$top` (100 `[UL]`).
    pub default: usize,
    /// Greatest `$top` (999 `[UL]`).
    pub maximum: usize,
    /// Pages carry fewer items than asked for, at random. Contract §10.13.
    pub short: bool,
    /// Before the first page comes an empty one with a next link. Contract §10.13.
    pub empty_first: bool,
}

impl Default for Paging {
    fn default() -> Self {
        Self { default: 100, maximum: 999, short: false, empty_first: false }
    }
}

/// One switch per behaviour that the contract marks UNV. The defaults are the likelier or the stricter choice.
#[derive(Clone, Copy, Debug)]
pub struct Switches {
    /// Synchronised users refuse `otherMails` (contract §2: "generally cloud-writable (UNV)").
    pub sync_masters_other_mails: bool,
    /// Synchronised users refuse `faxNumber` (contract §2: "synced rule same (UNV)").
    pub sync_masters_fax: bool,
    /// A token with only `User.ReadBasic.All` that selects more gets 403; else null.
    pub basic_read_is_forbidden: bool,
    /// A target with one of the lesser roles (Directory Readers, …) counts as an administrator for an application.
    pub lesser_roles_are_protected: bool,
    /// An application needs a directory role to write an *administrator's* authentication method (contract §3).
    pub methods_need_role: bool,
    /// A registered mobile number can go while an alternate one is registered (contract §3).
    pub mobile_deletable_before_alternate: bool,
    /// One assignment whose principal is gone makes a list of assignments with `$expand=principal` fail as a whole (contract §4,
    /// 3P); else its `principal` is null.
    pub orphaned_assignment_fails_expansion: bool,
    /// Status of a duplicate role assignment is 409 `Request_MultipleObjectsWithSameKeyValue`; else 400 (contract §4).
    pub duplicate_assignment_is_conflict: bool,
    /// A client assertion must carry `jti` (contract §1 "UNV in detail").
    pub assertion_needs_jti: bool,
    /// Applications write what only people may according to Microsoft's pages (`aboutMe` and other properties of the profile).
    pub applications_write_profiles: bool,
    /// A licence can be assigned only to an account with a usage location (general knowledge).
    pub licence_needs_usage_location: bool,
    /// Password-reset requests: holders of a role through a group fill its tier (contract §4).
    pub reset_tier_through_groups: bool,
    /// … holders of a role scoped to an administrative unit do.
    pub reset_tier_by_scoped_roles: bool,
    /// … eligible holders do.
    pub reset_tier_by_eligibility: bool,
    /// … disabled holders do, and are told; those of billing roles as well.
    pub reset_tells_disabled: bool,
    /// … guests are told as members are (contract silent); those of other roles, billing ones too, as well.
    pub reset_tells_guests: bool,
    /// … a tier whose holders are all of a kind that is not told (service principals, disabled accounts, scoped
    /// assignments) is filled all
    /// the same, so that nobody is told.
    pub reset_tier_without_readers_counts: bool,
    /// … go to alternate addresses in every tier; else of global administrators only.
    pub reset_uses_alternate_in_every_tier: bool,
    /// Administrators who see posts about privacy are mailed them, as they are by default; else all have turned that off. Each
    /// chooses, and no interface tells (contract, writes §h).
    pub privacy_posts_are_mailed: bool,
    /// A change of the legal profile sets its vetting back to pending (contract §7).
    pub legal_change_restarts_vetting: bool,
    /// Partner Center's answers begin with a byte order mark (contract §7).
    pub partner_answers_begin_with_a_mark: bool,
    /// The support profile can be put at its own link too, not only at `supportprofile` (contract §7).
    pub support_put_at_its_own_link: bool,
    /// Owners and contributors of the billing account get billing notices too; else only those on its profiles (contract §8).
    pub billing_account_roles_are_told: bool,
    /// Billing notices of an agreement of another kind than those two whose rule is known (Enterprise Agreement, Microsoft Partner
    /// Agreement) go to global and billing administrators, as those of older subscriptions do; else to nobody (contract silent).
    pub other_agreements_tell_administrators: bool,
    /// A PUT of a billing profile keeps what it does not mention (contract §8).
    pub billing_put_keeps_omitted: bool,
    /// Billing answers writes at once with 200 or 201; else 202 and a place to ask (contract §8 has both).
    pub billing_answers_at_once: bool,
    /// The outbound policy's `Automatic` lets tenants made before 2021 forward (contract §6.3 says only what it means in
    /// newer ones; Microsoft's page of today says it is Off everywhere).
    pub old_tenants_forward_automatically: bool,
    /// Inbox rules send a message on once: what one mailbox's rules sent to another is not sent on by the other's (3P, and
    /// general knowledge of the service's limits).
    pub inbox_rules_redirect_once: bool,
    /// Whoever has full access to the mailbox of a disabled account reads what comes in: the account was handed over. Else nobody does
    /// (contract silent: what people do no page says).
    pub delegates_read_handed_over_mailboxes: bool,
    /// `name+tag@domain` reaches `name@domain` (an organization can turn it off; contract silent).
    pub plus_addresses_are_delivered: bool,
    /// What the tenant's list blocks is quarantined, whatever the anti-spam policy says of high confidence spam (Microsoft's
    /// pages say either, by their age).
    pub tenant_blocks_are_quarantined: bool,
    /// A mail flow rule that bypasses the filter lets past what the tenant's list blocks as well (not documented).
    pub rules_bypass_tenant_blocks: bool,
    /// Mail from outside to a dynamic list is refused at the edge of an Authoritative domain: the directory that edge blocking
    /// goes by has no dynamic lists (3P, administrators' reports of 2019 to 2021; not verified since).
    pub edge_refuses_dynamic_lists: bool,
    /// Mail for a synchronised mail user whose outside address is its own bounces where no outbound connector takes it
    /// on-premises; else it goes there by the domain's mail exchanger (not documented).
    pub on_premises_needs_connector: bool,
    /// Properties that refer to a recipient print its display name, as they were seen to do of older objects (3P).
    pub references_are_display_names: bool,
    /// The content filter judges anew what a mailbox forwards or a group sends to its subscribers (not documented).
    pub filter_judges_what_is_sent_on: bool,
    /// What a mailbox forwards keeps its mark as spam, and goes to the junk mail folder again (not documented).
    pub spam_mark_goes_along: bool,
    /// Get-MailboxPermission and Get-RecipientPermission list `NT AUTHORITY\SELF` (contract §6.3).
    pub permissions_list_self: bool,
    /// `ForwardingSmtpAddress` reads back with `smtp:` before it (contract §6.3).
    pub forwarding_smtp_has_prefix: bool,
    /// Get-InboxRule prints `IsHidden`.
    pub inbox_rules_say_hidden: bool,
    /// Listing messages with `$orderby` refuses a filter that does not begin with what is sorted by.
    pub message_order_must_be_filtered: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            sync_masters_other_mails: false,
            sync_masters_fax: true,
            basic_read_is_forbidden: false,
            lesser_roles_are_protected: true,
            methods_need_role: false,
            mobile_deletable_before_alternate: false,
            orphaned_assignment_fails_expansion: true,
            duplicate_assignment_is_conflict: false,
            assertion_needs_jti: true,
            applications_write_profiles: false,
            licence_needs_usage_location: true,
            reset_tier_through_groups: true,
            reset_tier_by_scoped_roles: false,
            reset_tier_by_eligibility: false,
            reset_tells_disabled: false,
            reset_tells_guests: true,
            reset_tier_without_readers_counts: false,
            reset_uses_alternate_in_every_tier: false,
            privacy_posts_are_mailed: true,
            legal_change_restarts_vetting: true,
            partner_answers_begin_with_a_mark: false,
            support_put_at_its_own_link: false,
            billing_account_roles_are_told: false,
            other_agreements_tell_administrators: false,
            billing_put_keeps_omitted: false,
            billing_answers_at_once: false,
            old_tenants_forward_automatically: true,
            inbox_rules_redirect_once: true,
            delegates_read_handed_over_mailboxes: false,
            plus_addresses_are_delivered: true,
            tenant_blocks_are_quarantined: false,
            rules_bypass_tenant_blocks: false,
            edge_refuses_dynamic_lists: true,
            on_premises_needs_connector: true,
            references_are_display_names: false,
            filter_judges_what_is_sent_on: false,
            spam_mark_goes_along: true,
            permissions_list_self: true,
            forwarding_smtp_has_prefix: true,
            inbox_rules_say_hidden: true,
            message_order_must_be_filtered: true,
        }
    }
}
