//! What the API server takes although the offline check refuses it, because it is wrong only together with other objects:
//! the operator's status gives the same reason, and nothing else suffers.

use std::{collections::BTreeSet, fs, thread};

use tenant_contacts_simulator::Options;
use testkit::{
    bad_objects::{self, Row, Taken},
    operator::Site,
};

/// Words of a file that name something of its own: two rows with one of them in common cannot stand side by side.
fn names(row: &Row) -> BTreeSet<String> {
    let text = fs::read_to_string(bad_objects::folder().join(&row.file)).unwrap();
    let names = text.split("name: ").skip(1).map(|rest| {
        let end = rest.find([',', '}', '\n']).unwrap();
        rest[..end].to_owned()
    });
    names.filter(|name| name != "contoso").collect()
}

/// The rows, in groups that can stand side by side: an operator for each row would be all that the machine does.
fn groups() -> Vec<Vec<Row>> {
    let mut groups: Vec<(BTreeSet<String>, Vec<Row>)> = Vec::new();
    for row in bad_objects::table().into_iter().filter(|row| row.taken == Some(Taken::Together)) {
        let names = names(&row);
        let place = groups.iter_mut().find(|(taken, _)| taken.is_disjoint(&names));
        match place {
            Some((taken, rows)) => {
                taken.extend(names);
                rows.push(row);
            }
            None => groups.push((names, vec![row])),
        }
    }
    groups.into_iter().map(|(_, rows)| rows).collect()
}

fn say_so(number: usize, rows: &[Row]) {
    let secrets = ["contoso-app", "fabrikam-app", "phones-b"];
    let name = format!("refused-{number}");
    let site = Site::naming(&name, &bad_objects::good_seed(), Options::default(), &secrets, &["again"]);
    let second = site.another_namespace("team-a");
    let operator = site.operator(&["--namespace", &second]);
    let says = |namespace: &str, kind: &str, name: &str, reason: &str| {
        let reason = format!("--for=jsonpath={{.status.conditions[?(@.type==\"Ready\")].reason}}={reason}");
        let wait = ["wait", &reason, "--timeout=120s", "--namespace", namespace, kind, name];
        let answer = site.kubectl.call(&wait);
        assert!(!answer.failed(), "{answer:#?} {:#?}", site.object(kind, name));
    };
    let neighbours_are_well = || {
        for (kind, name) in [("organizationcontacts", "contoso"), ("usercontact", "jane")] {
            says(&site.namespace, kind, name, "InSync");
        }
    };
    site.apply(&bad_objects::enforced_neighbours());
    neighbours_are_well();
    let written = site.office.journal().len();
    // While it is down, or of two that conflict the one that it sees first is written, and keeps what it has.
    operator.terminate();
    assert_eq!(operator.end().0, Some(0));
    for row in rows {
        let bad = fs::read_to_string(bad_objects::folder().join(&row.file)).unwrap();
        site.apply(&bad.replace("namespace: team-a", &format!("namespace: {second}")));
    }
    let _operator = site.operator(&["--namespace", &second]);
    for row in rows {
        let bad = fs::read_to_string(bad_objects::folder().join(&row.file)).unwrap();
        let namespace = if bad.contains("namespace: team-a") { &second } else { &site.namespace };
        for (kind, name) in bad_objects::objects(&bad) {
            says(namespace, &kind, &name, row.reason.unwrap().as_str());
        }
    }
    neighbours_are_well();
    assert_eq!(site.office.journal().len(), written, "nothing is written for them");
}

#[test]
fn what_is_wrong_only_together_with_others_is_said_in_status_with_the_same_reason() {
    let groups = groups();
    assert!(groups.iter().map(Vec::len).sum::<usize>() >= 10);
    thread::scope(|scope| {
        for (number, rows) in groups.iter().enumerate() {
            scope.spawn(move || say_so(number, rows));
        }
    });
}
