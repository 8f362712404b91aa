//! The tenant as a whole, as it is read for answers. Nothing is declared or written there.

use tenant_contacts_api::reason::Reason;

use super::row::{Row, is_never_first, no_account, no_base, no_companion, no_objection, no_risk};
use crate::{desired::DesiredTarget, flight, model::Unknown, step::Resolution};

pub(super) const ROW: Row = Row {
    resolve: |_, _, _| Resolution::Failed(Reason::Manual, "nothing is written on this surface".into()),
    bound: |_| None,
    orphan: |_| DesiredTarget::Gateways([].into()),
    live: |_, _, _| Err(&Unknown::NotRead),
    read_at: |_, _| None,
    base: no_base,
    account: no_account,
    objection: no_objection,
    risk: no_risk,
    companion: no_companion,
    is_first: is_never_first,
    matters: |_, _, _| false,
    foresee: |_, _, _| {},
    replication: flight::GRAPH,
};
