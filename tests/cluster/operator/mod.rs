//! The operator as its own process on a real API server: what is applied with kubectl is kept in the tenant.

mod credentials;
mod deletion;
mod deletion_orders;
mod deletion_originals;
mod deletion_unreachable;
mod gateways;
mod idle;
mod leadership;
mod leaks;
mod refused;
mod report;
mod report_faults;
mod story;
