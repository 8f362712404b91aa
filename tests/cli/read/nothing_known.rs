//! Nothing known is no success: not in an exit code, and not in a form that a pipeline reads.

use serde_json::{Value, json};
use testkit::cli::{binary, folder::Folder, office::Office, small};

use super::reader::at;

/// A tenant of which the application may read nothing.
fn blind() -> (Office, Folder) {
    let begin = small::SEED.find("    permissions:").unwrap();
    let end = small::SEED.find("    directoryRoles:").unwrap();
    let seed = format!("{}    permissions: []\n{}", &small::SEED[..begin], &small::SEED[end..]);
    (Office::open(&seed), small::folder("blind"))
}

#[test]
fn b2_with_no_permission_at_all_nothing_passes() {
    let (office, folder) = blind();
    let manifests = folder.manifests();
    let explain = |form: &str| {
        let arguments = ["explain", "-o", form, "--manifests", manifests.to_str().unwrap()];
        binary::call(at(office.address, &arguments))
    };
    let text = explain("text");
    assert_eq!(text.code, 3, "{text:#?}");
    // JUnit: each kind of notice of which it cannot be said is an error, so that what shows tests shows red.
    let junit = explain("junit");
    assert_eq!(junit.code, 3, "{junit:#?}");
    let errors = junit.out.matches("<error type=\"Unknown\"").count();
    assert!(errors >= 5 && junit.out.contains(&format!("failures=\"0\" errors=\"{errors}\"")), "{}", junit.out);
    // SARIF: open results, and the run has the exit code.
    let sarif: Value = serde_json::from_str(&explain("sarif").out).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["invocations"][0]["exitCode"], 3, "{run:#}");
    let open = run["results"].as_array().unwrap().iter().filter(|one| one["kind"] == "open").count();
    assert_eq!(open, errors, "the forms say the same");
    for verb in ["plan", "apply"] {
        let answer = binary::call(office.verb(verb, &folder, &["-o", "json"]));
        assert_eq!(answer.code, 2, "{verb}: {answer:#?}");
        let view = &answer.json()[0];
        assert_eq!((&view["steps"], &view["asDeclared"]), (&json!([]), &json!(false)), "{verb}: {view:#}");
        assert!(!view["notDone"].as_array().unwrap().is_empty());
    }
}
