//! (3), (6) Equal inputs, equal bytes; and the order of inputs is no input.

use std::time::Duration;

use proptest::{prelude::*, sample::Index};
use serde_json::Value;
use tenant_contacts_engine::{Mode, PassReport};
use tenant_contacts_simulator::Seed;
use testkit::{
    declared::{Declared, List},
    random::{self, Case},
    world::{BETWEEN_READS, World},
};

/// Everything a run shows and leaves behind.
#[derive(Debug, PartialEq)]
struct Trace {
    plans: Vec<String>,
    reports: Vec<String>,
    records: Vec<String>,
    journal: String,
    truth: Value,
}

/// Runs a case to its end, looking at each pass.
async fn trace(mut case: Case) -> Trace {
    let mut world = World::new(&case.seed);
    let (mut plans, mut reports) = (Vec::new(), Vec::new());
    for _ in 0..6 {
        let set = case.declared.set();
        let preview = world.pass(&set, &Mode::Preview).await;
        plans.push(serde_json::to_string(&world.view(&set)).unwrap());
        let report = world.pass(&set, &Mode::Run).await;
        let hash = world.plan().approval_hash;
        // When to come back is jittered on purpose.
        let seen = [preview, report].map(|report| PassReport { next: Duration::ZERO, ..report });
        reports.push(format!("{seen:?}"));
        if let Some(hash) = hash {
            case.declared.approve(&hash.to_string(), &world.in_an_hour());
        }
        world.wait(BETWEEN_READS).await;
    }
    let kept = world.records.kept();
    let tenants = kept.tenants.values().map(|kept| serde_json::to_string(kept).unwrap());
    let objects = kept.objects.iter().map(|((_, key), kept)| format!("{key} {}", serde_json::to_string(kept).unwrap()));
    let audit = kept.audit.values().flatten().map(|record| serde_json::to_string(record).unwrap());
    Trace {
        plans,
        reports,
        records: tenants.chain(objects).chain(audit).collect(),
        journal: serde_json::to_string(&world.simulator.journal(0)).unwrap(),
        truth: world.simulator.truth(),
    }
}

/// (6)
pub async fn equal_inputs_give_equal_bytes(case: Case) {
    let one = trace(case.clone()).await;
    let start = tokio::time::Instant::now();
    let other = trace(case).await;
    assert!(start.elapsed() > BETWEEN_READS, "time went by between the runs, and no run knows of it");
    assert_eq!(one, other);
}

/// A case, and the same case in another order: of objects, of accounts, and of the values in lists.
pub fn reordered() -> impl Strategy<Value = (Case, Case)> {
    (random::cases(), proptest::collection::vec(any::<Index>(), 40)).prop_map(|(case, by)| {
        let seed = Seed { users: shuffled(&case.seed.users, &by), ..case.seed.clone() };
        let mut organizations = shuffled(&case.declared.organizations, &by);
        for object in &mut organizations {
            for list in
                [&mut object.technical, &mut object.security_mails, &mut object.security_phones, &mut object.marketing]
            {
                shuffle_list(list, &by);
            }
        }
        let mut users = shuffled(&case.declared.users, &by);
        for object in &mut users {
            shuffle_list(&mut object.alternate_emails, &by);
        }
        let mut rails = case.declared.rails.clone();
        rails.enforce.reverse();
        rails.protected.reverse();
        let declared = Declared { rails, organizations, users, ..case.declared.clone() };
        (case, Case { seed, declared })
    })
}

fn shuffle_list<T: Clone>(list: &mut Option<List<T>>, by: &[Index]) {
    if let Some(list) = list {
        list.values = shuffled(&list.values, by);
    }
}

/// Draws without putting back.
fn shuffled<T: Clone>(items: &[T], by: &[Index]) -> Vec<T> {
    let mut left = items.to_vec();
    let drawn = by.iter().cycle().take(items.len()).map(|index| left.remove(index.index(left.len())));
    drawn.collect()
}

/// The same with every list of texts sorted: what is left is what must not depend on any order.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        // The place of what is missing, and the first of several, follow the text.
        Value::String(text) if text.contains(": Secret ") || text.contains(": there is no Secret ") => Value::Null,
        // The spelling is the first one's that was read.
        Value::String(text) if text.contains('@') => Value::String(text.to_lowercase()),
        Value::String(text) if text.starts_with('+') => {
            Value::String(text.chars().filter(|c| !" ()-".contains(*c)).collect())
        }
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, sorted(value))).collect(),
        other => other,
    }
}

/// (3)
pub async fn the_order_of_inputs_does_not_matter((one, other): (Case, Case)) {
    let (one, other) = (trace(one).await, trace(other).await);
    let parse = |texts: &[String]| -> Vec<Value> {
        texts.iter().map(|text| sorted(serde_json::from_str(text).unwrap())).collect()
    };
    assert_eq!(parse(&one.plans), parse(&other.plans));
    assert_eq!(one.reports, other.reports);
    assert_eq!(sorted(one.truth), sorted(other.truth));
}
