//! `examples/contoso`: the seed is a tenant, the manifests are good, what is blocked says why, and the tables in the
//! READMEs are true. What becomes of the objects in the tenant is proved elsewhere, by running the engine on them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use tenant_contacts::directory;
use tenant_contacts_api::{
    manifest::{Checker, Manifest, Object, Problem, relations},
    reason::Reason,
};
use tenant_contacts_simulator::{Options, Seed, Simulator};

/// The only blocked object whose account must not exist.
const UNKNOWN_ACCOUNT: &str = "unknown-account";

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/contoso").join(path)
}

fn text(path: &str) -> String {
    fs::read_to_string(folder(path)).unwrap()
}

fn seed() -> Seed {
    Seed::from_yaml(&text("seed/tenant.yaml")).unwrap()
}

/// The good manifests; fails where a file has a problem.
fn good(checker: &Checker) -> Vec<Manifest> {
    let read = directory::read(checker, &folder(""));
    assert!(read.problems.is_empty(), "{:#?}", read.problems);
    assert!(read.notes.is_empty(), "{:#?}", read.notes);
    read.manifests
}

/// The files of `blocked/` by name without extension, with the reason and the place they expect to be refused at.
struct Blocked {
    name: String,
    text: String,
    reason: String,
    at: String,
}

fn blocked() -> Vec<Blocked> {
    let mut all: Vec<Blocked> = fs::read_dir(folder("blocked"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let annotation = |key: &str| {
                let prefix = format!("    example.tenantcontacts.dev/expected-{key}: ");
                let mut found = text.lines().filter_map(|line| line.strip_prefix(&prefix));
                let value = found.next().unwrap_or_else(|| panic!("{}: no expected-{key}", path.display()));
                assert_eq!(found.next(), None, "{}: one object a file", path.display());
                value.to_owned()
            };
            let (reason, at) = (annotation("reason"), annotation("at"));
            Blocked { name: path.file_stem().unwrap().to_str().unwrap().to_owned(), reason, at, text }
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// The cells of each row of a Markdown file's tables whose header begins with `first`.
fn table(markdown: &str, first: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    markdown
        .lines()
        .skip_while(|line| !line.starts_with(&format!("| {first} |")))
        .skip(2) // header and rule
        .take_while(|line| line.starts_with('|'))
        .map(cells)
        .collect()
}

fn accounts(manifests: &[Manifest]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for manifest in manifests {
        match &manifest.object {
            Object::UserContact(contact) => {
                names.insert(contact.spec.account_ref.user_principal_name.clone());
            }
            Object::Tenant(tenant) => {
                let protected = tenant.spec.guard_rails.protected_accounts.iter();
                names.extend(protected.map(|account| account.user_principal_name.clone()));
            }
            _ => {}
        }
    }
    names
}

/// Every account that is alive in the seed, with its id where one is written.
fn living(seed: &Seed) -> BTreeMap<&str, Option<&str>> {
    seed.users.iter().filter(|user| !user.deleted).map(|user| (user.upn.as_str(), user.id.as_deref())).collect()
}

#[test]
fn the_seed_is_a_tenant_of_the_size_the_readme_says() {
    let seed = seed();
    let simulator = Simulator::new(&seed, Options::default()).unwrap();
    assert_eq!(simulator.tenant_id(), seed.tenant.id);
    assert!((45..=60).contains(&seed.users.len()), "{}", seed.users.len());
    assert!(text("README.md").contains(&format!("with {} accounts", seed.users.len())));
    let deleted = seed.users.iter().filter(|user| user.deleted).count();
    assert_eq!(deleted, 2, "the README speaks of two deleted accounts");
}

#[test]
fn the_manifests_pass_the_check() {
    let manifests = good(&Checker::new().unwrap());
    let (problems, notes) = relations::check(&manifests, &[]);
    assert!(problems.is_empty() && notes.is_empty(), "{problems:#?} {notes:#?}");
    let of = |kind: &str| manifests.iter().filter(|manifest| manifest.object.kind() == kind).count();
    assert_eq!((of("Tenant"), of("OrganizationContacts"), of("Secret")), (1, 1, 2));
    assert!(text("README.md").contains(&format!("{} UserContacts", of("UserContact"))));
    assert!(text("README.md").contains(&format!("{} objects are declared", of("UserContact") + 1)));
    for manifest in &manifests {
        assert_eq!(manifest.object.namespace(), "contoso", "{}", manifest.object.key());
    }
}

#[test]
fn the_credentials_open_the_simulated_tenant_with_the_least_permissions() {
    let (seed, manifests) = (seed(), good(&Checker::new().unwrap()));
    let tenant = manifests.iter().find_map(|manifest| match &manifest.object {
        Object::Tenant(tenant) => Some(&tenant.spec),
        _ => None,
    });
    let tenant = tenant.unwrap();
    assert_eq!(tenant.tenant_id.to_string(), seed.tenant.id);
    let reference = &tenant.credentials[0].client_secret.as_ref().unwrap().secret_key_ref;
    let secret = manifests.iter().find_map(|manifest| match &manifest.object {
        Object::Secret(secret) if manifest.object.name() == reference.name => secret.data.get(&reference.key),
        _ => None,
    });
    let client = tenant.credentials[0].client_id.to_string();
    let application = seed.applications.iter().find(|application| application.client_id == client).unwrap();
    assert_eq!(secret.unwrap().expose(), application.secrets[0].value.as_bytes());
    let permissions: BTreeSet<&str> = application.permissions.iter().map(String::as_str).collect();
    let least = [
        "Domain.Read.All",
        "GroupMember.Read.All",
        "Organization.ReadWrite.All",
        "RoleManagement.Read.Directory",
        "User-Mail.ReadWrite.All",
        "User-Phone.ReadWrite.All",
        "User.Read.All",
    ];
    assert_eq!(permissions, BTreeSet::from(least));
    assert_eq!(application.directory_roles, ["Privileged Authentication Administrator"]);
}

#[test]
fn every_account_of_a_manifest_is_in_the_seed() {
    let (checker, seed) = (Checker::new().unwrap(), seed());
    let living = living(&seed);
    for name in accounts(&good(&checker)) {
        assert!(living.contains_key(name.as_str()), "{name} is not an account of the seed");
    }
    for blocked in blocked() {
        // Read in any case: whatever is refused later, the account is named.
        let line = blocked.text.lines().find_map(|line| line.split_once("userPrincipalName: "));
        let name = line.unwrap().1.trim_end_matches('}');
        assert_eq!(living.contains_key(name), blocked.name != UNKNOWN_ACCOUNT, "{}: {name}", blocked.name);
    }
}

#[test]
fn object_ids_are_those_of_the_seed_but_for_the_one_that_must_not_be() {
    let (checker, seed) = (Checker::new().unwrap(), seed());
    let living = living(&seed);
    let mut pinned = 0;
    for manifest in good(&checker) {
        let references = match &manifest.object {
            Object::UserContact(contact) => vec![contact.spec.account_ref.clone()],
            Object::Tenant(tenant) => tenant.spec.guard_rails.protected_accounts.clone(),
            _ => Vec::new(),
        };
        for reference in references {
            if let Some(id) = reference.object_id {
                assert_eq!(living[reference.user_principal_name.as_str()], Some(id.to_string().as_str()));
                pinned += 1;
            }
        }
    }
    assert!(pinned > 0);
    let wrong = text("blocked/identity-changed.yaml");
    let id = wrong.lines().find_map(|line| line.trim().strip_prefix("objectId: ")).unwrap();
    let holder = living.iter().find(|(_, known)| **known == Some(id)).unwrap();
    assert!(!wrong.contains(&format!("userPrincipalName: {}", holder.0)), "name and id must be two accounts");
}

#[test]
fn what_is_blocked_is_seen_first_where_it_says() {
    let checker = Checker::new().unwrap();
    let alone: Vec<Blocked> = blocked();
    assert!(alone.len() >= 9);
    for blocked in &alone {
        let reason = Reason::ALL.iter().copied().find(|reason| reason.as_str() == blocked.reason);
        let reason = reason.unwrap_or_else(|| panic!("{}: no reason {}", blocked.name, blocked.reason));
        let mine = |problem: &&Problem| problem.object.as_ref().is_some_and(|object| object.name == blocked.name);
        let reading = checker.read(&blocked.name, blocked.text.as_bytes());
        let refused = reading.problems.iter().find(mine);
        let (manifests, twice) = relations::unique(good(&checker).into_iter().chain(reading.manifests).collect());
        assert!(twice.is_empty(), "{}: has the name of a good object", blocked.name);
        let (related, _) = relations::check(&manifests, &[]);
        let seen = refused.map(|problem| ("cel", problem));
        let seen = seen.or_else(|| related.iter().find(mine).map(|problem| ("check", problem)));
        match (blocked.at.as_str(), seen) {
            ("plan", None) => {}
            (expected, Some((at, problem))) => {
                assert_eq!((expected, reason), (at, problem.reason), "{}: {problem}", blocked.name);
            }
            (expected, None) => panic!("{}: passes the check, expected at {expected}", blocked.name),
        }
    }
}

#[test]
fn the_table_of_blocked_objects_is_true() {
    let rows: BTreeSet<[String; 3]> = table(&text("blocked/README.md"), "file")
        .into_iter()
        .map(|row| [row[0].replace('`', ""), row[1].replace('`', ""), row[2].clone()])
        .collect();
    let files: BTreeSet<[String; 3]> =
        blocked().into_iter().map(|blocked| [blocked.name + ".yaml", blocked.reason, blocked.at]).collect();
    assert_eq!(rows, files);
}

#[test]
fn the_table_of_defects_and_the_marks_in_the_seed_are_the_same() {
    let rows = table(&text("README.md"), "id");
    assert!(rows.len() > 20);
    let claimed: BTreeSet<String> = rows.into_iter().map(|row| row[0].clone()).collect();
    // A mark is an id with a colon in a comment: `# A3: …`, also in the middle of it.
    let marked: BTreeSet<String> = text("seed/tenant.yaml")
        .lines()
        .filter_map(|line| line.split_once('#'))
        .flat_map(|(_, comment)| comment.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|word| word.strip_suffix(':').map(str::to_owned))
        .filter(|id| id.len() == 2 && ('A'..='G').contains(&id.chars().next().unwrap()))
        .collect();
    assert_eq!(claimed, marked);
}

#[test]
fn everything_outside_is_fiction() {
    let files =
        ["seed/tenant.yaml", "organization.yaml", "administrators.yaml", "people.yaml", "private-contacts.yaml"];
    let more = ["fabrikam-partners.yaml", "tenant.yaml", "credentials.yaml"];
    let texts = files.into_iter().chain(more).map(text).chain(blocked().into_iter().map(|blocked| blocked.text));
    // Contoso is Microsoft's fictional company; `.example` and example.com, .net and .org are reserved (RFC 2606).
    let fictional = |domain: &str| {
        domain.ends_with(".example")
            || ["contoso.com", "contoso.onmicrosoft.com", "example.com", "example.net", "example.org"].contains(&domain)
            // Whose mail it is all about.
            || domain == "microsoft.com"
    };
    let (mut addresses, mut numbers) = (0, 0);
    for text in texts {
        for word in text.split(|c: char| c.is_whitespace() || "\"'[]{},()`".contains(c)) {
            if let Some((local, domain)) =
                word.trim_end_matches(['.', ':']).rsplit_once('@').filter(|(_, d)| !d.is_empty())
            {
                let private = ["private", "home"].contains(&local.rsplit('.').next().unwrap_or_default());
                assert!(fictional(domain) || private, "{word}");
                addresses += 1;
            }
        }
        for (at, _) in text.match_indices("\"+") {
            let number: String =
                text[at + 1..].chars().take_while(|c| *c != '"').filter(char::is_ascii_digit).collect();
            assert!(number.len() == 11 && number[4..].starts_with("55501"), "{number} is not of the fiction range");
            numbers += 1;
        }
    }
    assert!(addresses > 100 && numbers > 40, "{addresses} addresses and {numbers} numbers were looked at");
}
