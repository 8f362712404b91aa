//! Grants as commands: a line for each, and whole scripts, for the Azure CLI and for PowerShell.
//!
//! Invariant: an application permission is looked up by its name where it is granted, and no id of one stands here. The
//! application's client id is `APP`, which whoever runs it gives; nothing secret is printed.

mod api;
mod az;
mod powershell;

use tenant_contacts_core::grant::Grant;

/// In which shell a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// A POSIX shell with the Azure CLI.
    Az,
    /// PowerShell with the modules of Microsoft Graph, and for billing that of Azure.
    PowerShell,
}

impl Shell {
    /// One line that gives a grant, in the worldwide cloud. `APP` holds the application's client id, and for a billing role
    /// `BILLING` the name of the billing account.
    pub fn command(self, grant: Grant) -> String {
        match self {
            Self::Az => az::command(grant),
            Self::PowerShell => powershell::command(grant),
        }
    }

    /// A script that gives all of some grants, and leaves alone what is given already. `title` says what for, in one line.
    pub fn script(self, title: &str, grants: &[Grant]) -> String {
        match self {
            Self::Az => az::script(title, grants),
            Self::PowerShell => powershell::script(title, grants),
        }
    }
}
