//! How an answer is shown: how much of it, how private, how wide.

use tenant_contacts_api::notice::Category;

/// How an answer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// One kind of notices, in full, instead of all.
    pub category: Option<Category>,
    /// Whether people's private addresses (an alternate email outside the organization) are shown in full.
    pub show_private: bool,
    /// Whether a terminal's colours may be used. Nothing is said by colour alone.
    pub colour: bool,
    /// Columns of the terminal; less than sixty are treated as sixty.
    pub width: usize,
}

impl Default for Options {
    /// Everything, masked, without colours, for a hundred columns.
    fn default() -> Self {
        Self { category: None, show_private: false, colour: false, width: 100 }
    }
}
