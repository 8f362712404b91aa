//! Why a part of the tenant could not be read, and what would tell (DOMAIN G1).

use tenant_contacts_core::{
    model::{Fact, ServiceFailure, Unknown},
    permission::{EXCHANGE_APPLICATION, EXCHANGE_ROLE},
};
use tenant_contacts_engine::port::TenantError;

use crate::{
    auth::{AuthError, Grants},
    graph::{ItemOutcome, PageError},
    send::{Error, ErrorKind, GraphError},
};

/// A read that failed, without anything that a grant would mend.
pub(super) fn failed<T>(what: &'static str) -> Fact<T> {
    Fact::Unknown(Unknown::ReadFailed(what.into()))
}

/// Why a part of a service could not be read that `permission` opens. A token that is refused for good, or that the service
/// does not take, is a missing permission as well: an application without any permission for a resource may get none.
pub(super) fn of_error(error: &Error, permission: &'static str, what: &'static str) -> Unknown {
    let refused = match error {
        Error::Auth(AuthError::Refused(_)) => !error.is_transient(),
        Error::Service(error) => is_about_rights(error),
        _ => false,
    };
    if refused {
        return Unknown::PermissionMissing(permission.into());
    }
    // Whoever is on call sees whether to wait or to look: nobody mends a service that is busy.
    let failure = match error {
        Error::Throttled { .. } | Error::Auth(AuthError::Throttled { .. }) => ServiceFailure::Busy,
        Error::Transport { .. } | Error::Auth(AuthError::Transport(_)) => ServiceFailure::NotReached,
        Error::Service(error) if error.status >= 500 => ServiceFailure::Trouble,
        Error::TooLarge { .. } => ServiceFailure::TooLarge,
        Error::Malformed { error, .. } if error.too_large => ServiceFailure::TooLarge,
        Error::Paging(PageError::Circle | PageError::TooMany { .. }) => ServiceFailure::Endless,
        Error::Paging(PageError::Contradiction | PageError::Failed | PageError::Cut)
        | Error::Malformed { .. }
        | Error::NotAnswered { .. }
        | Error::ForeignLink
        | Error::Redirect => ServiceFailure::Unintelligible,
        Error::Service(_) | Error::Auth(_) | Error::InvalidPath | Error::Unserializable | Error::Fenced => {
            return Unknown::ReadFailed(what.into());
        }
    };
    Unknown::ServiceFailed(what.into(), failure)
}

fn is_about_rights(error: &GraphError) -> bool {
    error.status == 403 || matches!(error.kind, ErrorKind::RequestDenied | ErrorKind::InvalidToken)
}

/// Why a part of Exchange could not be read. A cmdlet outside the application's role and one that does not exist are
/// answered alike (contract §6.1); what would tell is the permission where the token lacks it, else a role.
pub(super) fn of_exchange(error: &Error, grants: &Grants, what: &'static str) -> Unknown {
    of_role(error, grants, EXCHANGE_ROLE, what)
}

/// The same of a part that another role opens.
pub(super) fn of_role(error: &Error, grants: &Grants, role: &'static str, what: &'static str) -> Unknown {
    let held = grants.permissions.as_ref().map(|held| held.contains(EXCHANGE_APPLICATION));
    let without_token = matches!(error, Error::Auth(_));
    let permission = if without_token || held == Some(false) { EXCHANGE_APPLICATION } else { role };
    of_error(error, permission, what)
}

/// Why an item of a batch to Graph was not answered well.
pub(super) fn of_item(outcome: &ItemOutcome, permission: &'static str, what: &'static str) -> Unknown {
    match outcome {
        ItemOutcome::Refused(error) if is_about_rights(error) => Unknown::PermissionMissing(permission.into()),
        ItemOutcome::NotSent(error) => of_error(error, permission, what),
        _ => Unknown::ReadFailed(what.into()),
    }
}

/// A part that a reader for passes gives up on with an error for the whole tenant is one part among many here.
pub(super) fn one_part<T>(read: Result<Fact<T>, TenantError>, what: &'static str) -> Fact<T> {
    read.unwrap_or_else(|_| failed(what))
}
