//! Types of `tenantcontacts.dev/v1alpha1`, one file a kind, and the parts that kinds share.

mod account;
mod contact_policy;
mod contact_report;
mod lists;
mod organization_contacts;
pub mod patterns;
mod private_value;
mod tenant;
mod tenant_ref;
mod trusted_senders;
mod user_contact;

pub use account::AccountRef;
pub use contact_policy::{
    ContactPolicy, ContactPolicySpec, ContactPolicyStatus, RULES_WITH_DAYS, RuleException, RulePolicy,
};
pub use contact_report::{
    CategoryReport, ContactReport, ContactReportSpec, ContactReportStatus, FindingReport, GapReport, LONGEST_MESSAGE,
    MOST_FINDINGS, MOST_GAPS, ReportSummary, report_condition,
};
pub use lists::{AddressEntry, AddressList, Mode, TextList};
pub use organization_contacts::{
    OrganizationContacts, OrganizationContactsSpec, PrivacyContact, SecurityAndComplianceContacts,
};
pub use private_value::{PrivateList, PrivateValue, SecretKeyRef, ValueFrom};
pub use tenant::{
    Approval, CertificateRef, ClientSecretRef, Cloud, Credential, GuardRails, MassChange, SecretRef, Tenant,
    TenantSpec, WorkloadIdentity,
};
pub use tenant_ref::{DeletionPolicy, TenantRef};
pub use trusted_senders::{MailGateway, TrustedSenders, TrustedSendersSpec};
pub use user_contact::{
    Attestation, BusinessEmail, MailIntent, MailUse, PRIVATE_BUSINESS_EMAIL, Private, PrivateMut, PrivatePath,
    UserContact, UserContactSpec,
};
