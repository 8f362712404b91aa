//! What a document is, and where reading ends.

use super::{
    budget::{MAX_COPIED, MAX_NODES},
    *,
};

fn documents(text: &str) -> Vec<Document<'_>> {
    let mut documents = Vec::new();
    super::documents(text, Place { line: 1, column: 1 }, &mut |document| documents.push(document));
    documents
}

fn problems(text: &str) -> Vec<(u32, u32, String)> {
    let documents = documents(text);
    let of = |document: &Document<'_>| {
        document.problems.iter().map(|p| (p.place.line, p.place.column, p.message.to_string())).collect::<Vec<_>>()
    };
    documents.iter().flat_map(of).collect()
}

#[test]
fn nodes_and_keys_know_their_place() {
    let documents = documents("# note\n---\na:\n  b: [1, x]\n");
    let root = documents[0].root.as_ref().unwrap();
    let (key, a) = root.get("a").unwrap();
    assert_eq!((key.place.line, key.place.column), (3, 1));
    let (key, b) = a.get("b").unwrap();
    assert_eq!((key.place.line, key.place.column), (4, 3));
    let Value::Seq(items) = &b.value else { panic!() };
    assert_eq!((items[1].place.line, items[1].place.column), (4, 10));
}

#[test]
fn a_broken_document_does_not_hide_the_next_one() {
    let documents = documents("a: 1\n---\nb: [1, 2\n---\nc: 3\n---\nd: 1\nd: 2\n---\ne: 5\n");
    let good: Vec<_> = documents.iter().filter(|d| d.problems.is_empty() && d.root.is_some()).collect();
    assert_eq!(good.len(), 3, "{documents:#?}");
    assert_eq!(documents.iter().map(|d| d.problems.iter().len()).sum::<usize>(), 2);
}

#[test]
fn a_duplicate_key_is_refused_at_its_place() {
    assert_eq!(problems("a:\n  x: 1\n  x: 2\n"), [(3, 3, "duplicate key `x`".to_owned())]);
}

#[test]
fn aliases_copy_within_a_budget_and_merge_keys_give_way() {
    let documents = documents("base: &b {x: 1, z: 2}\nuse: {<<: *b, z: 3}\nsame: *b\n");
    let root = documents[0].root.as_ref().unwrap();
    assert!(documents[0].problems.is_empty());
    let used = root.get("use").unwrap().1;
    assert!(matches!(&used.get("z").unwrap().1.value, Value::Int(Some(n)) if n.as_u64() == Some(3)));
    assert!(used.get("x").is_some());
    assert!(root.get("same").unwrap().1.get("z").is_some());

    let level =
        |level: usize| format!("a{level}: &a{level} [{}]\n", format!("*a{},", level.wrapping_sub(1)).repeat(10));
    let bomb = (1..30).map(level).fold("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, line| text + &line);
    assert!(problems(&bomb)[0].2.contains("aliases copy too much"));
    assert!(problems("a: &a [*a]\n")[0].2.contains("inside the value"));
}

#[test]
fn depth_and_size_are_bounded() {
    assert!(!problems(&"[".repeat(5000)).is_empty());
    assert!(!problems(&format!("{}{}", "[".repeat(100), "]".repeat(100))).is_empty());
    let deep = (0..200).map(|depth| " ".repeat(depth) + "a:\n").collect::<String>();
    assert!(!problems(&deep).is_empty());
    assert!(problems(&format!("[{}]", "1,".repeat(MAX_NODES + 1)))[0].2.contains("too many values"));
}

#[test]
fn keys_and_tags_that_json_cannot_hold_are_refused() {
    assert_eq!(problems("? [a]\n: 1\n").len(), 1);
    assert_eq!(problems("a: !secret b\n").len(), 1);
    assert_eq!(problems("a: !!str 5\nb: !!int 5\nc: ! 5\n"), []);
    assert!(documents("on: 1\n")[0].root.as_ref().unwrap().get("true").is_some());
}

/// The bytes of text that a tree holds.
fn text_of(node: &Node<'_>) -> usize {
    match &node.value {
        Value::Text(text) => text.len(),
        Value::Seq(items) => items.iter().map(text_of).sum(),
        Value::Map(entries) => entries.iter().map(|(key, value)| key.text.len() + text_of(value)).sum(),
        _ => 0,
    }
}

/// One use of what was anchored.
type Line = fn(usize) -> String;

/// Every way to have text copied, with a scalar as the file itself holds it and ones that the reader makes.
#[test]
fn b1_what_is_copied_is_counted_in_bytes() {
    const LONG: usize = 100_000;
    let plain = "x".repeat(LONG);
    let scalars = [
        plain.clone(),
        format!("'{plain}'"),
        format!("\"{plain}\\u00e9\""),
        format!("\"{}\"", "\\L".repeat(LONG / 2)),
        format!("|\n  {plain}\n"),
        format!(">\n  {}\n", format!("{}\n  ", "y".repeat(50)).repeat(LONG / 50)),
    ];
    // Each alias is one line or a few bytes; what it stands for is a hundred kilobytes.
    let repeats: [(&str, Line); 4] = [
        ("items of a list", |_| "- *a\n".to_owned()),
        ("values of an object", |n| format!("- {{k{n}: *a}}\n")),
        ("merged", |n| format!("- {{<<: *m, k{n}: 1}}\n")),
        ("anchored again", |n| format!("- &n{n} [*a]\n")),
    ];
    for scalar in &scalars {
        for (what, line) in &repeats {
            let text = format!("- &a {scalar}\n- &m {{x: *a}}\n{}", (0..5_000).map(line).collect::<String>());
            let documents = documents(&text);
            let made: usize = documents.iter().filter_map(|document| document.root.as_ref()).map(text_of).sum();
            assert!(made <= 2 * text.len() + MAX_COPIED, "{what}: {made}");
            let refused = documents.iter().flat_map(|document| document.problems.iter());
            assert!(
                refused.map(|problem| &problem.message).any(|said| said.contains("aliases copy too much")),
                "{what}"
            );
        }
    }
    let keys = |count: usize| {
        let lines: Vec<String> = (0..count).map(|n| format!("&k{n} {}{n}: 1\n", "k".repeat(1000))).collect();
        lines.concat()
    };
    assert_eq!(problems(&keys(500)), [], "keys with anchors that copy little");
    assert!(problems(&keys(10_000))[0].2.contains("aliases copy too much"), "keys with anchors");
}

#[test]
fn b1_a_shared_block_in_thousands_of_objects_is_read() {
    let block = "base: &b {a: one, b: two, c: three, d: four, e: five}\nall:\n";
    let text = format!("{block}{}", "- {<<: *b, f: 6}\n".repeat(10_000));
    assert_eq!(problems(&text), []);
}

#[test]
fn b1_problems_of_a_document_end() {
    let text = "- !x y\n".repeat(200_000);
    let documents = documents(&text);
    assert_eq!(documents[0].problems.iter().len(), crate::manifest::MAX_LISTED);
}
