//! Every defect that is planted in Contoso, as a rule finds it, and what mends it.

use tenant_contacts_api::rule::Rule;

use super::mends::{self as mend, Mend};

/// A planted defect.
#[derive(Clone, Copy)]
pub struct Defect {
    /// The rule that finds it.
    pub rule: Rule,
    /// Whom or what it is found on, as [`super::reading::subject`] writes it.
    pub subject: &'static str,
    /// Each of these alone puts it right.
    pub mended_by: &'static [Mend],
}

const fn planted(rule: Rule, subject: &'static str, mended_by: &'static [Mend]) -> Defect {
    Defect { rule, subject, mended_by }
}

/// A2: no interface tells a business email. What somebody has read in the portal and written down is judged; until then
/// [`Rule::BusinessEmailUnattested`] says where it may be.
pub const WRITTEN_DOWN: Defect =
    planted(Rule::PrivateBusinessEmail, "businessEmail: marcus.oyelaran.private@gmail.com", &[mend::MARCUS_BUSINESS]);

/// The table.
pub const DEFECTS: &[Defect] = &[
    planted(Rule::AlternateEmailInside, "adm-priya.raman@contoso.com", &[mend::PRIYA_ALTERNATE]),
    planted(Rule::PrivateAlternateGetsInvoices, "marcus.oyelaran@contoso.com", &[mend::MARCUS_ALTERNATE]),
    planted(Rule::DepartedAddress, "technicalNotificationMails: bernd.hollmann@contoso.com", &[mend::TECHNICAL]),
    planted(
        Rule::DepartedAddress,
        "securityComplianceNotificationMails: gareth.pike.home@outlook.com",
        &[mend::SECURITY],
    ),
    planted(Rule::DepartedAddress, "privacyProfile.contactEmail: amelia.thornton@contoso.com", &[mend::PRIVACY]),
    planted(Rule::DepartedAddress, "invoiceRecipients: bernd.hollmann@contoso.com", &[mend::INVOICE_DEPARTED]),
    planted(Rule::DepartedAddress, "margaret.wilson@contoso.com", &[mend::WILSON_FORWARDING]),
    planted(Rule::DepartedAddress, "csp@contoso.com", &[mend::BILLING_TRANSPORT]),
    planted(Rule::PersonalAddress, "invoiceRecipients: ledger.home@outlook.com", &[mend::INVOICE_PERSONAL]),
    planted(Rule::BusinessEmailUnattested, "adm-priya.raman@contoso.com", &[mend::WORKLIST]),
    planted(Rule::BusinessEmailUnattested, "adm-tomas.lindqvist@contoso.com", &[mend::WORKLIST]),
    planted(Rule::BusinessEmailUnattested, "adm-ingrid.solberg@contoso.com", &[mend::WORKLIST]),
    planted(Rule::BusinessEmailUnattested, "helena.marsh@contoso.com", &[mend::WORKLIST]),
    planted(Rule::BusinessEmailUnattested, "marcus.oyelaran@contoso.com", &[mend::MARCUS_BUSINESS]),
    planted(Rule::BusinessEmailUnattested, "mwilson@contoso.com", &[mend::WORKLIST]),
    planted(Rule::BusinessEmailUnattested, "claire.dubois@contoso.com", &[mend::WORKLIST]),
    planted(Rule::BusinessEmailUnattested, "sofia.bergmann@contoso.com", &[mend::WORKLIST]),
    planted(Rule::BusinessEmailUnattested, "daniel.achterberg@contoso.com", &[mend::WORKLIST]),
    planted(Rule::BusinessEmailUnattested, "lena.fischer@fabrikam-partners.example", &[mend::WORKLIST]),
    planted(Rule::NobodyAnswersResets, "PasswordResetRequest", &[mend::RESET_TIER]),
    planted(Rule::SoleResetTier, "adm-ingrid.solberg@contoso.com", &[mend::RESET_TIER]),
    planted(Rule::DisabledRoleHolder, "adm-oskar.nyberg@contoso.com", &[mend::OSKAR_ROLE]),
    planted(Rule::DisabledRoleHolder, "rafael.quintana@contoso.com", &[mend::RAFAEL_ROLE]),
    planted(Rule::EligibleOnlyHolder, "yuki.tanabe@contoso.com", &[mend::YUKI_ROLE]),
    planted(Rule::GuestRoleHolder, "nora.whitfield_example.org#EXT#@contoso.onmicrosoft.com", &[mend::NORA_ROLE]),
    planted(Rule::ServicePrincipalHolder, "ticket-desk-bot", &[mend::BOT_ROLE]),
    planted(Rule::PrimaryOnInitialDomain, "joao.pereira@contoso.com", &[mend::JOAO_ADDRESS]),
    planted(Rule::EmptyMailAttribute, "karin.oestberg@contoso.com", &[mend::KARIN_ADDRESS]),
    planted(Rule::SeveralPrimaryAddresses, "stephen.okafor@contoso.com", &[mend::STEPHEN_ADDRESS]),
    planted(Rule::PrimaryContactIsOnePerson, "primaryContact: anton.weiss@contoso.com", &[mend::PRIMARY_CONTACT]),
    planted(Rule::PrimaryContactUndeliverable, "primaryContact: anton.weiss@contoso.com", &[mend::PRIMARY_CONTACT]),
    planted(Rule::AdministratorWithoutMailbox, "adm-priya.raman@contoso.com", &[mend::PRIYA_PATH]),
    planted(Rule::AdministratorWithoutMailbox, "adm-tomas.lindqvist@contoso.com", &[mend::TOMAS_PATH]),
    planted(Rule::AdministratorWithoutMailbox, "adm-ingrid.solberg@contoso.com", &[mend::INGRID_PATH]),
    planted(Rule::AdministratorUndeliverable, "mwilson@contoso.com", &[mend::WILSON_FORWARDING]),
    planted(Rule::EntryIsNoAddress, "invoiceRecipients: mailto:invoices@contoso.com", &[mend::INVOICE_ENTRY]),
    planted(Rule::ContactUndeliverable, "invoiceRecipients: accounts-payable@contoso.com", &[mend::PAYABLE_READERS]),
    planted(Rule::ContactUndeliverable, "invoiceRecipients: beatrice.lam@contoso.com", &[mend::BEATRICE_QUOTA]),
    planted(
        Rule::ContactUndeliverable,
        "marketingNotificationEmails: partners@fabrikam-partners.example",
        &[mend::PARTNERS_SUBSCRIBE],
    ),
    planted(Rule::ListWithoutMembers, "invoices@contoso.com", &[mend::INVOICES_MEMBERS]),
    planted(Rule::ListRefusesExternalSenders, "legal-notices@contoso.com", &[mend::APPROVER_LIST]),
    planted(Rule::AddressWithoutMailbox, "kofi.asante@contoso.com", &[mend::KOFI_LICENCE]),
    planted(Rule::MailTakenByRule, "ines.moreau@contoso.com", &[mend::INES_RULE]),
    planted(Rule::MailTakenByRule, "sales@contoso.com", &[mend::BILLING_TRANSPORT]),
    planted(Rule::UnreadMail, "sales@contoso.com", &[mend::SALES_READ]),
    planted(Rule::VerificationSenderNotTrusted, "maccount@microsoft.com", &[mend::SENDER]),
    planted(Rule::VerificationMailQuarantined, "anton.weiss@contoso.com", &[mend::QUARANTINE]),
    planted(Rule::NoticeNotDelivered, "marcus.oyelaran@contoso.com", &[mend::NEXT_NOTICE]),
    planted(Rule::VerificationLinksRewritten, "Safe Links for everybody", &[mend::SAFE_LINKS]),
    planted(Rule::DomainAllowed, "Default", &[mend::DOMAIN]),
    planted(Rule::RoleMailboxWithoutOwner, "invoices@contoso.com", &[mend::OWNERS]),
    planted(Rule::RoleMailboxWithoutOwner, "accounts-payable@contoso.com", &[mend::OWNERS]),
    planted(Rule::RoleMailboxWithoutOwner, "billing@contoso.com", &[mend::OWNERS]),
    planted(Rule::RoleMailboxWithoutOwner, "sales@contoso.com", &[mend::OWNERS]),
    planted(Rule::RoleMailboxWithoutOwner, "marketing@contoso.com", &[mend::OWNERS]),
    planted(Rule::RoleMailboxWithoutOwner, "partners@fabrikam-partners.example", &[mend::OWNERS]),
    planted(Rule::RoleMailboxWithoutOwner, "legal-notices@contoso.com", &[mend::OWNERS]),
    planted(Rule::NobodyBehindCategory, "PartnerVerification", &[mend::PRIMARY_CONTACT, mend::APPROVER_LIST]),
    planted(Rule::NobodyKnownBehindCategory, "ServiceAndTechnical", &[mend::TECHNICAL, mend::WORKLIST]),
    planted(Rule::OnePersonBehindCategory, "SecurityAndCompliance", &[mend::SECURITY, mend::WORKLIST]),
    planted(Rule::OnePersonBehindCategory, "Marketing", &[mend::PARTNERS_SUBSCRIBE, mend::WORKLIST]),
    planted(Rule::OnePersonBehindCategory, "PartnerAccount", &[mend::SECOND_GLOBAL]),
    planted(Rule::OnePersonBehindCategory, "PartnerBilling", &[mend::WILSON_FORWARDING]),
    planted(Rule::GlobalAdministratorWithoutAlternate, "adm-tomas.lindqvist@contoso.com", &[mend::TOMAS_ALTERNATE]),
];
