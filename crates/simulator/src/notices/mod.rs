//! Whom Microsoft would mail, for each kind of notice, and who would really get it. DOMAIN F, contract §4, §5, §7, §8.
//!
//! Invariant: computed from what is true at this moment, what no API shows included; independent of any client's rules.

mod category;

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

pub use self::category::NoticeCategory;

use crate::{
    billing::role,
    mailflow::{Mailflow, Message},
    options::Switches,
    password_reset,
    schema::{
        Entity, billing, organization, partner,
        role::{BILLING_ADMINISTRATOR, GLOBAL_ADMINISTRATOR, MESSAGE_CENTER_PRIVACY_READER},
        user,
    },
    state::State,
    store::view::View,
};

/// Who the messages come from that are followed to their ends: one of Microsoft's senders, by the pages about verification and about
/// passwords; of the other kinds by general knowledge.
fn sender(category: NoticeCategory) -> &'static str {
    match category {
        NoticeCategory::PartnerVerification => "maccount@microsoft.com",
        NoticeCategory::PasswordResetRequest | NoticeCategory::AdminPasswordChanged => {
            "msonlineservicesteam@microsoft.com"
        }
        NoticeCategory::ServiceAndTechnical
        | NoticeCategory::SecurityAndCompliance
        | NoticeCategory::Privacy
        | NoticeCategory::Marketing
        | NoticeCategory::Billing
        | NoticeCategory::PartnerAccount
        | NoticeCategory::PartnerBilling => "microsoft-noreply@microsoft.com",
    }
}

/// One address a notice goes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticeRecipient {
    /// The account it is meant for; none for an address that is only an address.
    pub user_id: Option<String>,
    /// Where the mail goes.
    pub address: String,
}

/// A notice's recipients, and who has it in hands in the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Which.
    pub category: NoticeCategory,
    /// In order.
    pub recipients: BTreeSet<NoticeRecipient>,
    /// Object ids of the accounts of the people who read a mailbox that it reaches.
    pub people: BTreeSet<String>,
}

/// Every notice, its recipients, and who would really get it.
pub(crate) fn all(state: &State) -> Vec<Notice> {
    let mailflow = Mailflow::of(state);
    NoticeCategory::ALL
        .into_iter()
        .map(|category| {
            let recipients = recipients(state, category);
            let people = people(&mailflow, category, &recipients);
            Notice { category, recipients, people }
        })
        .collect()
}

/// Where a user is told that their password was reset.
pub(crate) fn of_reset(state: &State, user: &str) -> Option<Vec<String>> {
    let (_, record) = state.store.truth().user(user)?;
    let mut all: Vec<String> = record.text(user::MAIL_ADDRESS).map(str::to_owned).into_iter().collect();
    all.extend(record.strings(user::OTHER_MAILS).map(str::to_owned));
    if all.is_empty() {
        all.extend(record.text(user::USER_PRINCIPAL_NAME).map(str::to_owned));
    }
    Some(all)
}

fn people(mailflow: &Mailflow, category: NoticeCategory, recipients: &BTreeSet<NoticeRecipient>) -> BTreeSet<String> {
    recipients.iter().flat_map(|to| mailflow.who_gets(&Message::outside(sender(category), &to.address))).collect()
}

fn plain(addresses: impl IntoIterator<Item = String>) -> BTreeSet<NoticeRecipient> {
    let some = addresses.into_iter().filter(|address| !address.trim().is_empty());
    some.map(|address| NoticeRecipient { user_id: None, address }).collect()
}

/// The accounts' addresses: the primary one, and by choice the alternate ones.
fn of_accounts(view: View<'_>, ids: &BTreeSet<String>, alternates: bool) -> BTreeSet<NoticeRecipient> {
    let found = ids.iter().filter_map(|id| Some((id, view.user(id)?.1)));
    found
        .flat_map(|(id, record)| {
            let others = record.strings(user::OTHER_MAILS).filter(|_| alternates);
            let all = record.text(user::MAIL_ADDRESS).into_iter().chain(others);
            all.map(|address| NoticeRecipient { user_id: Some(id.clone()), address: address.to_owned() })
                .collect::<Vec<_>>()
        })
        .collect()
}

fn holders(view: View<'_>, roles: &[&str], switches: Switches) -> BTreeSet<String> {
    password_reset::holders(view, roles, switches).1
}

pub(crate) fn recipients(state: &State, category: NoticeCategory) -> BTreeSet<NoticeRecipient> {
    let (view, switches) = (state.store.truth(), state.options.switches);
    let organization = view.get(Entity::Organization, &state.tenant_id);
    let texts = |name: &str| -> Vec<String> {
        let number = organization::SCHEMA.any(name);
        let found =
            number.zip(organization).map(|(number, record)| record.strings(number).map(str::to_owned).collect());
        found.unwrap_or_default()
    };
    let business = || state.notices.business_emails.iter().map(|known| known.address.clone());
    let partner = view.get(Entity::PartnerProfile, "legalbusiness");
    let globals = |alternates| of_accounts(view, &holders(view, &[GLOBAL_ADMINISTRATOR], switches), alternates);
    match category {
        NoticeCategory::PasswordResetRequest => password_reset::recipients(state)
            .recipients
            .into_iter()
            .flat_map(|recipient| {
                let id = recipient.user_id;
                let all = recipient.addresses.into_iter();
                all.map(move |address| NoticeRecipient { user_id: Some(id.clone()), address })
            })
            .collect(),
        // At their primary address only. [SSPR2]
        NoticeCategory::AdminPasswordChanged if state.notices.admins_are_told_of_resets => globals(false),
        NoticeCategory::AdminPasswordChanged => BTreeSet::new(),
        NoticeCategory::ServiceAndTechnical => {
            // The weekly digest of the message centre is no notice of one thing, and not among them.
            let center = state.notices.message_center.iter().cloned();
            plain(texts("technicalNotificationMails").into_iter().chain(business()).chain(center))
        }
        NoticeCategory::SecurityAndCompliance => {
            plain(texts("securityComplianceNotificationMails").into_iter().chain(business()))
        }
        NoticeCategory::Privacy => {
            let profile = organization::SCHEMA.any("privacyProfile").zip(organization);
            let profile = profile.and_then(|(number, record)| record.get(number));
            let mut all = match profile.and_then(|profile| profile.get("contactEmail")).and_then(Value::as_str) {
                Some(contact) if !contact.trim().is_empty() => plain([contact.to_owned()]),
                Some(_) | None => globals(true),
            };
            // Posts that two roles see, and are mailed.
            if switches.privacy_posts_are_mailed {
                let ids = holders(view, &[GLOBAL_ADMINISTRATOR, MESSAGE_CENTER_PRIVACY_READER], switches);
                all.extend(of_accounts(view, &ids, false));
            }
            all
        }
        NoticeCategory::Marketing => plain(texts("marketingNotificationEmails").into_iter().chain(business())),
        NoticeCategory::Billing => {
            let agreed = customer_agreement(view, switches);
            // Every tenant began with the older rule, and it holds beside an agreement for what is still billed so.
            let older = has_older(view, switches);
            let mut all = agreed.unwrap_or_default();
            if older {
                let ids = holders(view, &[GLOBAL_ADMINISTRATOR, BILLING_ADMINISTRATOR], switches);
                all.extend(of_accounts(view, &ids, true));
                all.extend(plain(texts("technicalNotificationMails")));
            }
            all.extend(plain(business()));
            all
        }
        NoticeCategory::PartnerVerification => {
            let contact = partner.and_then(|record| record.get(partner::PRIMARY_CONTACT));
            let contact = contact.and_then(|contact| contact.get("email")).and_then(Value::as_str);
            let approver = partner.and_then(|record| record.text(partner::APPROVER_EMAIL));
            plain(contact.into_iter().chain(approver).map(str::to_owned))
        }
        NoticeCategory::PartnerAccount | NoticeCategory::PartnerBilling if partner.is_none() => BTreeSet::new(),
        NoticeCategory::PartnerAccount => globals(false),
        NoticeCategory::PartnerBilling => of_accounts(view, &holders(view, &[BILLING_ADMINISTRATOR], switches), false),
    }
}

/// Agreements of which it is known whom they mail (contract §8).
const CUSTOMER: &str = "MicrosoftCustomerAgreement";
const OLDER: &str = "MicrosoftOnlineServicesProgram";

/// Whether administrators are told as of older subscriptions: where an account is of those, or none is there; where one is of
/// another agreement, that is a switch.
fn has_older(view: View<'_>, switches: Switches) -> bool {
    let accounts = view.range(Entity::BillingAccount, None);
    let agreements: Vec<Option<String>> =
        accounts.map(|(_, account)| account.text(billing::AGREEMENT_TYPE).map(str::to_owned)).collect();
    let is_older = |agreement: &Option<String>| match agreement.as_deref() {
        Some(OLDER) => true,
        Some(CUSTOMER) => false,
        Some(_) | None => switches.other_agreements_tell_administrators,
    };
    agreements.is_empty() || agreements.iter().any(is_older)
}

/// Under a Customer Agreement: owners, contributors and invoice managers of billing profiles, primary and alternate
/// addresses, and the invoice recipients. None without such an account.
fn customer_agreement(view: View<'_>, switches: Switches) -> Option<BTreeSet<NoticeRecipient>> {
    const TOLD: [&str; 3] = ["Billing profile owner", "Billing profile contributor", "Invoice manager"];
    const OF_ACCOUNTS: [&str; 2] = ["Billing account owner", "Billing account contributor"];
    let accounts = view.range(Entity::BillingAccount, None);
    let agreed = accounts.filter(|(_, account)| account.text(billing::AGREEMENT_TYPE) == Some(CUSTOMER));
    let agreed: BTreeSet<String> = agreed.map(|(key, _)| key.to_string()).collect();
    if agreed.is_empty() {
        return None;
    }
    // A scope is an account, or a profile of one.
    let within =
        |scope: Option<&str>| scope.and_then(|scope| scope.split('/').next()).is_some_and(|one| agreed.contains(one));
    let assignments = view.range(Entity::BillingRoleAssignment, None).filter_map(|(_, record)| {
        let role = role::find(record.text(billing::ROLE_ID)?).filter(|_| within(record.text(billing::ROLE_SCOPE)))?;
        let told =
            TOLD.contains(&role.name) || (switches.billing_account_roles_are_told && OF_ACCOUNTS.contains(&role.name));
        told.then(|| record.text(billing::ROLE_PRINCIPAL).map(str::to_owned)).flatten()
    });
    let mut ids = BTreeSet::new();
    for principal in assignments {
        ids.extend(password_reset::members(view, &principal));
        ids.insert(principal);
    }
    ids.retain(|id| view.user(id).is_some_and(|(_, record)| password_reset::is_told(record, switches)));
    let mut all = of_accounts(view, &ids, true);
    let opted =
        view.range(Entity::BillingProfile, None).filter(|(_, profile)| profile.is_true(billing::INVOICE_OPT_IN));
    let opted = opted.filter(|(_, profile)| within(profile.text(billing::PROFILE_ACCOUNT)));
    all.extend(plain(
        opted.flat_map(|(_, profile)| {
            profile.strings(billing::INVOICE_RECIPIENTS).map(str::to_owned).collect::<Vec<_>>()
        }),
    ));
    Some(all)
}
