//! Helm as a person uses it.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    call::{Answer, call},
    tools,
};
use crate::places;

/// Helm with somebody's access, or with none: `lint` and `template` need no cluster.
#[derive(Clone, Debug)]
pub struct Helm {
    program: PathBuf,
    kubeconfig: Option<PathBuf>,
}

impl Helm {
    /// Without a cluster.
    pub fn offline() -> Self {
        Self { program: tools::program("helm"), kubeconfig: None }
    }

    /// With the access of a kubeconfig file.
    pub fn with_access(kubeconfig: &Path) -> Self {
        Self { kubeconfig: Some(kubeconfig.to_owned()), ..Self::offline() }
    }

    /// Calls Helm.
    pub fn call<A: AsRef<OsStr>>(&self, args: &[A]) -> Answer {
        self.call_with(args, b"")
    }

    /// Calls Helm with something on its standard input.
    pub fn call_with<A: AsRef<OsStr>>(&self, args: &[A], input: &[u8]) -> Answer {
        let mut command = Command::new(&self.program);
        let home = places::temporary().join("helm");
        // Nothing of the person's own configuration is read or written; a file that is not there is no access.
        let none = home.join("no-kubeconfig");
        let kubeconfig = self.kubeconfig.as_ref().unwrap_or(&none);
        command.args(args).env("KUBECONFIG", kubeconfig);
        for (name, folder) in [("HELM_CACHE_HOME", "cache"), ("HELM_CONFIG_HOME", "config"), ("HELM_DATA_HOME", "data")]
        {
            command.env(name, home.join(folder));
        }
        call(&mut command, input)
    }
}
