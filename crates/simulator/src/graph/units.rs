//! What a request costs in resource units. `[THR]`, contract §9.
//!
//! Invariant: a cost is at least 1, and only operations of the identity family have one.

use super::request::GraphRequest;

/// The cost, for operations that have one; roleManagement is not listed there.
pub(crate) fn cost(request: &GraphRequest) -> Option<u32> {
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let reads = request.method == "GET";
    let base: i32 = match segments.as_slice() {
        ["users", _, "authentication" | "mailFolders", ..] | ["roleManagement", ..] | ["$batch"] => return None,
        ["users", _, "licenseDetails"] | ["users"] if reads => 2,
        ["subscribedSkus"] | ["groups", _, "members", ..] if reads => 3,
        ["groups", _, "transitiveMembers", ..] | ["users", _, "transitiveMemberOf", ..] if reads => 5,
        [
            "users"
            | "groups"
            | "organization"
            | "domains"
            | "directoryRoles"
            | "directoryRoleTemplates"
            | "subscribedSkus"
            | "servicePrincipals"
            | "directory",
            ..,
        ] => 1,
        _ => return None,
    };
    let less = |present: bool| -i32::from(present);
    let small = request.option("$top").and_then(|top| top.parse::<u32>().ok()).is_some_and(|top| top < 20);
    let cost =
        base + less(request.option("$select").is_some()) + i32::from(request.option("$expand").is_some()) + less(small);
    u32::try_from(cost.max(1)).ok()
}
