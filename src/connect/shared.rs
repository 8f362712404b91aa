//! One Tenant's connection, shared by its passes and its surveys: a token that is good serves both.

use std::sync::{Arc, Mutex, PoisonError};

use tenant_contacts_core::status::TenantProblem;
use tenant_contacts_engine::port::{Fence, SurfacePort, Survey};

use super::{Connection, Network};
use crate::{gather::TenantSet, survey::WithMailExchangers};

/// See the module. Opened when it is first used, and anew when the Tenant names another tenant.
pub struct SharedConnection {
    network: Network,
    fence: Arc<dyn Fence>,
    connection: Mutex<Option<Connection>>,
}

impl SharedConnection {
    /// Nothing is opened yet.
    pub fn new(network: Network, fence: Arc<dyn Fence>) -> Self {
        Self { network, fence, connection: Mutex::new(None) }
    }

    /// How the tenant is reached.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The ports for passes, with the credentials as they are now.
    pub fn surfaces(&self, set: &TenantSet) -> Result<Vec<Arc<dyn SurfacePort>>, TenantProblem> {
        self.with(set, |connection| connection.surfaces(set))
    }

    /// The port for reading the tenant as a whole.
    pub fn survey(&self, set: &TenantSet) -> Result<Box<dyn Survey>, TenantProblem> {
        let tenant = self.with(set, |connection| connection.survey(set))?;
        Ok(Box::new(WithMailExchangers::new(tenant, Arc::clone(&self.network.mail_exchangers))))
    }

    /// Takes new tokens from now on.
    pub fn renew(&self) {
        if let Some(open) = &mut *self.connection.lock().unwrap_or_else(PoisonError::into_inner) {
            open.renew();
        }
    }

    fn with<T>(
        &self,
        set: &TenantSet,
        use_it: impl FnOnce(&mut Connection) -> Result<T, TenantProblem>,
    ) -> Result<T, TenantProblem> {
        let key = set.gathered.tenant.key;
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let open = match connection.take().filter(|connection| connection.key() == key) {
            Some(open) => open,
            None => Connection::open(key, &self.network, Arc::clone(&self.fence))?,
        };
        use_it(connection.insert(open))
    }
}
