//! No two files import each other; and the simulator's parts do not know the whole.

pub mod imports;

use std::{collections::BTreeSet, path::PathBuf};

use imports::{Crate, Imports, circles};

use super::{
    root, rust_files,
    source::{Module, shipped_of},
};

/// Crates without circles of files, [`TABLES`] aside.
const WITHOUT_CIRCLES: [&str; 5] = ["core", "engine", "m365", "report", "simulator"];

/// Tables of what the simulator answers. They name everything that answers, and what answers knows what a row is: that is what
/// they are for, so what they name is no import of theirs.
const TABLES: [(&str, &str); 2] = [
    ("exchange/api/cmdlets", "a row is a cmdlet with its parameters, and a call of one carries its row"),
    ("graph/route", "a batch is answered request by request, each by the table that names batches"),
];

/// A crate of the workspace.
pub fn read(name: &str) -> Crate {
    let src = root().join("crates").join(name).join("src");
    Crate::read(&src, &rust_files(&src))
}

/// The file that a module is, below `src`.
pub fn file(module: &Module) -> String {
    if module.is_empty() { "lib".to_owned() } else { module.join("/") }
}

/// Every circle in words: the shortest way around, with what each file takes of the next, and how many more belong to it.
fn in_words(imports: &Imports) -> Vec<String> {
    let line = |(all, way): (Vec<Module>, Vec<Module>)| {
        let steps = way.windows(2).map(|pair| format!("{} takes `{}`", file(&pair[0]), imports[&pair[0]][&pair[1]]));
        let steps: Vec<String> = steps.chain(way.last().map(|last| format!("of {}", file(last)))).collect();
        format!("{} files in a circle: {}", all.len(), steps.join(", "))
    };
    circles(imports).into_iter().map(line).collect()
}

#[test]
fn no_file_imports_one_that_imports_it() {
    for name in WITHOUT_CIRCLES {
        let files = read(name);
        assert!(files.len() > 20, "{name}: {}", files.len());
        let mut imports = files.imports();
        if name == "simulator" {
            for (table, why) in TABLES {
                let table = imports
                    .iter_mut()
                    .find(|(from, _)| file(from) == table)
                    .unwrap_or_else(|| panic!("{table}: {why}"));
                assert!(table.1.len() > 5, "{table:?}");
                table.1.clear();
            }
        }
        let found: usize = imports.values().map(std::collections::BTreeMap::len).sum();
        assert!(found > files.len(), "{name}: {found} imports in {} files", files.len());
        let circles = in_words(&imports);
        assert!(circles.is_empty(), "crates/{name}/src: {circles:#?}");
    }
}

/// What is excepted has a reason that still holds: without the exception there is a circle.
#[test]
fn a_table_that_is_excepted_is_in_a_circle() {
    let circles: Vec<Vec<Module>> = circles(&read("simulator").imports()).into_iter().map(|(all, _)| all).collect();
    for (table, why) in TABLES {
        assert!(circles.iter().any(|all| all.iter().any(|one| file(one) == table)), "{table} is in no circle: {why}");
    }
}

#[test]
fn parts_of_the_simulator_do_not_import_their_facade() {
    let imports = read("simulator").imports();
    let is_facade = |module: &Module| module.first().is_some_and(|first| first == "simulator");
    assert!(imports.keys().filter(|module| is_facade(module)).count() > 0);
    let knowing: Vec<String> = imports
        .iter()
        .filter(|(from, _)| !is_facade(from) && !from.is_empty())
        .flat_map(|(from, to)| to.iter().filter(|(to, _)| is_facade(to)).map(move |(_, path)| (from, path)))
        .map(|(from, path)| format!("{} takes `{path}`", file(from)))
        .collect();
    assert!(knowing.is_empty(), "{knowing:#?}");
}

/// A crate of files that are made up.
fn planted(files: &[(&str, &str)]) -> Crate {
    Crate::of(shipped_of(files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))))
}

/// Which file imports which, of files that are made up.
fn of(files: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    let imports = planted(files).imports();
    imports.iter().flat_map(|(from, to)| to.keys().map(|to| (file(from), file(to))).collect::<Vec<_>>()).collect()
}

fn pair(from: &str, to: &str) -> (String, String) {
    (from.to_owned(), to.to_owned())
}

#[test]
fn circles_that_are_planted_are_found() {
    let found = in_words(
        &planted(&[
            ("lib.rs", "mod a; mod b; mod c; pub use a::A;"),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "use super::c; pub struct B(c::C);"),
            ("c.rs", "pub struct C; fn back(_: &crate::A) {}"),
        ])
        .imports(),
    );
    assert_eq!(found, ["3 files in a circle: a takes `crate::b::B`, b takes `c::C`, c takes `crate::A`, of a"]);

    // A parent that uses its child, and a child that takes what stands in the parent.
    let parent = "mod child; pub struct Shared; fn work() { child::work(); }";
    let found = in_words(
        &planted(&[
            ("lib.rs", "mod parent;"),
            ("parent/mod.rs", parent),
            ("parent/child.rs", "use super::Shared; pub fn work() -> Shared { Shared }"),
        ])
        .imports(),
    );
    assert_eq!(
        found,
        ["2 files in a circle: parent takes `child::work`, parent/child takes `super::Shared`, of parent"]
    );

    // Two circles are two, and what leads to one is in none.
    let files = [
        ("lib.rs", "mod a; mod b; mod c; mod d; mod e;"),
        ("a.rs", "use crate::b::f; pub fn g() {}"),
        ("b.rs", "use crate::a::g; pub fn f() {}"),
        ("c.rs", "use crate::d::f; pub fn g() {}"),
        ("d.rs", "use crate::c::g; pub fn f() {}"),
        ("e.rs", "use crate::{a::g, c}; fn h() { c::g() }"),
    ];
    assert_eq!(circles(&planted(&files).imports()).iter().map(|(all, _)| all.len()).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn an_import_is_of_the_file_where_the_item_stands() {
    let lower = ("lower/mod.rs", "mod one; mod two; pub use one::One; pub(crate) use two::*;");
    let one = ("lower/one.rs", "pub struct One;");
    let two = ("lower/two.rs", "pub struct Two; pub enum Kind { A }");
    let of_user = |text: &'static str| {
        let all =
            of(&[("lib.rs", "mod lower; mod user; pub use lower::One as First;"), lower, one, two, ("user.rs", text)]);
        all.into_iter().collect::<Vec<_>>()
    };
    let (to_one, to_two) = (pair("user", "lower/one"), pair("user", "lower/two"));
    // By a re-export, one of a re-export with another name, one of everything, and by way of a module.
    assert_eq!(of_user("use crate::lower::One;"), std::slice::from_ref(&to_one));
    assert_eq!(of_user("use crate::First;"), std::slice::from_ref(&to_one));
    assert_eq!(of_user("use crate::lower::Two;"), std::slice::from_ref(&to_two));
    assert_eq!(
        of_user("use crate::lower::{self, Two as Second}; fn f(_: lower::One) {}"),
        [to_one.clone(), to_two.clone()]
    );
    // Without `use`: in code, in the words of a macro, in what is taken from everything, and in an attribute.
    assert_eq!(of_user("fn f(_: super::lower::One) {}"), std::slice::from_ref(&to_one));
    assert_eq!(of_user("fn f() { assert!(matches!(x, crate::lower::Kind::A)); }"), std::slice::from_ref(&to_two));
    assert_eq!(of_user("use crate::lower::*; fn f(_: Two) {}"), std::slice::from_ref(&to_two));
    assert_eq!(of_user("#[serde(with = \"crate::lower::One\")] struct S;"), std::slice::from_ref(&to_one));
    assert_eq!(of_user("fn f() { use crate::lower::One; }"), [to_one]);
    assert_eq!(of_user("mod inner { pub fn f(_: super::super::lower::Two) {} }"), [to_two]);
}

#[test]
fn what_is_only_handed_on_or_tested_is_no_import() {
    let none = |text: &'static str| {
        of(&[("lib.rs", "mod a; mod b;"), ("a.rs", text), ("b.rs", "pub struct B; pub fn c() {}")])
    };
    for text in [
        "pub use crate::b::B;",
        "pub(crate) use crate::b::{B, c};",
        "pub use crate::b::*;",
        "pub(in crate::b) fn f() {}",
        "// crate::b::B\nfn f() -> &'static str { \"crate::b::B\" }",
        "/// See [`B`](crate::b::B).\nfn f() {}",
        "#[cfg(test)]\nmod tests { use crate::b::B; }",
        "#[cfg(test)]\nuse crate::b::B;\n",
        "#[cfg(test)]\nimpl A { fn of(_: crate::b::B) {} }",
        "use std::b::B; fn f() { std::b::c() }",
    ] {
        assert_eq!(none(text), BTreeSet::new(), "{text}");
    }
    // What is handed on and used as well is an import.
    assert_eq!(none("pub use crate::b::B; pub struct A(B);"), BTreeSet::from([pair("a", "b")]));
    assert_eq!(none("#[cfg(not(test))]\nuse crate::b::B;"), BTreeSet::from([pair("a", "b")]));

    // Files of tests are left out, wherever they lie.
    let files = [
        ("lib.rs", "mod a; #[cfg(test)] mod testing;"),
        ("a.rs", "pub struct A;\n#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod tests;"),
        ("a_tests.rs", "use super::A;"),
        ("testing.rs", "use crate::a::A;"),
    ];
    let read = planted(&files);
    assert_eq!((read.len(), of(&files)), (2, BTreeSet::new()));
}

/// One file is no circle, however it names itself.
#[test]
fn a_file_that_names_itself_is_no_circle() {
    let files =
        [("lib.rs", "mod a;"), ("a.rs", "pub struct A; fn f(_: crate::a::A, _: self::A) {} mod b { use super::A; }")];
    assert_eq!(in_words(&planted(&files).imports()), [""; 0]);
}
