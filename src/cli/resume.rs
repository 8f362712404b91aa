//! `resume`: a suspended Tenant goes on.

use std::process::ExitCode;

use super::{
    Failure, Output,
    suspend::{self, Args},
};

/// Lets it go on. Exit code 0: it is not suspended any more; 1: it is.
pub async fn run(args: &Args, output: Output) -> Result<ExitCode, Failure> {
    suspend::change(args, output, false).await
}
