//! Reading a whole tenant and saying what it means: what the verbs that ask share with the operator.

mod kept;
mod mail_exchangers;

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use tenant_contacts_core::{
    answer::{self, Answer, Declared},
    landscape::{Landscape, Wanted},
    status::TenantProblem,
};
use tenant_contacts_engine::{
    port::{Clock as _, NoFence, Survey, TenantError},
    survey,
};

use crate::{
    connect::{Connection, Network},
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
    let now = network.clock.now();
    let declared = declared(set);
    let wanted = |landscape: &Landscape| answer::explain(landscape, &declared, now).wanted;
    let landscape = read(set, network, now, &wanted).await?;
    let answer = answer::explain(&landscape, &declared, now).answer;
    Ok(Looked { landscape, declared, answer })
}

/// Reads what listings give, and who is in the groups that hold roles: enough to export, and to list administrators.
pub async fn list(set: &TenantSet, network: &Network) -> Result<Landscape, TenantProblem> {
    read(set, network, network.clock.now(), &|landscape| landscape.directory.groups_with_roles()).await
}

/// What is declared of a tenant, policies included.
pub fn declared(set: &TenantSet) -> Declared {
    Declared { rules: set.rules.clone(), ..Declared::of(&set.gathered.tenant, &set.gathered.objects) }
}

async fn read(
    set: &TenantSet,
    network: &Network,
    now: Timestamp,
    wanted: &(dyn Fn(&Landscape) -> BTreeSet<Wanted> + Sync),
) -> Result<Landscape, TenantProblem> {
    survey::read(&*connect(set, network)?, now, wanted).await.map_err(problem)
}

fn connect(set: &TenantSet, network: &Network) -> Result<Box<dyn Survey>, TenantProblem> {
    // Nothing is written here, so there is nothing to fence.
    let mut connection = Connection::open(set.gathered.tenant.key, network, Arc::new(NoFence))?;
    let tenant = connection.survey(set)?;
    Ok(Box::new(WithMailExchangers::new(tenant, Arc::clone(&network.mail_exchangers))))
}

fn problem(error: TenantError) -> TenantProblem {
    TenantProblem { reason: error.reason, message: error.message }
}
