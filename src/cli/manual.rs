//! `completions` and `man`: what a package installs beside the program. Both are made of the arguments themselves.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{Command, CommandFactory as _};

use super::{Cli, Failure};

/// Arguments of `completions`.
#[derive(Clone, Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Clone, Debug, clap::Args)]
pub struct ManArgs {
    /// The verb; left out, the command itself.
    #[arg(value_name = "VERB")]
    pub verb: Option<String>,
}

/// Prints a completion script.
pub fn completions(args: &CompletionsArgs) -> Result<ExitCode, Failure> {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    // Into memory first: the generator has no way to say that it could not write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    print(&script)
}

/// Prints a manual page.
pub fn man(args: &ManArgs) -> Result<ExitCode, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(described(args.verb.as_deref())?).render(&mut page).map_err(Failure::Print)?;
    print(&page)
}

/// The command that a page is about.
fn described(verb: Option<&str>) -> Result<Command, Failure> {
    let mut command = Cli::command();
    command.build();
    let Some(verb) = verb else { return Ok(command) };
    match command.find_subcommand(verb) {
        // Building gave it the whole command's name to be shown under.
        Some(found) => Ok(found.clone()),
        None => Err(Failure::Arguments(format!("{verb} is no verb: --help lists them"))),
    }
}

fn print(bytes: &[u8]) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(Failure::Print)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn c6_every_shell_is_told_every_verb() {
        for shell in clap_complete::Shell::value_variants() {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "tenant-contacts", &mut script);
            let script = String::from_utf8(script).unwrap();
            for verb in Cli::command().get_subcommands() {
                assert!(script.contains(verb.get_name()), "{shell}: {}", verb.get_name());
            }
        }
    }

    #[test]
    fn c6_every_verb_has_a_manual_page_with_its_examples() {
        for verb in Cli::command().get_subcommands() {
            let mut page = Vec::new();
            clap_mangen::Man::new(described(Some(verb.get_name())).unwrap()).render(&mut page).unwrap();
            let page = String::from_utf8(page).unwrap();
            assert!(
                page.contains(&format!(".TH tenant-contacts-{}", verb.get_name())) && page.contains("Examples:"),
                "{}: {page}",
                verb.get_name()
            );
        }
        assert!(described(Some("plans")).is_err());
    }
}
