//! From any tenant to what is declared of it, in a bounded number of passes, and then nothing more.

use std::collections::BTreeSet;

use tenant_contacts_api::reason::Reason;
use tenant_contacts_core::step::Verdict;
use tenant_contacts_engine::Mode;
use testkit::{
    random::Case,
    world::{INTERVAL, World},
};

use super::oracle::{self, Whose};

/// Passes that must write nothing after convergence.
const QUIET_PASSES: usize = 5;

/// Holds the last plan against the tenant as it truly is: what the plan says is so, is so; what it leaves alone it may.
pub fn assert_converged(world: &World, case: &Case) {
    let claims = oracle::claims(&case.seed, &case.declared);
    let targets = oracle::by_target(&claims);
    let verdicts = world.verdicts();
    for claim in &claims {
        let mine = verdicts.iter().find(|(object, field, _)| *object == claim.object && *field == claim.field);
        let verdict = &mine.unwrap_or_else(|| panic!("no verdict on {claim:?}")).2;
        let id = match &claim.whose {
            Whose::Nobody(reason) => {
                // What is missing in the manifest is said first.
                let said = if claim.values.is_none() { Reason::ValueNotFound } else { *reason };
                assert!(matches!(verdict, Verdict::Blocked(told, _) if *told == said), "{claim:?}: {verdict:?}");
                continue;
            }
            Whose::Account(id) => Some(&**id),
            Whose::Organization => None,
        };
        let live = oracle::live(&world.truth(id), claim.field);
        let rivals = targets[&(claim.whose.clone(), claim.field)].len() > 1;
        let satisfied = oracle::satisfied(claim, &live);
        match verdict {
            Verdict::InSync => assert!(satisfied, "{claim:?} is called in sync, and is {live:?}"),
            Verdict::Blocked(Reason::Conflict, _) => assert!(rivals, "{claim:?} has no rival"),
            Verdict::Blocked(Reason::ValueNotFound, _) => assert!(claim.values.is_none(), "{claim:?}"),
            Verdict::Blocked(reason, message) => {
                let excuses = oracle::excuses(case, claim, &live);
                assert!(!satisfied && excuses.contains(reason), "{claim:?}: {reason} {message}, not in {excuses:?}");
                let observed = !oracle::enforced(&case.declared, claim);
                assert!(!observed || *reason == Reason::AlternateEmailInside, "{claim:?}: {reason} while observing");
            }
            Verdict::Observe(_) => assert!(!satisfied && !oracle::enforced(&case.declared, claim), "{claim:?}"),
            other => panic!("{claim:?} is left {other:?}"),
        }
        if !rivals && claim.values.is_some() && satisfied {
            assert_eq!(verdict, &Verdict::InSync, "{claim:?} is {live:?}");
        }
    }
    // What is no longer declared is let go, or waits for what keeps it from being restored.
    let declared = |object: &String, field| claims.iter().any(|claim| claim.object == *object && claim.field == field);
    for (object, field, verdict) in verdicts.iter().filter(|(object, field, _)| !declared(object, *field)) {
        let waits = matches!(verdict, Verdict::Forget | Verdict::Blocked(..) | Verdict::Observe(_));
        assert!(waits, "{object} {field:?} is not declared, and is {verdict:?}");
    }
}

/// (2)
pub async fn passes_converge_and_then_write_nothing(mut case: Case) {
    let mut world = World::new(&case.seed);
    world.converge(&mut case.declared).await;
    assert_converged(&world, &case);
    let (journal, kept) = (world.simulator.journal(0), world.records.kept().writes);
    let sent = world.sent.all().len();
    for _ in 0..QUIET_PASSES {
        world.wait(INTERVAL).await;
        let report = world.pass(&case.declared.set(), &Mode::Run).await;
        assert!(report.sent == 0 && !report.unfinished && report.gated == 0, "{report:?}");
    }
    assert_eq!(world.simulator.journal(0), journal);
    assert_eq!(world.sent.all().len(), sent);
    assert_eq!(world.records.kept().writes, kept, "an idle tenant publishes nothing");
    assert_converged(&world, &case);
}

/// What random cases must come across, or the properties say less than they seem to.
const REACHED: [&str; 18] = [
    "InSync",
    "Observe",
    "Write",
    "BelowMinimumRecipients",
    "ClearsList",
    "EmptiesCategory",
    "MassChange",
    "OutsideRecipient",
    "PrivilegedRecoveryData",
    "AccountNotFound",
    "AlternateEmailInside",
    "Conflict",
    "DirectoryRoleMissing",
    "IdentityChanged",
    "PermissionMissing",
    "ProtectedAccount",
    "SynchronisedOnPremises",
    "ValueNotFound",
];

/// The verdicts of the first plans of `cases`, by name or reason.
pub async fn assert_every_verdict_is_reached(cases: impl Iterator<Item = Case>) {
    let mut reached = BTreeSet::new();
    for case in cases {
        let mut world = World::new(&case.seed);
        world.pass(&case.declared.set(), &Mode::Preview).await;
        reached.extend(world.verdicts().into_iter().map(|(.., verdict)| match verdict {
            Verdict::Gated(_, reason) | Verdict::Blocked(reason, _) => reason.as_str(),
            Verdict::InSync => "InSync",
            Verdict::Observe(_) => "Observe",
            Verdict::Write(_) => "Write",
            Verdict::Verifying | Verdict::Waiting(_) | Verdict::Forget => "something that no first plan holds",
        }));
    }
    assert_eq!(reached, BTreeSet::from(REACHED));
}
