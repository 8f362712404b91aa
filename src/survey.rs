//! Reading a whole tenant and saying what it means: what the verbs that ask share with the operator.

mod kept;
mod mail_exchangers;

use std::sync::Arc;

use tenant_contacts_core::{
    answer::{Answer, Declared},
    landscape::Landscape,
    status::TenantProblem,
};
use tenant_contacts_engine::{
    port::{Clock as _, NoFence, Survey, TenantError},
    survey,
};

use crate::{
    connect::{Network, SharedConnection},
    gather::TenantSet,
};

pub use kept::Surveys;
pub use mail_exchangers::{NotAsked, WithMailExchangers};

/// A tenant that was read, and the answer it gives.
#[derive(Debug)]
pub struct Looked {
    /// What was read.
    pub landscape: Landscape,
    /// What is declared of it, as far as it bears on the answer.
    pub declared: Declared,
    /// Who receives its notices.
    pub answer: Answer,
}

/// Reads everything that the answer needs, and answers.
pub async fn look(set: &TenantSet, network: &Network) -> Result<Looked, TenantProblem> {
    let declared = declared(set);
    let looked = survey::look(&*connect(set, network)?, &declared, network.clock.now()).await;
    let survey::Looked { landscape, answer } = looked.map_err(problem)?;
    Ok(Looked { landscape, declared, answer })
}

/// Reads the directory alone: enough to export, and to list administrators.
pub async fn directory(set: &TenantSet, network: &Network) -> Result<Landscape, TenantProblem> {
    survey::directory(&*connect(set, network)?, network.clock.now()).await.map_err(problem)
}

/// What is declared of a tenant, policies included.
pub fn declared(set: &TenantSet) -> Declared {
    Declared { rules: set.rules.clone(), ..Declared::of(&set.gathered.tenant, &set.gathered.objects) }
}

fn connect(set: &TenantSet, network: &Network) -> Result<Box<dyn Survey>, TenantProblem> {
    // Nothing is written here, so there is nothing to fence.
    SharedConnection::new(network.clone(), Arc::new(NoFence)).survey(set)
}

fn problem(error: TenantError) -> TenantProblem {
    TenantProblem { reason: error.reason, message: error.message }
}
