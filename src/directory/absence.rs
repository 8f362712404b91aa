//! What is no longer declared, and since when.
//!
//! Invariant: absence must last before it is a removal. A checkout, a sync and an editor take a file away for a moment and put
//! it back; presence is believed at first sight, since nothing is lost by it. Pure: time is given.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use tenant_contacts_api::{
    field::Field,
    manifest::{Manifest, Object, ObjectKey, relations},
    v1alpha1::DeletionPolicy,
};

use super::Manifests;

/// How long something must be absent, at two looks at least, before it counts as removed. A checkout of a large repository
/// and a sync of a folder end within it; whoever removes something on purpose can wait half a minute for its restore.
pub const LASTS: SignedDuration = SignedDuration::from_secs(30);

/// What is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absent {
    /// The object as a whole. `restores`: what was there before is to come back.
    Object {
        /// Whether its deletion policy is `Restore`.
        restores: bool,
    },
    /// Fields of an object that is still declared, and whose deletion policy is `Restore`.
    Fields(Vec<Field>),
}

/// What a look at the folder found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Absent for the first time: it counts as removed at this time, unless it is back before.
    Gone(ObjectKey, Absent, Timestamp),
    /// Declared again in time: nothing was concluded from its absence.
    Back(ObjectKey),
    /// Absent for long enough: it is removed.
    Removed(ObjectKey),
}

/// An object as it was last declared.
struct Known {
    restores: bool,
    fields: BTreeSet<Field>,
    /// The object itself, where a field that vanishes from it would be restored.
    manifest: Option<Manifest>,
}

impl Known {
    fn of(manifest: &Manifest) -> Self {
        let restores = restores(&manifest.object);
        let fields = relations::declared_fields(&manifest.object).into_iter().collect();
        Self { restores, fields, manifest: restores.then(|| manifest.clone()) }
    }
}

/// Remembers what was declared, and since when something is not.
#[derive(Default)]
pub struct Absences {
    known: BTreeMap<ObjectKey, Known>,
    since: BTreeMap<ObjectKey, (Absent, Timestamp)>,
}

impl Absences {
    /// An object that was declared before this process began.
    pub fn remember(&mut self, key: ObjectKey, restores: bool) {
        self.known.entry(key).or_insert(Known { restores, fields: BTreeSet::new(), manifest: None });
    }

    /// Takes what was read, and puts right what it concludes too early: what has not been absent for long enough is declared
    /// as it was, or the reading counts as one that did not see everything.
    pub fn look(&mut self, read: &mut Manifests, now: Timestamp) -> Vec<News> {
        let mut news = Vec::new();
        let seen_all = read.complete;
        let places: BTreeMap<ObjectKey, usize> =
            read.manifests.iter().enumerate().map(|(at, manifest)| (manifest.object.key(), at)).collect();
        let mut removed = Vec::new();
        for (key, known) in &self.known {
            let absent = match places.get(key) {
                // The object may be in what could not be read: its absence begins with the first whole reading.
                None if !seen_all => {
                    self.since.remove(key);
                    continue;
                }
                None => Some(Absent::Object { restores: known.restores }),
                Some(at) => lost(known, &read.manifests[*at]).map(Absent::Fields),
            };
            let Some(absent) = absent else {
                if self.since.remove(key).is_some() {
                    news.push(News::Back(key.clone()));
                }
                continue;
            };
            let begun = self.since.get(key).filter(|(before, _)| *before == absent).map(|(_, since)| *since);
            let since = begun.unwrap_or(now);
            let due = since.saturating_add(LASTS).unwrap_or(Timestamp::MAX);
            if begun.is_none() {
                news.push(News::Gone(key.clone(), absent.clone(), due));
                self.since.insert(key.clone(), (absent.clone(), now));
            } else if due <= now {
                removed.push(key.clone());
                continue;
            }
            match (absent, places.get(key), &known.manifest) {
                (Absent::Fields(_), Some(at), Some(before)) => read.manifests[*at] = before.clone(),
                _ => read.complete = false,
            }
        }
        for key in removed {
            self.since.remove(&key);
            self.known.remove(&key);
            news.push(News::Removed(key));
        }
        for manifest in read.manifests.iter().filter(|manifest| is_followed(&manifest.object)) {
            self.known.insert(manifest.object.key(), Known::of(manifest));
        }
        news
    }

    /// When the next absence has lasted long enough.
    pub fn due(&self) -> Option<Timestamp> {
        self.since.values().map(|(_, since)| since.saturating_add(LASTS).unwrap_or(Timestamp::MAX)).min()
    }
}

/// The fields that an object declared and does not any more, where that means a restore.
fn lost(known: &Known, now: &Manifest) -> Option<Vec<Field>> {
    let declared = relations::declared_fields(&now.object);
    let lost: Vec<Field> = known.fields.iter().filter(|field| !declared.contains(field)).copied().collect();
    (known.restores && restores(&now.object) && !lost.is_empty()).then_some(lost)
}

/// Whether the removal of an object means something for the tenant.
fn is_followed(object: &Object) -> bool {
    // A value or a credential that is gone is waited for, and what a policy says changes no tenant.
    matches!(object, Object::Tenant(_)) || object.child().is_some()
}

fn restores(object: &Object) -> bool {
    object.child().is_some_and(|child| child.deletion() == DeletionPolicy::Restore)
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::manifest::{Checker, relations};

    use super::*;

    const BOTH: &str = "  mobilePhone: {value: \"+1 425 555 0100\"}\n  businessPhone: {value: \"+1 425 555 0101\"}\n";
    const ONE: &str = "  mobilePhone: {value: \"+1 425 555 0100\"}\n";

    fn contact(name: &str, policy: &str, fields: &str) -> String {
        format!(
            "apiVersion: tenantcontacts.dev/v1alpha1\nkind: UserContact\nmetadata: {{name: {name}}}\nspec:\n  \
             tenantRef: {{name: contoso}}\n  accountRef: {{userPrincipalName: {name}@contoso.com}}\n  \
             deletionPolicy: {policy}\n{fields}---\n"
        )
    }

    fn reading(text: &str, complete: bool) -> Manifests {
        let reading = Checker::new().unwrap().read("a.yaml", text.as_bytes());
        assert_eq!(reading.problems, []);
        Manifests { manifests: reading.manifests, complete, ..Manifests::default() }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    /// What is declared after a look, and whether what is missing counts as removed.
    fn fields(read: &Manifests) -> (Vec<usize>, bool) {
        let fields = |manifest: &Manifest| relations::declared_fields(&manifest.object).len();
        (read.manifests.iter().map(fields).collect(), read.complete)
    }

    fn words(news: &[News]) -> Vec<String> {
        news.iter()
            .map(|one| match one {
                News::Gone(key, Absent::Object { restores }, due) => {
                    format!("{} gone, restores {restores}, {}", key.name, due.duration_since(at(0)).as_secs())
                }
                News::Gone(key, Absent::Fields(lost), _) => format!("{} without {} fields", key.name, lost.len()),
                News::Back(key) => format!("{} back", key.name),
                News::Removed(key) => format!("{} removed", key.name),
            })
            .collect()
    }

    #[test]
    fn a16_absence_must_last_before_it_is_a_removal() {
        let (ann, bob) = (contact("ann", "Orphan", ONE), contact("bob", "Restore", BOTH));
        let mut absences = Absences::default();
        let mut look = |text: &str, complete: bool, seconds: i64| {
            let mut read = reading(text, complete);
            let news = words(&absences.look(&mut read, at(seconds)));
            (news, fields(&read), absences.due().map(|due| due.duration_since(at(0)).as_secs()))
        };
        let nothing: Vec<String> = Vec::new();
        let both = format!("{ann}{bob}");
        assert_eq!(look(&both, true, 0), (nothing.clone(), (vec![1, 2], true), None));
        let gone = vec!["bob gone, restores true, 31".to_owned()];
        assert_eq!(look(&ann, true, 1), (gone, (vec![1], false), Some(31)), "not concluded at first sight");
        assert_eq!(look(&ann, true, 30), (nothing.clone(), (vec![1], false), Some(31)), "nor before half a minute");
        assert_eq!(look(&both, true, 31), (vec!["bob back".to_owned()], (vec![1, 2], true), None));
        assert_eq!(look(&ann, true, 40).2, Some(70), "a later absence begins anew");
        assert_eq!(look(&ann, false, 60), (nothing.clone(), (vec![1], false), None), "an incomplete look is none");
        assert_eq!(look(&ann, true, 80).2, Some(110));
        assert_eq!(look(&ann, true, 110), (vec!["bob removed".to_owned()], (vec![1], true), None));
        assert_eq!(look(&ann, true, 200), (nothing, (vec![1], true), None), "said once");
        let all = look("", true, 300);
        assert_eq!(all.0, ["ann gone, restores false, 330"], "an emptied folder");
        assert!(!all.1.1);
    }

    #[test]
    fn a16_a_field_that_would_be_restored_must_be_absent_as_long() {
        for (policy, held) in [("Restore", true), ("Orphan", false)] {
            let mut absences = Absences::default();
            let mut look = |text: &str, seconds| {
                let mut read = reading(text, true);
                (words(&absences.look(&mut read, at(seconds))), fields(&read).0)
            };
            look(&contact("bob", policy, BOTH), 0);
            let (news, declared) = look(&contact("bob", policy, ONE), 1);
            assert_eq!((news.len(), declared), if held { (1, vec![2]) } else { (0, vec![1]) }, "{policy}");
            let (news, declared) = look(&contact("bob", policy, ONE), 31);
            assert_eq!((news.len(), declared), (usize::from(held), vec![1]), "{policy}");
            assert_eq!(look(&contact("bob", policy, ONE), 100), (Vec::new(), vec![1]));
        }
    }

    #[test]
    fn a16_what_was_declared_before_a_restart_is_waited_for_as_well() {
        let mut absences = Absences::default();
        let bob = reading(&contact("bob", "Restore", ONE), true).manifests[0].object.key();
        absences.remember(bob, true);
        let mut read = reading(&contact("ann", "Orphan", ONE), true);
        assert_eq!(words(&absences.look(&mut read, at(0))), ["bob gone, restores true, 30"]);
        assert!(!read.complete);
    }
}
