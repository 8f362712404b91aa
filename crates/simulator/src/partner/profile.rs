//! The five profiles: what each consists of, and how it is printed. `[PC]` profile resources.
//!
//! Invariant: a profile is described in exactly one row of [`KINDS`].

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::error::PartnerError;
use crate::{
    graph::request::{Answer, GraphRequest},
    schema::{Entity, partner},
    state::State,
    store::record::Record,
};

/// One kind of profile.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Last segment of its path, and key in the store.
    pub(crate) name: &'static str,
    pub(crate) profile_type: &'static str,
    /// Read-only properties.
    pub(crate) shown: &'static [&'static str],
    /// Properties a PUT replaces; those in `required` must be there.
    pub(crate) written: &'static [&'static str],
    pub(crate) required: &'static [&'static str],
    /// An application without a person may read it.
    pub(crate) app_only_reads: bool,
    /// Where it is put; none = nowhere.
    put_at: Option<&'static str>,
    /// Carries an ETag; the legal profile does not in the samples. `[PC]`
    pub(crate) etag: bool,
}

/// See the module.
pub(crate) const KINDS: [Kind; 5] = [
    Kind {
        name: "legalbusiness",
        profile_type: "LegalBusinessProfile",
        shown: &["vettingStatus", "vettingSubStatus"],
        written: &["companyName", "address", "primaryContact", "companyApproverAddress", "companyApproverEmail"],
        required: &["companyName", "address", "primaryContact"],
        app_only_reads: true,
        put_at: Some("legalbusiness"),
        etag: false,
    },
    Kind {
        name: "organization",
        profile_type: "OrganizationProfile",
        shown: &["id", "tenantId", "domain"],
        written: &["companyName", "defaultAddress", "email", "language", "culture"],
        required: &["companyName", "defaultAddress"],
        app_only_reads: false,
        put_at: Some("organization"),
        etag: true,
    },
    Kind {
        name: "billing",
        profile_type: "PartnerBillingProfile",
        shown: &["billingCurrency"],
        written: &["companyName", "address", "primaryContact", "purchaseOrderNumber", "taxId"],
        required: &["companyName", "address", "primaryContact"],
        app_only_reads: false,
        put_at: Some("billing"),
        etag: true,
    },
    Kind {
        name: "support",
        profile_type: "SupportProfile",
        shown: &[],
        written: &["email", "telephone", "website"],
        required: &["email"],
        app_only_reads: false,
        // The page puts it here although its own link says `support`. [PC]
        put_at: Some("supportprofile"),
        etag: true,
    },
    Kind {
        name: "mpn",
        profile_type: "MpnProfile",
        shown: &["mpnId", "partnerName"],
        written: &[],
        required: &[],
        app_only_reads: false,
        put_at: None,
        etag: false,
    },
];

impl Kind {
    pub(crate) fn read_at(segment: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name.eq_ignore_ascii_case(segment))
    }

    /// `own_link`: the support profile is taken at its own link too (UNV).
    pub(crate) fn written_at(segment: &str, own_link: bool) -> Option<&'static Self> {
        KINDS.iter().find(|kind| {
            kind.put_at.is_some_and(|at| {
                at.eq_ignore_ascii_case(segment) || (own_link && kind.name.eq_ignore_ascii_case(segment))
            })
        })
    }
}

/// `GET /v1/profiles/{name}`.
pub(super) fn get(state: &mut State, request: &GraphRequest, kind: &Kind) -> Result<Answer, PartnerError> {
    // The only value the contract names; others are UNV.
    if request.option("vettingVersion").is_some_and(|version| !version.eq_ignore_ascii_case("Current")) {
        return Err(PartnerError::invalid("vettingVersion must be Current."));
    }
    let position = state.next_position();
    let record = state.store.view(position).get(Entity::PartnerProfile, kind.name);
    record.map(|record| Answer::json(200, render(kind, record))).ok_or_else(PartnerError::not_found)
}

/// The ETag of a state: temporary, opaque. `[PC]`
pub(super) fn etag(record: &Record) -> String {
    let version = record.get(partner::VERSION).and_then(Value::as_u64).unwrap_or_default();
    STANDARD.encode(format!("{{\"version\":{version}}}"))
}

/// The resource, camelCase, absent values left out.
pub(super) fn render(kind: &Kind, record: &Record) -> Value {
    let mut object = Map::new();
    for name in kind.shown.iter().chain(kind.written) {
        let value = partner::PROFILE.any(name).and_then(|number| record.get(number));
        if let Some(value) = value {
            object.insert((*name).to_owned(), value.clone());
        }
    }
    object.insert("profileType".to_owned(), json!(kind.profile_type));
    let link = json!({"self": {"uri": format!("/profiles/{}", kind.name), "method": "GET", "headers": []}});
    object.insert("links".to_owned(), link);
    let mut attributes = json!({"objectType": kind.profile_type});
    if kind.etag {
        attributes["etag"] = json!(etag(record));
    }
    object.insert("attributes".to_owned(), attributes);
    Value::Object(object)
}
