//! `kubectl get tenantcontacts`: the answer at a glance, for every kind.

use testkit::{cli::small, operator::Site};

/// The cells of a row, by the columns' places: a cell may have blanks.
fn cells<'a>(table: &'a str, name: &str) -> Vec<(&'a str, &'a str)> {
    let block =
        table.split("\n\n").find(|block| block.lines().any(|line| line.starts_with(&format!("{name} ")))).unwrap();
    let mut lines = block.lines().filter(|line| !line.is_empty());
    let head = lines.next().unwrap();
    let row = lines.find(|line| line.starts_with(&format!("{name} "))).unwrap();
    // Columns are three blanks apart; a heading has single ones at most.
    let begins = |at: &usize| !head[*at..].starts_with(' ') && head[..*at].ends_with("   ");
    let starts: Vec<usize> = [0].into_iter().chain((1..head.len()).filter(begins)).collect();
    let ends = starts.iter().skip(1).copied().chain([usize::MAX]);
    let cell = |line: &'a str, from: usize, to: usize| line.get(from..to.min(line.len())).unwrap_or_default().trim();
    starts.iter().zip(ends).map(|(from, to)| (cell(head, *from, to), cell(row, *from, to))).collect()
}

#[test]
fn one_command_says_what_is_ready_what_waits_and_of_whom() {
    let site = Site::open("plugin-glance");
    let _operator = site.operator(&[]);
    site.apply(&small::tenant("[Organization, Users]", ""));
    site.apply(small::SECRET);
    site.apply(small::ORGANIZATION);
    for (name, fields) in [("ada", small::ADA), ("sam", small::SAM)] {
        site.apply(&small::contact(name, fields));
    }
    site.ready("organizationcontacts", "contoso", "True InSync");
    site.ready("usercontact", "ada", "False PrivilegedRecoveryData");
    site.ready("usercontact", "sam", "False SynchronisedOnPremises");
    site.ready("tenant", "contoso", "False PrivilegedRecoveryData");

    let table = site.kubectl(&["get", "tenantcontacts"]).ok();
    let row = |name: &str, age: &[(&str, &str)]| {
        let mut cells = cells(&table, name);
        let found = cells.pop().unwrap();
        assert!(found.0 == "AGE" && found.1.ends_with('s'), "{found:?}");
        cells.remove(0);
        assert_eq!(cells, age, "{name}\n{table}");
    };
    row(
        "tenant.tenantcontacts.dev/contoso",
        &[
            ("TENANT ID", "9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001"),
            ("READY", "False"),
            ("REASON", "PrivilegedRecoveryData"),
            ("IN SYNC", "False"),
            ("STEPS", "0"),
            ("GATED", "1"),
            ("BLOCKED", "1"),
        ],
    );
    row(
        "organizationcontacts.tenantcontacts.dev/contoso",
        &[("TENANT", "contoso"), ("READY", "True"), ("REASON", "InSync"), ("IN SYNC", "True")],
    );
    row(
        "usercontact.tenantcontacts.dev/ada",
        &[
            ("ACCOUNT", "ada@contoso.com"),
            ("READY", "False"),
            ("REASON", "PrivilegedRecoveryData"),
            ("IN SYNC", "False"),
        ],
    );

    let wide = site.kubectl(&["get", "tenantcontacts", "-o", "wide"]).ok();
    let hash = site.object("tenant", "contoso").unwrap()["status"]["plan"]["approvalHash"].as_str().unwrap().to_owned();
    for expected in [&hash, "1 step waits for the approval of", "ATTESTED", "MESSAGE"] {
        assert!(wide.contains(expected), "{expected}\n{wide}");
    }
}
