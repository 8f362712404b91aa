//! Signing in: the token endpoint, access tokens, and the documents clients discover them by.
//!
//! Invariant: what a token allows is fixed when it is issued; later grants take effect in the next token (contract §1).

pub(crate) mod assertion;
pub(crate) mod credentials;
pub(crate) mod discovery;
pub(crate) mod endpoint;
pub(crate) mod jwt;
mod refusal;
pub(crate) mod token;
