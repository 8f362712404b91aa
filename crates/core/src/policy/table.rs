//! Every rule and its function, in the order of [`Rule::ALL`].

use tenant_contacts_api::rule::Rule;

use super::{
    administrators, alternate_email, business_email, case::Case, category, contacts, delivery, departed, entries,
    filter, found::Found, gateways, lists, mailboxes, ownership, partner_contact, personal, primary_address,
    privileged, reset_tier, role_holders, verification,
};

/// A rule's function: looks at the case, and says what it finds.
pub(super) type Check = fn(&Case<'_>, &mut Found);

pub(super) const RULES: &[(Rule, Check)] = &[
    (Rule::AlternateEmailInside, alternate_email::inside),
    (Rule::PrivateAlternateGetsInvoices, alternate_email::private_gets_invoices),
    (Rule::PrivateBusinessEmail, business_email::private),
    (Rule::DepartedAddress, departed::departed),
    (Rule::PersonalAddress, personal::personal),
    (Rule::BusinessEmailUnattested, business_email::unattested),
    (Rule::NobodyAnswersResets, reset_tier::nobody),
    (Rule::SoleResetTier, reset_tier::sole),
    (Rule::DisabledRoleHolder, role_holders::disabled),
    (Rule::EligibleOnlyHolder, role_holders::eligible_only),
    (Rule::GuestRoleHolder, role_holders::guest),
    (Rule::ServicePrincipalHolder, role_holders::service_principal),
    (Rule::PrivilegedContactsUnreachable, privileged::unreachable),
    (Rule::PrimaryOnInitialDomain, primary_address::on_initial_domain),
    (Rule::EmptyMailAttribute, primary_address::empty),
    (Rule::SeveralPrimaryAddresses, primary_address::none_or_several),
    (Rule::PrimaryContactMissing, partner_contact::missing),
    (Rule::PrimaryContactIsOnePerson, partner_contact::one_person),
    (Rule::PrimaryContactUndeliverable, partner_contact::undeliverable),
    (Rule::AdministratorWithoutMailbox, administrators::without_mailbox),
    (Rule::AdministratorUndeliverable, administrators::undeliverable),
    (Rule::EntryIsNoAddress, entries::no_address),
    (Rule::ContactUndeliverable, contacts::undeliverable),
    (Rule::ListWithoutMembers, lists::without_members),
    (Rule::ListRefusesExternalSenders, lists::refuses_external_senders),
    (Rule::AddressWithoutMailbox, mailboxes::address_without_mailbox),
    (Rule::MailTakenByRule, mailboxes::taken_by_rule),
    (Rule::UnreadMail, mailboxes::unread),
    (Rule::VerificationSenderNotTrusted, verification::not_trusted),
    (Rule::VerificationMailQuarantined, verification::quarantined),
    (Rule::NoticeNotDelivered, delivery::not_delivered),
    (Rule::VerificationLinksRewritten, verification::links_rewritten),
    (Rule::DomainAllowed, filter::domain_allowed),
    (Rule::GatewayUnattested, gateways::unattested),
    (Rule::GatewayBypassed, gateways::bypassed),
    (Rule::RoleMailboxWithoutOwner, ownership::without_owner),
    (Rule::NobodyBehindCategory, category::nobody),
    (Rule::NobodyKnownBehindCategory, category::nobody_known),
    (Rule::OnePersonBehindCategory, category::one_person),
    (Rule::GlobalAdministratorWithoutAlternate, alternate_email::missing),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_exactly_one_function_in_the_order_of_the_list() {
        let rules: Vec<Rule> = RULES.iter().map(|(rule, _)| *rule).collect();
        assert_eq!(rules, Rule::ALL);
    }
}
