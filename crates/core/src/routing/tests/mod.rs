//! Who receives what, rule by rule.

mod delivery;
