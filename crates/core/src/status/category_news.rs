//! What changed between two reports that a person would want to be told.
//!
//! Invariant: what could not be read is no news. A category is lost only where that is certain, and each change is told once:
//! the comparison is with what was published, whoever published it.

use tenant_contacts_api::{
    notice::{Category, Reach},
    obstacle::Obstacle,
    v1alpha1::{CategoryReport, ContactReportStatus},
};

/// What became of a category of notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CategoryNews {
    /// Nobody is left who certainly receives it.
    Lost {
        /// Which.
        category: Category,
        /// What stands in the way most often, where something does.
        obstacle: Option<Obstacle>,
    },
    /// Somebody certainly receives it again.
    Regained {
        /// Which.
        category: Category,
        /// How many people.
        people: u32,
    },
}

/// How a category stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    Reached,
    Lost,
    /// Unknown, or meant to have no recipients here.
    Open,
}

fn stand(report: &CategoryReport) -> Stand {
    match report.reach {
        Reach::OnePerson | Reach::SeveralPeople => Stand::Reached,
        Reach::Nobody | Reach::NobodyKnown => Stand::Lost,
        // Everything was read, and what is left is uncertain by nature: a free-mail address, say.
        Reach::Unknown if report.obstacle.is_some_and(|obstacle| obstacle != Obstacle::NotReadable) => {
            if report.certain == 0 { Stand::Lost } else { Stand::Reached }
        }
        Reach::Unknown | Reach::NotApplicable => Stand::Open,
    }
}

/// The news of a report, given the one that was published before it. The first report has none: it says how things are, and
/// not that anything changed.
pub fn category_news(before: &ContactReportStatus, after: &ContactReportStatus) -> Vec<CategoryNews> {
    let of = |category: Category| before.categories.iter().find(|report| report.category == category);
    let news = after.categories.iter().filter_map(|report| {
        let category = report.category;
        let known = of(category)?;
        match (stand(known), stand(report)) {
            (Stand::Reached, Stand::Lost) => Some(CategoryNews::Lost { category, obstacle: report.obstacle }),
            // A category that was unknown and is certainly lost now; one that only stays uncertain is no news.
            (Stand::Open, Stand::Lost) if known.reach == Reach::Unknown && report.reach.is_nobody_known() => {
                Some(CategoryNews::Lost { category, obstacle: report.obstacle })
            }
            (Stand::Lost, Stand::Reached) => Some(CategoryNews::Regained { category, people: report.certain }),
            (Stand::Reached, Stand::Reached | Stand::Open)
            | (Stand::Lost, Stand::Lost | Stand::Open)
            | (Stand::Open, Stand::Lost | Stand::Reached | Stand::Open) => None,
        }
    });
    news.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(reach: Reach, certain: u32, obstacle: Option<Obstacle>) -> ContactReportStatus {
        let category = CategoryReport {
            category: Category::Privacy,
            reach,
            certain,
            possible: 0,
            undeliverable: 0,
            unknown: 0,
            obstacle,
            message: String::new(),
            remedy: String::new(),
        };
        ContactReportStatus { categories: vec![category], ..ContactReportStatus::default() }
    }

    #[test]
    fn a_category_that_nobody_receives_any_more_is_told_once_and_its_return_too() {
        let (one, nobody) = (report(Reach::OnePerson, 1, None), report(Reach::Nobody, 0, Some(Obstacle::EmptyList)));
        let lost = CategoryNews::Lost { category: Category::Privacy, obstacle: Some(Obstacle::EmptyList) };
        assert_eq!(category_news(&one, &nobody), [lost]);
        assert_eq!(category_news(&nobody, &nobody), []);
        let regained = CategoryNews::Regained { category: Category::Privacy, people: 1 };
        assert_eq!(category_news(&nobody, &one), [regained]);
        assert_eq!(category_news(&one, &report(Reach::SeveralPeople, 2, None)), []);
    }

    #[test]
    fn the_last_certain_recipient_may_go_while_others_stay_possible() {
        let one = report(Reach::OnePerson, 1, None);
        let perhaps = report(Reach::Unknown, 0, Some(Obstacle::PersonalAddress));
        let lost = CategoryNews::Lost { category: Category::Privacy, obstacle: Some(Obstacle::PersonalAddress) };
        assert_eq!(category_news(&one, &perhaps), [lost]);
        assert_eq!(category_news(&perhaps, &report(Reach::Nobody, 0, None)), [], "told already");
    }

    #[test]
    fn g2_what_cannot_be_read_is_not_called_lost_and_its_return_is_no_news() {
        let one = report(Reach::OnePerson, 1, None);
        for obstacle in [None, Some(Obstacle::NotReadable)] {
            let unread = report(Reach::Unknown, 0, obstacle);
            assert_eq!(category_news(&one, &unread), []);
            assert_eq!(category_news(&unread, &one), []);
            assert_eq!(category_news(&unread, &report(Reach::Nobody, 0, None)).len(), 1, "now it is certain");
        }
        assert_eq!(category_news(&ContactReportStatus::default(), &report(Reach::Nobody, 0, None)), [], "the first");
        let none = report(Reach::NotApplicable, 0, None);
        assert_eq!(category_news(&none, &report(Reach::Nobody, 0, None)), [], "it became a partner, say");
    }
}
