//! Seeds of simulated tenants.
//!
//! Checked of every seed: one that is read says the same when it is written down; no error shows a secret; a tenant that is made
//! is the same tenant every time, answers, and can be read by the product.

use std::sync::Arc;

use serde_json::Value;
use tenant_contacts::simulated::InProcess;
use tenant_contacts_simulator::{Options, Seed, SeedError, Simulator};

use crate::{
    recipe::Recipe,
    seeds,
    splice::{said_twice, scratch, splices},
    tenant::{epoch, is_discreet, look, on_paused_time, survey},
};

/// Most that a recipe makes of a seed, in bytes.
const MOST: usize = 1 << 20;

/// Most accounts that are generated here.
const ACCOUNTS: usize = 100;

/// In one of so many inputs the tenant is read as a whole.
const READ_ONE_IN: usize = 16;

fn texts() -> &'static [Value] {
    static SEEDS: std::sync::OnceLock<Vec<Value>> = std::sync::OnceLock::new();
    SEEDS.get_or_init(|| {
        // The example company's would take most of the time.
        let seeds = seeds::tenants().into_iter().filter(|seed| seed.users.len() < 20);
        seeds.map(|seed| serde_json::to_value(seed).expect("a seed is JSON")).collect()
    })
}

/// A seed: as it is, or by a recipe one that is almost right.
pub fn run(data: &[u8]) {
    let text = match data.split_first() {
        Some((b'\0', recipe)) => cooked(&mut Recipe::new(recipe)),
        _ => data.to_vec(),
    };
    let Ok(text) = String::from_utf8(text) else { return };
    match Seed::from_yaml(&text) {
        Ok(seed) => make(seed, data.len().is_multiple_of(READ_ONE_IN)),
        Err(error) => discreet(&error),
    }
}

fn cooked(recipe: &mut Recipe<'_>) -> Vec<u8> {
    let mut seed = recipe.pick(texts()).clone();
    match recipe.byte() % 8 {
        7 => return said_twice(&seed, recipe),
        _ => splices(&mut seed, recipe, MOST),
    }
    let mut text = seed.to_string().into_bytes();
    if recipe.happens(32) {
        scratch(&mut text, recipe);
    }
    text
}

fn discreet(error: &SeedError) {
    // A text may be anything that was written; a part of the seed is no value.
    assert!(!error.to_string().contains("\"secrets\""), "{error}");
}

fn make(mut seed: Seed, reads: bool) {
    let text = serde_json::to_string(&seed).expect("a seed is JSON");
    let again = Seed::from_yaml(&text)
        .unwrap_or_else(|error| panic!("what was read cannot be read when it is written down: {error:?}\n{text}"));
    assert!(seed == again, "a seed says something else when it is written down: {text}");
    let count = seed.generate_users;
    seed.generate(count.min(ACCOUNTS), 1);
    let options = || Options { epoch: Some(epoch()), ..Options::default() };
    let made = on_paused_time(async { Simulator::new(&seed, options()) });
    let simulator = match made {
        Ok(simulator) => simulator,
        Err(error) => return discreet(&error),
    };
    simulator.password_reset_recipients();
    if !reads {
        return;
    }
    on_paused_time(async {
        let same = Simulator::new(&seed, options()).expect("it was made before");
        assert_eq!(simulator.truth(), same.truth(), "one seed made two tenants");
        let tenant = simulator.tenant_id().parse().expect("a tenant has an id");
        if let Some(Err(error)) = look(&survey(Arc::new(InProcess(simulator)), tenant, &Arc::default())).await {
            is_discreet(&format!("{error} {error:?}"));
        }
    });
}
