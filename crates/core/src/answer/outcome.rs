//! What an answer comes to for a pipeline: one word for the exit code, and for every form that says passed or failed.

use tenant_contacts_api::notice::{Category, Reach, Severity};

use super::{Answer, Finding, findings};

/// What an answer comes to, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Every notice that applies reaches somebody, and no rule found an error.
    EverybodyReached,
    /// No error is certain, and whether every notice reaches somebody is unknown. What is not known is no success
    /// (DOMAIN G2).
    Unknown,
    /// A notice certainly reaches nobody, or a rule found an error that nobody has answered for.
    Error,
}

impl Outcome {
    /// The exit code of `explain`; 1 is that it could not be done.
    pub fn code(self) -> u8 {
        match self {
            Self::EverybodyReached => 0,
            Self::Error => 2,
            Self::Unknown => 3,
        }
    }

    /// The same in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::EverybodyReached => "every notice reaches somebody",
            Self::Unknown => "whether every notice reaches somebody is unknown",
            Self::Error => "a notice reaches nobody, or a rule found an error",
        }
    }
}

/// Whether it is certain that a category has somebody behind it, or needs nobody.
fn is_certain(reach: Reach) -> bool {
    matches!(reach, Reach::OnePerson | Reach::SeveralPeople | Reach::NotApplicable)
}

/// What an answer comes to, or what it says of one category.
pub fn outcome(answer: &Answer, only: Option<Category>) -> Outcome {
    let about = |category: Category| only.is_none_or(|only| category == only);
    let reaches: Vec<Reach> = answer.categories.iter().filter(|one| about(one.category)).map(|one| one.reach).collect();
    let is_error = |finding: &Finding| finding.severity == Severity::Error && finding.excepted.is_none();
    let found = findings(answer, only).into_iter().any(is_error);
    if found || reaches.contains(&Reach::Nobody) {
        Outcome::Error
    } else if reaches.is_empty() || reaches.iter().any(|reach| !is_certain(*reach)) {
        Outcome::Unknown
    } else {
        Outcome::EverybodyReached
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::CategoryAnswer;

    fn answer(reaches: &[Reach]) -> Answer {
        let category = |(category, reach): (&Category, &Reach)| CategoryAnswer {
            category: *category,
            sources: Vec::new(),
            recipients: Vec::new(),
            certain: Vec::new(),
            possible: Vec::new(),
            reach: *reach,
            notes: Vec::new(),
        };
        let categories = Category::ALL.iter().zip(reaches).map(category).collect();
        Answer { categories, ..Answer::default() }
    }

    #[test]
    fn b2_what_is_not_known_is_no_success_and_no_error() {
        use Reach::{Nobody, NotApplicable, OnePerson, SeveralPeople, Unknown};
        for (reaches, expected) in [
            (&[][..], Outcome::Unknown),
            (&[Unknown; 10], Outcome::Unknown),
            (&[SeveralPeople, OnePerson, NotApplicable], Outcome::EverybodyReached),
            (&[SeveralPeople, Unknown], Outcome::Unknown),
            (&[SeveralPeople, Reach::NobodyKnown], Outcome::Unknown),
            (&[Unknown, Nobody], Outcome::Error),
        ] {
            assert_eq!(outcome(&answer(reaches), None), expected, "{reaches:?}");
        }
        let two = answer(&[SeveralPeople, Unknown]);
        assert_eq!(outcome(&two, Some(Category::ALL[0])), Outcome::EverybodyReached, "only what was asked");
        assert_eq!(outcome(&two, Some(Category::ALL[1])), Outcome::Unknown);
        assert_eq!(outcome(&two, Some(Category::ALL[2])), Outcome::Unknown, "nothing is said of it");
        let codes = [Outcome::EverybodyReached, Outcome::Error, Outcome::Unknown].map(Outcome::code);
        assert_eq!(codes, [0, 2, 3], "1 is that it could not be done");
    }
}
