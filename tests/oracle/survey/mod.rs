//! A whole tenant, read from a simulated one and compared with its seed.

mod cadence;
mod contoso;
mod fleet;
mod folders;
mod permissions;
pub mod tenant;
mod traces;
