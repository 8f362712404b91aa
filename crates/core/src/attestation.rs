//! A person's word for what no API tells: until when it is valid. Below everything that goes by it: the answer, and status.

use jiff::civil::Date;

use crate::desired::Attested;

/// An attestation is good for half a year (design §2): long enough not to be a chore, short enough that a person who has
/// left does not vouch for years.
pub const ATTESTATION_DAYS: i32 = 180;

impl Attested {
    /// Whether it holds on a day: not too old, and not of a day that nobody has seen.
    pub fn holds(&self, today: Date) -> bool {
        self.on.is_some_and(|on| attestation_holds(on, today))
    }
}

/// Whether an attestation of that day holds: not too old, and not of a day that nobody has seen.
pub fn attestation_holds(on: Date, today: Date) -> bool {
    today.since(on).is_ok_and(|span| (0..=ATTESTATION_DAYS).contains(&span.get_days()))
}
