//! What is around a verb: where it says what it says, and how it reaches tenant, records and time.
//!
//! Invariant: a process has its own of all that. Who calls a verb in process gives them all, and then the verb touches neither
//! the process's streams nor its signals.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tenant_contacts_api::manifest::{Checker, SchemaError};
use tenant_contacts_engine::port::{Clock as _, Records};

use super::{run::interrupted, terminal};
use crate::connect::Network;

/// See the module.
#[derive(Clone, Default)]
pub struct Around(Option<Arc<Given>>);

/// What somebody who calls a verb in process gives it.
pub(super) struct Given {
    within: Within,
    said: Mutex<Vec<u8>>,
}

/// What a verb works within, where that is not the process's own.
pub struct Within {
    /// How the tenant is reached, in place of what the arguments say.
    pub network: Network,
    /// Where records are kept, in place of the file that the arguments name.
    pub records: Arc<dyn Records>,
    /// Checks manifests; making one takes longer than most verbs.
    pub checker: Arc<Checker>,
    /// For how long `run` goes on.
    pub runs_for: Duration,
}

impl Around {
    /// These surroundings, and nothing of the process's.
    pub fn given(within: Within) -> Self {
        Self(Some(Arc::new(Given { within, said: Mutex::default() })))
    }

    /// What was said so far on both streams, in the order in which it was said. Nothing of what goes to the process's.
    pub fn said(&self) -> String {
        let said = self.0.as_ref().map(|given| given.said.lock().unwrap_or_else(PoisonError::into_inner).clone());
        String::from_utf8_lossy(&said.unwrap_or_default()).into_owned()
    }

    /// What was given, if anything was.
    pub(super) fn within(&self) -> Option<&Within> {
        self.0.as_ref().map(|given| &given.within)
    }

    /// Whether interrupts are this process's own to answer.
    pub(super) fn is_process(&self) -> bool {
        self.0.is_none()
    }

    /// Where answers go.
    pub(super) fn out(&self) -> Stream {
        self.0.clone().map_or_else(|| Stream::Out(io::stdout()), Stream::Kept)
    }

    /// Where everything beside the answer goes.
    pub(super) fn err(&self) -> Stream {
        self.0.clone().map_or_else(|| Stream::Err(io::stderr()), Stream::Kept)
    }

    /// Whether answers are shown in colours.
    pub(super) fn colour(&self) -> bool {
        self.is_process() && terminal::colour()
    }

    /// The columns that an answer has, where somebody says so.
    pub(super) fn columns(&self) -> Option<usize> {
        if self.is_process() { terminal::columns() } else { None }
    }

    /// The time.
    pub(super) fn now(&self) -> Timestamp {
        self.within().map_or_else(Timestamp::now, |within| within.network.clock.now())
    }

    /// What checks manifests.
    pub(super) fn checker(&self) -> Result<Arc<Checker>, SchemaError> {
        match self.within() {
            Some(within) => Ok(Arc::clone(&within.checker)),
            None => Checker::new().map(Arc::new),
        }
    }

    /// Completes when `run` is to stop. What interrupts a process is caught from the call on.
    pub(super) fn stopped(&self) -> impl Future<Output = ()> + use<> {
        let runs_for = self.within().map(|within| within.runs_for);
        let interrupted = runs_for.is_none().then(interrupted);
        async move {
            if let Some(runs_for) = runs_for {
                tokio::time::sleep(runs_for).await;
            }
            if let Some(interrupted) = interrupted {
                interrupted.await;
            }
        }
    }
}

/// A stream of the process, or what is kept in place of both.
pub(super) enum Stream {
    Out(io::Stdout),
    Err(io::Stderr),
    Kept(Arc<Given>),
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Out(out) => out.write(bytes),
            Self::Err(err) => err.write(bytes),
            Self::Kept(given) => given.said.lock().unwrap_or_else(PoisonError::into_inner).write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Out(out) => out.flush(),
            Self::Err(err) => err.flush(),
            Self::Kept(_) => Ok(()),
        }
    }
}
