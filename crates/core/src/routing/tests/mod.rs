//! Who receives what, rule by rule.

mod consequences;
mod delivery;
mod evidence;
mod filters;
mod forwarding;
mod gateways;
mod handover;
mod nobody;
mod order;
mod properties;
mod scale;
mod selection;
mod senders;
mod unknown;
mod upstream;
