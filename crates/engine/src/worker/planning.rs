//! Planning from the last plan: what is known of it as quiet ([`Known`]) is taken over.

use std::{iter::Peekable, sync::Arc};

use tenant_contacts_core::{
    desired::DesiredObject,
    plan::{self, Input, Plan},
    step::ObjectPlan,
};

use super::{Gathered, Ports, TenantWorker, known::Known};

impl TenantWorker {
    /// Of how many objects the last plan was taken over from the one before.
    pub fn taken_over(&self) -> usize {
        self.known.quiet.iter().filter(|quiet| **quiet).count()
    }

    /// Plans, taking over from the plan before what did not change since.
    pub(super) fn plan_now(&mut self, ports: &Ports, gathered: &Gathered, previous: Option<Plan>) -> Plan {
        let known = self.take_known(previous);
        let input = Input {
            tenant: &gathered.tenant,
            claimed: gathered.claimed,
            objects: &self.objects,
            observation: &self.observation,
            landscape: self.landscape.as_deref(),
            memory: &self.ledger.memory,
            tenant_memory: &self.ledger.tenant_memory,
            now: ports.clock.now(),
        };
        let plan = plan::plan_again(&input, known);
        debug_assert_eq!(plan, plan::plan(&input), "a plan that takes over is the plan from scratch");
        plan
    }

    /// The plans of objects that were quiet and are still, and from now on only those count as quiet.
    fn take_known(&mut self, previous: Option<Plan>) -> Vec<Option<ObjectPlan>> {
        let before = std::mem::take(&mut self.known);
        let plans = previous.map_or_else(Vec::new, |plan| plan.objects);
        let still = |object: &DesiredObject, plan: &ObjectPlan| {
            !self.ledger.memory.touched().has(&object.key) && !plan::is_touched(object, plan, &self.observation)
        };
        let quiet = before.objects.iter().zip(before.quiet).zip(plans);
        let mut quiet = quiet
            .filter_map(|((object, quiet), plan)| (quiet && still(object, &plan)).then_some((object, plan)))
            .peekable();
        let same = Arc::ptr_eq(&before.objects, &self.objects);
        // A first pass over a fleet need not hold a list of nothing.
        let known: Vec<Option<ObjectPlan>> = match quiet.peek() {
            Some(_) => self.objects.iter().map(|object| take_of(object, same, &mut quiet)).collect(),
            None => Vec::new(),
        };
        let mut flags: Vec<bool> = known.iter().map(Option::is_some).collect();
        flags.resize(self.objects.len(), false);
        self.known = Known { objects: Arc::clone(&self.objects), quiet: flags };
        self.ledger.memory.believe();
        self.observation.accounts.believe();
        self.observation.names.believe();
        known
    }

    /// After everything was published: what is quiet now, unless it was touched since it was planned.
    pub(super) fn note_quiet(&mut self) {
        let Some(plan) = &self.plan else { return };
        let plans = self.objects.iter().zip(&plan.objects);
        for ((object, planned), quiet) in plans.zip(&mut self.known.quiet).filter(|(_, quiet)| !**quiet) {
            *quiet = !self.ledger.memory.touched().has(&object.key)
                && !plan::is_touched(object, planned, &self.observation)
                && self.ledger.memory.get(&object.key).is_some_and(|memory| plan::is_quiet(object, planned, memory));
        }
    }
}

/// The plan of `object`, if it comes next among the quiet ones and is declared as it was. Both are in key order.
fn take_of<'a>(
    object: &Arc<DesiredObject>,
    same: bool,
    quiet: &mut Peekable<impl Iterator<Item = (&'a Arc<DesiredObject>, ObjectPlan)>>,
) -> Option<ObjectPlan> {
    if same {
        return quiet.next_if(|(before, _)| Arc::ptr_eq(before, object)).map(|(_, plan)| plan);
    }
    while quiet.next_if(|(before, _)| before.key < object.key).is_some() {}
    quiet.next_if(|(before, _)| before.key == object.key).filter(|(before, _)| *before == object).map(|(_, plan)| plan)
}
