//! A process that dies at its n-th call to the world.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use tenant_contacts::state::Ephemeral;
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::{
    audit::AuditRecord,
    port::{Loaded, ObjectUpdate, Records, RecordsError, TenantUpdate},
};
use tenant_contacts_m365::transport::{Body, Transport, TransportError};
use tokio::sync::Notify;

/// On which side of the call the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before the call takes effect.
    Before,
    /// After it took effect, before the answer arrives.
    After,
}

/// When a process dies. Clones share the count.
#[derive(Clone)]
pub struct Stop {
    at: usize,
    side: Side,
    calls: Arc<AtomicUsize>,
    dead: Arc<Notify>,
}

impl Stop {
    /// Dies at the `at`-th call, counted from 1.
    pub fn new(at: usize, side: Side) -> Self {
        Self { at, side, calls: Arc::default(), dead: Arc::default() }
    }

    /// Calls so far.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Runs a process until it ends or dies. Whether it ended.
    pub async fn run<T>(&self, process: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.dead.notified() => None,
            ended = process => Some(ended),
        }
    }

    pub(crate) async fn call<T>(&self, effect: impl Future<Output = T>) -> T {
        let dies = self.calls.fetch_add(1, Ordering::Relaxed) + 1 == self.at;
        if dies && self.side == Side::Before {
            self.die().await;
        }
        let answer = effect.await;
        if dies {
            self.die().await;
        }
        answer
    }

    async fn die(&self) {
        self.dead.notify_one();
        std::future::pending::<()>().await;
    }
}

/// Records and transport of a process that dies.
pub struct Mortal<T> {
    pub inner: T,
    pub stop: Stop,
}

impl<T: Transport> Transport for Mortal<T> {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(self.stop.call(self.inner.send(request)))
    }
}

impl Records for Mortal<Ephemeral> {
    fn load<'a>(&'a self, tenant: &'a ObjectKey) -> BoxFuture<'a, Result<Loaded, RecordsError>> {
        Box::pin(self.stop.call(self.inner.load(tenant)))
    }

    fn keep<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        update: Option<TenantUpdate<'a>>,
        objects: &'a [ObjectUpdate<'a>],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(self.stop.call(self.inner.keep(tenant, update, objects)))
    }

    fn audit<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        records: &'a [AuditRecord],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(self.stop.call(self.inner.audit(tenant, records)))
    }
}
