//! The organization: there is one, and it is always there.

use tenant_contacts_api::field::Field;

use super::row::{Live, Row, is_never_first, no_account, no_base, no_objection, no_risk};
use crate::{
    desired::DesiredTarget,
    field::categories,
    flight,
    landscape::Landscape,
    model::Fact,
    step::{Resolution, Step, Target, Values},
};

pub(super) const ROW: Row = Row {
    resolve: |_, _, _| Resolution::Found { target: Target::ORGANIZATION, renamed: false },
    bound: |_| Some(Target::ORGANIZATION),
    orphan: |_| DesiredTarget::Organization,
    live: |observation, _, field| observation.organization.field(field).map(Live::Values),
    read_at: |observation, _| observation.organization.read_at,
    base: no_base,
    account: no_account,
    objection: no_objection,
    risk: no_risk,
    companion,
    is_first: is_never_first,
    matters: |step, _, _| !categories(step.field()).is_empty(),
    foresee,
    replication: flight::GRAPH,
};

/// `privacyProfile` is one property (resource type organization, Microsoft Graph v1.0).
fn companion(field: Field) -> Option<Field> {
    match field {
        Field::PrivacyContact => Some(Field::PrivacyStatement),
        Field::PrivacyStatement => Some(Field::PrivacyContact),
        _ => None,
    }
}

fn foresee(landscape: &mut Landscape, step: &Step, values: Fact<Values>) {
    let organization = &mut landscape.organization;
    match step.field() {
        Field::Technical => organization.technical = values,
        Field::SecurityMails => organization.security_mails = values,
        Field::Marketing => organization.marketing = values,
        Field::PrivacyContact => organization.privacy_contact = values,
        _ => {}
    }
}
