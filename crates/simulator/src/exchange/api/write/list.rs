//! `Set-DistributionGroup`. Contract §6.3.

use super::{
    super::{
        call::{Call, Outcome},
        error::ExchangeError,
        parameters::{Parameter, changes, needed, switch, text},
    },
    settings,
};
use crate::exchange::kind::Kind;

pub(crate) const PARAMETERS: &[Parameter] = &[
    needed("Identity"),
    switch("RequireSenderAuthenticationEnabled"),
    switch("HiddenFromAddressListsEnabled"),
    changes("GrantSendOnBehalfTo"),
    changes("AcceptMessagesOnlyFrom"),
    changes("AcceptMessagesOnlyFromDLMembers"),
    changes("RejectMessagesFrom"),
    changes("RejectMessagesFromDLMembers"),
    switch("ModerationEnabled"),
    changes("ModeratedBy"),
    changes("BypassModerationFromSendersOrMembers"),
    text("DisplayName"),
];

pub(crate) fn set(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let name = call.parameters.text("Identity").unwrap_or_default();
    let (id, before, after) = {
        let truth = call.truth();
        let of = truth
            .resolve(&name)
            .filter(|found| matches!(found.kind, Kind::DistributionList | Kind::SecurityList | Kind::RoomList));
        let of = of.ok_or_else(|| ExchangeError::not_found(&name))?;
        settings::mastered(call, &of)?;
        let mut record = of.own.cloned().unwrap_or_default();
        settings::apply(call, &of, &mut record, &[])?;
        (of.id.to_string(), of.own.cloned(), record)
    };
    Ok(settings::finish(call, &id, before, after))
}
