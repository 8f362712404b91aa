//! Graph's properties as rows of two tables: what Microsoft's metadata says of each (`properties.tsv`), and what the service
//! does with it (`service.tsv`).
//!
//! Invariant: both tables name the same properties of every type that is served; a test compares them.

use std::{collections::HashMap, sync::LazyLock};

use super::{
    facts::{self, Fact},
    property::{Absent, Property, Schema, Write, property},
    value_type::Type,
};

/// Type, property and words of each row of `service.tsv`.
pub(crate) static ROWS: LazyLock<HashMap<&'static str, Vec<(&'static str, &'static str)>>> = LazyLock::new(|| {
    let mut all: HashMap<&str, Vec<(&str, &str)>> = HashMap::new();
    for line in include_str!("service.tsv").lines().filter(|line| !line.starts_with('#')).skip(1) {
        let mut columns = line.splitn(3, '\t');
        if let (Some(of), Some(name)) = (columns.next(), columns.next()) {
            all.entry(of).or_default().push((name, columns.next().unwrap_or_default()));
        }
    }
    all
});

/// The schema of a type. `named` are the properties that code names: theirs are the first numbers, see [`place`].
pub(crate) fn read(type_name: &'static str, set: &'static str, named: &[&'static str]) -> Schema {
    let rows = ROWS.get(type_name).map_or(&[][..], Vec::as_slice);
    let made = |name: &'static str| {
        let words = rows.iter().find(|(have, _)| *have == name).map_or("", |(_, words)| *words);
        row(type_name, name, words).unwrap_or_else(|| property(name, Type::Text).hidden())
    };
    let others = rows.iter().map(|(name, _)| *name).filter(|name| !named.contains(name));
    let properties: Vec<Property> = named.iter().copied().chain(others).map(made).collect();
    // A handful of tables for the life of the process.
    Schema { type_name, set, properties: properties.leak() }
}

/// The number of a property that code names, at compile time; a name that is not listed does not compile.
#[allow(clippy::cast_possible_truncation)] // no list comes near 256 names
pub(crate) const fn place(named: &[&str], name: &str) -> u8 {
    let mut at = 0;
    while !super::property::same(named[at], name) {
        at += 1;
    }
    at as u8
}

/// A row made of both tables; none where they do not fit together.
pub(crate) fn row(type_name: &str, name: &'static str, words: &'static str) -> Option<Property> {
    let has = |prefix: &str| words.split_whitespace().find_map(|word| word.strip_prefix(prefix));
    let (of, many, nullable) = if let Some(of) = has("bookkeeping=") {
        (of, false, true)
    } else if let Some(of) = has("of=") {
        (of.trim_end_matches(",many"), of.ends_with(",many"), true)
    } else if name == "id" {
        ("Edm.String", false, false)
    } else {
        let Fact { of, many, nullable, .. } = *facts::find(type_name, name)?;
        (of, many, nullable)
    };
    let relation = of.starts_with("-> ");
    let mut row = property(name, if relation { facts::relation(many) } else { facts::kind(of, many) });
    row.of = if relation { "" } else { of };
    row.nullable = nullable;
    for word in words.split_whitespace() {
        let (word, value) = word.split_once('=').unwrap_or((word, ""));
        match word {
            "default" => row.by_default = true,
            "single" => row.single = true,
            "unshown" => row.unshown = true,
            "create" => row.write = Write::Create,
            "patch" => row.write = Write::Patch,
            "update" => row.write = Write::Update,
            // A request of its own writes it, which is not this row's affair.
            "action" | "of" => {}
            "required" => row.demanded = true,
            "kept" => row.kept = true,
            "clearable" => row.nullable = true,
            "alone" => row.alone = true,
            "person" => row.person = true,
            "beta" => row.beta = true,
            "filter" => row.filter = true,
            "sort" => row.sort = true,
            "basic" => row.basic = true,
            "synced" => row.synced = true,
            "sensitive" => row.sensitive = true,
            "permission" => row.permission = Some(value),
            "needs" => row.needs = Some(value),
            "max" => row.most = value.parse().ok()?,
            "values" => row.values = value,
            "absent" => row.absent = absent(value)?,
            "relation" | "bookkeeping" => row.hidden = true,
            _ => return None,
        }
    }
    // Relations are hidden, and nothing else of the metadata's kind may be a row.
    (relation == words.split_whitespace().any(|word| word == "relation")).then_some(row)
}

fn absent(text: &'static str) -> Option<Absent> {
    Some(match text {
        "@created" => Absent::Created,
        "@sid" => Absent::Sid,
        "@identities" => Absent::Identities,
        "@legalAge" => Absent::LegalAge,
        "@licenceStates" => Absent::LicenceStates,
        // Complex values print their members, without values.
        "@extension" | "@writeback" => Absent::Members,
        json => {
            serde_json::from_str::<serde_json::Value>(json).ok()?;
            Absent::Json(json)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tables name the same properties, no more and no fewer, and every word is known.
    #[test]
    fn b12_both_tables_name_the_same_properties() {
        assert!(ROWS.len() >= 18, "{}", ROWS.len());
        for (of, rows) in ROWS.iter() {
            for (name, words) in rows {
                assert!(row(of, name, words).is_some(), "{of}.{name}: {words}");
                assert_eq!(rows.iter().filter(|(other, _)| other == name).count(), 1, "{of}.{name} twice");
            }
            for fact in facts::of(of).filter(|fact| !fact.of.starts_with("-> ")) {
                assert!(rows.iter().any(|(name, _)| *name == fact.name), "{of}.{} has no row", fact.name);
            }
        }
    }

    /// Every type of the metadata that is an object of its own is served, but for those named here with their reason.
    #[test]
    fn b12_every_type_is_served() {
        let others = [
            // Base types.
            "directoryObject",
            "authenticationMethod",
            // Printed by the handler of schedules out of assignments.
            "unifiedRoleAssignmentSchedule",
            "unifiedRoleEligibilitySchedule",
        ];
        for of in facts::types() {
            assert_ne!(ROWS.contains_key(of), others.contains(&of), "{of}");
        }
    }
}
