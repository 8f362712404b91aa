//! Believable accounts in any number.
//!
//! Invariant: deterministic; the n-th generated account is the same whatever the total.

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;

use super::types::{Seed, UserSeed};

const GIVEN: &[&str] = &[
    "Amina", "Bruno", "Chiara", "David", "Elena", "Farid", "Grace", "Henrik", "Ines", "Jonas", "Katja", "Liam", "Mei",
    "Noah", "Olga", "Pedro", "Quentin", "Rosa", "Samir", "Tove", "Uma", "Viktor", "Wanda", "Ximena", "Yusuf", "Zoe",
];
const FAMILY: &[&str] = &[
    "Abel", "Berg", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Haas", "Ivanova", "Jansen", "Kaya", "Lopez",
    "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Santos", "Tanaka", "Umar", "Vogel", "Weber", "Yilmaz",
];
const DEPARTMENTS: &[&str] =
    &["Finance", "Legal", "Sales", "Engineering", "Operations", "Support", "Marketing", "People"];

impl Seed {
    /// Adds `count` accounts to the seed: names, departments, one in five synchronised, one in twenty disabled, one in
    /// three with an alternate email, one in four with a mobile phone, nine in ten with the first licence. Sign-in
    /// names are `given.family.n@{default domain}`, n counting from 1; ids derive from them.
    pub fn generate(&mut self, count: usize, rng_seed: u64) {
        let domains = &self.tenant.domains;
        let domain = domains.iter().find(|domain| domain.default).or(domains.first());
        let domain = domain.map_or("example.com", |domain| domain.name.as_str()).to_owned();
        let licence = self.skus.first().map(|sku| sku.sku_part_number.clone());
        self.generate_users = 0;
        self.users.reserve(count);
        for number in 1..=count {
            self.users.push(account(number, &domain, licence.as_deref(), rng_seed));
        }
    }
}

fn account(number: usize, domain: &str, licence: Option<&str>, rng_seed: u64) -> UserSeed {
    // A generator per account: the n-th does not depend on how many there are.
    let mut rng = StdRng::seed_from_u64(rng_seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let pick = |rng: &mut StdRng, from: &[&'static str]| from[rng.random_range(0..from.len())];
    let given = pick(&mut rng, GIVEN);
    let family = pick(&mut rng, FAMILY);
    let department = pick(&mut rng, DEPARTMENTS);
    let local = format!("{}.{}.{number}", given.to_lowercase(), family.to_lowercase());
    let licensed = rng.random_ratio(9, 10);
    UserSeed {
        upn: format!("{local}@{domain}"),
        display_name: Some(format!("{given} {family}")),
        account_enabled: !rng.random_ratio(1, 20),
        on_premises_sync_enabled: rng.random_ratio(1, 5).then_some(true),
        other_mails: if rng.random_ratio(1, 3) { vec![format!("{local}@fabrikam.example")] } else { Vec::new() },
        mobile_phone: rng.random_ratio(1, 4).then(|| format!("+1 425555{:04}", rng.random_range(0..10_000))),
        licences: licence.filter(|_| licensed).map(str::to_owned).into_iter().collect(),
        properties: [
            ("givenName".to_owned(), json!(given)),
            ("surname".to_owned(), json!(family)),
            ("department".to_owned(), json!(department)),
        ]
        .into(),
        ..UserSeed::default()
    }
}
