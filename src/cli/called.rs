//! How this program was called: by its own name, or by kubectl as a plugin.

use std::{env, path::Path};

/// What kubectl looks for in `PATH`: dashes of the plugin's name are underscores in the file's.
const PLUGIN: &str = "kubectl-tenant_contacts";

/// The words to call it by again.
pub fn called() -> &'static str {
    let program = env::args_os().next().unwrap_or_default();
    match Path::new(&program).file_stem() {
        Some(name) if name == PLUGIN => "kubectl tenant-contacts",
        _ => "tenant-contacts",
    }
}
