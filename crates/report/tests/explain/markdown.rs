//! The form for a pull request or a wiki.

use tenant_contacts_report::explain::{self, Options};

use crate::scene;

#[test]
fn the_table_comes_first_and_every_row_has_its_four_cells() {
    let text = explain::markdown(&scene::contoso(), &Options::default());
    let rows: Vec<_> = text.lines().skip_while(|line| !line.starts_with("| Reaches")).take(13).collect();
    assert!(
        rows[2].starts_with("| **nobody** | 0 | requests to reset a password (`PasswordResetRequest`) |"),
        "{text}"
    );
    assert!(rows.iter().all(|row| row.matches('|').count() == 5), "{rows:#?}");
    assert!(text.contains("- **does not arrive**: `technicalNotificationMails` → `it@contoso.example`"), "{text}");
}

#[test]
fn a_hostile_name_makes_no_markup_no_link_no_cell_and_mentions_nobody() {
    let text = explain::markdown(&scene::hostile(), &Options::default());
    for line in text.lines() {
        // Code is kept to the letter; what is outside of it has to be harmless.
        let fence = line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let prose: String =
            if fence == 0 { line.to_owned() } else { line.split(&"`".repeat(fence)).step_by(2).collect() };
        assert!(!prose.contains("<script") && !prose.contains("<img") && !prose.contains("](javascript"), "{line}");
        if line.starts_with('|') {
            let cells = line.replace("\\|", "").matches('|').count();
            assert_eq!(cells, 5, "{line}");
        }
    }
}

#[test]
fn a_thousand_administrators_fit_into_a_comment() {
    assert!(explain::markdown(&scene::large(1000), &Options::default()).len() < 65_536);
}

#[test]
fn e4_what_became_of_the_latest_mail_stands_beside_the_verdict() {
    let text = explain::markdown(&scene::contoso(), &Options::default());
    assert!(text.contains("  - Seen: mail of") && text.contains("of 2026-10-01 was quarantined."), "{text}");
}
