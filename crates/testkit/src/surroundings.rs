//! What of the test's surroundings must not reach the programs it starts.

use std::process::Command;

/// Set on machines that reach the network through a proxy; everything a test talks to is on this machine.
const PROXIES: [&str; 6] = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/// Takes the proxies out of a program's environment.
pub fn without_proxies(command: &mut Command) -> &mut Command {
    PROXIES.iter().fold(command, |command, proxy| command.env_remove(proxy))
}
