//! What can be seen of declared objects: the plan, what is published, what the rules find, when the next pass comes, and why
//! there is none.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use tenant_contacts::survey;
use tenant_contacts_engine::Mode;
use tenant_contacts_report::explain;
use testkit::{
    declared::{self, Declared},
    world::{self, World},
};

use super::base::{self, Objects};

/// See the module.
#[derive(Debug)]
pub struct Seen {
    pub plan: Option<Value>,
    pub statuses: BTreeMap<String, Value>,
    /// What the rules find in the tenant, as it is shown. `None`: it cannot be read.
    pub findings: Option<Value>,
    pub next: Duration,
    /// Why there is no plan.
    pub problem: Option<String>,
    /// The same, and what tokens were asked for to plan.
    pub reached: (Option<String>, Vec<String>),
}

/// Runs a fresh world: a look without writing, what the rules find then, a pass that writes, and what is to come.
pub fn look(objects: &Objects) -> Seen {
    world::run(async {
        let mut world = World::new(&base::seed());
        let mut sets = declared::sets(&objects.text());
        let set = sets.tenants.remove(&Declared::key()).unwrap();
        let report = world.pass(&set, &Mode::Preview).await;
        let plan = world.driver.worker().plan().map(|_| serde_json::to_value(world.view(&set)).unwrap());
        let problem = report.problem.map(|problem| format!("{} {}", problem.reason, problem.message));
        // Until everything is verified: then the interval alone says when to come back.
        let scopes = world.sent.scopes();
        let looked = survey::look(&set, &world.network).await.ok();
        let findings =
            looked.map(|looked| explain::json(&looked.answer, &explain::Options::default())["findings"].take());
        let mut report = world.pass(&set, &Mode::Run).await;
        for _ in 0..4 {
            world.wait(world::BETWEEN_READS).await;
            report = world.pass(&set, &Mode::Run).await;
        }
        let kept = world.records.kept();
        let tenants = kept.tenants.iter().map(|(key, kept)| (key.to_string(), serde_json::to_value(&kept.1).unwrap()));
        let objects = kept.objects.iter().map(|((_, key), kept)| (key, serde_json::to_value(&kept.1).unwrap()));
        let statuses = tenants.chain(objects.map(|(key, status)| (key.to_string(), status))).collect();
        Seen { plan, statuses, findings, next: report.next, reached: (problem.clone(), scopes), problem }
    })
}
