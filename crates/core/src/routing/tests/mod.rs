//! Who receives what, rule by rule.

mod consequences;
mod delivery;
mod edge;
mod evidence;
mod filters;
mod forwarding;
mod gateways;
mod handover;
mod hybrid;
mod names;
mod nobody;
mod order;
mod properties;
mod scale;
mod selection;
mod senders;
mod unknown;
mod upstream;
