//! What a plan may take over from the one before it. Cost follows changes (design §3): an object that is as declared, and of
//! which nothing changed, is not judged again.
//!
//! Why this is the same plan: nothing but declaration, account, name, memory and rivals leads to the verdict *in sync*. What
//! else a plan is a function of (time, roles, permissions, domains, protection, enforcement, limits) is asked only about
//! values that differ. Rivals are looked for among all objects whatever is taken over. While the
//! accounts are out of reach nothing is taken over. Debug builds make every plan from
//! scratch as well and compare.

use tenant_contacts_api::{field::Surface, memory::Memory};

use crate::{
    desired::{DesiredObject, DesiredTarget},
    model::Observation,
    step::{ObjectPlan, Resolution, Target, Verdict},
};

/// Whether an object's plan stays the same until its declaration, its account, its name or its memory is touched: every
/// declared field is in sync, nothing else is remembered, and nothing of it waits for a time to come.
pub fn is_quiet(object: &DesiredObject, plan: &ObjectPlan, memory: &Memory) -> bool {
    let Resolution::Found { target: Target::Object(Surface::Users, id), .. } = plan.resolution else { return false };
    !object.removed
        && memory.object_id == Some(id)
        && plan.fields.len() == object.fields.len()
        && memory.fields.len() == object.fields.len()
        && plan.fields.iter().all(|field| field.verdict == Verdict::InSync && field.due.is_none())
        && memory
            .fields
            .iter()
            .all(|entry| entry.intent.is_none() && entry.refusal.is_none() && entry.contest.is_none())
}

/// Whether what a quiet object's resolution and live values were taken from may have changed.
pub fn is_touched(object: &DesiredObject, plan: &ObjectPlan, observation: &Observation) -> bool {
    if observation.is_out_of_reach(Surface::Users) {
        return true;
    }
    let (accounts, names) = (observation.accounts.touched(), observation.names.touched());
    if accounts.is_empty() && names.is_empty() {
        return false;
    }
    let account = plan.resolution.target().is_none_or(|target| target.as_account().is_none_or(|id| accounts.has(&id)));
    account
        || match &object.target {
            DesiredTarget::Account { name, .. } if !names.is_empty() => names.has(name.to_ascii_lowercase().as_str()),
            DesiredTarget::Account { .. } => false,
            DesiredTarget::Organization | DesiredTarget::Gateways(_) | DesiredTarget::Thing { .. } => true,
        }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use jiff::Timestamp;
    use tenant_contacts_api::{field::Field, reason::Reason, status::TenantMemory};
    use uuid::Uuid;

    use super::*;
    use crate::{
        canonical,
        desired::{DesiredField, Kind, ObjectKey, Want},
        field::Shape,
        model::{Account, Fact, ObservedAccount},
        plan::{
            self, Input, Plan,
            testing::{self, key},
        },
    };

    const PHONE: &str = "+1 206 555 0101";

    /// Ada, Ben and Cleo, each as declared and remembered.
    struct Scene {
        objects: Vec<Arc<DesiredObject>>,
        observation: Observation,
        memory: BTreeMap<ObjectKey, Memory>,
    }

    fn id(name: &str) -> Uuid {
        Uuid::from_u128(name.bytes().next().unwrap_or_default().into())
    }

    fn upn(name: &str) -> String {
        format!("{name}@contoso.com")
    }

    fn account(name: &str, upn: &str, phone: &str) -> ObservedAccount {
        let mut account = Account::new(id(name), upn.into());
        account.mail = Fact::Absent;
        account.enabled = Fact::Present(true);
        account.synchronised = Fact::Absent;
        account.put(Field::MobilePhone, Fact::of_values(vec![phone.into()]));
        ObservedAccount { account, read_at: Timestamp::UNIX_EPOCH }
    }

    fn declaring(object: &str, account: &str) -> Arc<DesiredObject> {
        let want = Want::Exact([PHONE.into()].into());
        let field = DesiredField::whole(Field::MobilePhone, want);
        let target = DesiredTarget::Account { name: upn(account).into(), id: None };
        Arc::new(DesiredObject { fields: vec![field], ..testing::object(key(Kind::UserContact, object), target) })
    }

    fn remembered(account: &str) -> Memory {
        let mut memory = Memory { object_id: Some(id(account)), ..Memory::default() };
        let entry = memory.field_mut(Field::MobilePhone);
        entry.verified = Some(canonical::digest(Field::MobilePhone, Shape::Phones, &[PHONE.into()]));
        entry.declared = declaring(account, account).fields[0].digest();
        memory
    }

    impl Scene {
        fn new() -> Self {
            let mut scene = Self { objects: Vec::new(), observation: Observation::default(), memory: BTreeMap::new() };
            for name in ["ada", "ben", "cleo"] {
                scene.objects.push(declaring(name, name));
                scene.observation.accounts.insert(id(name), Fact::Present(account(name, &upn(name), PHONE)));
                scene.observation.names.insert(upn(name).into(), Fact::Present(id(name)));
                scene.memory.insert(key(Kind::UserContact, name), remembered(name));
            }
            scene.observation.roles = Fact::Absent;
            scene
        }

        fn input<'a>(&'a self, tenant: &'a crate::desired::DesiredTenant, of: &'a TenantMemory) -> Input<'a> {
            Input {
                tenant,
                claimed: false,
                objects: &self.objects,
                observation: &self.observation,
                landscape: None,
                memory: &self.memory,
                tenant_memory: of,
                now: Timestamp::UNIX_EPOCH,
            }
        }

        /// Plans, lets something happen, and plans again with what may be taken over. How much that was, and the plan.
        fn after(mut self, happens: impl FnOnce(&mut Self)) -> (usize, Plan) {
            let (tenant, of) = (testing::tenant(), TenantMemory::default());
            let first = plan::plan(&self.input(&tenant, &of));
            self.observation.accounts.believe();
            self.observation.names.believe();
            let quiet: BTreeMap<ObjectKey, ObjectPlan> = self
                .objects
                .iter()
                .zip(first.objects)
                .filter(|(object, plan)| is_quiet(object, plan, &self.memory[&object.key]))
                .map(|(object, plan)| (object.key.clone(), plan))
                .collect();
            assert_eq!(quiet.len(), 3, "all are as declared");
            happens(&mut self);
            let take = |object: &Arc<DesiredObject>| {
                quiet.get(&object.key).filter(|plan| !is_touched(object, plan, &self.observation)).cloned()
            };
            let known: Vec<Option<ObjectPlan>> = self.objects.iter().map(take).collect();
            let taken = known.iter().flatten().count();
            let again = plan::plan_again(&self.input(&tenant, &of), known);
            assert_eq!(again, plan::plan(&self.input(&tenant, &of)), "as from scratch");
            (taken, again)
        }
    }

    fn verdict(plan: &Plan, object: usize) -> &Verdict {
        &plan.objects[object].fields[0].verdict
    }

    #[test]
    fn what_nothing_happened_to_is_taken_over() {
        assert_eq!(Scene::new().after(|_| {}).0, 3);
    }

    #[test]
    fn an_account_that_was_touched_is_judged_again() {
        let (taken, plan) = Scene::new().after(|scene| {
            let changed = account("ben", &upn("ben"), "+1 206 555 0199");
            scene.observation.accounts.insert(id("ben"), Fact::Present(changed));
        });
        assert_eq!(taken, 2);
        assert!(matches!(verdict(&plan, 1), Verdict::Write(_)));
    }

    #[test]
    fn a_name_that_goes_to_another_account_is_noticed_though_the_account_is_as_it_was() {
        let mut scene = Scene::new();
        scene.observation.accounts.insert(id("ben"), Fact::Present(account("ben", "benjamin@contoso.com", PHONE)));
        scene.observation.names.insert(upn("ben").into(), Fact::Absent);
        let (taken, plan) = scene.after(|scene| {
            scene.observation.names.insert(upn("ben").into(), Fact::Present(id("newcomer")));
        });
        assert_eq!(taken, 2);
        assert!(matches!(verdict(&plan, 1), Verdict::Blocked(Reason::IdentityChanged, _)));
    }

    #[test]
    fn a_rival_does_not_take_a_field_from_who_holds_it() {
        let (taken, plan) = Scene::new().after(|scene| scene.objects.push(declaring("rival", "ada")));
        assert_eq!((taken, verdict(&plan, 0)), (3, &Verdict::InSync));
        assert!(matches!(verdict(&plan, 3), Verdict::Blocked(Reason::Conflict, _)));
    }

    #[test]
    fn two_holders_block_each_other_though_one_of_them_was_quiet() {
        // As after a folder that was read while it was being checked out: the rival was away, and is still remembered.
        let (taken, plan) = Scene::new().after(|scene| {
            scene.objects.push(declaring("rival", "ada"));
            scene.memory.insert(key(Kind::UserContact, "rival"), remembered("ada"));
        });
        assert_eq!(taken, 3);
        for object in [0, 3] {
            assert!(matches!(verdict(&plan, object), Verdict::Blocked(Reason::Conflict, _)), "{object}");
        }
    }

    #[test]
    fn what_waits_for_a_time_to_come_is_not_quiet() {
        let (object, memory) = (declaring("ada", "ada"), remembered("ada"));
        let scene = Scene::new();
        let plan = plan::plan(&scene.input(&testing::tenant(), &TenantMemory::default())).objects.remove(0);
        assert!(is_quiet(&object, &plan, &memory));
        let mut contested = memory.clone();
        let contest = tenant_contacts_api::memory::Contest { corrections: 1, last: Timestamp::UNIX_EPOCH };
        contested.field_mut(Field::MobilePhone).contest = Some(contest);
        assert!(!is_quiet(&object, &plan, &contested));
        let mut withdrawn = memory;
        withdrawn.field_mut(Field::BusinessPhone);
        assert!(!is_quiet(&object, &plan, &withdrawn), "something is still to be let go");
    }
}
