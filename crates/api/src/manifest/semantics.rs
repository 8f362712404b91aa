//! What the schema's patterns are too coarse for: the API server lets it through, the operator would refuse it.
//!
//! Invariant: a rule of this page is decided by the object alone.

use super::{Object, wording};
use crate::{
    address::SmtpAddress,
    v1alpha1::{AddressList, PrivateList},
};

/// Calls `refuse(field, message, remedy)` for each value that is refused.
pub(super) fn check(object: &Object, refuse: &mut impl FnMut(String, String, String)) {
    match object {
        Object::OrganizationContacts(contacts) => {
            let spec = &contacts.spec;
            let security = spec.security_and_compliance.as_ref();
            list("spec.technical", spec.technical.as_ref(), refuse);
            list("spec.securityAndCompliance.mails", security.and_then(|s| s.mails.as_ref()), refuse);
            list("spec.marketing", spec.marketing.as_ref(), refuse);
            if let Some(entry) = spec.privacy.as_ref().and_then(|privacy| privacy.contact_email.as_ref()) {
                address("spec.privacy.contactEmail.address".to_owned(), &entry.address, refuse);
            }
        }
        Object::UserContact(contact) => {
            private_list(contact.spec.alternate_emails.as_ref(), refuse);
            let Some(business) = &contact.spec.business_email else { return };
            address("spec.businessEmail.address".to_owned(), &business.address, refuse);
        }
        Object::Tenant(_)
        | Object::TrustedSenders(_)
        | Object::ContactPolicy(_)
        | Object::Secret(_)
        | Object::ServiceAccount(_) => {}
    }
}

fn list(path: &str, list: Option<&AddressList>, refuse: &mut impl FnMut(String, String, String)) {
    for (index, entry) in list.iter().flat_map(|list| list.values.iter().enumerate()) {
        address(format!("{path}.values[{index}].address"), &entry.address, refuse);
    }
}

fn private_list(list: Option<&PrivateList>, refuse: &mut impl FnMut(String, String, String)) {
    for (index, value) in list.iter().flat_map(|list| list.values.iter().enumerate()) {
        if let Some(text) = &value.value {
            address(format!("spec.alternateEmails.values[{index}].value"), text, refuse);
        }
    }
}

fn address(field: String, text: &str, refuse: &mut impl FnMut(String, String, String)) {
    if text.parse::<SmtpAddress>().is_err() {
        let (message, remedy) = wording::address(text);
        refuse(field, message, remedy);
    }
}
