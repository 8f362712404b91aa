//! Who really gets the mail when somebody asks an administrator for a new password. `[SSPR]`, contract §4, §10.19.
//!
//! Invariant: computed from what is true at this moment; everything `[SSPR]` leaves open is a switch.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    options::Switches,
    schema::{
        Entity, group,
        role::{self, GLOBAL_ADMINISTRATOR, HELPDESK_ADMINISTRATOR, PASSWORD_ADMINISTRATOR, USER_ADMINISTRATOR},
        user,
    },
    state::State,
    store::{record::Record, view::View},
};

/// "In all cases, a maximum of 100 recipients are notified." `[SSPR]`
const MOST: usize = 100;

/// The tiers in order; the first one that is filled gets the mail. `[SSPR]`
const TIERS: [(&str, &[&str]); 3] = [
    ("HelpdeskAndPasswordAdministrators", &[HELPDESK_ADMINISTRATOR, PASSWORD_ADMINISTRATOR]),
    ("UserAdministrators", &[USER_ADMINISTRATOR]),
    ("GlobalAdministrators", &[GLOBAL_ADMINISTRATOR]),
];

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordResetRecipients {
    /// `HelpdeskAndPasswordAdministrators`, `UserAdministrators` or `GlobalAdministrators`; none when nobody holds a role
    /// of any tier, or a link replaces the mail.
    pub tier: Option<String>,
    /// In order of id; at most 100.
    pub recipients: Vec<PasswordResetRecipient>,
    /// There would have been more than 100; which of them are left out is UNV.
    pub capped: bool,
    /// The customised help-desk link that replaces the mail.
    pub help_desk_link: Option<String>,
}

/// One administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordResetRecipient {
    /// Object id.
    pub user_id: String,
    /// Sign-in name.
    pub user_principal_name: String,
    /// Where the mail goes; none when the account has no address that is used.
    pub addresses: Vec<String>,
}

/// Computes the answer.
pub(crate) fn recipients(state: &State) -> PasswordResetRecipients {
    if let Some(link) = &state.help_desk_link {
        // The link replaces the mail altogether. [SSPR]
        return PasswordResetRecipients { help_desk_link: Some(link.clone()), ..PasswordResetRecipients::default() };
    }
    let (view, switches) = (state.store.truth(), state.options.switches);
    for (name, roles) in TIERS {
        let (held, users) = holders(view, roles, switches);
        if users.is_empty() && !(held && switches.reset_tier_without_readers_counts) {
            continue;
        }
        let alternates = roles.contains(&GLOBAL_ADMINISTRATOR) || switches.reset_uses_alternate_in_every_tier;
        let found = users.iter().filter_map(|id| Some((id, view.user(id)?.1)));
        return PasswordResetRecipients {
            tier: Some(name.to_owned()),
            recipients: found.take(MOST).map(|(id, record)| recipient(id, record, alternates)).collect(),
            capped: users.len() > MOST,
            help_desk_link: None,
        };
    }
    PasswordResetRecipients::default()
}

fn recipient(id: &str, record: &Record, alternates: bool) -> PasswordResetRecipient {
    let primary = record.text(user::MAIL_ADDRESS).into_iter();
    let others = record.strings(user::OTHER_MAILS).filter(|_| alternates);
    PasswordResetRecipient {
        user_id: id.to_owned(),
        user_principal_name: record.text(user::USER_PRINCIPAL_NAME).unwrap_or_default().to_owned(),
        addresses: primary.chain(others).map(str::to_owned).collect(),
    }
}

/// Whether anything holds one of the roles at all, and the accounts that are told.
pub(crate) fn holders(view: View<'_>, roles: &[&str], switches: Switches) -> (bool, BTreeSet<String>) {
    let active = view.range(Entity::RoleAssignment, None).map(|(_, record)| record);
    let eligible = view.range(Entity::RoleEligibility, None).map(|(_, record)| record);
    let eligible = eligible.filter(|_| switches.reset_tier_by_eligibility);
    let (mut held, mut users) = (false, BTreeSet::new());
    for assignment in active.chain(eligible) {
        let wanted = assignment.text(role::ROLE_ID).is_some_and(|id| roles.contains(&id));
        let wide = assignment.text(role::SCOPE_ID) == Some("/");
        if !wanted {
            continue;
        }
        held = true;
        if !(wide || switches.reset_tier_by_scoped_roles) {
            continue;
        }
        let principal = assignment.text(role::PRINCIPAL_ID).unwrap_or_default();
        if view.user(principal).is_some() {
            users.insert(principal.to_owned());
        } else if switches.reset_tier_through_groups {
            users.extend(members(view, principal));
        }
    }
    users.retain(|id| {
        let found = view.user(id);
        found.is_some_and(|(_, record)| is_told(record, switches))
    });
    (held, users)
}

/// Whether mail by a role goes to an account that holds it.
pub(crate) fn is_told(account: &Record, switches: Switches) -> bool {
    let guest = account.text(user::USER_TYPE) == Some("Guest");
    (account.is_true(user::ACCOUNT_ENABLED) || switches.reset_tells_disabled) && (!guest || switches.reset_tells_guests)
}

/// The members of a group, nested ones included; whatever is not a group has none.
pub(crate) fn members(view: View<'_>, group: &str) -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![group.to_owned()]);
    while let Some(next) = open.pop() {
        for member in view.group(&next).into_iter().flat_map(|record| record.strings(group::MEMBERS)) {
            if found.insert(member.to_owned()) {
                open.push(member.to_owned());
            }
        }
    }
    found
}
