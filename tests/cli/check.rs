//! The table of bad objects through the real binary: each is refused at its place, with a remedy and a documented reason,
//! shows nothing private, and harms nothing else.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;
use testkit::bad_objects::{Caught, Row, folder, scene, table};

/// Objects in `neighbour/good.yaml`.
const NEIGHBOURS: u64 = 4;

fn check(path: &Path, format: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tenant-contacts")).args(["check", "-o", format]).arg(path).output().unwrap()
}

/// Words of the file that no output may hold: addresses, numbers, and what Secrets hold.
fn private_words(file: &str) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(&fs::read(folder().join(file)).unwrap()).into_owned();
    let values = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": ").map(|(_, value)| value));
    let words = values.flat_map(|value| value.split([' ', '"', '{', '}', '[', ']', ',', '<', '>']));
    let private = |word: &&str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        (word.contains('@') && word.len() > 3)
            || digits >= 7
            || word.starts_with("not-a-real")
            || word.starts_with("hunter2")
    };
    words.filter(private).map(str::to_owned).collect()
}

fn refused(row: &Row, answer: &Value) {
    let problems = answer["problems"].as_array().unwrap();
    let mut fields = problems.iter().map(|problem| problem["field"].as_str());
    assert_eq!(fields.next(), Some(row.field.as_deref()), "{problems:#?}");
    assert_eq!(fields.map(Option::unwrap_or_default).collect::<Vec<_>>(), row.also, "{problems:#?}");
    for problem in problems {
        assert!(problem["file"].as_str().unwrap().ends_with(&row.file), "a neighbour is blamed: {problem:#}");
        assert_eq!(problem["reason"], row.reason.unwrap().as_str());
        assert!(problem["remedy"].as_str().unwrap().len() > 5, "no remedy: {problem:#}");
    }
    let first = &problems[0];
    assert_eq!(Some(format!("{}:{}", first["line"], first["column"])), row.at);
    let said = format!("{} {}", first["message"].as_str().unwrap(), first["remedy"].as_str().unwrap());
    for words in &row.words {
        assert!(said.contains(words.as_str()), "{words:?} is not in {said:?}");
    }
}

#[test]
fn every_bad_object_is_refused_at_its_place_and_harms_nothing_else() {
    for row in table() {
        let scene = scene("bad_objects", &row);
        let json = check(&scene, "json");
        let answer: Value =
            serde_json::from_slice(&json.stdout).unwrap_or_else(|error| panic!("{}: {error}", row.file));
        assert_eq!(answer["objects"], NEIGHBOURS + row.others, "{}: {answer:#}", row.file);
        let clean = matches!(row.caught, Caught::Plan | Caught::Note);
        assert_eq!(json.status.code(), Some(i32::from(!clean)), "{}", row.file);
        assert_eq!(answer["valid"], clean, "{}", row.file);
        if clean {
            assert_eq!(answer["problems"].as_array().unwrap().len(), 0, "{}: {answer:#}", row.file);
            let notes = answer["notes"].to_string();
            assert!(row.words.iter().all(|words| notes.contains(words.as_str())), "{}: {notes}", row.file);
        } else {
            refused(&row, &answer);
        }

        let text = check(&scene, "text");
        assert_eq!(text.status.code(), json.status.code());
        let text = String::from_utf8(text.stdout).unwrap();
        if let (false, Some(at)) = (clean, &row.at) {
            let at = if at == "0:0" { String::new() } else { format!(":{at}") };
            assert!(text.contains(&format!("{}{at}: ", row.file)), "{text}");
            assert!(text.contains(&format!("({})", row.reason.unwrap())), "{text}");
        }
        for word in private_words(&row.file) {
            assert!(!text.contains(&word) && !answer.to_string().contains(&word), "{}: shows {word}", row.file);
        }
        assert!(!text.contains('\u{1b}'), "{}: writes to the terminal", row.file);
    }
}

#[test]
fn table_and_files_name_each_other() {
    let listed: Vec<String> = table().into_iter().map(|row| row.file).collect();
    let unique: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(unique.len(), listed.len(), "a file is listed twice");
    let found = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let found =
        found.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).filter(|name| name != "table.yaml");
    assert_eq!(found.collect::<BTreeSet<_>>(), unique);
    for file in unique {
        assert!(fs::read(folder().join(&file)).unwrap().starts_with(b"# "), "{file} does not say what is wrong");
    }
}

#[test]
fn every_way_of_being_caught_has_a_row() {
    let table = table();
    for caught in [Caught::Schema, Caught::Cel, Caught::Check, Caught::Plan, Caught::Note] {
        assert!(table.iter().any(|row| row.caught == caught), "{caught:?}");
    }
}

#[test]
fn one_file_can_be_checked_and_the_answer_is_stable() {
    let file = folder().join("neighbour/good.yaml");
    let first = check(&file, "text");
    assert_eq!(first.status.code(), Some(0));
    assert_eq!(String::from_utf8(first.stdout.clone()).unwrap(), "1 file, 4 valid objects: 0 problems, 0 notes\n");
    assert_eq!(check(&file, "text").stdout, first.stdout);
}

#[test]
fn c1_standard_input_is_checked_as_a_file_is() {
    let file = fs::File::open(folder().join("neighbour/good.yaml")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenant-contacts"));
    let answer = command.args(["check", "-"]).stdin(file).output().unwrap();
    assert_eq!(String::from_utf8(answer.stdout).unwrap(), "1 file, 4 valid objects: 0 problems, 0 notes\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenant-contacts"));
    let answer =
        command.args(["check", "-"]).stdin(fs::File::open(folder().join("kind_unknown.yaml")).unwrap()).output();
    let said = String::from_utf8(answer.unwrap().stdout).unwrap();
    assert!(said.starts_with("(standard input):"), "{said}");
}

#[test]
fn a_folder_that_is_not_there_or_has_no_manifest_is_a_problem_and_does_not_pass() {
    let said = |path: &Path| {
        let answer = check(path, "text");
        assert_eq!(answer.status.code(), Some(1));
        String::from_utf8(answer.stdout).unwrap()
    };
    let missing = said(Path::new("/does/not/exist"));
    assert!(missing.contains("/does/not/exist: cannot be read: there is no such file or folder"), "{missing}");
    let empty = Path::new(env!("CARGO_TARGET_TMPDIR")).join("check_empty");
    fs::create_dir_all(empty.join("base")).unwrap();
    fs::write(empty.join("base/tenant.yaml"), "").unwrap();
    let empty = said(&empty);
    assert!(empty.contains("has no `.yaml`, `.yml` or `.json` file; subfolders are not read"), "{empty}");
}

#[test]
fn a_bad_argument_is_an_error_and_never_an_answer() {
    // 2 is an answer of `plan`, `explain` and others: a slip in a pipeline must not look like one.
    for form in ["yaml", "markdown"] {
        assert_eq!(check(&folder(), form).status.code(), Some(1), "{form}");
    }
}
