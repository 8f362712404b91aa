//! Exchange Online's administration interface, reading: cmdlets over HTTP.
//!
//! There are two. `InvokeCommand` takes every cmdlet; it is what Microsoft's own PowerShell module speaks, and it is not
//! documented (contract §6.1, after third parties' clients and live observations). The `v2.0` endpoints are documented and
//! take six cmdlets (contract §6.2). Both post the same envelope, which is why reading here is a POST.
//!
//! Invariant: only cmdlets of the closed list in [`Cmdlet`] leave, and all of them read.

mod answer;
mod batch;
mod client;
mod cmdlet;
mod command;
mod gate;
mod size;

pub(crate) use answer::Taking;
pub use client::{Exchange, Interface};
pub use cmdlet::Cmdlet;
pub(crate) use command::{Command, reads_only};
pub(crate) use size::bytes;

#[cfg(test)]
mod tests;
