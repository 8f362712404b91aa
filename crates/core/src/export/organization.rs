//! The organization's contacts.

use tenant_contacts_api::{
    field::Field,
    v1alpha1::{
        AddressEntry, AddressList, DeletionPolicy, Mode, OrganizationContacts, OrganizationContactsSpec,
        PrivacyContact, SecurityAndComplianceContacts, TextList,
    },
};

use super::{
    files::{Exportable, File, Options, is_phone, metadata, tenant_ref},
    left_out::Notes,
};
use crate::{
    canonical,
    field::Shape,
    landscape::{Landscape, written},
};

/// Graph names no bound on these lists (contract §5); the kinds' own are 250 addresses and 50 numbers.
const MOST_ADDRESSES: usize = 250;
const MOST_PHONES: usize = 50;

pub(super) fn file(landscape: &Landscape, options: &Options, notes: &mut Notes) -> Option<File> {
    let mut live = |field: Field, shape: Shape, fits: &dyn Fn(&str) -> bool, most: usize| {
        let values = match landscape.organization.field(field) {
            Ok(values) => values,
            Err(why) => {
                notes.unread(field.path(), why);
                return None;
            }
        };
        let fitting = canonical::distinct(shape, values.iter().map(|value| &**value).filter(|value| fits(value)));
        let all = values.iter().all(|value| fits(value)) && fitting.len() <= most;
        if !all {
            notes.add(field.path(), "has a value that cannot be declared: it is left alone in the tenant");
        }
        let kept: Vec<String> = fitting.into_iter().take(most).map(String::from).collect();
        // What is left out must not be removed by the next plan. The mode is written though it may be the default: whoever edits
        // a list must see what becomes of a value that he replaces.
        (!kept.is_empty()).then_some((kept, if all { Mode::Exact } else { Mode::Contains }))
    };
    let is_address = |value: &str| written::flaw(value).is_none();
    let list = |(values, mode): (Vec<String>, Mode)| AddressList {
        mode: Some(mode),
        values: values.into_iter().map(|address| AddressEntry { address }).collect(),
    };
    let technical = live(Field::Technical, Shape::Addresses, &is_address, MOST_ADDRESSES).map(list);
    let mails = live(Field::SecurityMails, Shape::Addresses, &is_address, MOST_ADDRESSES).map(list);
    let phones = live(Field::SecurityPhones, Shape::Phones, &is_phone, MOST_PHONES)
        .map(|(values, mode)| TextList { mode: Some(mode), values });
    let marketing = live(Field::Marketing, Shape::Addresses, &is_address, MOST_ADDRESSES).map(list);
    let first = |(values, _): (Vec<String>, Mode)| values.into_iter().next();
    let contact_email = live(Field::PrivacyContact, Shape::Addresses, &is_address, 1)
        .and_then(first)
        .map(|address| AddressEntry { address });
    let is_url = |value: &str| {
        value.len() <= 255
            && !value.contains([' ', '\t', '\r', '\n'])
            && (value.starts_with("https://") || value.starts_with("http://"))
            && value.split_once("://").is_some_and(|(_, rest)| !rest.is_empty())
    };
    let statement_url = live(Field::PrivacyStatement, Shape::Text, &is_url, 1).and_then(first);

    let security = (mails.is_some() || phones.is_some()).then_some(SecurityAndComplianceContacts { mails, phones });
    let privacy =
        (contact_email.is_some() || statement_url.is_some()).then_some(PrivacyContact { contact_email, statement_url });
    if technical.is_none() && security.is_none() && marketing.is_none() && privacy.is_none() {
        return None;
    }
    let tenant_ref = tenant_ref(options);
    let object = OrganizationContacts {
        metadata: metadata(options, tenant_ref.name.clone()),
        spec: OrganizationContactsSpec {
            tenant_ref,
            deletion_policy: DeletionPolicy::Orphan,
            technical,
            security_and_compliance: security,
            marketing,
            privacy,
        },
        status: None,
    };
    Some(File {
        name: "organization.yaml".into(),
        about:
            "Whom Microsoft tells about the organization as a whole. The lists are exact: what somebody adds by hand \
                is removed again, unless `mode` says otherwise."
                .into(),
        objects: vec![Exportable::Organization(Box::new(object))],
    })
}
