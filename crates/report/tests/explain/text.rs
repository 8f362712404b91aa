//! The form for a terminal.

use tenant_contacts_api::{
    notice::{Arrival, Category, Reach},
    obstacle::Obstacle,
};
use tenant_contacts_core::answer::{Blockage, HopKind};
use tenant_contacts_report::{
    columns,
    explain::{self, Options},
};

use crate::scene::{self, Scene};

fn text(category: Option<Category>) -> String {
    explain::text(&scene::contoso(), &Options { category, ..Options::default() })
}

#[test]
fn f1_the_first_lines_say_which_notices_nobody_gets_and_why() {
    let text = text(None);
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("Contoso Ltd ("), "{text}");
    assert_eq!(lines[1], "3 of 9 kinds of notices reach nobody; 2 reach one person only; 2 are unknown.");
    assert!(lines[3].starts_with("REACHES"), "{text}");
    assert!(lines[4].starts_with("NOBODY") && lines[4].contains("PasswordResetRequest"), "{text}");
    assert!(lines[4].contains("no licence (Dora Dean), disabled owner (Emil Ernst)"), "{text}");
    assert!(lines[14].starts_with("not applicable"), "the table has every category, the worst first: {text}");
}

#[test]
fn no_line_is_wider_than_the_terminal_but_for_what_is_to_be_copied() {
    for width in [60, 80, 100] {
        let text = explain::text(&scene::contoso(), &Options { width, ..Options::default() });
        let wide = text.lines().filter(|line| line.chars().count() > width);
        let wide: Vec<_> = wide.filter(|line| line.split_whitespace().count() > 2).collect();
        assert!(wide.is_empty(), "{width}: {wide:#?}");
    }
}

#[test]
fn what_is_to_be_said_of_a_notice_without_recipients_is_not_only_in_a_line_that_is_cut() {
    let mut answer = scene::contoso();
    let category = answer.categories.iter_mut().find(|one| one.category == Category::UserPasswordReset).unwrap();
    category.notes.push("5 enabled accounts have no address for notifications.".into());
    let text = explain::text(&answer, &Options::default());
    assert!(text.contains("each user       -         UserPasswordReset"), "{text}");
    assert!(text.contains("\n  note: 5 enabled accounts have no address for notifications.\n"), "{text}");
}

#[test]
fn many_that_fare_alike_are_told_together_and_each_alone_in_its_own_category() {
    let mut answer = scene::large(8);
    let mut lost = 0;
    for node in &mut answer.nodes {
        if node.label.starts_with("Administrator 0") {
            node.arrival = Arrival::Undeliverable;
            node.hops.clear();
            node.blockages = vec![Blockage::new(Obstacle::NoMailbox, format!("{} has no mailbox", node.label))];
            lost += 1;
        }
    }
    for chosen in answer.categories.iter_mut().flat_map(|one| &mut one.recipients) {
        (chosen.arrival, chosen.verdict) = (Arrival::Undeliverable, Arrival::Undeliverable);
    }
    assert!(lost >= 8, "{lost}");
    let together = explain::text(&answer, &Options::default());
    assert!(together.contains("NoMailbox: The address is an account's, and no mailbox is behind it\n"), "{together}");
    assert!(!together.contains("Administrator 0003 has no mailbox"), "{together}");
    let one = answer.categories.iter().find(|one| !one.recipients.is_empty()).unwrap().category;
    let alone = explain::text(&answer, &Options { category: Some(one), ..Options::default() });
    assert!(alone.contains("Administrator 0003 has no mailbox"), "{alone}");
}

#[test]
fn a_recipient_is_shown_hop_by_hop_with_what_stops_it_and_what_to_do() {
    let text = text(None);
    let wanted = "  no  securityComplianceNotificationMails -> secops@contoso.com -> list Security Operations\n       RefusesExternalSenders: RequireSenderAuthenticationEnabled is true\n       do: Let the list receive mail from outside";
    assert!(text.contains(wanted), "{text}");
}

/// Of every place routing says why it is no better, also where the reason is another place's, further on.
#[test]
fn what_stops_mail_further_on_is_said_where_it_stands() {
    let mut scene = Scene::new("Contoso");
    let licence = || Blockage::new(Obstacle::NoLicence, "the mailbox of Dora Dean has no licence");
    let role = scene.role("Billing Administrator", Arrival::Undeliverable);
    let [account, address] = scene.lost("Dora Dean", "dora.dean@contoso.com", Obstacle::NoLicence, &licence().detail);
    scene.hop(role, HopKind::Holds, account);
    scene.block(account, licence());
    scene.block(address, licence());
    let chosen = scene.chosen(&[role, account, address]);
    scene.category(Category::Billing, Reach::Nobody, vec![chosen], &[]);
    let text = explain::text(&scene.answer, &Options::default());
    assert!(text.contains("no licence (Dora Dean)"), "{text}");
    let wanted = "Billing Administrator -> Dora Dean -> dora.dean@contoso.com -> mailbox Dora Dean\n       NoLicence";
    assert!(text.contains(wanted), "{text}");
}

/// That nobody who can be read receives a category is said as such in every form, and in no form as certain.
#[test]
fn a8_nobody_known_is_said_in_every_form() {
    let mut scene = Scene::new("Contoso");
    scene.category(Category::ServiceAndTechnical, Reach::NobodyKnown, Vec::new(), &[]);
    scene.category(Category::Billing, Reach::Nobody, Vec::new(), &[]);
    let (answer, options) = (&scene.answer, Options::default());
    let words = "nobody who can be read receives them; others that cannot be read may";
    let text = explain::text(answer, &options);
    let flowing = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("NOBODY KNOWN") && flowing.contains(words), "{text}");
    assert!(text.contains("1 of 2 kinds of notices reaches nobody; 1 reaches nobody who can be read."), "{text}");
    let markdown = explain::markdown(answer, &options);
    assert!(markdown.contains("| **nobody known** |") && markdown.contains("| **nobody** |"), "{markdown}");
    let json = explain::json(answer, &options);
    assert_eq!(json["categories"][0]["reach"], "NobodyKnown");
    assert_eq!((json["summary"]["nobody"].as_u64(), json["summary"]["nobodyKnown"].as_u64()), (Some(1), Some(1)));
    let junit = explain::junit(answer, &options);
    // No failure, since it is not certain; and no success, as the exit code says.
    let undecided = format!("<error type=\"Unknown\" message=\"service and technical notices: {words}");
    assert!(junit.contains("failures=\"1\" errors=\"1\"") && junit.contains(&undecided), "{junit}");
    let html = explain::html(answer, &options);
    assert!(html.contains("<b>1</b> reach nobody known") && html.contains("nobody known: no recipient"), "{html}");
}

#[test]
fn g1_gaps_come_last_and_say_what_they_would_tell() {
    let text = text(None);
    let (_, gaps) = text.split_once("\nUnknown facts, and how to find them out\n").unwrap();
    assert!(gaps.contains("the partner's legal profile: the application lacks the permission PartnerCenter"), "{gaps}");
    assert!(gaps.trim_end().ends_with("tells: Whether a rule takes notices away."), "{gaps}");
}

#[test]
fn one_category_is_shown_in_full_and_nothing_of_the_others() {
    let text = text(Some(Category::ServiceAndTechnical));
    for wanted in ["Network Operations", "goes to member list Night Shift", "EmptyList", "read by Carol Cole", "rule: "]
    {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    for other in ["Helpdesk", "secops", "REACHES"] {
        assert!(!text.contains(other), "{other}: {text}");
    }
}

#[test]
fn a_thousand_recipients_are_counted_and_not_listed() {
    let text = explain::text(&scene::large(1000), &Options::default());
    assert!(text.lines().count() < 50, "{}", text.lines().count());
    assert!(
        text.contains("Administrator 0010, Administrator 0020 and 97\n       more\n       NoLicence")
            && text.contains("… and 898 more, all arrive"),
        "{text}"
    );
    let one = Options { category: Some(Category::Billing), ..Options::default() };
    assert!(explain::text(&scene::large(1000), &one).contains("Administrator 0999"));
}

#[test]
fn a_name_cannot_command_the_terminal_and_colours_are_only_there_when_asked_for() {
    let plain = explain::text(&scene::hostile(), &Options::default());
    assert!(!plain.contains(['\u{1b}', '\u{202e}', '\r']), "{plain}");
    let coloured = explain::text(&scene::contoso(), &Options { colour: true, ..Options::default() });
    assert!(coloured.contains("\u{1b}[1;31mNOBODY"));
    let stripped: String = coloured
        .split('\u{1b}')
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { &part[part.find('m').unwrap() + 1..] })
        .collect();
    assert_eq!(stripped, text(None), "colours change nothing else");
}

#[test]
fn lines_keep_to_the_terminal() {
    for width in [60, 80, 120] {
        let text = explain::text(&scene::contoso(), &Options { width, ..Options::default() });
        // The headline, the title of a category and the tenant's line are whole sentences; terminals wrap them.
        for line in text.lines().filter(|line| line.starts_with("  ")) {
            assert!(columns::width(line) <= width, "{width}: {line}");
        }
    }
}

/// A name in a script whose characters take two columns, or with marks that take none, moves no line beyond the edge.
#[test]
fn lines_keep_to_the_terminal_in_every_script() {
    for name in ["山田 太郎 システム 管理者", "김 철수 관리자", "Zoe\u{308} O\u{308}zgu\u{308}r Yo\u{308}netici"]
    {
        let mut answer = scene::contoso();
        for node in &mut answer.nodes {
            node.label = name.into();
        }
        for finding in &mut answer.findings {
            finding.message = format!("{name}: {}", [name; 5].join(", "));
        }
        let text = explain::text(&answer, &Options { width: 60, ..Options::default() });
        assert!(text.contains(name.split(' ').next().unwrap()), "{text}");
        let lines = text.lines().filter(|line| line.starts_with("  "));
        let full = lines
            .inspect(|line| assert!(columns::width(line) <= 60, "{line}"))
            .filter(|line| columns::width(line) > 50)
            .count();
        assert!(full > 0, "nothing was wrapped: {text}");
    }
}

#[test]
fn e4_what_became_of_the_latest_mail_stands_beside_the_verdict() {
    let lost = "       seen: mail of microsoft-noreply@microsoft.com of 2026-10-01 was quarantined\n";
    let arrived = "       seen: mail of maccount@microsoft.com of 2026-10-04 was delivered\n";
    let all = text(None);
    assert!(all.contains(lost) && !all.contains(arrived), "the one that says most: {all}");
    let one = text(Some(Category::PartnerAccount));
    assert!(one.contains(lost) && one.contains(arrived), "{one}");
    assert_eq!(one.matches(lost.trim()).count(), 1, "not of the mailbox again: {one}");
    let seen = text(Some(Category::ServiceAndTechnical));
    assert!(seen.contains("; seen: mail of"), "a member of a list has evidence of its own: {seen}");
}
