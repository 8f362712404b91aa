//! The words that all forms share.

use std::collections::BTreeSet;

use tenant_contacts_api::notice::{Arrival, Category, Reach, Selected, Severity};

use super::{
    trail,
    view::{
        AnswerView, BlockageView, CategoryView, EvidenceView, GapView, GrantView, HopView, NodeView, Place,
        RecipientView,
    },
};

/// How many names are worth reading before the rest is counted.
const NAMES: usize = 3;

/// The answer in one sentence.
pub(super) fn headline(view: &AnswerView) -> String {
    let summary = &view.summary;
    if let [only] = view.categories.as_slice() {
        return format!("{}: {}.", sentence_case(&only.title), reach_in_words(only));
    }
    let all = view.categories.len() - summary.not_applicable;
    if all == 0 {
        return "No kind of notices concerns this tenant.".to_owned();
    }
    let mut parts = Vec::new();
    if summary.nobody > 0 {
        parts.push(format!("{} of {all} kinds of notices {} nobody", summary.nobody, reach(summary.nobody)));
    }
    if summary.nobody_known > 0 {
        let what = if parts.is_empty() { format!(" of {all} kinds of notices") } else { String::new() };
        parts.push(format!("{}{what} {} nobody who can be read", summary.nobody_known, reach(summary.nobody_known)));
    }
    if summary.one_person > 0 {
        let what = if parts.is_empty() { format!(" of {all} kinds of notices") } else { String::new() };
        parts.push(format!("{}{what} {} one person only", summary.one_person, reach(summary.one_person)));
    }
    if summary.unknown > 0 {
        let what = if parts.is_empty() { format!(" of {all} kinds of notices") } else { String::new() };
        parts.push(format!("{}{what} {} unknown", summary.unknown, if summary.unknown == 1 { "is" } else { "are" }));
    }
    if parts.is_empty() {
        return "Every kind of notices reaches at least two people.".to_owned();
    }
    sentence_case(&format!("{}.", parts.join("; ")))
}

fn reach(count: usize) -> &'static str {
    if count == 1 { "reaches" } else { "reach" }
}

/// What is to be said of a category, as a clause.
pub(super) fn reach_in_words(category: &CategoryView) -> String {
    match category.reach {
        Reach::Nobody => "nobody receives them".to_owned(),
        Reach::NobodyKnown => "nobody who can be read receives them; others that cannot be read may".to_owned(),
        Reach::Unknown => "whether anybody receives them is unknown".to_owned(),
        Reach::OnePerson => "one person only receives them".to_owned(),
        Reach::SeveralPeople => format!("{} people receive them", category.certain.len()),
        Reach::NotApplicable if to_each(category) => "they go to each user, and not to the organization".to_owned(),
        Reach::NotApplicable => "they do not concern this tenant".to_owned(),
    }
}

/// Whether it is mail to the account that it is about: nobody in particular is to receive it.
fn to_each(category: &CategoryView) -> bool {
    category.category == Category::UserPasswordReset
}

/// The answer in a word or two.
pub(super) fn reach_word(category: &CategoryView) -> &'static str {
    match category.reach {
        Reach::NotApplicable if to_each(category) => "each user",
        Reach::Nobody => "nobody",
        Reach::NobodyKnown => "nobody known",
        Reach::Unknown => "unknown",
        Reach::OnePerson => "one person",
        Reach::SeveralPeople => "several people",
        Reach::NotApplicable => "not applicable",
    }
}

/// From the worst to the best: what is looked at first comes first.
pub(super) fn rank(reach: Reach) -> u8 {
    match reach {
        Reach::Nobody => 0,
        Reach::NobodyKnown => 1,
        Reach::Unknown => 2,
        Reach::OnePerson => 3,
        Reach::SeveralPeople => 4,
        Reach::NotApplicable => 5,
    }
}

/// The categories, those first that need somebody.
pub(super) fn worst_first(view: &AnswerView) -> Vec<&CategoryView> {
    let mut categories: Vec<_> = view.categories.iter().collect();
    categories.sort_by_key(|category| rank(category.reach));
    categories
}

/// Whether mail arrives, for people.
pub(super) fn arrival_word(arrival: Arrival) -> &'static str {
    match arrival {
        Arrival::Undeliverable => "does not arrive",
        Arrival::Unknown => "unknown",
        Arrival::Deliverable => "arrives",
    }
}

/// How much a finding matters, for people.
pub(super) fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// How many people there are: `2`, `2 (+1?)` where one more may be.
pub(super) fn people(category: &CategoryView) -> String {
    if category.reach == Reach::NotApplicable {
        return "-".to_owned();
    }
    match category.possible.len() {
        0 => category.certain.len().to_string(),
        more => format!("{} (+{more}?)", category.certain.len()),
    }
}

/// What a place is, for people.
pub(super) fn kind(node: &NodeView) -> &'static str {
    match node.kind {
        Place::Role => "role",
        Place::Field => "field",
        Place::BillingRole => "billing role",
        Place::Group => "group",
        Place::ServicePrincipal => "service principal",
        Place::Account => "account",
        Place::Address => "address",
        Place::Gateway => "gateway",
        Place::Mailbox => "mailbox",
        Place::List => "list",
        Place::Microsoft365Group => "Microsoft 365 group",
        Place::Contact => "mail contact",
        Place::NoAddress => "missing address",
        Place::Outside => "outside",
        Place::Person => "person",
    }
}

/// A place in a line of places: its name, and what it is where the name does not tell.
pub(super) fn place(node: &NodeView) -> String {
    match node.kind {
        Place::Gateway
        | Place::Mailbox
        | Place::List
        | Place::Microsoft365Group
        | Place::Contact
        | Place::Group
        | Place::ServicePrincipal => format!("{} {}", kind(node), node.label),
        Place::Outside => format!("{} (outside)", node.label),
        Place::Role
        | Place::Field
        | Place::BillingRole
        | Place::Account
        | Place::Address
        | Place::NoAddress
        | Place::Person => node.label.clone(),
    }
}

/// What people call a field that names recipients: its own name is an interface's. `None` for what has a name of its own.
pub(super) fn field(node: &NodeView) -> Option<&'static str> {
    let name = match node.label.as_str() {
        "technicalNotificationMails" => "technical contacts",
        "securityComplianceNotificationMails" => "security contacts",
        "marketingNotificationEmails" => "marketing contacts",
        "privacyProfile.contactEmail" => "privacy contact",
        "primaryContact" => "primary contact",
        "companyApproverEmail" => "company approver",
        "invoiceRecipients" => "invoice recipients",
        "businessEmail" => "business emails",
        _ => return None,
    };
    (node.kind == Place::Field).then_some(name)
}

/// An obstacle: what exactly, or what it means where nothing more is known.
pub(super) fn obstacle(blockage: &BlockageView) -> String {
    let detail = blockage.detail.trim_end_matches('.');
    let text = if detail.is_empty() { blockage.meaning.trim_end_matches('.') } else { detail };
    match &blockage.unknown {
        Some(unknown) if !text.contains(unknown.as_str()) => format!("{text} ({unknown})"),
        _ => text.to_owned(),
    }
}

/// An obstacle's name as words: `NoLicence` is "no licence".
pub(super) fn spaced(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (at, c) in name.char_indices() {
        if c.is_ascii_uppercase() && at > 0 {
            out.push(' ');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Names of people or places: the first three, and how many more.
pub(super) fn names<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(NAMES);
    let shown: Vec<_> = names.take(NAMES).collect();
    match (shown.split_last(), more) {
        (None, _) => "nobody".to_owned(),
        (Some((last, [])), _) => (*last).to_owned(),
        (Some((last, first)), 0) => format!("{} and {last}", first.join(", ")),
        (Some(_), more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Why a category is not better, in one line. `None` where two people or more receive it.
pub(super) fn why(view: &AnswerView, category: &CategoryView) -> Option<String> {
    match category.reach {
        Reach::SeveralPeople => None,
        Reach::NotApplicable => category.notes.first().cloned(),
        Reach::OnePerson => {
            let name = category.certain.first().map(|one| one.name.as_str());
            Some(format!("only {}", name.unwrap_or("one person")))
        }
        Reach::Nobody | Reach::NobodyKnown if category.recipients.is_empty() => {
            Some("no recipient is named".to_owned())
        }
        // Whoever is named is not reached; that there is nobody else is what could not be said.
        Reach::Unknown if category.recipients.iter().all(|one| one.verdict == Arrival::Undeliverable) => {
            let whom = if category.recipients.is_empty() { "whom it goes to" } else { "whom else it goes to" };
            Some(format!("{whom} could not be read"))
        }
        Reach::Nobody | Reach::NobodyKnown | Reach::Unknown => Some(obstacles(view, category)),
    }
}

/// The obstacles that decide on a category, the most frequent first: "no licence (Anna Adams), eligible only (12)".
fn obstacles(view: &AnswerView, category: &CategoryView) -> String {
    let mut found: Vec<(&'static str, usize, Option<&str>)> = Vec::new();
    // What cannot be said decides before what is lost: of an unknown category somebody might still be reached.
    let worst = if category.reach == Reach::Unknown { Arrival::Unknown } else { Arrival::Undeliverable };
    for recipient in category.recipients.iter().filter(|recipient| recipient.verdict == worst) {
        let Some(decisive) = trail::decisive(view, recipient) else { continue };
        let name = decisive.blockage.obstacle.as_str();
        match found.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, count, _)) => *count += 1,
            None => found.push((name, 1, decisive.at.map(|node| node.label.as_str()))),
        }
    }
    found.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    let said = found.iter().take(NAMES).map(|(name, count, at)| match (count, at) {
        (1, Some(at)) => format!("{} ({at})", spaced(name)),
        (1, None) => spaced(name),
        (count, _) => format!("{} ({count} recipients)", spaced(name)),
    });
    let mut said: Vec<_> = said.collect();
    if found.len() > NAMES {
        said.push(format!("{} other obstacles", found.len() - NAMES));
    }
    if said.is_empty() { "no recipient is reached".to_owned() } else { said.join(", ") }
}

/// What is to be said of a recipient beside its trail, where anything is: that it is not chosen for certain.
pub(super) fn selection(recipient: &RecipientView) -> Option<&'static str> {
    match recipient.selected {
        Selected::Yes => None,
        Selected::Unknown => Some("whether Microsoft chooses it is unknown"),
        Selected::No => Some("not chosen by Microsoft"),
    }
}

/// What became of a sender's latest mail.
pub(super) fn evidence(evidence: &EvidenceView) -> String {
    let day = evidence.received.get(..10).unwrap_or(&evidence.received);
    format!("mail of {} of {day} was {}", evidence.sender, evidence.says)
}

/// The evidence that says most of a place: the latest mail that was lost, else the latest.
pub(super) fn telling(evidence: &[EvidenceView]) -> Option<&EvidenceView> {
    evidence.iter().max_by_key(|one| (one.lost, &one.received))
}

/// A time (RFC 3339, UTC) to the minute, for people.
pub(super) fn minute(at: &str) -> String {
    at.get(..16).map_or_else(|| at.to_owned(), |text| text.replace('T', " ") + " UTC")
}

/// What knowing it would tell, as a clause: "whether the tenant is a partner".
pub(super) fn tells(gap: &GapView) -> &str {
    gap.tells.strip_prefix("It would tell ").unwrap_or(&gap.tells)
}

/// Ways on from where a notice goes to that cannot be followed, though it arrives by another one: each once.
pub(super) fn unfollowed<'a>(view: &'a AnswerView, recipient: &RecipientView) -> Vec<&'a BlockageView> {
    let mut open: Vec<usize> = recipient.path.last().copied().into_iter().collect();
    let (mut met, mut found) = (BTreeSet::new(), Vec::new());
    while let Some(id) = open.pop() {
        let Some(node) = view.node(id).filter(|_| met.insert(id)) else { continue };
        for one in &node.unfollowed {
            if !found.contains(&one) {
                found.push(one);
            }
        }
        let passes = |hop: &&HopView| hop.blockage.as_ref().is_none_or(|one| one.leaves > Arrival::Undeliverable);
        open.extend(node.hops.iter().filter(passes).map(|hop| hop.to));
    }
    found
}

/// What stands above the grants that would tell most.
pub(super) const GRANTS: &str = "What to grant first";

/// Which variables the commands of grants take.
pub(super) fn variables(view: &AnswerView) -> &'static str {
    if view.grants.iter().any(|one| one.az.contains("$BILLING")) {
        "APP is the application's client id, BILLING the name of the billing account; hosts are the worldwide cloud's"
    } else {
        "APP is the application's client id; hosts are the worldwide cloud's"
    }
}

/// On how much of what is unknown a grant bears, and what it tells.
pub(super) fn bearing(view: &AnswerView, grant: &GrantView) -> String {
    let tells = &grant.tells;
    match (grant.categories.len(), view.summary.unknown) {
        (_, 0 | 1) => tells.clone(),
        (some, all) => format!("bears on {some} of the {all} that are unknown; {tells}"),
    }
}

/// Where the rest of what reading takes is said.
pub(super) const ALL_GRANTS: &str =
    "All that reading takes, as one script: tenant-contacts grants [--shell powershell]";

/// With a capital first letter.
pub(super) fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
