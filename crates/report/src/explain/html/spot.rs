//! The parts of the picture: places in columns, the steps between them, and how each fares.

use std::collections::BTreeSet;

use tenant_contacts_api::notice::{Arrival, Reach};

/// Headings of the columns, from where Microsoft starts to the people. Lists within lists stand in one column, however deep
/// they are nested: a column for each level would leave no room for names.
pub(super) const COLUMNS: [&str; 7] =
    ["Notices", "Chosen by", "Groups", "Accounts", "Lists", "Mailboxes and addresses", "People"];

/// How a place fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// Mail does not arrive; nobody.
    Broken,
    /// It cannot be said.
    Unknown,
    /// One person only.
    Thin,
    /// It arrives.
    Fine,
}

impl Fate {
    /// Of mail that comes to a place.
    pub(super) fn of(arrival: Arrival) -> Self {
        match arrival {
            Arrival::Undeliverable => Self::Broken,
            Arrival::Unknown => Self::Unknown,
            Arrival::Deliverable => Self::Fine,
        }
    }

    /// Of a kind of notices; none for what is no question here.
    pub(super) fn of_reach(reach: Reach) -> Option<Self> {
        match reach {
            Reach::Nobody | Reach::NobodyKnown => Some(Self::Broken),
            Reach::Unknown => Some(Self::Unknown),
            Reach::OnePerson => Some(Self::Thin),
            Reach::SeveralPeople => Some(Self::Fine),
            Reach::NotApplicable => None,
        }
    }

    /// The name of its class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Unknown => "unknown",
            Self::Thin => "thin",
            Self::Fine => "fine",
        }
    }
}

/// A place in the picture.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// Its id in the page.
    pub(super) key: String,
    /// Which of [`COLUMNS`].
    pub(super) column: usize,
    /// What it is, for people.
    pub(super) kind: &'static str,
    /// What it is called.
    pub(super) label: String,
    /// How the notices fare that pass it: what arrives there, and not what would.
    pub(super) fate: Fate,
    /// A third line: what stands in the way, or how many people.
    pub(super) note: Option<String>,
    /// What is said of it where it is as it should be, and what leads to it is not.
    pub(super) does_not_come: Option<&'static str>,
    /// The nodes that it stands for, the one it is named after first; none for a kind of notices.
    pub(super) members: Vec<usize>,
    /// All nodes that are drawn as it.
    pub(super) nodes: BTreeSet<usize>,
    /// Whether it stands for many.
    pub(super) many: bool,
    /// The kinds of notices that come here, by their place in the view.
    pub(super) categories: BTreeSet<usize>,
}

/// A step in the picture.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// From which spot.
    pub(super) from: usize,
    /// To which.
    pub(super) to: usize,
    /// Whether mail that takes it arrives.
    pub(super) fate: Fate,
    /// What stands in the way on the step itself.
    pub(super) obstacle: Option<String>,
    /// The kinds of notices that take it.
    pub(super) categories: BTreeSet<usize>,
}

/// The picture, not yet laid out.
#[derive(Debug, Default)]
pub(super) struct Picture {
    /// Its places, by column.
    pub(super) spots: Vec<Spot>,
    /// Its steps.
    pub(super) steps: Vec<Step>,
}
