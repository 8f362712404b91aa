//! Organizational contacts: Exchange's mail contacts, as the directory shows them.
//!
//! Invariant: read only; contacts are made and changed in Exchange.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    call::Call,
    error::GraphError,
    list::{self, Plan, Row, Rules},
    permissions::CONTACTS_READ,
    request::Answer,
};
use crate::{
    exchange::{kind::Kind, schema::recipient, view::Cursor},
    schema::{Entity, directory},
    store::record::Record,
};

/// All contacts, in order of id.
fn all(call: &Call<'_>) -> Vec<(Arc<str>, Arc<Record>)> {
    let exchange = call.state.exchange_view(call.position);
    let contacts = exchange.recipients(&Cursor::default()).map(|(_, found)| found);
    let contacts = contacts.filter(|found| !found.deleted && found.kind == Kind::MailContact).map(|found| {
        let mut record = Record::default();
        let outside = found.text(recipient::EXTERNAL_ADDRESS);
        let mail = outside.as_deref().map(|address| address.split_once(':').map_or(address, |(_, rest)| rest));
        record.set(directory::CONTACT_ID, json!(**found.id));
        record.set(directory::CONTACT_NAME, json!(found.text(recipient::DISPLAY_NAME)));
        record.set(directory::CONTACT_MAIL, json!(mail));
        record.set(directory::CONTACT_NICKNAME, json!(found.text(recipient::ALIAS)));
        record.set(directory::CONTACT_ADDRESSES, json!(found.strings(recipient::EMAIL_ADDRESSES)));
        (found.id.clone(), Arc::new(record))
    });
    let mut all: Vec<_> = contacts.collect();
    all.sort_by(|(left, _), (right, _)| left.cmp(right));
    all
}

/// `GET /contacts`.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(CONTACTS_READ)?;
    let plan = Plan::new(call, &[Entity::OrgContact], Rules::DIRECTORY, false)?;
    let all = all(call);
    let page = plan.page(all.iter().map(|(id, record)| Row { entity: Entity::OrgContact, id, record }));
    let items = page.rows.iter().map(|row| Value::Object(plan.render(*row))).collect();
    Ok(plan.answer(call.request, &call.context("contacts"), &page, items))
}

/// `GET /contacts/{id}`.
pub(crate) fn get(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.require(CONTACTS_READ)?;
    list::single_options(call.request, &[])?;
    let columns = list::columns(call.request, &[Entity::OrgContact])?.concat();
    let all = all(call);
    let found = all.iter().find(|(key, _)| key.eq_ignore_ascii_case(id));
    let (_, record) = found.ok_or_else(|| GraphError::not_found(id))?;
    let mut object = list::render(Entity::OrgContact, record, &columns, false);
    object.insert("@odata.context".to_owned(), json!(call.context("contacts/$entity")));
    Ok(Answer::json(200, Value::Object(object)))
}
