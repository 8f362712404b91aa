//! Who receives what, rule by rule.

mod delivery;
mod filters;
mod forwarding;
mod order;
mod properties;
mod scale;
mod selection;
mod unknown;
