//! The command line as a plugin of kubectl: called through the real kubectl, against a real API server and, where there is
//! something to be done, a running operator.

mod approve;
mod call;
mod consequences;
mod glance;
mod plan;
mod reconcile;
mod rights;
mod suspension;
mod wrong;
