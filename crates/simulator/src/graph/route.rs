//! Which handler answers which path.
//!
//! Invariant: the only place that knows paths; an unknown one is 400, a known one with a wrong method 405.

use super::{batch, call::Call, error::GraphError, methods, organization, request::Answer, user_write, users};

type Outcome = Result<Answer, GraphError>;

/// Finds and runs the handler.
pub(crate) fn dispatch(call: &mut Call<'_>) -> Outcome {
    let request = call.request;
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let method = request.method.as_str();
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
        ["directory", "deletedItems", id, "restore"] => only(method, "POST", || user_write::restore(call, id)),
        ["directory", "deletedItems", id] if method == "DELETE" => user_write::purge(call, id),
        ["$batch"] => only(method, "POST", || batch::run(call)),
        [first, ..] => unknown(first),
        [] => unknown(""),
    }
}

fn under_users(call: &mut Call<'_>, method: &str, segments: &[&str]) -> Outcome {
    match segments {
        [] => match method {
            "GET" => users::list(call),
            "POST" => user_write::create(call),
            _ => wrong_method(),
        },
        ["$count"] => only(method, "GET", || users::count(call)),
        [id] => match method {
            "GET" => users::get(call, id),
            "PATCH" => user_write::patch(call, id),
            "DELETE" => user_write::delete(call, id),
            _ => wrong_method(),
        },
        [id, "licenseDetails"] => only(method, "GET", || users::license_details(call, id)),
        [id, "authentication", rest @ ..] => methods::dispatch(call, method, id, rest),
        [_, other, ..] => unknown(other),
    }
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
