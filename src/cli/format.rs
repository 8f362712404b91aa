//! How an answer is printed.

use clap::ValueEnum;

use super::Failure;

/// The forms of `explain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For a wiki or a pull request.
    Markdown,
    /// For code scanning (SARIF 2.1.0).
    Sarif,
    /// For test reports.
    Junit,
    /// One page with the picture, for a browser.
    Html,
}

/// The forms that every other verb with an answer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A verb that prints text or JSON.
#[derive(Clone, Debug, clap::Args)]
pub struct Plain<A: clap::Args> {
    /// What it is asked.
    #[command(flatten)]
    pub args: A,
    /// How to print the answer; text where left out.
    #[arg(short, long, value_enum, value_name = "FORM")]
    pub output: Option<Output>,
}

impl<A: clap::Args> Plain<A> {
    /// The form, where `before` was asked for in front of the verb.
    pub(super) fn form(&self, before: Option<Format>) -> Result<Output, Failure> {
        match (self.output, before) {
            (Some(output), _) => Ok(output),
            (None, None | Some(Format::Text)) => Ok(Output::Text),
            (None, Some(Format::Json)) => Ok(Output::Json),
            (None, Some(Format::Markdown | Format::Sarif | Format::Junit | Format::Html)) => Err(Failure::Arguments(
                "--output: this verb prints text and json; markdown, sarif, junit and html are forms of `explain`"
                    .into(),
            )),
        }
    }
}

/// A verb that prints every form.
#[derive(Clone, Debug, clap::Args)]
pub struct Formed<A: clap::Args> {
    /// What it is asked.
    #[command(flatten)]
    pub args: A,
    /// How to print the answer; text where left out.
    #[arg(short, long, value_enum, value_name = "FORM")]
    pub output: Option<Format>,
}

/// For a verb that prints one form only: an explicit other one is not ignored.
pub(super) fn text_only(before: Option<Format>) -> Result<(), Failure> {
    match before {
        None | Some(Format::Text) => Ok(()),
        Some(_) => Err(Failure::Arguments("--output: this verb prints text only".into())),
    }
}
