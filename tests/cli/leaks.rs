//! No token, secret or address reaches an output where it does not belong, at any log level.
//!
//! The rule:
//! - standard error (logs, problems, progress), and the names of files: no token, no secret, no address and no phone of
//!   anybody, public or not;
//! - standard output of `run`: the same;
//! - standard output of `plan` and `apply`, which is the answer: sign-in names of declared accounts and addresses of the
//!   organization, which are public contact data; private values only masked;
//! - state file and audit trail: private values only masked, with one exception: what `Restore` must bring back, in the
//!   member `original` of the file that only its owner can read.
//!
//! The operator's logs, events and metrics are looked at in `tests/cluster/operator/leaks.rs`.

use std::fs;

use tenant_contacts_simulator::Seed;
use testkit::cli::{
    binary::{self, Answer, Running, until},
    folder::Folder,
    front::Front,
    office::{Office, arguments},
    small,
};

/// Secrets: never anywhere.
const SECRETS: [&str; 2] = ["zq-client-secret-zq", "zq-another-secret-zq"];
/// Private values, declared or live, inline or from a Secret: never in the open.
const PRIVATE: [&str; 8] = [
    "zq.ann.home@zq-private.example",
    "zq.ada.new@zq-private.example",
    "zq.ada.old@zq-private.example",
    "zq.bob.old@zq-private.example",
    "zq.sam.home@zq-private.example",
    "425 555 0171",
    "425 555 0172",
    "425 555 0173",
];
/// Public contact data: only in the answer of `plan` and `apply`.
const PUBLIC: [&str; 6] = [
    "ann@contoso.com",
    "bob@contoso.com",
    "ada@contoso.com",
    "zq-noc@contoso.com",
    "zq-oncall@contoso.com",
    "zq-gone@contoso.com",
];
/// How every access token begins: `{"` in base64.
const TOKEN: &str = "eyJ";

fn seed() -> String {
    small::SEED
        .replace("small-secret", SECRETS[0])
        .replace("gone@contoso.com", PUBLIC[5])
        .replace("ada.old@example.org", PRIVATE[2])
        .replace("  - {upn: bob@contoso.com,", &format!("  - {{upn: bob@contoso.com, otherMails: [{}],", PRIVATE[3]))
        .replace("425 555 0102", PRIVATE[7])
}

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("tenant.yaml", small::tenant("[Organization, Users]", "  interval: 10s"));
    folder.write("secret.yaml", small::SECRET.replace("small-secret", SECRETS[0]));
    let organization = small::ORGANIZATION.replace("noc@", "zq-noc@").replace("oncall@", "zq-oncall@");
    folder.write("organization.yaml", organization);
    let ann = format!(
        "  alternateEmails: {{values: [{{value: {}}}]}}\n  mobilePhone: {{value: \"+1 {}\"}}",
        PRIVATE[0], PRIVATE[5]
    );
    folder.write("ann.yaml", small::contact("ann", &ann));
    // The old values go: they are private as well, and nobody declared them.
    let bob = format!("  alternateEmails: {{mode: Exact, values: [{{value: {}}}]}}", PRIVATE[4]);
    folder.write("bob.yaml", small::contact("bob", &bob));
    let from = "{secretKeyRef: {name: private, key: ada}}";
    let ada = format!("  alternateEmails: {{mode: Exact, values: [{{valueFrom: {from}}}]}}");
    folder.write("ada.yaml", small::contact("ada", &ada));
    folder.write(
        "private.yaml",
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: private, namespace: contoso, labels: \
             {{tenantcontacts.dev/allow: contoso}}}}\nstringData: {{ada: {}}}\n",
            PRIVATE[1]
        ),
    );
    let sam = format!("  mobilePhone: {{value: \"+1 {}\"}}", PRIVATE[6]);
    folder.write("sam.yaml", small::contact("sam", &sam));
    folder
}

fn none_of(what: &str, text: &str, forbidden: &[&str]) {
    for word in forbidden {
        let line = text.lines().find(|line| line.to_lowercase().contains(&word.to_lowercase()));
        assert_eq!(line, None, "{what} shows {word}");
    }
}

fn everything() -> Vec<&'static str> {
    [&SECRETS[..], &PRIVATE, &PUBLIC, &[TOKEN]].concat()
}

fn private() -> Vec<&'static str> {
    [&SECRETS[..], &PRIVATE, &[TOKEN]].concat()
}

fn answer_is_clean(what: &str, answer: &Answer) {
    none_of(&format!("{what}: standard error"), &answer.err, &everything());
    none_of(&format!("{what}: standard output"), &answer.out, &private());
}

/// State file, audit trail and the names of all files.
fn files_are_clean(folder: &Folder) {
    let mut looked_at = 0;
    for entry in fs::read_dir(folder.root()).unwrap().map(|entry| entry.unwrap()) {
        none_of("a file's name", &entry.file_name().to_string_lossy(), &everything());
        if entry.path().is_file() {
            none_of(&entry.path().to_string_lossy(), &fs::read_to_string(entry.path()).unwrap(), &private());
            looked_at += 1;
        }
    }
    assert!(looked_at >= 2, "state file and audit trail");
}

fn traced<'a>(folder: &Folder, state: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    assert!(folder.state().to_str().unwrap() == state);
    [&["--log", "trace", "--state", state], more].concat()
}

#[test]
fn plan_apply_and_run_show_nothing_private_at_the_most_talkative_level() {
    let front = Front::open(&[Seed::from_yaml(&seed()).unwrap()]);
    let folder = folder("leaks_plain");
    let state = folder.state().to_str().unwrap().to_owned();
    let call = |verb: &str, more: &[&str]| {
        binary::call(arguments(verb, &folder.manifests(), front.address, &traced(&folder, &state, more)))
    };
    let planned = call("plan", &["-o", "json"]);
    assert_eq!(planned.code, 2);
    assert!(planned.err.contains("DEBUG") || planned.err.contains("TRACE"), "nothing was logged: {planned:#?}");
    for public in PUBLIC {
        assert!(planned.out.contains(public), "the answer names what is public: {public}");
    }
    let text = call("plan", &[]);
    let hash = planned.json()[0]["approvalHash"].as_str().unwrap().to_owned();
    let applied = call("apply", &["--approve", &hash]);
    // What is mastered elsewhere is not as declared, and will not be.
    assert_eq!(applied.code, 2, "{}", applied.err);
    for (what, answer) in [("plan", &planned), ("plan as text", &text), ("apply", &applied)] {
        answer_is_clean(what, answer);
    }

    let mut running =
        Some(Running::start(arguments("run", &folder.manifests(), front.address, &traced(&folder, &state, &[]))));
    let process = running.as_ref().unwrap();
    // What apply has announced already is not announced again: something new must happen.
    let phone = serde_json::json!({"mobilePhone": format!("+1 {}", PRIVATE[7])});
    front.simulators[0].disturb_user("ann@contoso.com", phone.as_object().unwrap()).unwrap();
    process.says(&["UserContact contoso/ann", "Ready=True InSync"]);
    process.terminate();
    let (code, said) = running.take().unwrap().end();
    assert_eq!(code, Some(0));
    none_of("run", &said.join("\n"), &everything());
    files_are_clean(&folder);

    let tokens = front.tokens();
    // One a process; those of one second are equal.
    assert!(tokens.len() >= 2 && tokens.iter().all(|token| token.starts_with(TOKEN)), "{}", tokens.len());
    let all = format!("{planned:?} {text:?} {applied:?} {said:?}");
    for token in &tokens {
        // Also none of its three parts alone.
        for part in token.split('.') {
            assert!(!all.contains(part), "a part of a token is shown");
        }
    }
}

#[test]
fn faults_and_refusals_show_nothing_private_either() {
    let office = Office::open(&seed());
    let folder = folder("leaks_faults");
    let state = folder.state().to_str().unwrap().to_owned();
    let call = |verb: &str, more: &[&str]| binary::call(office.verb(verb, &folder, &traced(&folder, &state, more)));
    for script in
        ["1:500;2:truncated-body", "2:429(600)", "2:reset-before;3:reset-before;4:reset-before;5:reset-before"]
    {
        office.simulator.set_faults(script.parse().unwrap());
        answer_is_clean(script, &call("plan", &[]));
    }
    // Refused while writing: the service's own words name what they are about.
    office.simulator.set_faults("PATCH users:503;PATCH organization:500".parse().unwrap());
    answer_is_clean("server errors", &call("apply", &["--timeout", "20"]));

    // Without the permissions to write, then without those to read.
    for held in [&["User.Read.All", "Organization.Read.All", "Domain.Read.All"][..], &["Domain.Read.All"], &[]] {
        assert!(office.simulator.set_permissions(small::CLIENT, held));
        for verb in ["plan", "apply"] {
            let answer = call(verb, &[]);
            answer_is_clean(&format!("{verb} with {held:?}"), &answer);
        }
    }

    // A wrong secret, and a manifest that is refused with private values in it.
    folder.write("secret.yaml", small::SECRET.replace("small-secret", SECRETS[1]));
    folder.write("sam.yaml", small::contact("sam", &format!("  mobilePhone: {{value: {}}}", PRIVATE[4])));
    let answer = call("apply", &[]);
    assert!(answer.err.contains("AuthenticationFailed") && answer.err.contains("sam.yaml"), "{}", answer.err);
    answer_is_clean("a wrong secret", &answer);
    let running = Running::start(office.verb("run", &folder, &traced(&folder, &state, &[])));
    until("run has spoken", || running.said().iter().any(|line| line.contains("sam.yaml")));
    running.terminate();
    let (code, said) = running.end();
    assert_eq!(code, Some(0));
    none_of("run", &said.join("\n"), &everything());
    files_are_clean(&folder);
}

#[test]
fn under_restore_the_state_file_holds_originals_and_nothing_else_does() {
    let office = Office::open(&seed());
    let folder = Folder::new("leaks_restore");
    folder.write("tenant.yaml", small::tenant("[Users]", ""));
    folder.write("secret.yaml", small::SECRET.replace("small-secret", SECRETS[0]));
    let bob =
        format!("  deletionPolicy: Restore\n  alternateEmails: {{mode: Exact, values: [{{value: {}}}]}}", PRIVATE[4]);
    folder.write("bob.yaml", small::contact("bob", &bob));
    let state = folder.state().to_str().unwrap().to_owned();
    let answer = binary::call(office.verb("apply", &folder, &traced(&folder, &state, &[])));
    assert_eq!(answer.code, 0, "{}", answer.err);
    answer_is_clean("apply", &answer);
    let lines = fs::read_to_string(folder.state()).unwrap();
    let original = format!("\"original\":[\"{}\"]", PRIVATE[3]);
    assert!(lines.contains(&original), "the original is kept before the first write");
    none_of("the rest of the state file", &lines.replace(&original, ""), &private());
    let audit = fs::read_to_string(format!("{state}.audit")).unwrap();
    none_of("the audit trail", &audit, &everything());
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(folder.state()).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "nobody else may read it");
    }
}
