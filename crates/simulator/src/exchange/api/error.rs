//! Refusals of the admin API. Contract §6.1 "Errors".
//!
//! Invariant: one constructor per cause; the `Ex…|Type|text` triple is the only place where the cause can be read.

use serde_json::json;

use crate::graph::request::{Answer, Content};

/// A refused request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ExchangeError {
    pub(crate) status: u16,
    body: Body,
    headers: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Body {
    /// Nothing.
    Empty,
    /// A NUL byte that pretends to be gzip. (3P) [AZT]
    Nul,
    /// The error envelope.
    Json {
        code: &'static str,
        /// What stands before the type, as `Ex6F9304`.
        number: &'static str,
        /// The type of the exception.
        kind: &'static str,
        text: String,
    },
}

/// Not found.
const NOT_FOUND: &str = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException";
/// Of everything that a parameter's value is refused for, but for addresses (UNV).
const ARGUMENT: &str = "System.ArgumentException";
const BINDING: &str = "System.Management.Automation.ParameterBindingException";
/// A proxy address somebody has; the type is UNV.
const DUPLICATE: &str = "Microsoft.Exchange.Data.Directory.ProxyAddressExistsException";
/// Out of write scope; the type is UNV.
const INVALID: &str = "Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException";
/// A failed call to the directory; the type is UNV.
const DIRECTORY: &str = "Microsoft.Exchange.Management.BackSync.DualWriteException";
/// The name of a domain controller, as texts carry one.
pub(crate) const SERVER: &str = "DB9PR01A01DC001.EURPR01A001.PROD.OUTLOOK.COM";

impl ExchangeError {
    fn json(status: u16, code: &'static str, number: &'static str, kind: &'static str, text: String) -> Self {
        Self { status, body: Body::Json { code, number, kind, text }, headers: Vec::new() }
    }

    /// 404 for an object that is not there. Number and type: [MSTEST]; status: [EXLIVE].
    pub(crate) fn not_found(name: &str) -> Self {
        let text =
            format!("The operation couldn't be performed because object '{name}' couldn't be found on '{SERVER}'.");
        Self::json(404, "NotFound", "Ex6F9304", NOT_FOUND, text)
    }

    /// 400 for a request that is not one.
    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self::json(
            400,
            "BadRequest",
            "ExD0E1A2",
            "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
            text.into(),
        )
    }

    /// 400 for a parameter that the cmdlet does not have. [EXLIVE]
    pub(crate) fn no_parameter(name: &str) -> Self {
        let text = format!("A parameter cannot be found that matches parameter name '{name}'.");
        Self::json(400, "BadRequest", "Ex1B0D6C", BINDING, text)
    }

    /// 400 for a parameter that has to be given.
    pub(crate) fn missing(name: &str) -> Self {
        let text = format!("Cannot process command because of one or more missing mandatory parameters: {name}.");
        Self::json(400, "BadRequest", "Ex1B0D6C", BINDING, text)
    }

    /// 400 for a value that a parameter cannot have.
    pub(crate) fn argument(text: impl Into<String>) -> Self {
        Self::json(400, "BadRequest", "ExA9CE83", ARGUMENT, text.into())
    }

    /// 400 for an address that somebody has. (3P)
    pub(crate) fn duplicate(proxy: &str, holder: &str) -> Self {
        let text = format!(
            "The proxy address \"{proxy}\" is already being used by the proxy addresses or LegacyExchangeDN of \"{holder}\". Please choose another proxy address."
        );
        Self::json(400, "BadRequest", "ExF2B6C4", DUPLICATE, text)
    }

    /// 400 for what the directory refuses though Exchange does not. (3P)
    pub(crate) fn dual_write(detail: &str) -> Self {
        let text = format!(
            "An Azure Active Directory call was made to keep object in sync between Azure Active Directory and Exchange Online. However, it failed. Detailed error message: {detail} The issue may be transient and please retry a couple of minutes later."
        );
        Self::json(400, "BadRequest", "Ex6D8EE1", DIRECTORY, text)
    }

    /// 400 for a synchronised mailbox. (3P)
    pub(crate) fn synchronised(mailbox: &str, cmdlet: &str, parameter: &str) -> Self {
        let text = format!(
            "The operation on mailbox \"{mailbox}\" failed because it's out of the current user's write scope. The action '{cmdlet}', '{parameter}', can't be performed on the object '{mailbox}' because the object is being synchronized from your on-premises organization. This action should be performed on the object in your on-premises organization."
        );
        Self::json(400, "BadRequest", "ExBA0E42", INVALID, text)
    }

    /// 401. The body is UNV.
    pub(crate) fn unauthorized() -> Self {
        let headers = vec![("www-authenticate", "Bearer".to_owned())];
        Self { status: 401, body: Body::Empty, headers }
    }

    /// 403 for a cmdlet that does not exist or is beyond the caller's roles; the reason is in a header. (3P) [AZT] The
    /// wording of the reason is UNV.
    pub(crate) fn forbidden() -> Self {
        Self::diagnosed(
            "2000003;reason=\"The cmdlet is not available to the caller.\";error_category=\"invalid_grant\"",
        )
    }

    /// 403 for an application without any role for Exchange. Number and wording are UNV.
    pub(crate) fn no_role() -> Self {
        Self::diagnosed(
            "2000008;reason=\"The role assigned to application isn't supported in this scenario. Please check online documentation for assigning correct Directory Roles to Azure AD Application for EXO App-Only Authentication.\";error_category=\"invalid_app\"",
        )
    }

    fn diagnosed(reason: &str) -> Self {
        let headers = vec![("content-encoding", "gzip".to_owned()), ("x-ms-diagnostics", reason.to_owned())];
        Self { status: 403, body: Body::Nul, headers }
    }

    /// 403 of the v2.0 API for a valid token without a role. [EXA]; the body is UNV.
    pub(crate) fn denied() -> Self {
        Self::json(
            403,
            "Forbidden",
            "ExE5D3F1",
            "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
            "Access is denied.".to_owned(),
        )
    }

    /// 405; the status is UNV.
    pub(crate) fn method() -> Self {
        Self { status: 405, body: Body::Empty, headers: vec![("allow", "POST".to_owned())] }
    }

    /// 404 for a path that is none.
    pub(crate) fn unknown_path() -> Self {
        Self { status: 404, body: Body::Empty, headers: Vec::new() }
    }

    /// 429; numbers and body are unpublished (contract §6.1).
    pub(crate) fn throttled(retry_after: Option<&str>) -> Self {
        let mut error = Self::json(
            429,
            "TooManyRequests",
            "Ex429000",
            "Microsoft.Exchange.Configuration.Authorization.OverBudgetException",
            "The request was throttled. Please retry later.".to_owned(),
        );
        error.headers.extend(retry_after.map(|seconds| ("retry-after", seconds.to_owned())));
        error
    }

    /// 5xx of a fault script.
    pub(crate) fn server(status: u16) -> Self {
        Self::json(
            status,
            "InternalServerError",
            "Ex500000",
            "Microsoft.Exchange.Data.Directory.ADTransientException",
            "The service is temporarily unavailable.".to_owned(),
        )
    }

    /// The answer, in the shape of [MSTEST].
    pub(crate) fn answer(&self) -> Answer {
        let content = match &self.body {
            Body::Empty => Content::Empty,
            Body::Nul => Content::Text("\0".to_owned()),
            Body::Json { code, number, kind, text } => {
                let stack = "   at Microsoft.Exchange.AdminApi.CommandInvocation.CommandInvocation.InvokeCommand()";
                Content::Json(json!({"error": {
                    "code": code,
                    "message": "Error executing cmdlet",
                    "details": [{"code": "Client", "target": "", "message": format!("{number}|{kind}|{text}")}],
                    "innererror": {
                        "message": "Error executing cmdlet",
                        "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
                        "stacktrace": stack,
                        "internalexception": {"message": text, "type": kind, "stacktrace": stack},
                    },
                }}))
            }
        };
        Answer { status: self.status, headers: self.headers.clone(), content }
    }
}
