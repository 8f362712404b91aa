//! Well-known SKUs and service plans, so that seeds name them instead of spelling them out.
//!
//! Invariant: ids are Microsoft's published ones as far as known here (general knowledge, UNV); a plan that is not listed
//! gets a derived id.

/// A service plan.
pub(crate) struct Plan {
    pub(crate) name: &'static str,
    pub(crate) id: &'static str,
    /// `service` of `assignedPlans`; `exchange` is what gives a mailbox (contract §2).
    pub(crate) service: &'static str,
}

const fn plan(name: &'static str, id: &'static str, service: &'static str) -> Plan {
    Plan { name, id, service }
}

const PLANS: &[Plan] = &[
    plan("EXCHANGE_S_STANDARD", "9aaf7827-d63c-4b61-89c3-182f06f82e5c", "exchange"),
    plan("EXCHANGE_S_ENTERPRISE", "efb87545-963c-4e0d-99df-69c6916d9eb0", "exchange"),
    plan("EXCHANGE_S_DESKLESS", "4a82b400-a79f-41a4-b4e2-e94f5787b113", "exchange"),
    plan("AAD_PREMIUM", "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AADPremiumService"),
    plan("AAD_PREMIUM_P2", "eec0eb4f-6444-4f95-aba0-50c24d67f998", "AADPremiumService"),
    plan("TEAMS1", "57ff2da0-773e-42df-b2af-ffb7a2317929", "TeamspaceAPI"),
];

/// A SKU with its id and plans.
pub(crate) struct KnownSku {
    pub(crate) part_number: &'static str,
    pub(crate) id: &'static str,
    pub(crate) plans: &'static [&'static str],
}

const SKUS: &[KnownSku] = &[
    KnownSku {
        part_number: "SPE_E5",
        id: "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
        plans: &["EXCHANGE_S_ENTERPRISE", "AAD_PREMIUM", "AAD_PREMIUM_P2", "TEAMS1"],
    },
    KnownSku {
        part_number: "SPE_E3",
        id: "05e9a617-0261-4cee-bb44-138d3ef5d965",
        plans: &["EXCHANGE_S_ENTERPRISE", "AAD_PREMIUM", "TEAMS1"],
    },
    KnownSku {
        part_number: "O365_BUSINESS_PREMIUM",
        id: "f245ecc8-75af-4f8e-b61f-27d8114de5f3",
        plans: &["EXCHANGE_S_STANDARD", "TEAMS1"],
    },
    KnownSku {
        part_number: "EXCHANGESTANDARD",
        id: "4b9405b0-7788-4568-add1-99614e613b69",
        plans: &["EXCHANGE_S_STANDARD"],
    },
    KnownSku { part_number: "AAD_PREMIUM_P2", id: "84a661c4-e949-4bd2-a560-ed7766fcaf2b", plans: &["AAD_PREMIUM_P2"] },
    KnownSku { part_number: "TEAMS_EXPLORATORY", id: "710779e8-3d4a-4c88-adb9-386c958d1fdf", plans: &["TEAMS1"] },
];

pub(crate) fn known_sku(part_number: &str) -> Option<&'static KnownSku> {
    SKUS.iter().find(|sku| sku.part_number.eq_ignore_ascii_case(part_number))
}

/// The service of a plan by its name.
pub(crate) fn plan_service(name: &str) -> &'static str {
    plan_of(name).1
}

/// Id and service of a plan; an unknown plan whose name begins with EXCHANGE_S is a mailbox plan.
pub(crate) fn plan_of(name: &str) -> (String, &'static str) {
    PLANS.iter().find(|plan| plan.name == name).map_or_else(
        || {
            let service = if name.starts_with("EXCHANGE_S_") { "exchange" } else { "other" };
            (crate::ids::derive("servicePlan", name), service)
        },
        |plan| (plan.id.to_owned(), plan.service),
    )
}
