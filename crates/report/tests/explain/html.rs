//! The page, as far as it can be told without a browser; `tests/browser` looks at it in one.

use tenant_contacts_api::{notice::Arrival, obstacle::Obstacle};
use tenant_contacts_core::answer::{Answer, Blockage, Hop, HopKind, Node, NodeId, NodeKind};
use tenant_contacts_report::explain::{self, Options};

use crate::scene;

fn page(answer: &Answer) -> String {
    explain::html(answer, &Options::default())
}

#[test]
fn the_page_names_no_place_in_the_network() {
    let page = page(&scene::contoso());
    // A digest may have any two characters beside each other.
    let page = page.lines().filter(|line| !line.contains("'sha256-")).collect::<Vec<_>>().join("\n");
    for word in ["http:", "https:", "//", "@import", "url(", "src="] {
        let found: Vec<_> =
            page.lines().filter(|line| line.contains(word) && !line.trim_start().starts_with("//")).collect();
        assert!(found.is_empty(), "{word}: {found:?}");
    }
    assert!(self::page(&scene::contoso()).contains("default-src 'none'; style-src 'sha256-"));
}

#[test]
fn the_picture_is_drawn_without_a_script_and_links_lead_somewhere() {
    let page = page(&scene::contoso());
    let targets: Vec<_> =
        page.match_indices("href=\"#").map(|(at, _)| page[at + 7..].split('"').next().unwrap()).collect();
    assert!(targets.len() > 40, "{}", targets.len());
    for target in targets {
        assert!(page.contains(&format!(" id=\"{target}\"")), "{target}");
    }
    for wanted in
        ["class=\"step broken\"", "Night Shift", "empty list", "forward bounced by outbound policy", "Bob Brown"]
    {
        assert!(page.contains(wanted), "{wanted}");
    }
}

#[test]
fn the_whole_answer_stands_before_the_picture_the_worst_first() {
    let page = page(&scene::contoso());
    let (from, to) = (page.find("<ol class=\"glance\">").unwrap(), page.find("id=\"map\"").unwrap());
    let rows: Vec<_> = page[from..to].split("<li ").skip(1).collect();
    assert_eq!(rows.len(), 9, "one line for each kind of notices that has recipients");
    assert!(rows[0].starts_with("class=\"broken\"") && rows[0].contains("nobody: no licence"), "{}", rows[0]);
    assert!(rows[8].starts_with("class=\"fine\"") && rows[8].contains(" people</span>"), "{}", rows[8]);
    assert!(page.contains("User password notices: they go to each user"));
}

#[test]
fn a_field_of_an_interface_has_a_name_for_people_and_keeps_its_own() {
    let page = page(&scene::contoso());
    let picture = &page[page.find("<svg id=\"picture\"").unwrap()..page.find("id=\"notices\"").unwrap()];
    assert!(picture.contains("technical contacts") && !picture.contains("technicalNotif"), "{picture}");
    assert!(page.contains("technicalNotificationMails"), "whoever looks for it finds it");
}

#[test]
fn a_hostile_name_stays_text() {
    let page = page(&scene::hostile());
    assert_eq!(page.matches("<script").count(), 1, "the page's own");
    assert!(!page.contains("<img") && !page.contains('\u{202e}') && !page.contains('\u{1b}'));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[test]
fn a_thousand_administrators_are_a_picture_that_can_be_taken_in() {
    let page = page(&scene::large(1000));
    let places = page.matches("<a class=\"spot").count();
    assert!((10..40).contains(&places), "{places}");
    assert!(page.contains("897 more accounts") && page.contains("all delivered"), "the rest is one place");
    // Whoever is looked for is found.
    assert!(page.contains("Administrator 0777") && page.len() < 1_000_000, "{}", page.len());
}

#[test]
fn equal_answers_give_equal_bytes() {
    assert_eq!(page(&scene::large(100)), page(&scene::large(100)));
}

#[test]
fn an_empty_answer_is_a_page_too() {
    assert!(page(&Answer::default()).contains("Nothing to show."));
}

/// How often a place of the picture has this third line.
fn noted(page: &str, note: &str) -> usize {
    page.matches(&format!("class=\"note\" x=\"11\" y=\"48\">{note}</text>")).count()
}

#[test]
fn what_stops_mail_is_said_where_it_stands_and_not_on_all_the_way_to_it() {
    let mut answer = scene::contoso();
    // Routing tells every place on the way what stands at its end.
    let lost =
        answer.nodes.iter().flat_map(|node| node.blockages.clone()).find(|one| one.obstacle == Obstacle::NoLicence);
    for node in answer.nodes.iter_mut().filter(|node| node.label.contains("Dora") || node.label.contains("dora")) {
        node.blockages = vec![lost.clone().unwrap()];
    }
    assert_eq!(noted(&page(&answer), "no licence"), 1);
}

#[test]
fn e4_what_became_of_the_latest_mail_is_said_of_the_recipient_and_of_the_place() {
    let page = page(&scene::contoso());
    let (notices, places) = page.split_once("id=\"places\"").unwrap();
    let lost =
        "<p class=\"seen lost\">Seen: mail of microsoft-noreply@microsoft.com of 2026-10-01 was quarantined.</p>";
    assert!(notices.contains(lost), "the one that says most");
    let arrived = "<p class=\"seen\">Seen: mail of maccount@microsoft.com of 2026-10-04 was delivered.</p>";
    assert_eq!(places.matches(lost).count(), 1, "once for the address and its mailbox");
    assert!(places.contains(arrived) && !notices.contains(arrived));
}

/// DOMAIN E4: it stands before every address, so the picture has no place of its own for it; who vouches for it is said.
#[test]
fn a_gateway_is_drawn_with_the_address_that_is_behind_it() {
    let (named, doubt) = ("Mailwall (attested by nadia on 2026-11-01)", Obstacle::GatewayUnverified);
    let with = |vouched: bool| {
        let mut answer = scene::contoso();
        let address = answer.nodes.iter().position(|node| node.label.as_ref() == "noc@contoso.com").unwrap();
        let hops = std::mem::take(&mut answer.nodes[address].hops);
        let gateway = NodeId::of(answer.nodes.len()).unwrap();
        answer.nodes[address].hops = vec![Hop { to: gateway, kind: HopKind::Passes, blockage: None }];
        let mut node = Node {
            kind: NodeKind::Gateway("noc@contoso.com".into()),
            label: named.into(),
            address: None,
            hops,
            arrival: Arrival::Deliverable,
            blockages: Vec::new(),
            inherited: [].into(),
            unfollowed: [].into(),
            notices: [].into(),
        };
        if !vouched {
            node.arrival = Arrival::Unknown;
            node.blockages = vec![Blockage::new(doubt, "nobody has looked")];
            answer.nodes[address].arrival = Arrival::Unknown;
            answer.nodes[address].blockages = node.blockages.clone();
        }
        answer.nodes.push(node);
        page(&answer)
    };
    let (vouched, unverified) = (with(true), with(false));
    for page in [&vouched, &unverified] {
        assert!(page.contains(named), "who vouches for it is said");
        assert!(!page.contains(">gateway</text>"), "it has no place of its own");
    }
    assert_eq!((noted(&vouched, "gateway unverified"), noted(&unverified, "gateway unverified")), (0, 1));
}
