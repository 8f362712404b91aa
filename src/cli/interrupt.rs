//! Ctrl-C: answered at once. What was written and is not verified yet is said; a second one ends the process.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::{self, Write as _},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tenant_contacts_api::{field::Field, memory::Memory, status::TenantStatus};
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::port::{Fence, Listener, Loaded, ObjectUpdate};
use tokio::sync::Notify;

use super::run::interrupted;

/// As a shell says of a process that SIGINT ended: 128 and the signal's number.
pub const INTERRUPTED: u8 = 130;

/// How many values are said by name. Whoever waits at a terminal reads no more; the state file has them all.
const NAMED: usize = 10;

/// Why a verb ends that only reads.
pub const ONLY_READ: &str = "stopped: nothing was written to the tenant";

/// From here on Ctrl-C ends the process at once with these words: for work that only reads.
pub fn ends(words: &'static str) {
    let interrupted = interrupted();
    tokio::spawn(async move {
        interrupted.await;
        end(words);
    });
}

/// Says why the process ends, and ends it.
fn end(words: &str) -> ! {
    // There is nobody left to tell if this fails.
    let _ = writeln!(io::stderr().lock(), "\n{words}");
    std::process::exit(i32::from(INTERRUPTED))
}

/// What Ctrl-C does to work that writes: no further request leaves, and what is under way is waited for.
#[derive(Default)]
pub struct Interrupt {
    asked: AtomicBool,
    wake: Notify,
    /// What was written, or was about to be, and is not verified.
    open: Mutex<BTreeMap<ObjectKey, BTreeSet<Field>>>,
}

impl Interrupt {
    /// Listens from now on.
    pub fn listen() -> Arc<Self> {
        let this = Arc::new(Self::default());
        let (first, listening) = (interrupted(), Arc::clone(&this));
        tokio::spawn(async move {
            first.await;
            let second = interrupted();
            listening.asked.store(true, Ordering::SeqCst);
            if listening.open().is_empty() {
                end("stopped: nothing is written that is not verified");
            }
            let words = "stopping: nothing more is sent, and the answer to what is under way is waited for; Ctrl-C again ends at once";
            let _ = writeln!(io::stderr().lock(), "\n{words}");
            listening.wake.notify_waiters();
            second.await;
            end(&listening.left());
        });
        this
    }

    /// Whether to stop.
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    /// Waits; not as long where it is asked to stop.
    pub async fn sleep(&self, time: Duration) {
        let woken = self.wake.notified();
        if self.is_asked() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = woken => {}
        }
    }

    /// What was written and is not verified, in words.
    pub fn left(&self) -> String {
        let open = self.open();
        let values: Vec<String> = open
            .iter()
            .flat_map(|(key, fields)| fields.iter().map(move |field| format!("{key} {}", field.path())))
            .collect();
        if values.is_empty() {
            return "stopped: nothing is written that is not verified".into();
        }
        let mut words = format!(
            "stopped: {} written and not yet verified. The next plan, apply or run reads them back:",
            if values.len() == 1 { "1 value is".into() } else { format!("{} values are", values.len()) }
        );
        for value in values.iter().take(NAMED) {
            // Writing to a text cannot fail.
            let _ = write!(words, "\n  {value}");
        }
        if values.len() > NAMED {
            let _ = write!(words, "\n  and {} more", values.len() - NAMED);
        }
        words
    }

    fn open(&self) -> std::sync::MutexGuard<'_, BTreeMap<ObjectKey, BTreeSet<Field>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fence for Interrupt {
    fn permits(&self, _timeout: Duration) -> bool {
        !self.is_asked()
    }
}

/// Hears what is kept: an intent is kept before its request leaves, and goes when what it wrote is verified.
pub struct Intents(pub Arc<Interrupt>);

impl Intents {
    fn note(&self, key: &ObjectKey, fields: BTreeSet<Field>) {
        let mut open = self.0.open();
        if fields.is_empty() {
            open.remove(key);
        } else {
            open.insert(key.clone(), fields);
        }
    }
}

impl Listener for Intents {
    fn loaded(&self, _tenant: &ObjectKey, loaded: &Loaded) {
        for (key, (memory, _)) in &loaded.objects {
            self.note(key, open_fields(memory));
        }
    }

    fn kept(&self, _tenant: &ObjectKey, _status: Option<&TenantStatus>, objects: &[ObjectUpdate<'_>]) {
        for object in objects {
            self.note(object.key, open_fields(object.memory));
        }
    }
}

fn open_fields(memory: &Memory) -> BTreeSet<Field> {
    memory.fields.iter().filter(|entry| entry.intent.is_some()).map(|entry| entry.field).collect()
}
