//! Who answers "I can't get in", and who is told that a password was reset (DOMAIN B1 to B5).

use tenant_contacts_api::{
    notice::{Category, Selected},
    obstacle::Obstacle,
};
use uuid::Uuid;

use super::{
    holders::{Fill, Holders, Uses},
    picked::{Selection, assumed, documented},
};
use crate::{
    answer::{Blockage, Source, first_few},
    landscape::Person,
    model::{Fact, Unknown, role},
    routing::walk::Walk,
};

const SSPR: &str = "Customize the user experience for Microsoft Entra self-service password reset";
const SSPR_HOW: &str = "How it works: Microsoft Entra self-service password reset";

/// Microsoft notifies at most so many (contract §4).
const MOST_NOTIFIED: usize = 100;

/// Names that a note spells out: more is a list that nobody reads.
const MOST_NAMED: usize = 20;

const REQUEST: &[Source] = &[
    documented(
        "Helpdesk and Password Administrators, else User Administrators, else Global Administrators; at most 100. A \
         customised help-desk link replaces the mail.",
        SSPR,
    ),
    assumed(
        "Global Administrators at their primary and alternate addresses, the others at the primary one, or the alternates without it.",
    ),
    assumed("Eligible holders are not notified."),
    documented(
        "For a similar mail, holders through a group are documented not to be notified. For this mail it is not documented, so it is unknown.",
        "Microsoft Entra ID Protection notifications",
    ),
];

const TIERS: &[(&[Uuid], &str, Uses)] = &[
    (
        &[role::HELPDESK_ADMINISTRATOR, role::PASSWORD_ADMINISTRATOR],
        "Helpdesk or Password Administrator",
        Uses::PrimaryElseAlternates,
    ),
    (&[role::USER_ADMINISTRATOR], "User Administrator", Uses::PrimaryElseAlternates),
    (&[role::GLOBAL_ADMINISTRATOR], "Global Administrator", Uses::PrimaryAndAlternates),
];

impl Walk<'_> {
    /// The first tier that somebody fills is told, and the tiers below it are not (B1). A tier of which it cannot be said
    /// whether it counts leaves itself and those below it unknown (F2).
    pub(super) fn password_reset_request(&mut self) -> Selection {
        let mut selection = Selection::of(Category::PasswordResetRequest, REQUEST);
        selection.notes.push("A customised help-desk link would replace this mail; it cannot be read.".into());
        let mut open = Selected::Yes;
        let mut doubt = None;
        let mut told = "";
        for (roles, name, uses) in TIERS {
            let holders = match self.holders(roles) {
                Ok(holders) => holders,
                Err(why) => {
                    selection.unread(why);
                    return selection;
                }
            };
            if open == Selected::No {
                selection.notes.extend(out_of_the_loop(&holders, name, told));
                continue;
            }
            let mut at_most = open;
            let mut why = doubt.clone();
            // Those of whom it is not known whether they count may take the places of others.
            let perhaps = holders.perhaps();
            if perhaps > MOST_NOTIFIED {
                at_most = at_most.min(Selected::Unknown);
                let words = format!("{perhaps} accounts hold the role, and Microsoft notifies at most {MOST_NOTIFIED}");
                why = Some(Blockage::new(Obstacle::BeyondLimit, words));
            }
            selection.picked.extend(self.pick(&holders, *uses, at_most, why.as_ref()));
            match holders.fill() {
                Fill::Empty => {}
                Fill::Doubtful => {
                    open = Selected::Unknown;
                    let words = format!("whether holders of {name} are notified instead is not documented");
                    doubt = Some(leaves_unknown(&holders, words));
                }
                Fill::Filled => {
                    open = Selected::No;
                    told = name;
                }
            }
        }
        selection
    }

    /// Each user is told; there is nobody to name. Whom nobody could tell is worth a note.
    pub(super) fn user_password_reset(&mut self) -> Selection {
        const SOURCES: &[Source] =
            &[documented("The user, at primary and alternate addresses, else at the sign-in name.", SSPR_HOW)];
        let mut selection = Selection::of(Category::UserPasswordReset, SOURCES);
        selection.applicable = false;
        if let Some(people) = self.landscape.directory.people.present() {
            let deaf = |person: &&Person| {
                person.enabled == Fact::Present(true)
                    && person.mail == Fact::Absent
                    && *person.alternate_emails() == Fact::Absent
            };
            let count = people.values().filter(deaf).count();
            if count > 0 {
                selection.notes.push(format!("{count} enabled accounts have no address for notifications."));
            }
        }
        selection
    }

    /// Global Administrators at their primary addresses only, if that switch is on: which cannot be read.
    pub(super) fn admin_password_changed(&mut self) -> Selection {
        const SOURCES: &[Source] = &[documented(
            "Global Administrators at their primary address only, if \"Notify all admins when other admins reset their \
             password\" is on.",
            SSPR_HOW,
        )];
        let mut selection = Selection::of(Category::AdminPasswordChanged, SOURCES);
        let holders = match self.holders(&[role::GLOBAL_ADMINISTRATOR]) {
            Ok(holders) => holders,
            Err(why) => {
                selection.unread(why);
                return selection;
            }
        };
        let why = Unknown::ReadFailed("the switch \"Notify all admins when other admins reset their password\"".into());
        let why = Blockage::unread(format!("{why}: no interface tells it"), &why);
        selection.picked = self.pick(&holders, Uses::Primary, Selected::Unknown, Some(&why));
        selection
    }
}

/// Why a tier leaves those below it unknown: what could not be read of its holders, or that nobody says.
fn leaves_unknown(holders: &Holders<'_>, words: String) -> Blockage {
    let unread = holders.people.values().filter_map(|holder| holder.why.as_ref()).find(|why| why.unknown.is_some());
    match unread {
        Some(unread) => Blockage { detail: words.into(), ..unread.clone() },
        None => Blockage::new(Obstacle::NotReadable, words),
    }
}

/// Who is told nothing because a tier above is filled (B3).
fn out_of_the_loop(holders: &Holders<'_>, name: &str, told: &str) -> Option<String> {
    let mut names: Vec<&str> = holders
        .people
        .values()
        .filter(|holder| holder.own == Selected::Yes)
        .filter_map(|holder| holder.person)
        .map(|person| &*person.user_principal_name)
        .collect();
    names.sort_unstable();
    let count = names.len();
    if count == 0 {
        return None;
    }
    let names = first_few(names, MOST_NAMED);
    Some(format!("{count} holders of the role {name} receive no reset requests, because somebody is {told}: {names}."))
}
