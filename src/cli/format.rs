//! How an answer is printed.

use clap::ValueEnum;

use super::Failure;

/// The forms of `--output`. Which of them a verb has is its own affair.
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

/// The forms that every verb with an answer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Format {
    /// The form for a verb that has text and JSON only.
    pub(super) fn plain(self) -> Result<Output, Failure> {
        match self {
            Self::Text => Ok(Output::Text),
            Self::Json => Ok(Output::Json),
            Self::Markdown | Self::Sarif | Self::Junit | Self::Html => Err(Failure::Arguments(
                "--output: this verb prints text and json; markdown, sarif, junit and html are forms of `explain`"
                    .into(),
            )),
        }
    }

    /// For a verb that prints one form only: an explicit other one is not ignored.
    pub(super) fn text_only(self) -> Result<(), Failure> {
        match self {
            Self::Text => Ok(()),
            _ => Err(Failure::Arguments("--output: this verb prints text only".into())),
        }
    }
}
