//! Who may run what: the application permission, and a role of the directory or of Exchange. Contract §1.
//!
//! Invariant: the permission and the directory's roles are those of the token, so a grant shows in the next one.

use super::{error::ExchangeError, request::ExchangeRequest};
use crate::{
    auth::token::Service,
    schema::role::{GLOBAL_ADMINISTRATOR, HELPDESK_ADMINISTRATOR},
    state::State,
};

/// What InvokeCommand takes. [EPS app-only-auth]
pub(crate) const MANAGE: &str = "Exchange.ManageAsApp";
/// What the v2.0 endpoints take. [EXA]
pub(crate) const MANAGE_V2: &str = "Exchange.ManageAsAppV2";

/// What a cmdlet is about; roles give some of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Domains and the organization: every role.
    Basic,
    /// Mailboxes, lists, permissions, inbox rules, statistics.
    Recipients,
    /// Mail flow rules, remote domains, retention.
    Organization,
    /// Anti-spam, Safe Links, allow list, quarantine.
    Protection,
    /// Message trace.
    Trace,
    WriteRecipients,
    WriteProtection,
}

use Need::{Basic, Organization, Protection, Recipients, Trace, WriteProtection, WriteRecipients};

const READ: &[Need] = &[Basic, Recipients, Organization, Protection, Trace];
const EVERYTHING: &[Need] = &[Basic, Recipients, Organization, Protection, Trace, WriteRecipients, WriteProtection];
const RECIPIENTS: &[Need] = &[Basic, Recipients, Trace, WriteRecipients];
const SECURITY: &[Need] = &[Basic, Recipients, Organization, Protection];
const COMPLIANCE: &[Need] = &[Basic, Recipients, Organization];

/// Directory roles that Exchange knows [EPS app-only-auth]. What each of them can run is UNV, but for this: Security
/// Administrator cannot write the allow list (contract §11).
const DIRECTORY_ROLES: &[(&str, &[Need])] = &[
    (GLOBAL_ADMINISTRATOR, EVERYTHING),
    // Exchange Administrator.
    ("29232cdf-9323-42fd-ade2-1d097af3e4de", EVERYTHING),
    // Exchange Recipient Administrator.
    ("31392ffb-586c-42d1-9346-e59415a2cc4e", RECIPIENTS),
    // Global Reader.
    ("f2ef992c-3afb-46b9-b7cf-a126ee74c451", READ),
    // Security Reader.
    ("5d6b6bb7-de71-4623-b4af-96380a352509", SECURITY),
    // Security Administrator.
    ("194ae4cb-b126-40b2-bd5b-6091b380977d", SECURITY),
    // Compliance Administrator.
    ("17315797-102d-40b4-93e0-432062caca18", COMPLIANCE),
    (HELPDESK_ADMINISTRATOR, &[Basic, Recipients]),
];

/// Exchange's own role groups; what they can run is UNV in detail.
pub(crate) const ROLE_GROUPS: &[(&str, &[Need])] = &[
    ("Organization Management", EVERYTHING),
    ("View-Only Organization Management", READ),
    ("Recipient Management", RECIPIENTS),
    ("Security Administrator", SECURITY),
    ("Security Reader", SECURITY),
    ("Hygiene Management", &[Basic, Protection, WriteProtection]),
    ("Compliance Management", COMPLIANCE),
    ("Help Desk", &[Basic, Recipients]),
];

/// Who calls and what it may do.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    /// Client id.
    pub(crate) actor: String,
    given: Vec<Need>,
}

impl Access {
    /// Checks token, permission and that there is a role at all.
    pub(crate) fn of(state: &State, request: &ExchangeRequest, permission: &str) -> Result<Self, ExchangeError> {
        let now = state.clock.wall().as_second();
        let claims = state
            .signer
            .check(request.header("authorization"), Service::Exchange, request.host(), now)
            .map_err(|_| ExchangeError::unauthorized())?;
        let refuse = || if permission == MANAGE_V2 { ExchangeError::denied() } else { ExchangeError::no_role() };
        if !claims.roles.iter().any(|role| role == permission) {
            return Err(refuse());
        }
        let directory = DIRECTORY_ROLES.iter().filter(|(role, _)| claims.wids.iter().any(|wid| wid == role));
        let application = state.applications.iter().find(|application| application.client_id == claims.appid);
        let groups = application.map(|application| application.exchange_role_groups.as_slice()).unwrap_or_default();
        let own = ROLE_GROUPS.iter().filter(|(name, _)| groups.iter().any(|group| group.eq_ignore_ascii_case(name)));
        let given: Vec<Need> = directory.chain(own).flat_map(|(_, needs)| needs.iter().copied()).collect();
        if given.is_empty() {
            return Err(refuse());
        }
        Ok(Self { actor: claims.appid, given })
    }

    pub(crate) fn allows(&self, need: Need) -> bool {
        self.given.contains(&need)
    }
}
