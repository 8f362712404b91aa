//! What an error means to the engine.

use tenant_contacts_api::reason::Reason;
use tenant_contacts_core::model::Unknown;
use tenant_contacts_engine::port::{Outcome, TenantError};

use crate::{
    auth::{AuthError, CredentialError, RefusalKind},
    graph::ItemOutcome,
    send::{Error, ErrorKind, GraphError, believed, told},
};

/// An error that makes everything unknown.
pub(crate) fn of_tenant(error: &Error, what: &'static str) -> TenantError {
    let (reason, message) = match error {
        Error::Auth(error) => of_authentication(error),
        Error::Throttled { retry_after, .. } => {
            (Reason::Throttled, format!("{what}: {}", told("the service", *retry_after)))
        }
        Error::Service(error) if error.kind == ErrorKind::InvalidToken => {
            (Reason::AuthenticationFailed, format!("{what}: the service does not accept the token"))
        }
        Error::Service(error) if error.kind == ErrorKind::RequestDenied => {
            (Reason::PermissionMissing, format!("{what}: {error}"))
        }
        Error::Fenced => (Reason::WaitingOn, "the lease ends too soon".to_owned()),
        other => (Reason::TenantUnreachable, format!("{what}: {other}")),
    };
    TenantError { reason, message, retry_after: error.retry_after().map(believed) }
}

fn of_authentication(error: &AuthError) -> (Reason, String) {
    let reason = match error {
        AuthError::Throttled { .. } => Reason::Throttled,
        AuthError::Transport(_) | AuthError::Malformed => Reason::TenantUnreachable,
        AuthError::Credential(CredentialError::Unavailable(_)) => Reason::CredentialsNotFound,
        AuthError::Credential(CredentialError::NotAllowed(_)) => Reason::CredentialsNotAllowed,
        AuthError::Credential(_) => Reason::AuthenticationFailed,
        AuthError::Refused(refusal) => match refusal.kind {
            RefusalKind::ExpiredSecret => Reason::CredentialExpired,
            RefusalKind::TenantNotFound | RefusalKind::AppNotInTenant => Reason::TenantMismatch,
            _ if error.is_transient() => Reason::TenantUnreachable,
            _ => Reason::AuthenticationFailed,
        },
    };
    let message = match error {
        AuthError::Credential(source) => format!("{error}: {source}"),
        _ => error.to_string(),
    };
    (reason, message)
}

/// Why a part could not be read, when its request was refused or failed.
pub(crate) fn of_read(error: &GraphError, permission: &'static str, what: &'static str) -> Unknown {
    if error.kind == ErrorKind::RequestDenied {
        Unknown::PermissionMissing(permission.into())
    } else {
        Unknown::ReadFailed(what.into())
    }
}

/// Whether a batch item's end means that the service as a whole is out of reach for now.
pub(crate) fn of_batch(outcome: &ItemOutcome, what: &'static str) -> Option<TenantError> {
    match outcome {
        ItemOutcome::NotSent(error) => Some(of_tenant(error, what)),
        ItemOutcome::Throttled { retry_after } => Some(TenantError {
            reason: Reason::Throttled,
            message: format!("{what}: {}", told("the service", *retry_after)),
            retry_after: Some(believed(*retry_after)),
        }),
        ItemOutcome::Unknown => Some(TenantError {
            reason: Reason::TenantUnreachable,
            message: format!("{what}: not answered"),
            retry_after: None,
        }),
        _ => None,
    }
}

/// What became of a write.
pub(crate) fn of_write(outcome: &ItemOutcome, permission_held: Option<bool>) -> Outcome {
    match outcome {
        ItemOutcome::Done(_) => Outcome::Done,
        ItemOutcome::Unknown => Outcome::Unknown,
        ItemOutcome::DependencyFailed => Outcome::NotDone { reason: Reason::WaitingOn, retry_after: None },
        ItemOutcome::Throttled { retry_after } => {
            Outcome::NotDone { reason: Reason::Throttled, retry_after: Some(believed(*retry_after)) }
        }
        ItemOutcome::NotSent(error) => {
            let problem = of_tenant(error, "writing");
            Outcome::NotDone { reason: problem.reason, retry_after: problem.retry_after }
        }
        ItemOutcome::Refused(error) => of_refusal(error, permission_held),
    }
}

fn of_refusal(error: &GraphError, permission_held: Option<bool>) -> Outcome {
    let refused = |reason| Outcome::Refused { reason, message: error.to_string() };
    match error.kind {
        // One text for a missing scope and for a protected target (contract §2): the token tells which, where it can.
        ErrorKind::RequestDenied if permission_held == Some(true) => refused(Reason::DirectoryRoleMissing),
        ErrorKind::RequestDenied => refused(Reason::PermissionMissing),
        ErrorKind::OnPremisesMastered if error.says("external service") => refused(Reason::MasteredExternally),
        ErrorKind::OnPremisesMastered => refused(Reason::SynchronisedOnPremises),
        // Gone between reading and writing: the next pass resolves it anew.
        ErrorKind::NotFound => Outcome::NotDone { reason: Reason::AccountNotFound, retry_after: None },
        ErrorKind::InvalidToken => Outcome::NotDone { reason: Reason::AuthenticationFailed, retry_after: None },
        ErrorKind::Throttled => {
            Outcome::NotDone { reason: Reason::Throttled, retry_after: error.retry_after.map(believed) }
        }
        ErrorKind::Unavailable => Outcome::Unknown,
        _ => refused(Reason::Rejected),
    }
}
