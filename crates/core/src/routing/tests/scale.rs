//! Work grows with the edges, and not with the ways through them.

use tenant_contacts_api::notice::{Category, Reach};

use crate::{
    answer::Answer,
    model::role,
    routing::{
        routed,
        testing::{Scene, at},
    },
};

/// Administrators, and lists that contain the next three, in a circle.
fn tenant(administrators: usize, lists: usize) -> Scene {
    let mut scene = Scene::new();
    for number in 0..administrators {
        let name = format!("p{number}");
        scene = scene.person(&name).role(role::GLOBAL_ADMINISTRATOR, &name);
    }
    for number in 0..lists {
        let mut members: Vec<String> = (1..=3).map(|step| format!("l{}", (number + step) % lists)).collect();
        members.extend((0..4).map(|step| format!("p{}", (number * 4 + step) % administrators)));
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        scene = scene.list(&format!("l{number}"), &members);
    }
    let addresses: Vec<_> = (0..lists).map(|number| at(&format!("l{number}"))).collect();
    let addresses: Vec<&str> = addresses.iter().map(|one| &**one).collect();
    scene.technical(&addresses)
}

fn edges(answer: &Answer) -> usize {
    answer.nodes.iter().map(|node| 1 + node.hops.len()).sum()
}

#[test]
fn a_thousand_administrators_and_five_hundred_lists_in_circles_cost_work_in_proportion_to_the_edges() {
    let (small, large) = (tenant(500, 250), tenant(1000, 500));
    let (half, half_work) = routed(&small.landscape, &small.declared);
    let (whole, work) = routed(&large.landscape, &large.declared);
    assert_eq!(whole.answer.category(Category::ServiceAndTechnical).unwrap().certain.len(), 1000);
    // More than a hundred administrators: who of them is told is unknown.
    assert_eq!(whole.answer.category(Category::PasswordResetRequest).unwrap().reach, Reach::Unknown);
    // A constant per edge: each is drawn, settled at most twice, explained, and walked by each category at most twice.
    let constant = 2 * Category::ALL.len() + 8;
    assert!(work <= constant * edges(&whole.answer), "{work} steps for {} edges", edges(&whole.answer));
    // As many steps for an edge as in a tenant of half the size, give or take a twentieth.
    let (before, now) = (half_work * edges(&whole.answer), work * edges(&half.answer));
    assert!(before.abs_diff(now) * 20 < before, "{half_work} steps became {work}");
}

#[test]
fn reasons_stay_few_however_many_members_are_broken() {
    let mut scene = Scene::new();
    for number in 0..300 {
        scene = scene.person(&format!("p{number}")).disabled(&format!("p{number}"));
    }
    let names: Vec<String> = (0..300).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let node = scene.list("ops", &names).mail("ops");
    assert!(node.blockages.len() <= 12, "{}", node.blockages.len());
}
