//! `grants`: the scripts that grant what reading takes, and what writing a surface takes.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

use tenant_contacts_api::field::{Field, Surface};
use tenant_contacts_core::{
    field,
    model::role,
    permission::{EXCHANGE_APPLICATION, HIDDEN_MEMBERS, REPORT_READ},
};
use testkit::cli::{
    binary,
    folder::Folder,
    office::Office,
    small::{self, SEED},
};

use super::reader::at;

fn script(args: &[&str]) -> String {
    let answer = binary::call([&["grants"], args].concat());
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{answer:#?}");
    answer.out
}

/// The permissions of a table: of every need the least privileged.
fn least(needs: impl IntoIterator<Item = &'static [&'static str]>) -> BTreeSet<&'static str> {
    needs.into_iter().map(|any_of| any_of[0]).collect()
}

/// What writing a surface takes, by the table of fields.
fn written(surface: Surface) -> BTreeSet<&'static str> {
    let facts = Field::ALL.into_iter().filter_map(field::facts).filter(|facts| facts.surface == surface);
    least(facts.map(|facts| facts.write_permissions))
}

/// Lines of a script that are no comment.
fn orders(script: &str) -> impl Iterator<Item = &str> {
    script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether a shell understands a script, without running it.
fn is_understood(script: &str) {
    let mut shell = Command::new("sh").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = shell.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{script}", String::from_utf8_lossy(&output.stderr));
}

/// What opens in PowerShell is closed, and no line goes on after the last one.
fn is_balanced(script: &str) {
    let mut open = Vec::new();
    for line in orders(script) {
        let mut quoted = None;
        for c in line.chars() {
            match (quoted, c) {
                (None, '\'' | '"') => quoted = Some(c),
                (Some(by), c) if c == by => quoted = None,
                (None, '(' | '{') => open.push(c),
                (None, ')') => assert_eq!(open.pop(), Some('('), "{line}"),
                (None, '}') => assert_eq!(open.pop(), Some('{'), "{line}"),
                _ => {}
            }
        }
        assert_eq!(quoted, None, "{line}");
    }
    assert!(open.is_empty() && !script.trim_end().ends_with(['`', '|']), "{script}");
}

#[test]
fn c4_the_script_for_reading_grants_every_permission_and_role_of_the_table() {
    let mut all = least(REPORT_READ.iter().copied());
    all.insert(HIDDEN_MEMBERS);
    let global_reader = role::GLOBAL_READER.to_string();
    let (az, powershell) = (script(&[]), script(&["--shell", "powershell"]));
    for name in &all {
        let graph = "00000003-0000-0000-c000-000000000000";
        assert!(orders(&az).any(|line| line == format!("permission {graph} {name}")), "{name}: {az}");
        assert!(
            orders(&powershell).any(|line| line == format!("Add-Permission {graph} {name}")),
            "{name}: {powershell}"
        );
    }
    for part in [EXCHANGE_APPLICATION, &global_reader, "'Billing account reader'"] {
        assert!(orders(&az).any(|line| line.contains(part)), "{part}: {az}");
        assert!(orders(&powershell).any(|line| line.contains(part)), "{part}: {powershell}");
    }
    assert!(!orders(&az).any(|line| line.contains("ReadWrite")), "nothing that writes: {az}");
    for cmdlet in ["New-MgServicePrincipalAppRoleAssignment", "New-MgRoleManagementDirectoryRoleAssignment"] {
        assert!(powershell.contains(cmdlet), "{cmdlet}");
    }
}

#[test]
fn c4_the_script_for_writing_a_surface_grants_what_its_fields_take_and_nothing_else() {
    for surface in [Surface::Organization, Surface::Users] {
        for (shell, call) in [("az", "permission 0"), ("powershell", "Add-Permission 0")] {
            let text = script(&["--surface", surface.as_str(), "--write", "--shell", shell]);
            let granted =
                orders(&text).filter(|line| line.starts_with(call)).filter_map(|line| line.rsplit(' ').next());
            assert_eq!(granted.collect::<BTreeSet<_>>(), written(surface), "{text}");
        }
    }
    // The role by which administrators' accounts are written is given to whoever asks for it.
    let users = script(&["--surface", "users", "--write"]);
    let id = role::PRIVILEGED_AUTHENTICATION_ADMINISTRATOR.to_string();
    let (before, _) = users.split_once(&format!("directory_role {id}")).unwrap();
    assert!(before.trim_end().ends_with("= yes ]; then"), "{users}");
    let read = script(&["--surface", "Organization"]);
    assert!(read.contains("Organization.Read.All") && !read.contains("Write.All") && !read.contains("Users"), "{read}");
    for refused in [&["--surface", "Report", "--write"][..], &["--write"], &["--surface", "Mailboxes"]] {
        let answer = binary::call([&["grants"], refused].concat());
        assert_eq!((answer.code, answer.out.as_str()), (1, ""), "{refused:?}");
    }
}

#[test]
fn c4_the_scripts_for_a_shell_are_understood_by_it_and_what_powershell_opens_is_closed() {
    for args in [
        &[][..],
        &["--surface", "Organization"],
        &["--surface", "Users"],
        &["--surface", "Organization", "--write"],
        &["--surface", "Users", "--write"],
        &["--surface", "Organization", "--surface", "Users", "--write"],
    ] {
        is_understood(&script(args));
        is_balanced(&script(&[args, &["--shell", "powershell"]].concat()));
    }
}

/// An `az` that knows an application without anything, and writes down what it is asked to change.
const AZ: &str = r#"#!/bin/sh
case "$*" in
  'ad sp list '*) echo principal ;;
  'ad sp show '*'--query id '*) echo api ;;
  'ad sp show '*) echo "$*" | sed "s/.*value=='\([^']*\)'.*/role-\1/" ;;
  'cloud show '*) echo https://cloud.example/ ;;
  'rest --method POST '*) echo "$*" >> "$ASKED" ;;
  'rest '*/billingRoleDefinitions*) echo reader ;;
  'rest '*/appRoleAssignments*role-User.Read.All*) echo held ;;
  'rest '*Assignments*) [ -z "${HELD:-}" ] || echo held ;;
  'rest '*/billingAccounts*) echo /providers/Microsoft.Billing/billingAccounts/one ;;
  'rest '*) ;;
  *) echo "$*" >> "$ASKED" ;;
esac
"#;

#[test]
fn c4_the_script_asks_for_each_grant_by_name_and_leaves_alone_what_is_there() {
    let folder = Folder::new("grants-az");
    let (az, asked) = (folder.root().join("az"), folder.root().join("asked"));
    fs::write(&az, AZ).unwrap();
    fs::set_permissions(&az, fs::Permissions::from_mode(0o755)).unwrap();
    let run = |held: &str| {
        let mut shell = Command::new("sh")
            .env("PATH", format!("{}:{}", folder.root().display(), std::env::var("PATH").unwrap()))
            .envs([("APP", "the-application"), ("ASKED", asked.to_str().unwrap()), ("HELD", held)])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        shell.stdin.take().unwrap().write_all(script(&[]).as_bytes()).unwrap();
        let output = shell.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run("yes");
    assert!(!asked.exists(), "everything is there: {}", fs::read_to_string(&asked).unwrap());
    run("");
    let asked = fs::read_to_string(&asked).unwrap();
    let added = asked.lines().filter_map(|line| line.split_once("\"appRoleId\":\"role-")?.1.strip_suffix("\"}"));
    let mut expected = least(REPORT_READ.iter().copied());
    expected.extend([HIDDEN_MEMBERS, EXCHANGE_APPLICATION]);
    assert!(expected.remove("User.Read.All"), "it is there already");
    assert_eq!(added.collect::<BTreeSet<_>>(), expected, "{asked}");
    let role = format!(
        "https://cloud.example/v1.0/roleManagement/directory/roleAssignments -o none --body \
         {{\"principalId\":\"principal\",\"roleDefinitionId\":\"{}\",\"directoryScopeId\":\"/\"}}",
        role::GLOBAL_READER
    );
    assert!(asked.contains(&role), "{asked}");
    assert!(asked.contains("billingAccounts/one/createBillingRoleAssignment?api-version=2024-04-01"), "{asked}");
    assert!(!asked.contains("consent"), "nothing else that the application asks for is consented to: {asked}");
    // Without the application's id nothing is asked.
    let unnamed =
        Command::new("sh").env_remove("APP").stdin(Stdio::null()).arg("-c").arg(script(&[])).output().unwrap();
    assert!(!unnamed.status.success() && String::from_utf8_lossy(&unnamed.stderr).contains("APP"));
}

/// The permissions of the first guide.
const FIRST_GUIDE: &str = "    permissions: [Organization.Read.All, User.Read.All, Domain.Read.All, \
                           RoleManagement.Read.Directory, GroupMember.Read.All]\n    directoryRoles: []\n";

#[test]
fn c4_with_the_permissions_of_the_first_guide_the_first_screen_says_what_to_grant() {
    let begin = SEED.find("    permissions:").unwrap();
    let end = begin + SEED[begin..].find("    directoryRoles:").unwrap();
    let end = end + SEED[end..].find('\n').unwrap() + 1;
    let office = Office::open(&format!("{}{FIRST_GUIDE}{}", &SEED[..begin], &SEED[end..]));
    let folder = small::folder("first-guide");
    let manifests = folder.manifests();
    let answer = binary::call(at(office.address, &["explain", "--manifests", manifests.to_str().unwrap()]));
    let (first, _) = answer.out.split_once("REACHES").unwrap_or_else(|| panic!("{answer:#?}"));
    for grant in ["- Exchange.ManageAsApp (", "- Global Reader ("] {
        assert!(first.contains(grant), "{grant}: {answer:#?}");
    }
    assert!(
        first.contains("/appRoleAssignments\" --body") && first.contains("New-MgServicePrincipalAppRoleAssignment"),
        "{first}"
    );
    assert!((1..=3).contains(&first.matches("\n  - ").count()), "{first}");
}
