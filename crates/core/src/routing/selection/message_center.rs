//! The message centre: who sees its posts, and whom it mails (contract, `writes.md` §h).
//!
//! Each administrator has own preferences, and no interface tells them: what is on by default is unknown here, and never
//! certain.

use std::collections::BTreeSet;

use tenant_contacts_api::notice::Selected;
use uuid::Uuid;

use super::{
    holders::Uses,
    picked::{Selection, documented},
};
use crate::{
    answer::{Blockage, Source},
    model::{Unknown, role},
    routing::walk::Walk,
};

const MESSAGE_CENTER: &str = "Track new and changed features in the Microsoft 365 Message center";

/// Who is mailed the digest of posts.
pub(super) const DIGEST: Source = documented(
    "Every administrator whose role sees the message centre gets its weekly digest at the primary address, unless that \
     administrator has turned it off; and at up to two further addresses that no interface tells.",
    MESSAGE_CENTER,
);

/// Who sees posts about privacy, and is mailed them.
pub(super) const PRIVACY_POSTS: Source = documented(
    "Global Administrators and Message Center Privacy Readers alone see data privacy and breach posts in the message centre, \
     and are mailed them unless they have turned that off.",
    MESSAGE_CENTER,
);

/// Roles that do not see the message centre (the page's closed list). Any other role does.
const WITHOUT_ACCESS: &[Uuid] = &[
    role::COMPLIANCE_ADMINISTRATOR,
    role::CONDITIONAL_ACCESS_ADMINISTRATOR,
    role::CUSTOMER_LOCKBOX_ACCESS_APPROVER,
    role::JOINED_DEVICE_LOCAL_ADMINISTRATOR,
    role::DIRECTORY_READERS,
    role::DIRECTORY_SYNCHRONIZATION_ACCOUNTS,
    role::DIRECTORY_WRITERS,
    role::INTUNE_ADMINISTRATOR,
    role::PRIVILEGED_ROLE_ADMINISTRATOR,
    role::REPORTS_READER,
];

/// Whose privacy posts those are.
const OF_PRIVACY: &[Uuid] = &[role::GLOBAL_ADMINISTRATOR, role::MESSAGE_CENTER_PRIVACY_READER];

impl Walk<'_> {
    /// The weekly digest, which is on by default. It tells of the week's posts and not of an incident, and each administrator may
    /// have turned it off: so it is counted in a note, and saves no category that nobody else receives.
    pub(super) fn weekly_digest(&mut self, selection: &mut Selection) {
        let active = self.landscape.directory.active.present();
        let roles: BTreeSet<Uuid> = active.into_iter().flatten().map(|assignment| assignment.role).collect();
        let roles: Vec<Uuid> = roles.into_iter().filter(|role| !WITHOUT_ACCESS.contains(role)).collect();
        let Ok(holders) = self.holders(&roles) else { return };
        let who = match holders.actively(&BTreeSet::new()).people.len() {
            0 => return,
            1 => "one administrator".to_owned(),
            more => format!("{more} administrators"),
        };
        selection.notes.push(format!(
            "The message centre's weekly digest goes to the primary address of {who} by default: who has turned it off, and \
             which two further addresses each has named, cannot be read."
        ));
    }

    /// Posts about privacy, for whoever is not among `told` already.
    pub(super) fn privacy_posts(&mut self, told: &BTreeSet<Uuid>, selection: &mut Selection) {
        self.mailed_by_preference(OF_PRIVACY, "who has turned mail about data privacy posts off", told, selection);
        let words = "The posts themselves stand in the message centre, whether or not they are mailed: Global \
                     Administrators and Message Center Privacy Readers see them there.";
        selection.notes.push(words.into());
    }

    fn mailed_by_preference(
        &mut self,
        roles: &[Uuid],
        what: &'static str,
        told: &BTreeSet<Uuid>,
        selection: &mut Selection,
    ) {
        let holders = match self.holders(roles) {
            Ok(holders) => holders,
            Err(why) => return selection.unread(why),
        };
        let holders = holders.actively(told);
        let why = Unknown::ReadFailed(what.into());
        let why = Blockage::unread(format!("{why}: no interface tells it"), &why);
        let picked = self.pick(&holders, Uses::Primary, Selected::Unknown, Some(&why));
        selection.picked.extend(picked);
    }
}
