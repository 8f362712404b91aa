//! Exchange's admin API: InvokeCommand, its batches, and the documented v2.0 endpoints. Contract §6.1, §6.2.
//!
//! Invariant: a cmdlet is a row of [`cmdlets::TABLE`]; what is not in the table, or beyond the caller's roles, is one and
//! the same refusal.

pub(crate) mod access;
pub(crate) mod batch;
pub(crate) mod call;
pub(crate) mod cmdlets;
pub(crate) mod error;
pub(crate) mod page;
pub(crate) mod parameters;
pub(crate) mod read;
mod refusal;
pub(crate) mod request;
pub(crate) mod v2;
pub(crate) mod write;

use serde_json::{Value, json};

pub(crate) use self::refusal::fault;

use self::{
    access::Access,
    call::Call,
    cmdlets::Cmdlet,
    error::ExchangeError,
    page::Page,
    parameters::Parameters,
    refusal::refuse,
    request::{ExchangeRequest, Target},
};
use crate::{graph::request::Answer, state::State};

/// Handles one request (or batch item).
pub(crate) fn handle(state: &mut State, request: &ExchangeRequest) -> Answer {
    let request_id = state.guid();
    let result = dispatch(state, request, &request_id);
    let mut answer = result.unwrap_or_else(|error| refuse(state, &error));
    answer.headers.push(("request-id", request_id));
    answer
}

fn dispatch(state: &mut State, request: &ExchangeRequest, request_id: &str) -> Result<Answer, ExchangeError> {
    match &request.target {
        // The path wants the tenant's GUID (contract §6.1); what a domain name is answered is UNV.
        Target::Invoke { tenant } | Target::Batch { tenant } if *tenant != state.tenant_id => {
            Err(ExchangeError::bad("The tenant in the path must be the tenant's id."))
        }
        Target::Endpoint { tenant, .. } if !state.is_tenant(tenant) => {
            Err(ExchangeError::bad("The tenant in the path is not known."))
        }
        // A next link is posted to again; GET fails (contract §6.1). The status is UNV.
        _ if request.method != "POST" => Err(ExchangeError::method()),
        Target::Invoke { .. } => {
            let access = Access::of(state, request, access::MANAGE)?;
            let input = request.input()?;
            let cmdlet = cmdlets::find(input.name).filter(|cmdlet| access.allows(cmdlet.need));
            let cmdlet = cmdlet.ok_or_else(ExchangeError::forbidden)?;
            invoke(state, request, request_id, access, cmdlet, Parameters::read(cmdlet, input.parameters)?)
        }
        Target::Batch { .. } => {
            Access::of(state, request, access::MANAGE)?;
            batch::run(state, request, handle)
        }
        Target::Endpoint { name, .. } => {
            let access = Access::of(state, request, access::MANAGE_V2)?;
            let input = request.input()?;
            let (cmdlet, parameters) = v2::cmdlet(name, input.name, input.parameters)?;
            if !access.allows(cmdlet.need) {
                return Err(ExchangeError::denied());
            }
            invoke(state, request, request_id, access, cmdlet, parameters)
        }
        Target::Unknown => Err(ExchangeError::unknown_path()),
    }
}

fn invoke(
    state: &mut State,
    request: &ExchangeRequest,
    request_id: &str,
    access: Access,
    cmdlet: &'static Cmdlet,
    parameters: Parameters,
) -> Result<Answer, ExchangeError> {
    let page = Page::read(state, request, &parameters)?;
    let position = state.exchange_position();
    let actor = access.actor;
    let mut call = Call { state, request, cmdlet, parameters, page, position, actor, request_id, warnings: Vec::new() };
    let outcome = (cmdlet.run)(&mut call)?;
    let Call { mut warnings, page, .. } = call;
    let mut body =
        json!({"@odata.context": format!("{}/$metadata#Collection(Exchange.GenericHashTable)", request.base())});
    let select = request.select();
    let items: Vec<Value> = outcome.items.into_iter().map(|item| select.apply(item)).collect();
    let served = page.served + items.len();
    let mut next = None;
    if let Some(cursor) = outcome.next {
        if page.limit.is_some_and(|limit| served >= limit) {
            // Texts (general knowledge, UNV).
            warnings.push(if page.told {
                "There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.".to_owned()
            } else {
                format!("By default, only the first {served} items are returned. Use the ResultSize parameter to specify the number of items returned. To return all items, specify \"-ResultSize Unlimited\".")
            });
        } else {
            next = Some(page.link(state, request, &cursor, served));
        }
    }
    if let Some(body) = body.as_object_mut() {
        if !warnings.is_empty() {
            body.insert("@adminapi.warnings".to_owned(), json!(warnings));
        }
        body.insert("value".to_owned(), Value::Array(items));
        if let Some(next) = next {
            body.insert("@odata.nextLink".to_owned(), json!(next));
        }
    }
    // Write cmdlets may answer with nothing at all (contract §6.1).
    if outcome.silent {
        return Ok(Answer { status: 200, ..Answer::default() });
    }
    Ok(Answer::json(200, body))
}
