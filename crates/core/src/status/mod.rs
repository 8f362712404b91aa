//! From a plan to status. Status is a function: equal inputs, equal bytes, and a time only where something changed.

mod arrivals;
mod category_news;
mod child;
mod claims;
mod conditions;
mod consequences;
mod contact_policy;
mod contact_report;
mod credentials;
mod facts;
pub mod reader;
mod said;
mod standing;
mod tenant;

pub use arrivals::Arrivals;
pub use category_news::{CategoryNews, category_news};
pub use child::{Child, ChildFacts, child, set_aside};
pub use contact_policy::{PolicyStanding, contact_policy};
pub use contact_report::{contact_report, contact_report_unread};
pub use facts::{ReportFacts, TenantFacts, TenantProblem};
pub use said::Published;
pub use standing::{Standing, State, Truth};
pub use tenant::tenant;
