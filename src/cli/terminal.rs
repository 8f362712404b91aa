//! What the terminal takes, if there is one.

use std::io::{self, IsTerminal as _};

/// Longer lines are hard to find the next one of, however wide the terminal is.
const WIDEST: usize = 120;

/// Fewer columns than these are no width that somebody means.
const NARROWEST: usize = 20;

/// Whether standard output takes colours: a terminal, unless `NO_COLOR` is set to something (no-color.org).
pub(super) fn colour() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Columns: those that `COLUMNS` says, or the terminal's. `None`: neither says anything, and the output is a file or a log.
pub(super) fn columns() -> Option<usize> {
    let said = said(std::env::var("COLUMNS").ok().as_deref());
    let terminal = || {
        let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(columns).min(WIDEST))
    };
    said.or_else(terminal)
}

/// What `COLUMNS` says, if that is a width.
fn said(columns: Option<&str>) -> Option<usize> {
    columns?.trim().parse().ok().filter(|columns| *columns >= NARROWEST)
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn c6_columns_are_those_that_are_said() {
        assert_eq!(said(Some("72")), Some(72));
        assert_eq!(said(Some("200")), Some(200), "whoever says so wants long lines");
        for nothing in [None, Some(""), Some("0"), Some("wide"), Some("-80")] {
            assert_eq!(said(nothing), None, "{nothing:?}");
        }
    }
}
