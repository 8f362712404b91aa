//! Properties of the engine over random tenants and manifests: nothing here knows one example.
//!
//! How many cases: see [`CASES`]. `PROPTEST_CASES=5000 cargo test --test engine properties` is a campaign. A case that failed is
//! kept in `proptest-regressions/` and tried first from then on.

mod convergence;
mod drift;
mod equal;
mod export;
mod gate;
mod journal;
mod kept;
mod known;
mod oracle;
mod order;
mod removal;

use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{FileFailurePersistence, TestRunner},
};
use testkit::{random, world};

/// Cases of each property: what keeps the whole file under a minute in a debug build on two slow cores.
const CASES: u32 = 32;

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig {
        cases: if asked { default.cases } else { CASES },
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("proptest-regressions/properties.txt"))),
        // A case runs whole passes: without a bound shrinking takes longer than anybody waits.
        max_shrink_iters: 3_000,
        ..default
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn equal_states_give_no_step(case in equal::as_it_is()) {
        world::run(equal::equal_states_give_no_step(case));
    }

    #[test]
    fn passes_converge_and_then_write_nothing(case in random::cases()) {
        world::run(convergence::passes_converge_and_then_write_nothing(case));
    }

    #[test]
    fn the_order_of_inputs_does_not_matter(cases in order::reordered()) {
        world::run(order::the_order_of_inputs_does_not_matter(cases));
    }

    #[test]
    fn the_journal_holds_declared_fields_only(case in random::cases()) {
        world::run(journal::the_journal_holds_declared_fields_only(case));
    }

    #[test]
    fn everything_else_stays_as_it_was(case in random::cases()) {
        world::run(journal::everything_else_stays_as_it_was(case));
    }

    #[test]
    fn observing_writes_nothing(case in random::cases()) {
        world::run(journal::observing_writes_nothing(case));
    }

    #[test]
    fn equal_inputs_give_equal_bytes(case in random::cases()) {
        world::run(order::equal_inputs_give_equal_bytes(case));
    }

    #[test]
    fn a_stricter_gate_lets_no_more_through(case in gate::stricter()) {
        world::run(gate::a_stricter_gate_lets_no_more_through(case));
    }

    #[test]
    fn nothing_gated_is_written_without_its_approval(case in random::cases()) {
        world::run(gate::nothing_gated_is_written_without_its_approval(case));
    }

    #[test]
    fn a_bad_declaration_leaves_nothing_behind(cases in random::two_declarations()) {
        world::run(drift::a_bad_declaration_leaves_nothing_behind(cases));
    }

    #[test]
    fn drift_is_healed_and_what_is_not_declared_stays(case in drift::disturbed()) {
        world::run(drift::drift_is_healed_and_what_is_not_declared_stays(case));
    }

    #[test]
    fn deleted_objects_restore_what_is_still_ours_or_leave_it(case in removal::deleted()) {
        world::run(removal::deleted_objects_restore_what_is_still_ours_or_leave_it(case));
    }

    #[test]
    fn a_removed_field_is_restored_alone(case in removal::one_field()) {
        world::run(removal::a_removed_field_is_restored_alone(case));
    }

    #[test]
    fn objects_under_other_names_write_nothing(case in random::cases()) {
        world::run(removal::objects_under_other_names_write_nothing(case));
    }

    #[test]
    fn what_is_exported_is_planned_without_a_step(case in random::cases(), secrets in any::<bool>()) {
        world::run(export::what_is_exported_is_planned_without_a_step(case, secrets));
    }

    #[test]
    fn what_did_not_change_is_planned_as_if_from_scratch(story in known::stories()) {
        world::run(known::what_did_not_change_is_planned_as_if_from_scratch(story));
    }
}

#[test]
fn stories_have_something_to_take_over() {
    let mut runner = TestRunner::deterministic();
    let strategy = known::stories();
    let stories = (0..40).map(|_| strategy.new_tree(&mut runner).unwrap().current());
    world::run(known::assert_something_is_taken_over(stories));
}

#[test]
fn random_cases_come_across_every_verdict() {
    let mut runner = TestRunner::deterministic();
    let strategy = random::cases();
    let cases = (0..200).map(|_| strategy.new_tree(&mut runner).unwrap().current());
    world::run(convergence::assert_every_verdict_is_reached(cases));
}
