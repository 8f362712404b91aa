//! What is said of a failed request to the API server.
//!
//! Invariant: nothing that was sent or received: messages of the API server may quote both.

use std::error::Error;

/// Why a request failed.
pub fn why(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => format!("the API server answers {}", named(status.code, &status.reason)),
        kube::Error::SerdeError(_) => "the API server's answer does not fit its type".to_owned(),
        kube::Error::Auth(_) => "there are no credentials for the API server".to_owned(),
        _ => format!("the API server cannot be reached: {}", innermost(error)),
    }
}

/// A status with its reason, where that is one: of an answer that is no Status, as for a kind that it does not know, the client
/// makes a sentence about parsing.
pub fn named(code: u16, reason: &str) -> String {
    let is_one = !reason.is_empty() && reason.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_one { format!("{code} {reason}") } else { code.to_string() }
}

/// The cause that says most (connection refused, a certificate that is not trusted): what wraps it says that a request
/// failed, which is known.
pub fn innermost(error: &dyn Error) -> String {
    let mut at = error;
    while let Some(source) = at.source() {
        at = source;
    }
    at.to_string()
}

#[cfg(test)]
mod tests {
    use kube::core::Status;

    use super::*;

    #[test]
    fn what_the_api_server_quotes_is_not_repeated() {
        let status = Status::failure("\"jane@contoso.com\" is invalid", "Invalid").with_code(422);
        assert_eq!(why(&kube::Error::Api(Box::new(status))), "the API server answers 422 Invalid");
        let unknown_kind = Status::failure("404 page not found", "Failed to parse error data").with_code(404);
        assert_eq!(why(&kube::Error::Api(Box::new(unknown_kind))), "the API server answers 404");
    }

    #[test]
    fn what_keeps_from_reaching_it_is_said() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let error = kube::Error::Service(Box::new(refused));
        assert_eq!(why(&error), "the API server cannot be reached: connection refused");
    }
}
