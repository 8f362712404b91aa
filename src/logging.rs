//! Logs: to standard error, so that standard output is the answer and nothing else.

use tracing_subscriber::EnvFilter;

/// Shown unless asked otherwise: what needs attention. That a request to the API server failed, the client's builder says
/// without the cause; whoever made the request says it with the cause.
const DEFAULT_FILTER: &str = "warn,kube_client::client::builder=off,tenant_contacts=info";

/// Starts logging. `filter` is a `tracing` filter such as `debug` or `tenant_contacts_m365=trace`. A filter that cannot be
/// read is an error with its text, which the caller wrote.
pub fn start(filter: Option<&str>) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter.unwrap_or(DEFAULT_FILTER)).map_err(|error| error.to_string())?;
    // A second start in one process (tests) keeps the first.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).try_init();
    Ok(())
}
