//! Who receives what, rule by rule.

mod consequences;
mod delivery;
mod evidence;
mod filters;
mod forwarding;
mod gateways;
mod nobody;
mod order;
mod properties;
mod scale;
mod selection;
mod unknown;
