//! What to grant first: in every form before what is unknown for want of it.

use serde_json::json;
use tenant_contacts_api::{
    field::Surface,
    notice::{Category, Reach},
};
use tenant_contacts_core::{
    answer::Answer,
    grant,
    permission::{BILLING_ROLE, EXCHANGE_APPLICATION},
};
use tenant_contacts_report::{
    explain::{self, Options},
    grants::Shell,
};

use crate::{
    json::{published, validate},
    scene::Scene,
};

/// Every kind of notices is unknown for want of Exchange, and some for want of more.
fn unread() -> Answer {
    let mut scene = Scene::new("Contoso Ltd");
    for category in Category::ALL {
        scene.category(*category, Reach::Unknown, Vec::new(), &[]);
        scene.answer.lacking.insert(*category, [EXCHANGE_APPLICATION].into());
    }
    scene.answer.lacking.get_mut(&Category::Billing).unwrap().extend([
        BILLING_ROLE,
        "User.Read.All",
        "Domain.Read.All",
    ]);
    scene.answer.lacking.get_mut(&Category::Privacy).unwrap().insert("User.Read.All");
    scene.answer
}

fn place(text: &str, part: &str) -> usize {
    text.find(part).unwrap_or_else(|| panic!("no {part} in {text}"))
}

#[test]
fn c4_the_first_screen_says_which_grants_would_tell_most_before_any_category() {
    let text = explain::text(&unread(), &Options::default());
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[1].ends_with("kinds of notices are unknown."), "{text}");
    assert_eq!(
        lines[3], "What to grant first (APP is the application's client id; hosts are the worldwide cloud's):",
        "{text}"
    );
    let places =
        ["- Exchange.ManageAsApp (", "- Global Reader (", "- User.Read.All (", "REACHES"].map(|one| place(&text, one));
    assert!(places.is_sorted(), "{text}");
    let (block, rest) = text.split_at(places[3]);
    assert_eq!(block.matches("  - ").count(), 3, "three at most: {text}");
    let flowing = block.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flowing.contains("bears on 2 of the 11 that are unknown"), "{text}");
    for command in ["appRoleAssignments\" --body", "az rest --method POST", "New-MgServicePrincipalAppRoleAssignment"] {
        assert!(block.contains(command) && !rest.contains(command), "{command}: {text}");
    }
    assert!(block.contains("tenant-contacts grants [--shell powershell]"), "{text}");
    // Of one kind of notices, those that bear on it.
    let billing = explain::text(&unread(), &Options { category: Some(Category::Privacy), ..Options::default() });
    assert!(!billing.contains("Domain.Read.All") && billing.contains("- User.Read.All ("), "{billing}");
}

#[test]
fn c4_where_no_grant_would_tell_nothing_is_said_of_grants() {
    let mut answer = unread();
    answer.lacking.clear();
    let options = Options::default();
    let forms =
        [explain::text(&answer, &options), explain::html(&answer, &options), explain::markdown(&answer, &options)];
    for form in forms {
        assert!(!form.contains("What to grant first"), "{form}");
    }
    assert!(explain::json(&answer, &options).get("grants").is_none());
}

#[test]
fn c4_every_form_for_people_and_programs_has_the_same_grants() {
    let (answer, options) = (unread(), Options::default());
    let json = explain::json(&answer, &options);
    validate(&published(), &json!([json])).unwrap_or_else(|error| panic!("{error}"));
    let grants = json["grants"].as_array().unwrap();
    assert_eq!(
        grants.iter().map(|one| &one["grant"]).collect::<Vec<_>>(),
        ["Exchange.ManageAsApp", "Global Reader", "User.Read.All"]
    );
    assert_eq!(grants[2]["categories"], json!(["Privacy", "Billing"]));
    let (html, markdown) = (explain::html(&answer, &options), explain::markdown(&answer, &options));
    assert!(place(&html, "<section id=\"grants\">") < place(&html, "<section id=\"notices\">"), "{html}");
    for grant in grants {
        let name = grant["grant"].as_str().unwrap();
        assert!(html.contains(&format!("<b>{name}</b>")) && markdown.contains(&format!("**{name}**")), "{name}");
        assert!(markdown.contains(grant["az"].as_str().unwrap()), "{markdown}");
    }
}

#[test]
fn c4_a_command_names_what_it_grants_and_no_id_of_a_permission() {
    let all = Surface::ALL.into_iter().flat_map(|surface| [grant::reading(surface), grant::writing(surface)].concat());
    for grant in all {
        for shell in [Shell::Az, Shell::PowerShell] {
            let command = shell.command(grant);
            let named = match grant {
                grant::Grant::DirectoryRole(id) => id.to_string(),
                _ => grant.name().to_owned(),
            };
            assert!(
                command.contains(&named)
                    && (command.contains("$APP") || command.contains("$env:APP"))
                    && !command.contains('\n'),
                "{command}"
            );
            // The application permission for Exchange, by which its id would be known.
            assert!(!command.contains("dc50a0fb"), "{command}");
        }
    }
}
