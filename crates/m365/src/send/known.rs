//! What services call their errors. Only a name from here is ever shown: a text that looks like one may be anybody's name, or a
//! secret.
//!
//! Sources: "Microsoft Graph error responses and resource types", "Resolve Microsoft Graph authorization errors", the error
//! codes that Microsoft's pages name beside operations (contract §5, §6.1, §7), RFC 6749 with "Microsoft Entra authentication
//! and authorization error codes". A name that is missing here is missing from a message, and nothing else: status and request
//! ids are always there, and what an error means is decided by its text.

/// Codes of Graph's envelope, as Graph, Exchange, Azure and Partner Center fill it.
const CODES: &[&str] = &[
    "AadPremiumLicenseRequired",
    "Authentication_ExpiredToken",
    "Authentication_MissingOrMalformed",
    "Authentication_Unauthorized",
    "AuthenticationFailed",
    "AuthorizationFailed",
    "Authorization_IdentityDisabled",
    "Authorization_IdentityNotFound",
    "Authorization_RequestDenied",
    "BadRequest",
    "Conflict",
    "Directory_BindingRedirection",
    "Directory_ConcurrencyViolation",
    "Directory_ExpiredPageToken",
    "Directory_ObjectNotFound",
    "Directory_QuotaExceeded",
    "Directory_ResultSizeLimitExceeded",
    "ErrorAccessDenied",
    "ErrorInvalidRequest",
    "ErrorInvalidUser",
    "ErrorItemNotFound",
    "ErrorQuotaExceeded",
    "ExpiredAuthenticationToken",
    "Forbidden",
    "GatewayTimeout",
    "InternalServerError",
    "InvalidAuthenticationToken",
    "InvalidAuthenticationTokenTenant",
    "InvalidFilter",
    "InvalidRequest",
    "InvalidResource",
    "MailboxInfoStale",
    "MailboxNotEnabledForRESTAPI",
    "MailboxNotHostedInExchangeOnline",
    "MethodNotAllowed",
    "NotAllowed",
    "NotFound",
    "NotSupported",
    "PreconditionFailed",
    "Request_BadRequest",
    "Request_DataContractVersionMissing",
    "Request_MultipleObjectsWithSameKeyValue",
    "Request_ResourceNotFound",
    "Request_ThrottledPermanently",
    "Request_ThrottledTemporarily",
    "Request_UnsupportedQuery",
    "RequestDisallowedByPolicy",
    "ResourceNotFound",
    "ResyncRequired",
    "ServiceNotAvailable",
    "ServiceUnavailable",
    "Service_InternalServerError",
    "Service_Unavailable",
    "SubscriptionNotFound",
    "SyncStateNotFound",
    "TooManyRequests",
    "Unauthorized",
    "UnauthorizedAccessException",
    "UnknownError",
    "UnprocessableEntity",
    "accessDenied",
    "activityLimitReached",
    "badRequest",
    "generalException",
    "invalidRange",
    "invalidRequest",
    "itemNotFound",
    "nameAlreadyExists",
    "notAllowed",
    "notFound",
    "notSupported",
    "preconditionFailed",
    "quotaLimitReached",
    "resourceModified",
    "resourceNotFound",
    "resyncRequired",
    "serviceNotAvailable",
    "syncStateNotFound",
    "tooManyRequests",
    "unauthenticated",
    "unknownError",
    // Partner Center, whose codes are numbers: access is denied, a stale ETag, no token of a person with a second factor.
    "2032",
    "2055",
    "900421",
];

/// Types of exceptions that Exchange names, without their namespaces.
const EXCEPTIONS: &[&str] = &[
    "ADNoSuchObjectException",
    "ADObjectAlreadyExistsException",
    "ADOperationException",
    "ADTransientException",
    "ArgumentException",
    "CmdletAccessDeniedException",
    "DualWriteException",
    "ExpiredException",
    "ManagementObjectAlreadyExistsException",
    "ManagementObjectAmbiguousException",
    "ManagementObjectNotFoundException",
    "MemberAlreadyExistsException",
    "MemberNotFoundException",
    "NotAcceptedDomainException",
    "ODataServiceException",
    "OverBudgetException",
    "ParameterBindingException",
    "ProxyAddressExistsException",
    "RecipientTaskException",
    "RuleException",
    "TaskInvalidOperationException",
    "UnauthorizedAccessException",
];

/// Names of OAuth.
const OAUTH: &[&str] = &[
    "access_denied",
    "consent_required",
    "interaction_required",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_resource",
    "invalid_scope",
    "invalid_tenant",
    "login_required",
    "server_error",
    "slow_down",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
];

fn of(all: &'static [&'static str], text: &str) -> Option<&'static str> {
    all.iter().find(|known| **known == text).copied()
}

/// The code, if it is one.
pub(super) fn code(text: &str) -> Option<&'static str> {
    of(CODES, text)
}

/// The exception, if it is one.
pub(super) fn exception(text: &str) -> Option<&'static str> {
    of(EXCEPTIONS, text)
}

/// The OAuth error, if it is one.
pub(crate) fn oauth(text: &str) -> Option<&'static str> {
    of(OAUTH, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b10_a_text_that_looks_like_a_code_and_is_none_is_not_shown() {
        for text in ["HelenaMarsh", "hunter2", "4915112345678", "helena.marsh", "Request_BadRequest2", ""] {
            assert_eq!((code(text), exception(text), oauth(text)), (None, None, None), "{text}");
        }
        assert_eq!(code("Request_BadRequest"), Some("Request_BadRequest"));
        assert_eq!(exception("RecipientTaskException"), Some("RecipientTaskException"));
        assert_eq!(oauth("invalid_client"), Some("invalid_client"));
    }
}
