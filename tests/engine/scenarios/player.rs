//! What plays scenarios finds what is wrong with one: in how it is written, and in what came.

use std::fs;

use testkit::{
    places,
    scenario::{self, Outcome},
};

/// A small story that holds.
const STORY: &str = r#"# C1: A phone is written

```yaml manifests
apiVersion: tenantcontacts.dev/v1alpha1
kind: UserContact
metadata: {name: dan, namespace: contacts}
spec:
  tenantRef: {name: contoso}
  accountRef: {userPrincipalName: dan@contoso.com}
  businessPhone: {value: "+1 206 555 0144"}
```

```apply
1 written, 0 refused, verifying
1 written, 0 refused, verified
Tenant contacts/contoso (4b8e2c17-93d5-4f6a-8a21-5d0c7e9f3b64)

Plan: 0 to write, 0 not written, 1 object as declared.
Plan hash:     <hash> (all that is shown here: for apply --plan)
Next: nothing; everything is as declared.
Applied to contacts/contoso: 1 written and verified; everything is as declared.
exit code 0
```

```requests
PATCH /users/<dan@contoso.com>
  businessPhones: ["+1 206 555 0144"]
```

```yaml holds
users/dan@contoso.com:
  businessPhones: ["+1 206 555 0144"]
```

```status UserContact/dan Ready
Ready=True InSync: Every declared field is as declared.
```
"#;

fn played(name: &str, text: &str) -> Outcome {
    scenario::one(&format!("{name}.md"), text)
}

/// What is said of the story with one text in place of another.
#[track_caller]
fn said(name: &str, was: &str, is: &str) -> String {
    assert_eq!(STORY.matches(was).count(), 1, "{was}");
    played(name, &STORY.replace(was, is)).report()
}

/// The line of the story that a text stands on.
#[track_caller]
fn line(text: &str) -> usize {
    STORY.lines().position(|line| line.contains(text)).unwrap() + 1
}

#[test]
fn a_story_that_is_as_told_holds() {
    let outcome = played("holds", STORY);
    assert_eq!(outcome.report(), "");
    assert_eq!(outcome.anew, None);
    assert_eq!(outcome.title, "C1: A phone is written");
}

#[test]
fn what_is_not_as_expected_is_shown_with_its_line_and_what_came() {
    for (name, was, is, verdict) in [
        ("said", "Plan: 0 to write, 0 not", "Plan: 1 to write, 0 not", "`apply` says something else"),
        ("code", "exit code 0", "exit code 2", "`apply` says something else"),
        ("sent", "PATCH /users/<dan@", "POST /users/<dan@", "something else was sent"),
        (
            "held",
            "users/dan@contoso.com:\n  businessPhones: [",
            "users/dan@contoso.com:\n  businessPhones: [1, ",
            "the tenant holds something else",
        ),
        ("told", "Ready=True InSync", "Ready=False InSync", "the status of UserContact/dan is something else"),
    ] {
        let report = said(name, was, is);
        let at = STORY.split(was).next().unwrap().lines().count() + was.lines().count();
        assert!(report.starts_with(&format!("{name}.md:{at}: {verdict}")), "{at}: {report}");
        let (was, is) = (was.lines().last().unwrap(), is.lines().last().unwrap());
        assert!(report.contains(&format!("\n  {at:>4} - {is}")), "{report}");
        assert!(report.contains(&format!("\n       + {was}")), "{report}");
    }
}

#[test]
fn what_lies_between_two_differences_is_not_shown() {
    let far = STORY.replace("1 written, 0 refused, verifying", "2 written").replace("exit code 0", "exit code 2");
    let report = played("far", &far).report();
    assert_eq!(report.matches("\n       ⋮\n").count(), 1, "{report}");
    assert!(!report.contains("Plan: 0 to write"), "{report}");
}

#[test]
fn a_line_that_is_missing_or_too_many_is_found() {
    let missing = said("missing", "Next: nothing; everything is as declared.\n", "");
    let at = line("Next: nothing");
    assert!(missing.starts_with(&format!("missing.md:{at}: `apply` says something else")), "{missing}");
    assert!(missing.contains("\n       + Next: nothing; everything is as declared."), "{missing}");
    let more = said("more", "exit code 0\n", "and more\nexit code 0\n");
    let at = line("exit code 0");
    assert!(more.starts_with(&format!("more.md:{at}: ")), "{more}");
    assert!(more.contains(&format!("\n  {at:>4} - and more")), "{more}");
    let empty = said("empty", "Ready=True InSync: Every declared field is as declared.\n", "");
    assert!(empty.contains("\n       + Ready=True InSync"), "{empty}");
}

#[test]
fn a_placeholder_has_its_shape_and_a_name_its_one_value() {
    let shape = said("shape", "Plan hash:     <hash>", "Plan hash:     <time>");
    assert!(shape.contains("- Plan hash:     <time>") && shape.contains("+ Plan hash:     <hash>"), "{shape}");
    let unused = said("unused", "<hash>", "<hash shown>");
    let at = line("Plan hash");
    assert!(unused.contains(&format!("unused.md:{at}: `<hash shown>` is named here and nowhere else")), "{unused}");
    let unknown = said("unknown", "```apply", "```apply --plan <hash shown>");
    assert!(unknown.contains("`<hash shown>` is not known here"), "{unknown}");
    // The same plan has the same hash, and one name; another plan has another hash.
    let plan = "```plan\n...\nPlan hash:     <hash one> (all that is shown here: for apply --plan)\n...\n```\n\n";
    let twice = STORY.replace("```apply\n", &format!("{plan}{plan}```apply\n"));
    assert_eq!(played("twice", &twice).report(), "");
    let same = played("same", &twice.replacen("<hash one>", "<hash two>", 1).replace("<hash>", "<hash two>")).report();
    assert!(same.contains("+ Plan hash:     <hash"), "{same}");
    let other = played("other", &twice.replace("<hash>", "<hash one>")).report();
    assert!(other.contains("- Plan hash:     <hash one>") && other.contains("+ Plan hash:     <hash>"), "{other}");
}

#[test]
fn what_is_left_out_is_any_lines_and_no_others() {
    let whole = &STORY[STORY.find("Tenant contacts/contoso").unwrap()..STORY.find("Applied").unwrap()];
    assert_eq!(said("left_out", whole, "...\n"), "");
    // What is there in spite of it has to come, and in this order.
    let wrong = said("left_out_wrong", whole, "...\nNext: something\n...\n");
    assert!(wrong.contains("- Next: something"), "{wrong}");
    let order = said(
        "left_out_order",
        whole,
        "...\nNext: nothing; everything is as declared.\n...\nPlan: 0 to write, 0 not written, 1 object as declared.\n...\n",
    );
    assert!(order.contains("`apply` says something else"), "{order}");
    let end = said(
        "left_out_end",
        "Applied to contacts/contoso: 1 written and verified; everything is as declared.\nexit code 0\n",
        "...\nApplied to contacts/contoso: 1 written and verified; everything is as declared.\n",
    );
    assert!(end.contains("+ exit code 0"), "{end}");
}

#[test]
fn a_block_that_is_unknown_or_changes_nothing_that_is_looked_at_is_found() {
    let phone = "users/dan@contoso.com: {businessPhones: []}";
    let dead = format!("\n```yaml in the tenant\n{phone}\n```\n");
    let manifests = &STORY[STORY.find("```yaml manifests").unwrap()..STORY.find("```apply").unwrap()];
    for (name, text, at, words) in [
        ("unknown", STORY.replace("```requests", "```request"), line("```requests"), "`request` is no kind of block"),
        ("language", STORY.replace("```yaml holds", "```yaml"), line("```yaml holds"), "`yaml` is no kind of block"),
        (
            "option",
            STORY.replace("```requests", "```requests all"),
            line("```requests"),
            "`requests all` is no kind of block",
        ),
        ("time", STORY.replace("```apply", "```apply after soon"), line("```apply"), "`soon` is no time"),
        ("timeless", STORY.replace("```requests", "```requests after 1m"), line("```requests"), "no `after`"),
        ("runs", STORY.replace("```apply", "```run"), line("```apply"), "`` is no time"),
        ("object", STORY.replace("UserContact/dan Ready", "dan"), line("```status"), "`status` wants an object"),
        ("open", format!("{STORY}\n```plan\n"), STORY.lines().count() + 2, "this block is not closed"),
        ("indented", format!("{STORY}\n  ```plan\n"), STORY.lines().count() + 2, "at the beginning of a line"),
        (
            "dead",
            format!("{STORY}{dead}"),
            STORY.lines().count() + 2,
            "no verb follows that looks at what this block changes",
        ),
        (
            "replaced",
            STORY.replace("```apply", &format!("{manifests}```apply")),
            line("```yaml manifests"),
            "nothing is made of these manifests",
        ),
        (
            "late",
            STORY.replace("```requests", "```yaml tenant\n```\n\n```requests"),
            line("```requests"),
            "the tenant is described once",
        ),
        (
            "early",
            STORY.replace("```apply", "```requests\nnone\n```\n\n```apply"),
            line("```apply"),
            "no verb was called before",
        ),
        ("nothing", STORY.split("```apply").next().unwrap().to_owned(), 1, "nothing is expected"),
        ("all", format!("{STORY}\n```plan\n...\n```\n"), STORY.lines().count() + 2, "everything is left out"),
        (
            "part",
            STORY.replace("PATCH /users", "...\nPATCH /users"),
            line("```requests"),
            "nothing is left out of what is sent",
        ),
        ("heading", STORY.replace("# C1: ", "# "), 1, "a heading with ids of docs/DOMAIN.md"),
        ("id", STORY.replace("# C1: ", "# C77: "), 1, "`C77` is no id of docs/DOMAIN.md"),
        ("second", format!("{STORY}\n# C1: Another\n"), STORY.lines().count() + 2, "a file is one scenario"),
    ] {
        let report = played(name, &text).report();
        assert!(report.starts_with(&format!("{name}.md:{at}: ")), "{at}: {report}");
        assert!(report.contains(words), "{words}: {report}");
    }
}

#[test]
fn what_cannot_be_done_is_said_with_its_line() {
    let tenant =
        |yaml: &str| STORY.replace("```yaml manifests", &format!("```yaml tenant\n{yaml}\n```\n\n```yaml manifests"));
    let else_ = |yaml: &str| STORY.replace("```apply", &format!("```yaml in the tenant\n{yaml}\n```\n\n```apply"));
    let (first, apply) = (line("```yaml manifests"), line("```apply"));
    for (name, text, at, words) in [
        ("seed", tenant("userz: []"), first, "unknown field `userz`"),
        ("merged", tenant("users: [{upn: dan@contoso.com, phone: 1}]"), first, "unknown field `phone`"),
        (
            "nobody",
            else_("users/eve@contoso.com: {mobilePhone: null}"),
            apply,
            "`users/eve@contoso.com`: the tenant answers 404",
        ),
        ("property", else_("users/dan@contoso.com: {phone: \"1\"}"), apply, "`phone` is not a property"),
        ("scalar", else_("users/dan@contoso.com: 1"), apply, "properties are wanted"),
        ("faults", else_("faults: nonsense"), apply, "fault `nonsense` has no `:`"),
        ("graph", else_("POST users: {displayName: Nobody}"), apply, "the tenant answers 400"),
        ("application", else_("applications/nobody: {permissions: []}"), apply, "there is no such application"),
        ("argument", STORY.replace("```apply", "```apply --force"), apply, "unexpected argument '--force'"),
        (
            "set",
            STORY.replace("users/dan@contoso.com:\n", "people/dan@contoso.com:\n"),
            line("```yaml holds"),
            "`people` is nothing that a tenant has",
        ),
        (
            "one",
            STORY.replace("users/dan@contoso.com:\n", "users/eve@contoso.com:\n"),
            line("```yaml holds"),
            "is not exactly one object",
        ),
        (
            "status",
            STORY.replace("UserContact/dan Ready", "UserContact/eve"),
            line("```status"),
            "nothing is kept of UserContact/eve",
        ),
        (
            "condition",
            STORY.replace("UserContact/dan Ready", "UserContact/dan Steady"),
            line("```status"),
            "the status has no `Steady`",
        ),
    ] {
        let report = played(name, &text).report();
        assert!(report.contains(&format!("{name}.md:{at}: ")), "{at}: {report}");
        assert!(report.contains(words), "{words}: {report}");
    }
}

#[test]
fn what_came_is_written_in_place_of_what_was_expected_and_holds_then() {
    let emptied: String = {
        let mut expecting = false;
        let lines = STORY.lines().filter(|line| {
            let fence = line.starts_with("```");
            if fence {
                expecting = ["```apply", "```requests", "```status"].iter().any(|kind| line.starts_with(kind));
            }
            fence || !expecting
        });
        lines.flat_map(|line| [line, "\n"]).collect()
    };
    assert!(emptied.len() < STORY.len() - 400, "{emptied}");
    let anew = played("anew", &emptied).anew.unwrap();
    assert_eq!(anew, STORY);
    // Names and what is left out stay, where they still fit.
    let named = STORY.replace("<hash>", "<hash end>").replace("Next: nothing; everything is as declared.\n", "...\n");
    let named = format!(
        "{named}\n```plan\n...\nPlan hash:     <hash end> (all that is shown here: for apply --plan)\n...\n```\n"
    );
    let outdated = named.replace("1 written, 0 refused, verified", "2 written, 0 refused, verified");
    assert_eq!(played("anew_named", &outdated).anew.as_deref(), Some(&*named));
}

#[test]
fn a_folder_without_scenarios_or_with_something_else_is_an_error() {
    let folder = places::temporary().join("scenario-folders");
    let _ = fs::remove_dir_all(&folder); // left by a run before
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("README.md"), "").unwrap();
    assert!(scenario::files(&folder).is_err_and(|why| why.ends_with("has no scenario")));
    fs::write(folder.join("one.md"), STORY).unwrap();
    assert_eq!(scenario::files(&folder).unwrap().len(), 1);
    fs::write(folder.join("two.txt"), STORY).unwrap();
    assert!(
        scenario::files(&folder).is_err_and(|why| why.ends_with("two.txt is no scenario: their names end with .md"))
    );
    assert!(scenario::files(&folder.join("missing")).is_err());
}

#[test]
fn all_are_played_and_all_that_fail_are_told() {
    let wrong = STORY.replace("exit code 0", "exit code 1");
    let files: Vec<(String, String)> = (0..5)
        .map(|number| (format!("all_{number}.md"), if number % 2 == 0 { wrong.clone() } else { STORY.to_owned() }))
        .collect();
    let outcomes = scenario::all(&files);
    let failed: Vec<&str> = outcomes.iter().filter(|one| !one.faults.is_empty()).map(|one| &*one.file).collect();
    assert_eq!(outcomes.len(), 5);
    assert_eq!(failed, ["all_0.md", "all_2.md", "all_4.md"]);
}
