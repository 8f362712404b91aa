//! What goes wrong between the pages of a list.

/// Why a list could not be read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A next link leads to a page that was read already.
    #[error("the list's pages go in a circle")]
    Circle,
    /// More pages than the reader allows.
    #[error("the list has more than {limit} pages")]
    TooMany {
        /// The reader's limit.
        limit: usize,
    },
    /// A page has a next link and a delta link; the documentation excludes that, and either may be wrong.
    #[error("a page says both that the list goes on and that it ends")]
    Contradiction,
    /// A page has items and an error: what failed is not told, so it may be items.
    #[error("a page gives items and an error")]
    Failed,
    /// The service says that it has left something out.
    #[error("the service says that there is more than it gives")]
    Cut,
}
