//! Seeds that ask for more than there is: refused with the place, and nothing is made of them.

use tenant_contacts_simulator::{Options, Seed, Simulator};

const MINIMAL: &str = include_str!("../../src/seed/minimal.yaml");

#[test]
fn more_accounts_than_any_machine_holds_are_refused_before_one_is_made() {
    for count in [Seed::MOST_GENERATED + 1, usize::MAX] {
        let error = Seed::from_yaml(&format!("{MINIMAL}\ngenerateUsers: {count}\n")).err().unwrap();
        assert!(error.to_string().contains("generateUsers"), "{error}");
    }
    assert!(Seed::from_yaml(&format!("{MINIMAL}\ngenerateUsers: {}\n", Seed::MOST_GENERATED)).is_ok());
}

#[test]
fn a_message_shows_no_part_of_a_seed_that_slipped_into_another_and_ends() {
    let refused = |properties: &str| {
        let seed = MINIMAL.replacen("organization:\n", &format!("organization:\n  properties: {properties}\n"), 1);
        Simulator::new(&Seed::from_yaml(&seed).unwrap(), Options::default()).err().unwrap().to_string()
    };
    let shown = refused("{city: {secrets: [{value: minimal-secret}]}}");
    assert!(shown.contains("city") && shown.contains("an object") && !shown.contains("secret"), "{shown}");
    let shown = refused(&format!("{{city: [{}]}}", "a, ".repeat(10_000)));
    assert!(shown.contains("a list"), "{shown}");
    let seed = MINIMAL.replacen("manager: admin@contoso.com", &format!("manager: {}", "m".repeat(10_000)), 1);
    let shown = Simulator::new(&Seed::from_yaml(&seed).unwrap(), Options::default()).err().unwrap().to_string();
    assert!(shown.len() < 300, "{shown}");
}
