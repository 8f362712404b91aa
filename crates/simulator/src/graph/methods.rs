//! Registered recovery methods: emailMethods and phoneMethods. Contract §3.
//!
//! Invariant: a store of its own; nothing here mirrors `mobilePhone` or `otherMails` (how far the service does is not
//! known).

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    list,
    permissions::{EMAIL_READ, EMAIL_WRITE, METHODS_READ, PHONE_READ, PHONE_WRITE},
    request::Answer,
    route, sensitive,
};
use crate::{
    schema::{Entity, Schema, directory},
    store::record::Record,
};

/// Fixed ids. Contract §3.
pub(crate) const EMAIL: &str = "3ddfcfc8-9383-446f-83cc-3ab9be4be18f";
pub(crate) const MOBILE: &str = "3179e48a-750b-4051-897c-87b9720928f7";
pub(crate) const ALTERNATE_MOBILE: &str = "b6332ec1-7057-4abe-9331-3d72feddfe41";
pub(crate) const OFFICE: &str = "e37fc753-ff3b-4958-9484-eaa9425c82bc";
/// Everybody has a password; its method id (general knowledge, UNV).
const PASSWORD: &str = "28c10230-6103-485e-b985-444c60001490";

/// What distinguishes the two kinds.
struct Kind {
    entity: Entity,
    segment: &'static str,
    read: &'static [&'static str],
    write: &'static [&'static str],
}

const KINDS: [Kind; 2] = [
    Kind { entity: Entity::EmailMethod, segment: "emailMethods", read: EMAIL_READ, write: EMAIL_WRITE },
    Kind { entity: Entity::PhoneMethod, segment: "phoneMethods", read: PHONE_READ, write: PHONE_WRITE },
];

/// `…/users/{id}/authentication/…`.
pub(crate) fn dispatch(call: &mut Call<'_>, method: &str, user: &str, segments: &[&str]) -> Result<Answer, GraphError> {
    if let ["methods", rest @ ..] = segments
        && rest.len() < 2
    {
        return route::only(method, "GET", || all(call, user, rest.first().copied()));
    }
    let Some((first, rest)) = segments.split_first() else { return route::unknown("authentication") };
    let Some(kind) = KINDS.iter().find(|kind| kind.segment == *first) else { return route::unknown(first) };
    let writes = method != "GET";
    no_options(call)?;
    call.require(if writes { kind.write } else { kind.read })?;
    let view = if writes { call.truth() } else { call.view() };
    let id = view.user(user).ok_or_else(|| GraphError::not_found(user))?.0.to_string();
    if writes && call.state.options.switches.methods_need_role {
        sensitive::check(call, &id)?;
    }
    match (method, rest) {
        ("GET", []) => Ok(list_kind(call, kind, &id)),
        ("GET", [key]) => get(call, kind, &id, key),
        ("POST", []) => add(call, kind, &id),
        ("PATCH", [key]) => change(call, kind, &id, key),
        ("DELETE", [key]) => remove(call, kind, &id, key),
        _ => route::wrong_method(),
    }
}

fn render(entity: Entity, record: &Record) -> Map<String, Value> {
    let all: Vec<u8> = (0..).zip(entity.schema().properties).map(|(number, _)| number).collect();
    list::render(entity, record, &all, false)
}

fn all(call: &mut Call<'_>, user: &str, wanted: Option<&str>) -> Result<Answer, GraphError> {
    call.require(METHODS_READ)?;
    no_options(call)?;
    let view = call.view();
    let (id, _) = view.user(user).ok_or_else(|| GraphError::not_found(user))?;
    let mut value = vec![json!({"@odata.type": "#microsoft.graph.passwordAuthenticationMethod", "id": PASSWORD,
        "password": null, "createdDateTime": null})];
    for kind in &KINDS {
        for (_, record) in owned(call, kind.entity, &id) {
            let mut object = render(kind.entity, &record);
            let name = kind.entity.schema().type_name;
            object.insert("@odata.type".to_owned(), json!(format!("#microsoft.graph.{name}")));
            value.push(Value::Object(object));
        }
    }
    if let Some(wanted) = wanted {
        let mut found = value.into_iter().find(|method| method["id"] == wanted).ok_or_else(|| missing(wanted))?;
        found["@odata.context"] = json!(call.context(&format!("users('{id}')/authentication/methods/$entity")));
        return Ok(Answer::json(200, found));
    }
    let context = call.context(&format!("users('{id}')/authentication/methods"));
    Ok(Answer::json(200, json!({"@odata.context": context, "value": value})))
}

/// Lists take no OData options. [GD21]
fn no_options(call: &Call<'_>) -> Result<(), GraphError> {
    match call.request.query.first() {
        Some((name, _)) => Err(GraphError::odata(format!("The query parameter '{name}' is not supported."))),
        None => Ok(()),
    }
}

fn owned(call: &Call<'_>, entity: Entity, user: &str) -> Vec<(String, Record)> {
    let prefix = format!("{user}/");
    call.view()
        .range(entity, Some(&prefix))
        .take_while(|(key, _)| key.starts_with(&prefix))
        .map(|(key, record)| (key.to_string(), Record::clone(record)))
        .collect()
}

fn list_kind(call: &Call<'_>, kind: &Kind, user: &str) -> Answer {
    let value: Vec<Value> =
        owned(call, kind.entity, user).iter().map(|(_, record)| Value::Object(render(kind.entity, record))).collect();
    let context = call.context(&format!("users('{user}')/authentication/{}", kind.segment));
    Answer::json(200, json!({"@odata.context": context, "value": value}))
}

fn get(call: &Call<'_>, kind: &Kind, user: &str, key: &str) -> Result<Answer, GraphError> {
    let record = call.view().get(kind.entity, &format!("{user}/{key}")).ok_or_else(|| missing(key))?;
    let mut object = render(kind.entity, record);
    let context = call.context(&format!("users('{user}')/authentication/{}/$entity", kind.segment));
    object.insert("@odata.context".to_owned(), json!(context));
    Ok(Answer::json(200, Value::Object(object)))
}

/// Texts of this family are not verified; the envelope is Graph's (contract §3).
fn missing(key: &str) -> GraphError {
    GraphError::new(404, "resourceNotFound", format!("The requested authentication method '{key}' was not found."))
}

fn invalid(message: &str) -> GraphError {
    GraphError::new(400, "invalidRequest", message)
}

/// Refuses members that a method does not have.
fn known(schema: &Schema, body: &Map<String, Value>) -> Result<(), GraphError> {
    match body.keys().find(|name| schema.find(name).is_none()) {
        Some(name) => Err(invalid(&format!("The property '{name}' does not exist on the authentication method."))),
        None => Ok(()),
    }
}

fn add(call: &mut Call<'_>, kind: &Kind, user: &str) -> Result<Answer, GraphError> {
    let body = call.body()?;
    let schema = kind.entity.schema();
    known(schema, &body)?;
    let mut record = Record::default();
    let method = if kind.entity == Entity::EmailMethod {
        record.set(directory::EMAIL_ADDRESS, json!(email(&body)?));
        EMAIL
    } else {
        let kind = Call::required(&body, "phoneType")?;
        let method = match kind {
            "mobile" => MOBILE,
            "alternateMobile" => ALTERNATE_MOBILE,
            "office" => OFFICE,
            _ => return Err(invalid("phoneType must be mobile, alternateMobile or office.")),
        };
        // Mobile is required before alternateMobile. [AP]
        if method == ALTERNATE_MOBILE && call.truth().get(Entity::PhoneMethod, &format!("{user}/{MOBILE}")).is_none() {
            return Err(invalid("A mobile phone must be registered before an alternate mobile phone."));
        }
        record.set(directory::PHONE_NUMBER, json!(phone(&body)?));
        record.set(directory::PHONE_TYPE, json!(kind));
        record.set(directory::SMS_STATE, json!("notAllowedByPolicy"));
        method
    };
    record.set(directory::METHOD_ID, json!(method));
    let key = format!("{user}/{method}");
    if call.truth().get(kind.entity, &key).is_some() {
        // One per type; adding an existing one fails (contract §3).
        return Err(invalid("An authentication method of this type is already registered for the user."));
    }
    let mut object = render(kind.entity, &record);
    let context = call.context(&format!("users('{user}')/authentication/{}/$entity", kind.segment));
    object.insert("@odata.context".to_owned(), json!(context));
    call.commit(kind.entity, &key, Some(record));
    Ok(Answer::json(201, Value::Object(object)))
}

fn change(call: &mut Call<'_>, kind: &Kind, user: &str, method: &str) -> Result<Answer, GraphError> {
    let body = call.body()?;
    known(kind.entity.schema(), &body)?;
    let key = format!("{user}/{method}");
    let mut record = call.truth().get(kind.entity, &key).map(|r| Record::clone(r)).ok_or_else(|| missing(method))?;
    if kind.entity == Entity::EmailMethod {
        record.set(directory::EMAIL_ADDRESS, json!(email(&body)?));
    } else {
        // The type cannot change. [AP]
        if let Some(kind) = body.get("phoneType")
            && kind.as_str() != record.text(directory::PHONE_TYPE)
        {
            return Err(invalid("phoneType cannot be changed."));
        }
        record.set(directory::PHONE_NUMBER, json!(phone(&body)?));
    }
    call.commit(kind.entity, &key, Some(record));
    Ok(Answer::none())
}

fn remove(call: &mut Call<'_>, kind: &Kind, user: &str, method: &str) -> Result<Answer, GraphError> {
    let key = format!("{user}/{method}");
    let truth = call.truth();
    truth.get(kind.entity, &key).ok_or_else(|| missing(method))?;
    // UNV: switch.
    if method == MOBILE
        && !call.state.options.switches.mobile_deletable_before_alternate
        && truth.get(Entity::PhoneMethod, &format!("{user}/{ALTERNATE_MOBILE}")).is_some()
    {
        return Err(invalid("The alternate mobile phone must be deleted before the mobile phone."));
    }
    call.commit(kind.entity, &key, None);
    Ok(Answer::none())
}

fn email(body: &Map<String, Value>) -> Result<&str, GraphError> {
    let address = Call::required(body, "emailAddress")?;
    let good = address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
    if good { Ok(address) } else { Err(invalid("emailAddress is not a valid address.")) }
}

/// `+{country code} {number}x{extension}`, a space after the country code, extension optional. [AP]
fn phone(body: &Map<String, Value>) -> Result<&str, GraphError> {
    let text = Call::required(body, "phoneNumber")?;
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let good = text.strip_prefix('+').and_then(|rest| rest.split_once(' ')).is_some_and(|(country, rest)| {
        let (number, extension) = rest.split_once('x').map_or((rest, None), |(n, x)| (n, Some(x)));
        // E.164: up to 3 digits of country code, 15 in all.
        digits(country, 3) && digits(number, 14) && extension.is_none_or(|x| digits(x, 10))
    });
    if good {
        Ok(text)
    } else {
        Err(invalid("phoneNumber must be in the format +{country code} {number}x{extension}."))
    }
}
