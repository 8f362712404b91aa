//! Client-side limits: how fast Microsoft's published limits let us go, and what the service's own signals add.
//!
//! Invariant: nothing here waits or reads a clock. A caller says what a request costs and what time it is, and learns
//! whether it may go or how long until it may.

mod bucket;
mod cost;
mod limiter;

pub use cost::Cost;
pub use limiter::{Limiter, Limits, Permit, Rate, Share, Signals, TenantSize};
