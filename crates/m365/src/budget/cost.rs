//! What a request costs against the service's limits.

use std::ops::Add;

use http::Method;
use url::Url;

/// Cost of one request, or of several together. A member is zero where the request does not touch that limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Resource units of the directory ("identity and access") service.
    pub units: u32,
    /// Writes to the directory.
    pub writes: u32,
    /// Requests to authentication methods.
    pub authentication_methods: u32,
    /// Requests for message traces.
    pub message_traces: u32,
}

impl Cost {
    /// Cost of a request to Graph by method and address.
    ///
    /// Source: Microsoft Graph "service-specific throttling limits" (2025-01-14). That authentication methods are counted
    /// in the `authenticationMethod` family on these paths is not verified; counting them there is the careful choice.
    pub fn of(method: &Method, url: &Url) -> Self {
        Self::of_path(method, url.path(), url.query())
    }

    /// The same for a path relative to the service, as in a batch.
    pub fn of_relative(method: &Method, path: &str) -> Self {
        match path.split_once('?') {
            Some((path, query)) => Self::of_path(method, path, Some(query)),
            None => Self::of_path(method, path, None),
        }
    }

    fn of_path(method: &Method, path: &str, query: Option<&str>) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !matches!(*segment, "" | "v1.0" | "beta")).collect();
        if segments.contains(&"authentication") {
            return Self { authentication_methods: 1, ..Self::default() };
        }
        if segments.iter().any(|segment| segment.eq_ignore_ascii_case("messageTraces")) {
            return Self { message_traces: 1, ..Self::default() };
        }
        if method != Method::GET {
            return Self { units: 1, writes: 1, ..Self::default() };
        }
        Self { units: units(&segments, query.unwrap_or_default()), ..Self::default() }
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            units: self.units.saturating_add(other.units),
            writes: self.writes.saturating_add(other.writes),
            authentication_methods: self.authentication_methods.saturating_add(other.authentication_methods),
            message_traces: self.message_traces.saturating_add(other.message_traces),
        }
    }
}

fn units(segments: &[&str], query: &str) -> u32 {
    let base: i32 = match segments {
        // The table says "users": the collection and its delta; one user is among the "others".
        ["users"] | ["users", "delta" | "delta()"] | ["users", _, "licenseDetails"] => 2,
        ["subscribedSkus", ..] | ["groups", _, "members"] => 3,
        ["groups", _, "transitiveMembers"] => 5,
        _ => 1,
    };
    let mut units = base;
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name.trim_start_matches("%24").trim_start_matches('$') {
            "select" => units -= 1,
            "expand" => units += 1,
            "top" if value.parse::<u32>().is_ok_and(|top| top < 20) => units -= 1,
            _ => {}
        }
    }
    u32::try_from(units.max(1)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_table_is_kept() {
        let get = |path: &str| Cost::of_relative(&Method::GET, path).units;
        assert_eq!(get("/users"), 2);
        assert_eq!(get("/v1.0/users?$select=id"), 1);
        assert_eq!(get("/users?$expand=manager&$top=5"), 2);
        assert_eq!(get("/users/x"), 1);
        assert_eq!(get("/users/x/licenseDetails"), 2);
        assert_eq!(get("/groups/x/transitiveMembers"), 5);
        assert_eq!(get("/subscribedSkus?$select=a&$top=3"), 1);
        assert_eq!(get("/organization?$select=a&$top=1"), 1);
        let patch = Cost::of_relative(&Method::PATCH, "/users/x");
        assert_eq!(patch, Cost { units: 1, writes: 1, ..Cost::default() });
        let method = Cost::of_relative(&Method::POST, "/users/x/authentication/emailMethods");
        assert_eq!(method, Cost { authentication_methods: 1, ..Cost::default() });
        assert_eq!((patch + method + patch).writes, 2);
    }
}
