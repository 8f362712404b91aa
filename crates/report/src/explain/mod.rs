//! Who really receives a tenant's notices, in every form that people and programs read.
//!
//! Every form is made of the same [`AnswerView`], and its words of `words` alone, so that no two of them disagree.
//!
//! Invariant: names are anybody's words and are made harmless when the view is made ([`crate::printable`]), and again for
//! each form's own syntax; people's private addresses are masked unless asked for. Equal answers give equal bytes.

mod escape;
mod html;
mod junit;
mod make;
mod markdown;
mod masks;
mod options;
mod positions;
mod sarif;
mod select;
mod text;
mod trail;
pub mod view;
mod words;

use serde_json::Value;
use tenant_contacts_core::answer::{Answer, outcome};

pub use options::Options;
pub use positions::{ORGANIZATION_FIELDS, Position, Positions};
pub use view::{AnswerView, SCHEMA_VERSION};

/// For a terminal.
pub fn text(answer: &Answer, options: &Options) -> String {
    text::write(&make::of(answer, options), options)
}

/// For programs; the schema of `explain` in [`crate::schemas`] is that of a list of these, one for each tenant.
pub fn json(answer: &Answer, options: &Options) -> Value {
    // The view has string keys only and no number that JSON lacks, so it always has a JSON form.
    serde_json::to_value(make::of(answer, options)).unwrap_or_default()
}

/// For a pull request or a wiki.
pub fn markdown(answer: &Answer, options: &Options) -> String {
    markdown::write(&make::of(answer, options))
}

/// The findings as SARIF 2.1.0, for what collects findings of tools. `positions`: where what they are about is declared.
pub fn sarif(answer: &Answer, options: &Options, positions: &Positions) -> Value {
    sarif::log(&make::of(answer, options), positions, outcome(answer, options.category))
}

/// JUnit XML, for what shows tests.
pub fn junit(answer: &Answer, options: &Options) -> String {
    junit::write(&make::of(answer, options))
}

/// One file for a browser: the picture and everything behind it. It asks the network for nothing.
pub fn html(answer: &Answer, options: &Options) -> String {
    html::page(&make::of(answer, options))
}
