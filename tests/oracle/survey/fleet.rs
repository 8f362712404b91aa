//! What a large tenant costs.

use testkit::rig::on_paused_time;

use super::tenant::{contoso, listed, simulator};

/// Accounts that are generated beside those of the example.
const MANY: usize = 10_000;

/// Requests that do not grow with the tenant: a token for each of four services, one batch, a page of each other listing,
/// and what Partner Center and one billing account with two profiles take.
const FEW: usize = 45;

#[test]
fn ten_thousand_accounts_take_a_page_per_thousand_and_a_fixed_few() {
    on_paused_time(async {
        let mut seed = contoso();
        seed.generate_users = MANY;
        let simulator = simulator(&seed);
        let read = listed(&simulator).await;
        let people = read.directory.people.present().unwrap().len();
        let recipients = read.exchange.recipients.present().unwrap().len();
        assert!(people > MANY, "{people}");
        let requests = usize::try_from(simulator.statistics().requests).unwrap();
        let pages = people.div_ceil(999) + recipients.div_ceil(1_000);
        assert!(requests <= pages + FEW, "{requests} requests for {people} accounts and {recipients} recipients");
    });
}
