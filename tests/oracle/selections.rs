//! Whom Microsoft chooses.

use std::collections::BTreeSet;

use tenant_contacts_api::{
    notice::{Category, Selected},
    obstacle::Obstacle,
};
use tenant_contacts_core::{
    answer::{Answer, NodeKind},
    landscape::fold,
};
use tenant_contacts_simulator::{NoticeCategory, Seed, Switches, UserSeed};

use crate::{
    tally::Tally,
    tangled::{Turn, simulator, ways},
};

/// The simulated tenant's name of a category; none for the notice that goes to each user.
fn category(category: Category) -> Option<NoticeCategory> {
    let name = |one: &&NoticeCategory| format!("{one:?}") == category.as_str();
    NoticeCategory::ALL.iter().find(name).copied()
}

/// Behaviours that are not documented and bear on a tenant (DOMAIN B4, F2): whether disabled accounts, guests, holders in a part of the
/// organization and holders through a group are told, whether a tier counts as filled by those who are not, whether roles of the billing account
/// itself are enough, and whom an agreement of another kind tells.
fn behaviours(seed: &Seed) -> Vec<Switches> {
    let holds = |user: &UserSeed| {
        !user.roles.is_empty()
            || seed.billing.is_some()
            || seed.role_assignments.iter().any(|one| one.principal == user.upn)
            || seed.groups.iter().any(|group| !group.roles.is_empty() && group.members.contains(&user.upn))
    };
    let is_guest = |user: &UserSeed| user.user_type.as_deref() == Some("Guest");
    let somebody = |who: &dyn Fn(&UserSeed) -> bool| seed.users.iter().any(|user| who(user) && holds(user));
    let disabled = somebody(&|user| !user.account_enabled);
    let guests = somebody(&is_guest);
    let scoped = seed.role_assignments.iter().any(|one| one.scope.is_some());
    let others = seed.groups.iter().any(|group| !group.roles.is_empty())
        || seed.applications.iter().any(|one| one.name == "Robot");
    let agreements = seed.billing.iter().flat_map(|billing| &billing.accounts);
    let known = ["MicrosoftCustomerAgreement", "MicrosoftOnlineServicesProgram"];
    let another = agreements.filter_map(|account| account.agreement_type.as_deref()).any(|kind| !known.contains(&kind));
    let through_groups = seed.groups.iter().any(|group| !group.roles.is_empty());
    let turns: [(bool, Turn); 7] = [
        (disabled, |switches| switches.reset_tells_disabled ^= true),
        (guests, |switches| switches.reset_tells_guests ^= true),
        (scoped, |switches| switches.reset_tier_by_scoped_roles ^= true),
        (through_groups, |switches| switches.reset_tier_through_groups ^= true),
        (disabled || guests || scoped || others, |switches| switches.reset_tier_without_readers_counts ^= true),
        (seed.billing.is_some(), |switches| switches.billing_account_roles_are_told ^= true),
        (another, |switches| switches.other_agreements_tell_administrators ^= true),
    ];
    ways(&turns)
}

pub fn compare(number: u64, seed: &Seed, answer: &Answer, tally: &mut Tally) {
    let behaviours = || behaviours(seed).into_iter();
    // Each administrator chooses whether posts about privacy are mailed: in half of the worlds all have turned that off.
    let unwanted = behaviours().map(|switches| Switches { privacy_posts_are_mailed: false, ..switches });
    let worlds: Vec<_> = behaviours().chain(unwanted).map(|switches| simulator(seed, switches)).collect();
    // B1: which addresses are used in every tier but one is not documented; F3: the primary one where there is one.
    let alternates: Vec<_> = behaviours()
        .map(|switches| simulator(seed, Switches { reset_uses_alternate_in_every_tier: true, ..switches }))
        .collect();
    for said in &answer.categories {
        let Some(category) = category(said.category) else { continue };
        let told: Vec<BTreeSet<Box<str>>> = worlds
            .iter()
            .map(|world| world.notice_recipients(category).iter().map(|one| fold(&one.address)).collect())
            .collect();
        let always = |address: &str| told.iter().all(|one| one.contains(address));
        let with_alternates = alternates.iter().flat_map(|world| world.notice_recipients(category));
        let with_alternates: BTreeSet<Box<str>> = with_alternates.map(|one| fold(&one.address)).collect();
        let ever = |address: &str| with_alternates.contains(address) || told.iter().any(|one| one.contains(address));
        let mut named = BTreeSet::new();
        let (mut certain, mut disabled_ones) = (BTreeSet::new(), BTreeSet::new());
        // Where such assignments count they count in every tier: each tier is judged by itself.
        let mut scoped_ones = BTreeSet::new();
        for chosen in &said.recipients {
            let NodeKind::Address(address) = &answer.node(chosen.end().unwrap()).unwrap().kind else { continue };
            tally.count(format!("{}: {:?}", said.category, chosen.selected));
            // F2: below a tier of disabled accounts everybody is unknown, disabled accounts too.
            let disabled = chosen.unselected.as_ref().is_some_and(|why| why.obstacle == Obstacle::AccountDisabled);
            if chosen.selected > Selected::No && disabled {
                disabled_ones.insert(address.clone());
            } else if chosen.selected > Selected::No {
                named.insert(address.clone());
                let by_assignment = [Obstacle::ScopedRole, Obstacle::ThroughGroup];
                if chosen.unselected.as_ref().is_some_and(|why| by_assignment.contains(&why.obstacle)) {
                    scoped_ones.insert(address.clone());
                }
            }
            if chosen.selected == Selected::Yes {
                certain.insert(address.clone());
            }
        }
        let at = |address: &str| format!("tenant {number}, {}: {address}", said.category);
        for address in &certain {
            if !always(address) {
                tally.differs(format!("{}: chosen for certain, and is not told", said.category), at(address));
            }
        }
        for address in told.iter().flatten().collect::<BTreeSet<_>>() {
            if !named.contains(address) && !disabled_ones.contains(address) {
                tally.differs(format!("{}: told, and not named", said.category), at(address));
            } else if always(address) && !certain.contains(address) && !left_open(said.category, seed) {
                tally.differs(format!("{}: told whatever holds, and unknown", said.category), at(address));
            }
        }
        for address in &named {
            if !ever(address) && !left_open(said.category, seed) && !scoped_ones.contains(address) {
                tally.differs(format!("{}: never told, and named", said.category), at(address));
            }
        }
    }
}

/// What no interface tells: whether that switch is on; where no billing account is seen, which agreement holds; and who is
/// no partner, as Partner Center refuses them like somebody without permission.
fn left_open(category: Category, seed: &Seed) -> bool {
    match category {
        Category::AdminPasswordChanged => true,
        Category::Billing => seed.billing.is_none(),
        Category::PartnerVerification | Category::PartnerAccount | Category::PartnerBilling => seed.partner.is_none(),
        Category::PasswordResetRequest
        | Category::UserPasswordReset
        | Category::ServiceAndTechnical
        | Category::SecurityAndCompliance
        | Category::Privacy
        | Category::Marketing => false,
    }
}
