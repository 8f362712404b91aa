//! Who we are to the tenant: app-only tokens by client credentials.
//!
//! Invariant: a secret, an assertion or a token is a `SecretString` from where it enters to the header it leaves in,
//! and what the login service says in free text is never shown.

mod aadsts;
mod assertion;
mod credential;
mod error;
mod grants;
mod identity;
mod jws;
mod pem;
mod provider;
mod token;

pub use aadsts::{Refusal, RefusalKind};
pub use credential::{
    CertificateCredential, Credential, CredentialError, CredentialSource, FederatedTokenFile, FederatedTokenSource,
};
pub use error::AuthError;
pub use grants::Grants;
pub use identity::Identity;
pub use pem::{KeyProblem, is_pfx};
pub use provider::TokenProvider;
pub use token::Token;

#[cfg(test)]
mod tests;
