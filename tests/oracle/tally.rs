//! What was compared, and where the two differ.

use std::{collections::BTreeMap, fmt};

/// Disagreements that are shown in full: the first of each kind.
const SHOWN: usize = 3;

/// See the module.
#[derive(Default)]
pub struct Tally {
    pub tenants: usize,
    /// Comparisons, by what was compared and the verdict.
    pub counts: BTreeMap<String, usize>,
    differences: BTreeMap<String, Vec<String>>,
}

impl Tally {
    pub fn count(&mut self, what: impl Into<String>) {
        *self.counts.entry(what.into()).or_default() += 1;
    }

    pub fn differs(&mut self, kind: impl Into<String>, details: String) {
        self.differences.entry(kind.into()).or_default().push(details);
    }

    pub fn add(&mut self, other: Self) {
        self.tenants += other.tenants;
        for (what, count) in other.counts {
            *self.counts.entry(what).or_default() += count;
        }
        for (kind, mut details) in other.differences {
            self.differences.entry(kind).or_default().append(&mut details);
        }
    }

    /// Without the differences of a kind.
    pub fn forgiving(mut self, kind: &str) -> Self {
        self.differences.remove(kind);
        self
    }

    /// Fails if the two differ anywhere.
    pub fn settle(self) {
        println!("{self}");
        assert!(self.differences.is_empty(), "the product and the tenant differ");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} tenants", self.tenants)?;
        for (what, count) in &self.counts {
            writeln!(f, "  {count:>7}  {what}")?;
        }
        for (kind, details) in &self.differences {
            writeln!(f, "DIFFERENT {} times: {kind}", details.len())?;
            for one in details.iter().take(SHOWN) {
                writeln!(f, "    {one}")?;
            }
        }
        Ok(())
    }
}

/// Does a piece of work for each number, on as many threads as there are processors.
pub fn each(numbers: std::ops::Range<u64>, work: impl Fn(u64, &mut Tally) + Sync) -> Tally {
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let part = |thread: u64| {
        let mut tally = Tally::default();
        for number in numbers.clone().filter(|number| number % threads == thread) {
            work(number, &mut tally);
            tally.tenants += 1;
        }
        tally
    };
    let mut all = Tally::default();
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads).map(|thread| scope.spawn(move || part(thread))).collect();
        for part in parts {
            all.add(part.join().unwrap());
        }
    });
    all
}
