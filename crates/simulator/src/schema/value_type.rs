//! Value types of properties.

/// Value types, as far as they matter for checking input and printing what is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Bool,
    Number,
    Date,
    Texts,
    Object,
    Objects,
    /// Bytes, kept as a number; Exchange prints `49.5 GB (53,150,220,288 bytes)`, or `Unlimited` where there is none.
    Size,
}
