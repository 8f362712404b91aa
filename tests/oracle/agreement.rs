//! The comparison itself.

use crate::{
    arrivals, departed, evidence, selections,
    tally::each,
    tangled::{look, seed, simulator, tenants},
    truth::Truth,
};
use tenant_contacts_simulator::Switches;
use testkit::rig::on_paused_time;

/// Deliverable exactly if a message is delivered where somebody reads it, whoever of Microsoft's senders sends it; and
/// chosen exactly if it would be sent there.
#[test]
fn f_what_the_product_says_of_a_tenant_is_what_becomes_of_mail_in_it() {
    if let Ok(number) = std::env::var("TENANT_CONTACTS_ORACLE_SHOW") {
        println!("{}", serde_json::to_string_pretty(&seed(number.parse().unwrap())).unwrap());
    }
    let tally = each(tenants(), |number, tally| {
        let seed = seed(number);
        // Every third tenant prints whom it refers to by display name.
        let switches = Switches { references_are_display_names: number % 3 == 0, ..Switches::default() };
        let (_, answer) = on_paused_time(async { look(&simulator(&seed, switches)).await });
        let untold = |what: &str| match what {
            "billing accounts" => seed.billing.is_none(),
            "partner profile" => seed.partner.is_none(),
            _ => false,
        };
        if !answer.gaps.iter().all(|gap| untold(&gap.what)) {
            tally.differs("a gap though everything may be read", format!("tenant {number}: {:?}", answer.gaps));
        }
        let truth = Truth::of(&seed);
        arrivals::compare(number, &answer, &truth, tally);
        selections::compare(number, &seed, &answer, tally);
        departed::compare(number, &seed, &answer, &truth, tally);
        evidence::compare(number, &answer, &truth, tally);
    });
    // The excuses are few: one in fifty addresses, where tangles are as dense as these.
    let count =
        |start: &str| tally.counts.iter().filter(|(what, _)| what.starts_with(start)).map(|(_, count)| *count).sum();
    let (needless, addresses): (usize, usize) = (count("excused: "), count("addresses: "));
    println!("{needless} of {addresses} addresses are unknown without need");
    assert!(needless * 50 <= addresses, "{tally}");
    tally.settle();
}
