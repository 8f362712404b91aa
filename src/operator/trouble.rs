//! What is said of a failed request to the API server.
//!
//! Invariant: nothing that was sent or received: messages of the API server may quote both.

use std::error::Error;

/// Why a request failed.
pub fn why(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => format!("the API server answers {} {}", status.code, status.reason),
        kube::Error::SerdeError(_) => "the API server's answer does not fit its type".to_owned(),
        kube::Error::Auth(_) => "there are no credentials for the API server".to_owned(),
        _ => format!("the API server cannot be reached: {}", innermost(error)),
    }
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
    }

    #[test]
    fn what_keeps_from_reaching_it_is_said() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let error = kube::Error::Service(Box::new(refused));
        assert_eq!(why(&error), "the API server cannot be reached: connection refused");
    }
}
