//! A simulated Microsoft 365 tenant: Microsoft Graph, its token endpoint and Exchange's admin API, from one log of changes.
//!
//! Knows nothing of any client. Each behaviour cites its source by the marks of the wire contract (`[UU]` the page on
//! updating users, `[US]` the user resource, `[UL]` listing users, `[OU]`/`[OR]` organization, `[AE]`/`[AP]`
//! authentication methods, `[RA]` role assignments, `[DQ]` delta queries, `[ADV]` advanced queries, `[THR]` throttling,
//! `[JB]` batching, `[ERR]` errors, `[PERM]` the permission manifest, `[GD21]`/`[TH21]` the documentation of July 2021,
//! `[PROXY]` the text on proxyAddresses, `[EXA]` Exchange's page on tokens, `[EXM]`/`[MICHEV]` its
//! documented endpoints, `[EPS]` the reference of its cmdlets, `[EXLIVE]`, `[CIPP]`, `[AZT]`, `[MSTEST]`, `[WIKI]` third
//! parties on InvokeCommand; 3P a third party's report; UNV not verified,
//! therefore a switch in [`Options`] or marked where it stands).
//!
//! Invariant: every read handler reads a replica, every write handler writes the store; everything random comes from
//! [`Options::seed`].
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tenant_contacts_simulator::{Options, Seed, Simulator};
//! let simulator = Simulator::new(&Seed::minimal(), Options::default())?;
//! let request = http::Request::get("http://localhost/_sim/journal").body(bytes::Bytes::new())?;
//! assert_eq!(simulator.handle(request).await?.status(), 200);
//! # Ok(()) }
//! ```

mod auth;
mod billing;
mod body;
mod clock;
mod disturb;
mod exchange;
mod faults;
mod graph;
mod ids;
mod journal;
mod limits;
mod mailflow;
mod notices;
mod options;
mod partner;
mod password_reset;
mod persist;
mod requests;
mod schema;
mod seed;
mod simulator;
mod socket;
mod state;
mod store;
mod target;
mod tls;

pub use crate::{
    body::{SimBody, Truncated},
    disturb::DisturbError,
    faults::{ConnectionFault, Fault, FaultError, FaultScript, What, When},
    journal::{Change, JournalEntry, Statistics},
    limits::{Limits, LimitsError, RetryAfter},
    mailflow::{Bounce, Delivery, Discard, End, Folder, Mailflow, Message, Outcome, Verdict},
    notices::{Notice, NoticeCategory, NoticeRecipient},
    options::{ExchangeOptions, Options, Paging, ReplicaChoice, Switches},
    password_reset::{PasswordResetRecipient, PasswordResetRecipients},
    persist::StateError,
    requests::RequestEntry,
    seed::{
        ApplicationSeed, BillingAccountSeed, BillingProfileSeed, BillingRoleSeed, BillingSeed, BusinessEmailSeed,
        ContactSeed, CustomRoleSeed, DomainSeed, EligibilitySeed, ExchangeObject, ExchangeSeed, FederatedSeed,
        GroupMailboxSeed, GroupSeed, LegalBusinessSeed, ListKindSeed, ListSeed, MailUserSeed, MailboxKindSeed,
        MailboxSeed, MethodsSeed, NoticesSeed, OrganizationSeed, PartnerAddressSeed, PartnerBillingSeed,
        PartnerContactSeed, PartnerOrganizationSeed, PartnerSeed, PartnerSupportSeed, PhonesSeed, PrivacySeed,
        PublicFolderSeed, RoleAssignmentSeed, SecretSeed, Seed, SeedError, SentSeed, SignInSeed, SkuSeed,
        SoftDeletedSeed, TenantSeed, UnitSeed, UserSeed,
    },
    simulator::Simulator,
    tls::{Tls, TlsError},
};
