//! Which handler answers which path.
//!
//! Invariant: the only place that knows paths; an unknown one is 400, a known one with a wrong method 405.

use super::{
    administrative, batch,
    call::Call,
    contacts, deleted, delta, directory,
    error::GraphError,
    groups, licences, list, mail, methods, organization, relations,
    request::{Answer, Content},
    roles, user_write, users,
};
use crate::schema::Entity;

type Outcome = Result<Answer, GraphError>;

/// Finds and runs the handler.
pub(crate) fn dispatch(call: &mut Call<'_>) -> Outcome {
    let request = call.request;
    // Messages are another service's, with options of their own.
    if !request.segments.iter().any(|segment| segment == "messages") {
        list::known_options(request)?;
    }
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let method = request.method.as_str();
    if let ["users" | "groups" | "contacts" | "servicePrincipals" | "directory" | "administrativeUnits", .., "$count"] =
        segments.as_slice()
    {
        return only(method, "GET", || count(call));
    }
    match segments.as_slice() {
        ["users", rest @ ..] => under_users(call, method, rest),
        ["organization"] => only(method, "GET", || organization::list(call)),
        ["organization", id] => match method {
            "GET" => organization::get(call, id),
            "PATCH" => organization::patch(call, id),
            _ => wrong_method(),
        },
        ["domains"] => only(method, "GET", || organization::domains(call)),
        ["domains", id] => only(method, "GET", || organization::domain(call, id)),
        ["subscribedSkus"] => only(method, "GET", || organization::skus(call)),
        ["subscribedSkus", id] => only(method, "GET", || organization::one_sku(call, id)),
        ["directory", "deletedItems", id, "restore"] => only(method, "POST", || deleted::restore(call, id)),
        ["directory", "deletedItems", id] if method == "DELETE" => deleted::purge(call, id),
        ["directory", "deletedItems", "microsoft.graph.user"] => {
            only(method, "GET", || deleted::list(call, Entity::User))
        }
        ["directory", "deletedItems", "microsoft.graph.group"] => {
            only(method, "GET", || deleted::list(call, Entity::Group))
        }
        ["directory", "deletedItems", "microsoft.graph.administrativeUnit"] => {
            only(method, "GET", || deleted::list(call, Entity::AdministrativeUnit))
        }
        ["directory", "deletedItems", id] => only(method, "GET", || deleted::get(call, id)),
        ["groups", rest @ ..] => under_groups(call, method, rest),
        ["directoryRoles", rest @ ..] => roles::activated_roles(call, method, rest),
        ["directoryRoleTemplates"] => only(method, "GET", || roles::templates(call)),
        ["directoryRoleTemplates", id] => only(method, "GET", || roles::template(call, id)),
        ["roleManagement", "directory", rest @ ..] => roles::dispatch(call, method, rest),
        ["servicePrincipals"] => only(method, "GET", || directory::principals(call)),
        ["servicePrincipals", id] if method == "PATCH" => directory::change_principal(call, id),
        ["servicePrincipals", id] => only(method, "GET", || directory::principal(call, id)),
        ["directory", "administrativeUnits", rest @ ..] | ["administrativeUnits", rest @ ..] => {
            administrative::dispatch(call, method, rest)
        }
        ["contacts"] => only(method, "GET", || contacts::list(call)),
        ["contacts", id] => only(method, "GET", || contacts::get(call, id)),
        ["groupLifecyclePolicies", rest @ ..] => directory::lifecycle(call, method, rest),
        ["directoryObjects", id] => only(method, "GET", || directory::object(call, id)),
        ["$batch"] => only(method, "POST", || batch::run(call)),
        [first, ..] => unknown(first),
        [] => unknown(""),
    }
}

/// `…/$count` of a list: plain text, advanced queries only. [ADV]
fn count(call: &mut Call<'_>) -> Outcome {
    if !call.request.is_eventual() {
        return Err(GraphError::odata("$count is not currently supported."));
    }
    if let Some((key, _)) = call
        .request
        .query
        .iter()
        .find(|(key, _)| !["filter", "search"].contains(&key.trim_start_matches('$').to_lowercase().as_str()))
    {
        return Err(GraphError::odata(format!("The query parameter '{key}' is not supported with $count.")));
    }
    let mut request = call.request.clone();
    request.segments.pop();
    request.query.push(("$count".to_owned(), "true".to_owned()));
    let mut list = Call {
        state: call.state,
        request: &request,
        claims: call.claims.clone(),
        request_id: call.request_id.clone(),
        position: call.position,
    };
    let answer = dispatch(&mut list)?;
    let Content::Json(body) = &answer.content else { return wrong_method() };
    match body.get("@odata.count").and_then(serde_json::Value::as_u64) {
        Some(count) => Ok(Answer { status: 200, content: Content::Text(count.to_string()), ..Answer::default() }),
        None => unknown("$count"),
    }
}

fn under_users(call: &mut Call<'_>, method: &str, segments: &[&str]) -> Outcome {
    match segments {
        [] => match method {
            "GET" => users::list(call),
            "POST" => user_write::create(call),
            _ => wrong_method(),
        },
        ["delta"] => only(method, "GET", || delta::run(call, Entity::User)),
        [id] => match method {
            "GET" => users::get(call, id),
            "PATCH" => user_write::patch(call, id),
            "DELETE" => user_write::delete(call, id),
            _ => wrong_method(),
        },
        [id, "licenseDetails"] => only(method, "GET", || licences::details(call, id)),
        [id, "assignLicense"] => only(method, "POST", || licences::assign(call, id)),
        [id, "manager"] => only(method, "GET", || relations::manager(call, id)),
        [id, "manager", "$ref"] => match method {
            "PUT" => relations::set_manager(call, id, false),
            "DELETE" => relations::set_manager(call, id, true),
            _ => wrong_method(),
        },
        [id, name @ ("memberOf" | "transitiveMemberOf"), cast @ ..] if cast.len() < 2 => {
            only(method, "GET", || relations::member_of(call, id, *name != "memberOf", cast.first().copied()))
        }
        [id, name @ ("directReports" | "ownedObjects"), cast @ ..] if cast.len() < 2 => {
            only(method, "GET", || relations::of_user(call, id, name, cast.first().copied()))
        }
        [id, "mailFolders", folder, "messageRules", rule] if is_inbox(folder) => {
            only(method, "GET", || mail::one_rule(call, id, rule))
        }
        [id, "mailFolders", folder] if is_inbox(folder) => only(method, "GET", || mail::inbox(call, id)),
        [id, "mailFolders", folder, "messages"] if is_inbox(folder) => only(method, "GET", || mail::messages(call, id)),
        [id, "mailFolders", folder, "messageRules"] if is_inbox(folder) => {
            only(method, "GET", || mail::rules(call, id))
        }
        [id, "authentication", rest @ ..] => methods::dispatch(call, method, id, rest),
        [_, other, ..] => unknown(other),
    }
}

fn under_groups(call: &mut Call<'_>, method: &str, segments: &[&str]) -> Outcome {
    match segments {
        [] => match method {
            "GET" => groups::list(call),
            "POST" => groups::create(call),
            _ => wrong_method(),
        },
        ["delta"] => only(method, "GET", || delta::run(call, Entity::Group)),
        [id] => match method {
            "GET" => groups::get(call, id),
            "PATCH" => groups::patch(call, id),
            "DELETE" => groups::delete(call, id),
            _ => wrong_method(),
        },
        [id, name @ ("memberOf" | "transitiveMemberOf"), cast @ ..] if cast.len() < 2 => {
            only(method, "GET", || relations::member_of(call, id, *name != "memberOf", cast.first().copied()))
        }
        [id, name @ ("members" | "owners"), "$ref"] if method == "GET" => relations::references(call, id, name),
        [id, name @ ("members" | "owners"), "$ref"] => {
            only(method, "POST", || relations::add_member(call, id, relations::number(name)))
        }
        [id, name @ ("members" | "owners"), member, "$ref"] => {
            only(method, "DELETE", || relations::remove_member(call, id, member, relations::number(name)))
        }
        [id, name @ ("members" | "transitiveMembers" | "owners"), cast @ ..] if cast.len() < 2 => {
            only(method, "GET", || relations::members(call, id, name, cast.first().copied()))
        }
        [_, other, ..] => unknown(other),
    }
}

/// The well-known name of the folder.
fn is_inbox(folder: &str) -> bool {
    folder.eq_ignore_ascii_case("inbox")
}

/// Runs `handler` if the method is the only one served.
pub(crate) fn only(method: &str, served: &str, handler: impl FnOnce() -> Outcome) -> Outcome {
    if method == served { handler() } else { wrong_method() }
}

pub(crate) fn wrong_method() -> Outcome {
    Err(GraphError::new(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."))
}

pub(crate) fn unknown(segment: &str) -> Outcome {
    Err(GraphError::odata(format!("Resource not found for the segment '{segment}'.")))
}
