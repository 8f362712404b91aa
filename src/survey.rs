//! Reading a whole tenant and saying what it means: what the verbs that ask share with the operator.

mod kept;
mod mail_exchangers;

use std::{sync::Arc, time::Duration};

use tenant_contacts_api::reason::Reason;
use tenant_contacts_core::{
    answer::{Answer, Declared},
    landscape::Landscape,
    status::TenantProblem,
};
use tenant_contacts_engine::{
    port::{Clock as _, NoFence, Survey, TenantError},
    survey,
};
use tokio::time::timeout;

use crate::{
    connect::{Network, SharedConnection},
    gather::TenantSet,
};

pub use kept::Surveys;
pub use mail_exchangers::{NotAsked, WithMailExchangers};

/// How long one reading may take. Ten thousand mailboxes take minutes; a service whose every page takes as long as it may, or
/// whose lists have no end, would be read for days, and a pass may wait for what is read.
const LONGEST: Duration = Duration::from_mins(30);

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
    let tenant = connect(set, network)?;
    let survey::Looked { landscape, answer } = in_time(survey::look(&*tenant, &declared, network.clock.now())).await?;
    Ok(Looked { landscape, declared, answer })
}

/// Reads the directory alone: enough to export, and to list administrators.
pub async fn directory(set: &TenantSet, network: &Network) -> Result<Landscape, TenantProblem> {
    let tenant = connect(set, network)?;
    in_time(survey::directory(&*tenant, network.clock.now())).await
}

/// Reads, for no longer than [`LONGEST`].
async fn in_time<T>(reading: impl Future<Output = Result<T, TenantError>>) -> Result<T, TenantProblem> {
    let read = timeout(LONGEST, reading).await.unwrap_or_else(|_| {
        let message = format!(
            "reading the whole tenant took longer than {} minutes and was given up: a service answers slowly, or one of its \
             lists has no end",
            LONGEST.as_secs() / 60
        );
        Err(TenantError { reason: Reason::TenantUnreachable, message, retry_after: None })
    });
    read.map_err(problem)
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
