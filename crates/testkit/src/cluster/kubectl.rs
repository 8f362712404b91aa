//! kubectl as a person uses it.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use super::call::{Answer, call};

/// kubectl with somebody's access.
#[derive(Clone, Debug)]
pub struct Kubectl {
    program: PathBuf,
    kubeconfig: PathBuf,
    cache: PathBuf,
}

impl Kubectl {
    /// With the access of a kubeconfig file; nothing of the person's own configuration is read or written.
    pub fn new(program: PathBuf, kubeconfig: PathBuf, cache: PathBuf) -> Self {
        Self { program, kubeconfig, cache }
    }

    /// Calls kubectl.
    pub fn call<A: AsRef<OsStr>>(&self, args: &[A]) -> Answer {
        self.call_with(args, b"")
    }

    /// Calls kubectl with something on its standard input.
    pub fn call_with<A: AsRef<OsStr>>(&self, args: &[A], input: &[u8]) -> Answer {
        call(&mut self.command(args), input)
    }

    /// Calls kubectl with a folder of plugins.
    pub fn call_with_plugins<A: AsRef<OsStr>>(&self, plugins: &Path, args: &[A]) -> Answer {
        call(self.command(args).env("PATH", plugins), b"")
    }

    fn command<A: AsRef<OsStr>>(&self, args: &[A]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).env("KUBECONFIG", &self.kubeconfig).env("KUBECACHEDIR", &self.cache);
        command
    }
}
