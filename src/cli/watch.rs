//! The folder that `run` watches: reads it when it has changed, and says what is no longer declared before anything is
//! concluded from it.

use std::{collections::BTreeSet, fmt, io, io::Write as _};

use jiff::{Timestamp, TimestampRound, Unit};
use tenant_contacts_api::manifest;
use tenant_contacts_core::desired::{Kind, ObjectKey};
use tenant_contacts_engine::port::{Clock as _, RecordsError};

use super::{Around, source::Setup};
use crate::{
    directory::{
        Manifests,
        absence::{Absences, Absent, News},
        fingerprint,
    },
    gather::Sets,
};

/// Most objects that are named when many are gone at once: an emptied folder is one thing to say, not a thousand.
const NAMED: usize = 20;

/// What is watched, and what was seen of it.
#[derive(Default)]
pub(super) struct Watch {
    absences: Absences,
    /// Tenants whose records were looked at for what they declared before this process began.
    recalled: BTreeSet<ObjectKey>,
    seen: Option<u64>,
}

impl Watch {
    /// Whether there is something to read: the first time, after a change, and when an absence has lasted.
    pub fn is_due(&mut self, setup: &Setup) -> bool {
        let now = Some(fingerprint::of(setup.manifests()));
        let changed = std::mem::replace(&mut self.seen, now) != now;
        changed || self.absences.due().is_some_and(|due| due <= setup.network.clock.now())
    }

    /// Reads what is declared. What is absent and was not for long enough does not count as removed.
    pub async fn read(&mut self, setup: &Setup, around: &Around) -> Result<(Manifests, Sets), RecordsError> {
        let (mut read, sets) = setup.read();
        for tenant in sets.tenants.keys().filter(|tenant| !self.recalled.contains(*tenant)) {
            for (key, (memory, _)) in setup.records.load(tenant).await?.objects {
                // What was found removed before needs no second finding.
                if memory.removed_at.is_none() && key.kind != Kind::Tenant {
                    let restores = memory.fields.iter().any(|field| field.original.is_some());
                    self.absences.remember(named(&key), restores);
                }
            }
        }
        self.recalled.extend(sets.tenants.into_keys());
        let news = self.absences.look(&mut read, setup.network.clock.now());
        tell(&news, around);
        let sets = setup.sets(&read);
        Ok((read, sets))
    }
}

fn named(key: &ObjectKey) -> manifest::ObjectKey {
    manifest::ObjectKey {
        kind: key.kind.as_str().into(),
        namespace: (*key.namespace).to_owned(),
        name: (*key.name).to_owned(),
    }
}

/// Says what is gone and back, on standard error: what is on record goes to standard output.
fn tell(news: &[News], around: &Around) {
    let mut err = io::BufWriter::new(around.err());
    // A closed output must not stop the work.
    for one in news.iter().take(NAMED) {
        let _ = writeln!(err, "{}", Said(one));
    }
    if let Some(more) = news.len().checked_sub(NAMED).filter(|more| *more > 0) {
        let _ = writeln!(err, "and {more} more objects");
    }
    let _ = err.flush();
}

struct Said<'n>(&'n News);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            News::Gone(key, absent, due) => {
                let due = seconds(*due);
                match absent {
                    Absent::Fields(fields) => {
                        let fields: Vec<_> = fields.iter().map(|field| field.path()).collect();
                        write!(
                            f,
                            "{key}: does not declare {} any more. Unless it does again before {due}, ",
                            fields.join(", ")
                        )?;
                        f.write_str("what was there before is restored then, as far as no guard rail is in the way")
                    }
                    Absent::Object { .. } if key.kind == Kind::Tenant.as_str() => write!(
                        f,
                        "{key}: is not declared any more. Unless it is again before {due}, the tenant is neither read nor \
                         written from then on, and nothing is restored"
                    ),
                    Absent::Object { restores: true } => write!(
                        f,
                        "{key}: is not declared any more. Unless it is again before {due}, what was there before is \
                         restored then, as far as no guard rail is in the way"
                    ),
                    Absent::Object { restores: false } => write!(
                        f,
                        "{key}: is not declared any more. Unless it is again before {due}, it counts as removed then; \
                         what it declared stays in the tenant"
                    ),
                }
            }
            News::Back(key) => write!(f, "{key}: is declared again: nothing was concluded from its absence"),
            News::Removed(key) => write!(f, "{key}: was not declared for half a minute, and counts as removed"),
        }
    }
}

/// To the second, as a person reads it.
fn seconds(time: Timestamp) -> Timestamp {
    time.round(TimestampRound::new().smallest(Unit::Second)).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::field::Field;

    use super::*;

    #[test]
    fn a16_what_will_be_restored_is_said_with_the_time() {
        let key = |kind: &'static str| manifest::ObjectKey {
            kind: kind.into(),
            namespace: "contoso".into(),
            name: "bob".into(),
        };
        let due: Timestamp = "2026-03-01T10:00:30.4Z".parse().unwrap();
        let gone = |kind, absent| Said(&News::Gone(key(kind), absent, due)).to_string();
        let whole = gone("UserContact", Absent::Object { restores: true });
        assert!(whole.contains("before 2026-03-01T10:00:30Z, what was there before is restored"), "{whole}");
        let fields = gone("UserContact", Absent::Fields(vec![Field::MobilePhone, Field::BusinessPhone]));
        assert!(fields.contains("does not declare mobilePhone, businessPhone any more"), "{fields}");
        assert!(gone("UserContact", Absent::Object { restores: false }).contains("stays in the tenant"));
        assert!(gone("Tenant", Absent::Object { restores: false }).contains("neither read nor written"));
    }
}
