//! What pages refer to is there, and a reader finds every page.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

use super::root;

/// Folders that have pages, beside the root itself.
const FOLDERS: &[&str] = &["charts", "crates", "docs", "examples", "src", "tests"];

/// Clicks from README after which every page of `docs` has been shown.
const CLICKS: usize = 2;

/// All files and folders of the product, relative to the root.
fn places() -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::from([PathBuf::new()]);
    let mut open: Vec<PathBuf> = FOLDERS.iter().map(|name| root().join(name)).collect();
    open.extend(fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()));
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
        found.insert(path.strip_prefix(root()).unwrap().to_owned());
    }
    found
}

/// All pages, with what stands in them.
fn pages(places: &BTreeSet<PathBuf>) -> BTreeMap<PathBuf, String> {
    let pages = places.iter().filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let pages: BTreeMap<_, _> =
        pages.map(|path| (path.clone(), fs::read_to_string(root().join(path)).unwrap())).collect();
    assert!(pages.len() > 50, "{}", pages.len());
    pages
}

/// A page's prose: without blocks of code.
fn prose(page: &str) -> String {
    let mut inside = false;
    let lines = page.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Where a page's links lead, as they stand there.
fn links(page: &str) -> Vec<String> {
    let prose = prose(page);
    // What stands in backquotes is no link, unless it is the words of one.
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target.to_owned()).collect()
}

/// The place that a link from a page leads to, and the heading. `None`: it leads to another host.
fn target(page: &Path, link: &str) -> Option<(PathBuf, Option<String>)> {
    if link.contains("://") {
        return None;
    }
    let (path, heading) = link.split_once('#').map_or((link, None), |(path, heading)| (path, Some(heading.to_owned())));
    if path.is_empty() {
        return Some((page.to_owned(), heading));
    }
    let mut place = page.parent().unwrap().to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => assert!(place.pop(), "{}: {link} leads out of the repository", page.display()),
            Component::CurDir => {}
            Component::Normal(name) => place.push(name),
            Component::RootDir | Component::Prefix(_) => panic!("{}: {link} is no relative link", page.display()),
        }
    }
    Some((place, heading))
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(page: &str) -> BTreeSet<String> {
    let prose = prose(page);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_leads_to_something_that_is_there() {
    let places = places();
    let pages = pages(&places);
    let mut dead = Vec::new();
    for (page, text) in &pages {
        for link in links(text) {
            let Some((place, heading)) = target(page, &link) else { continue };
            let there = places.contains(&place)
                && heading.is_none_or(|heading| pages.get(&place).is_some_and(|page| anchors(page).contains(&heading)));
            if !there {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

/// Comments cite sections of the design by number.
#[test]
fn every_section_of_the_design_that_is_cited_is_there() {
    let design = fs::read_to_string(root().join("docs/design.md")).unwrap();
    let mut cited = 0;
    for path in places().iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let text = fs::read_to_string(root().join(path)).unwrap();
        for rest in text.split(concat!("design", " §")).skip(1) {
            let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
            assert!(
                design.contains(&format!("\n## {number}. ")),
                "{} cites section {number}, which is not there",
                path.display()
            );
            cited += 1;
        }
    }
    assert!(cited > 20, "{cited}");
}

#[test]
fn every_page_of_the_documentation_is_two_clicks_from_readme() {
    let places = places();
    let pages = pages(&places);
    let mut shown = BTreeSet::from([PathBuf::from("README.md")]);
    for _ in 0..CLICKS {
        let targets = shown.iter().flat_map(|page| {
            let links = links(&pages[page]);
            links.into_iter().filter_map(|link| target(page, &link)).collect::<Vec<_>>()
        });
        // A folder shows its README.
        let next: Vec<PathBuf> = targets
            .map(|(place, _)| if pages.contains_key(&place) { place } else { place.join("README.md") })
            .filter(|place| pages.contains_key(place))
            .collect();
        shown.extend(next);
    }
    let hidden: Vec<_> = pages.keys().filter(|page| page.starts_with("docs") && !shown.contains(*page)).collect();
    assert!(hidden.is_empty(), "{hidden:#?}");
}

/// Files and folders that a page names: in backquotes, by as much of their path as tells them apart.
fn named(page: &str) -> Vec<String> {
    let prose = prose(page);
    let spans = prose.split('`').skip(1).step_by(2);
    let named = spans
        .filter(|span| span.contains('/') || Path::new(span).extension().is_some_and(|extension| extension == "rs"))
        .filter(|span| span.chars().all(|c| c.is_ascii_alphanumeric() || "_-/.".contains(c)))
        .filter(|span| !span.starts_with("tenantcontacts.dev/")); // labels and annotations
    named.map(str::to_owned).collect()
}

#[test]
fn every_place_that_architecture_names_is_there() {
    let places = places();
    let named = named(&fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap());
    assert!(named.len() > 30, "{named:?}");
    let gone: Vec<_> = named.iter().filter(|name| !places.iter().any(|place| place.ends_with(name))).collect();
    assert!(gone.is_empty(), "{gone:#?}");
}

/// By their whole path: these pages are read by whoever looks for the place.
#[test]
fn every_place_that_contributing_security_and_the_decisions_name_is_there() {
    let places = places();
    let pages = pages(&places);
    let here = |page: &Path| page == Path::new("CONTRIBUTING.md") || page == Path::new("SECURITY.md");
    let mut looked_at = 0;
    for (page, text) in pages.iter().filter(|(page, _)| here(page) || page.starts_with("docs/adr")) {
        let gone: Vec<_> = named(text).into_iter().filter(|name| !root().join(name).exists()).collect();
        assert!(gone.is_empty(), "{}: {gone:#?}", page.display());
        looked_at += 1;
    }
    assert!(looked_at > 10, "{looked_at}");
}
