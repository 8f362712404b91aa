//! Ctrl-C: answered at once. What was written and is not verified yet is said; a second one ends the process.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::{self, Write as _},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tenant_contacts_api::{field::Field, memory::Memory, status::TenantStatus};
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_engine::port::{Fence, Listener, Loaded, ObjectUpdate};
use tokio::sync::Notify;

use super::run::interrupted;

/// As a shell says of a process that SIGINT ended: 128 and the signal's number.
pub const INTERRUPTED: u8 = 130;

/// How many values are said by name: whoever waits at a terminal reads no more.
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

/// What Ctrl-C does to work that writes: no further request leaves, and the answer to one that is under way is waited for. What
/// only reads or waits is dropped at once, as a crash would drop it.
pub struct Interrupt {
    state: Mutex<State>,
    wake: Notify,
    /// Whether what is open outlives this process.
    remembered: bool,
}

#[derive(Default)]
struct State {
    asked: bool,
    /// A request that writes has left, and what came of it is not kept yet.
    in_flight: bool,
    /// What was sent, or was about to be, and is not verified.
    open: BTreeMap<ObjectKey, BTreeSet<Field>>,
}

impl Interrupt {
    /// Listens from now on. `remembered`: whether there is a state file.
    pub fn listen(remembered: bool) -> Arc<Self> {
        let this = Self::never(remembered);
        let (first, listening) = (interrupted(), Arc::clone(&this));
        tokio::spawn(async move {
            first.await;
            let second = interrupted();
            let in_flight = {
                let mut state = listening.state();
                state.asked = true;
                state.in_flight
            };
            if in_flight {
                let words = "stopping: nothing more is sent, and the answer to what is under way is waited for; Ctrl-C again ends at once";
                // There is nobody left to tell if this fails.
                let _ = writeln!(io::stderr().lock(), "\n{words}");
            }
            listening.wake.notify_one();
            second.await;
            end(&listening.left());
        });
        this
    }

    /// Of work that nobody interrupts.
    pub fn never(remembered: bool) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), wake: Notify::new(), remembered })
    }

    /// Does the work, or drops it once it is asked to stop and no answer is waited for. `None`: stopped.
    pub async fn unless_asked<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let stopped = async {
            loop {
                {
                    let state = self.state();
                    if state.asked && !state.in_flight {
                        return;
                    }
                }
                self.wake.notified().await;
            }
        };
        tokio::select! {
            biased;
            () = stopped => None,
            done = work => (!self.state().asked).then_some(done),
        }
    }

    /// What was sent, or may have been, and is not verified, in words.
    pub fn left(&self) -> String {
        let state = self.state();
        let values: Vec<String> = state
            .open
            .iter()
            .flat_map(|(key, fields)| fields.iter().map(move |field| format!("{key} {}", field.path())))
            .collect();
        if values.is_empty() {
            return "stopped: nothing is written that is not verified".into();
        }
        let count = if values.len() == 1 { "1 value was".into() } else { format!("{} values were", values.len()) };
        let next = if self.remembered {
            "The next plan, apply or run with this state file reads them back"
        } else {
            "Without --state nothing remembers that; the next plan shows what differs"
        };
        let mut words = format!("stopped: {count} sent, or about to be, and not yet verified. {next}:");
        for value in values.iter().take(NAMED) {
            // Writing to a text cannot fail.
            let _ = write!(words, "\n  {value}");
        }
        if values.len() > NAMED {
            let _ = write!(words, "\n  and {} more", values.len() - NAMED);
        }
        words
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fence for Interrupt {
    fn permits(&self, _timeout: Duration) -> bool {
        let mut state = self.state();
        state.in_flight |= !state.asked;
        !state.asked
    }
}

/// Hears what is kept: an intent is kept before its request leaves, and goes when what it wrote is verified.
pub struct Intents(pub Arc<Interrupt>);

impl Intents {
    fn note(&self, key: &ObjectKey, fields: BTreeSet<Field>) {
        let mut state = self.0.state();
        if fields.is_empty() {
            state.open.remove(key);
        } else {
            state.open.insert(key.clone(), fields);
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
        // A pass keeps intents before it asks the fence, and nothing more until the answer is there.
        self.0.state().in_flight = false;
        self.0.wake.notify_one();
    }
}

fn open_fields(memory: &Memory) -> BTreeSet<Field> {
    memory.fields.iter().filter(|entry| entry.intent.is_some()).map(|entry| entry.field).collect()
}
