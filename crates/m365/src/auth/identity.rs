//! Who asks for a token.

use uuid::Uuid;

/// Which application of which tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Directory (tenant) id.
    pub tenant: Uuid,
    /// Application (client) id.
    pub client_id: Uuid,
}
