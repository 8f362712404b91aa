//! The seed's `partner:` section: the organization as a partner of Microsoft. Contract §7.
//!
//! Invariant: without the section the tenant is no partner, and Partner Center denies it everything.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    error::SeedError,
    names::{Names, set},
};
use crate::{
    partner::{PartnerAccess, SignIn},
    schema::{Entity, partner},
    store::{Store, record::Record},
};

/// A partner account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerSeed {
    /// The legal profile.
    #[serde(default)]
    pub legal_business: LegalBusinessSeed,
    /// The organization profile; default: company name and address of the legal one.
    #[serde(default)]
    pub organization: PartnerOrganizationSeed,
    /// The billing profile; default: name, address and contact of the legal one.
    #[serde(default)]
    pub billing: PartnerBillingSeed,
    /// The support profile.
    #[serde(default)]
    pub support: PartnerSupportSeed,
    /// Partner network id; default `1234567`.
    #[serde(default)]
    pub mpn_id: Option<String>,
    /// Names of the applications that the partner account lets in; default: all.
    #[serde(default)]
    pub applications: Option<Vec<String>>,
    /// People who signed in for an application ("App+User").
    #[serde(default)]
    pub sign_ins: Vec<SignInSeed>,
}

/// The legal profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LegalBusinessSeed {
    /// Default: the tenant's name.
    #[serde(default)]
    pub company_name: Option<String>,
    /// Address of the company.
    #[serde(default)]
    pub address: PartnerAddressSeed,
    /// Who Microsoft talks to.
    #[serde(default)]
    pub primary_contact: PartnerContactSeed,
    /// Address of who approves for the company.
    #[serde(default)]
    pub company_approver_address: Option<PartnerAddressSeed>,
    /// Mail of who approves for the company.
    #[serde(default)]
    pub company_approver_email: Option<String>,
    /// `authorized` (default), `pending`, `rejected` or `none`.
    #[serde(default)]
    pub vetting_status: Option<String>,
    /// Default `none`.
    #[serde(default)]
    pub vetting_sub_status: Option<String>,
}

/// The organization profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerOrganizationSeed {
    /// Mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// As `en`.
    #[serde(default)]
    pub language: Option<String>,
    /// As `en-US`.
    #[serde(default)]
    pub culture: Option<String>,
}

/// The billing profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerBillingSeed {
    /// Default: the legal profile's.
    #[serde(default)]
    pub primary_contact: Option<PartnerContactSeed>,
    /// Purchase order.
    #[serde(default)]
    pub purchase_order_number: Option<String>,
    /// Tax id.
    #[serde(default)]
    pub tax_id: Option<String>,
    /// Default `USD`.
    #[serde(default)]
    pub billing_currency: Option<String>,
}

/// The support profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerSupportSeed {
    /// Mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Phone.
    #[serde(default)]
    pub telephone: Option<String>,
    /// Web site.
    #[serde(default)]
    pub website: Option<String>,
}

/// An address, with the person there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerAddressSeed {
    /// Two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// First line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_line1: Option<String>,
    /// Second line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_line2: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// First name of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

/// A contact.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerContactSeed {
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

/// A person who signed in with a second factor; the application holds the refresh token. Its Debug form hides it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInSeed {
    /// Sign-in name or id.
    pub user: String,
    /// The token.
    pub refresh_token: String,
}

impl std::fmt::Debug for SignInSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInSeed").field("user", &self.user).field("refresh_token", &"***").finish()
    }
}

/// Plants the profiles; without a section there are none.
pub(super) fn plant(
    store: &mut Store,
    seed: Option<&PartnerSeed>,
    names: &Names,
    clients: &[(String, String)],
    (tenant_id, tenant_name): (&str, &str),
) -> Result<PartnerAccess, SeedError> {
    let Some(seed) = seed else { return Ok(PartnerAccess::default()) };
    let legal = &seed.legal_business;
    let company = legal.company_name.as_deref().unwrap_or(tenant_name);
    let vetting = legal.vetting_status.as_deref().unwrap_or("authorized");
    if !["none", "pending", "authorized", "rejected"].contains(&vetting) {
        return Err(SeedError::Invalid {
            place: "partner.legalBusiness.vettingStatus".to_owned(),
            value: vetting.to_owned(),
            expected: "none, pending, authorized or rejected",
        });
    }
    let domain = store.truth().range(Entity::Domain, None).next().map(|(name, _)| name.to_string());
    let contact = seed.billing.primary_contact.as_ref().unwrap_or(&legal.primary_contact);
    let profiles: [(&str, Vec<(&str, Value)>); 5] = [
        (
            "legalbusiness",
            vec![
                ("companyName", json!(company)),
                ("address", json!(legal.address)),
                ("primaryContact", json!(legal.primary_contact)),
                ("companyApproverAddress", json!(legal.company_approver_address)),
                ("companyApproverEmail", json!(legal.company_approver_email)),
                ("vettingStatus", json!(vetting)),
                ("vettingSubStatus", json!(legal.vetting_sub_status.as_deref().unwrap_or("none"))),
            ],
        ),
        (
            "organization",
            vec![
                ("id", json!(tenant_id)),
                ("companyName", json!(company)),
                ("defaultAddress", json!(legal.address)),
                ("tenantId", json!(tenant_id)),
                ("domain", json!(domain)),
                ("email", json!(seed.organization.email)),
                ("language", json!(seed.organization.language.as_deref().unwrap_or("en"))),
                ("culture", json!(seed.organization.culture.as_deref().unwrap_or("en-US"))),
            ],
        ),
        (
            "billing",
            vec![
                ("companyName", json!(company)),
                ("address", json!(legal.address)),
                ("primaryContact", json!(contact)),
                ("purchaseOrderNumber", json!(seed.billing.purchase_order_number)),
                ("taxId", json!(seed.billing.tax_id)),
                ("billingCurrency", json!(seed.billing.billing_currency.as_deref().unwrap_or("USD"))),
            ],
        ),
        (
            "support",
            vec![
                ("email", json!(seed.support.email)),
                ("telephone", json!(seed.support.telephone)),
                ("website", json!(seed.support.website)),
            ],
        ),
        ("mpn", vec![("mpnId", json!(seed.mpn_id.as_deref().unwrap_or("1234567"))), ("partnerName", json!(company))]),
    ];
    for (name, properties) in profiles {
        let mut record = Record::default();
        for (property, value) in properties {
            set(Entity::PartnerProfile, &mut record, &format!("partner.{name}"), property, value)?;
        }
        record.set(partner::VERSION, json!(1));
        store.plant(Entity::PartnerProfile, name, record);
    }
    access(seed, names, clients)
}

fn access(seed: &PartnerSeed, names: &Names, clients: &[(String, String)]) -> Result<PartnerAccess, SeedError> {
    let mut access = PartnerAccess::default();
    if let Some(listed) = &seed.applications {
        let mut ids = std::collections::BTreeSet::new();
        for (index, name) in listed.iter().enumerate() {
            let found = clients.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            let (_, id) = found.ok_or_else(|| SeedError::Unknown {
                place: format!("partner.applications[{index}]"),
                kind: "application",
                name: name.clone(),
            })?;
            ids.insert(id.clone());
        }
        access.applications = Some(ids);
    }
    for (index, sign_in) in seed.sign_ins.iter().enumerate() {
        let (_, user_id) = names.find(&format!("partner.signIns[{index}].user"), "user", &sign_in.user)?;
        access.sign_ins.push(SignIn { refresh_token: sign_in.refresh_token.clone(), user_id });
    }
    Ok(access)
}
