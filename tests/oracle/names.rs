//! What the places of an answer are called, where listings have ids alone.

use tenant_contacts_core::answer::NodeKind;
use tenant_contacts_simulator::{BillingRoleSeed, GroupSeed, Switches};
use testkit::rig::on_paused_time;

use crate::survey::tenant::contoso;
use crate::tangled::{look, simulator};

/// A security group is no recipient and holds no role of the directory: nothing that is listed names it.
#[test]
fn c9_a_security_group_that_holds_a_billing_role_has_its_name() {
    let mut seed = contoso();
    let name = "Invoice desk";
    seed.groups.push(GroupSeed { name: name.into(), ..GroupSeed::default() });
    let account = seed.billing.iter_mut().flat_map(|billing| &mut billing.accounts).next().unwrap();
    let profile = account.profiles.first_mut().unwrap();
    profile.roles.push(BillingRoleSeed { role: "Billing profile owner".into(), principal: name.into() });
    let (_, answer) = on_paused_time(async { look(&simulator(&seed, Switches::default())).await });
    let named = |node: &&tenant_contacts_core::answer::Node| &*node.label == name;
    let node = answer.nodes.iter().find(named).expect("it is called by its name");
    assert!(matches!(node.kind, NodeKind::Group(_)), "{node:?}");
}
