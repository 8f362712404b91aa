//! The page of `explain -o html` in a real browser: drawn, searched, driven by keys, quiet, and looked at. The screenshots are
//! left in `target/tmp/browser`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod devtools;
mod install;
#[path = "../../crates/report/tests/explain/scene.rs"]
mod scene;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use devtools::Page;
use tenant_contacts_core::answer::Answer;
use tenant_contacts_report::explain::{self, Options};

const DESKTOP: (u32, u32) = (1440, 900);
const PHONE: (u32, u32) = (375, 812);

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn open(name: &str, answer: &Answer, size: (u32, u32)) -> Page {
    let file = folder().join(format!("{name}.html"));
    fs::write(&file, explain::html(answer, &Options::default())).unwrap();
    Page::open(&file, size, "light")
}

/// The example company's page, as the program writes it.
fn example(name: &str, size: (u32, u32), scheme: &str) -> Page {
    let file = folder().join(format!("{name}.html"));
    let program = env!("CARGO_BIN_EXE_tenant-contacts");
    let output = Command::new(program).args(["explain", "--simulate", "-o", "html"]).output().unwrap();
    assert!(output.stdout.starts_with(b"<!doctype html>"), "{}", String::from_utf8_lossy(&output.stderr));
    fs::write(&file, output.stdout).unwrap();
    Page::open(&file, size, scheme)
}

/// Whether the middle of an element is within the window.
fn is_in_view(page: &mut Page, element: &str) -> bool {
    let expression = format!(
        "(() => {{ const box = ({element}).getBoundingClientRect(); const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]; return box.width > 0 && x >= 0 && x <= innerWidth && y >= 0 && y <= innerHeight; }})()"
    );
    page.value(&expression).as_bool().unwrap()
}

fn quiet(mut page: Page) {
    assert_eq!(page.complaints(), Vec::<String>::new());
}

/// How many elements there are that take room.
fn drawn(page: &mut Page, selector: &str) -> u64 {
    let expression = format!(
        "[...document.querySelectorAll({selector:?})].filter((one) => {{ const box = one.getBoundingClientRect(); return box.width + box.height > 0; }}).length"
    );
    page.value(&expression).as_u64().unwrap()
}

/// How many elements can be seen: drawn, and not dimmed.
fn lit(page: &mut Page, selector: &str) -> u64 {
    let expression = format!(
        "[...document.querySelectorAll({selector:?})].filter((one) => !document.getElementById('picture').classList.contains('filtered') || one.classList.contains('lit')).length"
    );
    page.value(&expression).as_u64().unwrap()
}

#[test]
fn the_picture_is_drawn_with_its_broken_steps_marked_and_its_texts_within_their_places() {
    let mut page = open("drawn", &scene::contoso(), DESKTOP);
    assert!(drawn(&mut page, "#picture .spot") > 25);
    assert!(drawn(&mut page, "#picture .step > path") > 25);
    assert!(drawn(&mut page, "#picture .step.broken .sign") >= 2, "eligible only, and the bounced forwarding");
    let spilt = "[...document.querySelectorAll('#picture .spot')].filter((spot) => { const box = spot.querySelector('.box').getBoundingClientRect(); return [...spot.querySelectorAll('text')].some((text) => text.getBoundingClientRect().right > box.right); }).map((spot) => spot.textContent)";
    assert_eq!(page.value(spilt), serde_json::json!([]), "texts end within their places");
    quiet(page);
}

#[test]
fn search_filters_the_picture_and_the_lines() {
    let mut page = open("search", &scene::contoso(), DESKTOP);
    let (spots, rows) = (lit(&mut page, ".spot"), drawn(&mut page, "main .row"));
    page.press("/");
    page.write("SECOPS@contoso");
    let (some_spots, some_rows) = (lit(&mut page, ".spot"), drawn(&mut page, "main .row"));
    assert!((1..spots).contains(&some_spots), "{some_spots} of {spots} places");
    assert!((1..rows).contains(&some_rows), "{some_rows} of {rows} lines");
    assert_eq!(page.value("document.getElementById('found').textContent"), "1 place, 2 lines");
    page.press("Escape");
    assert_eq!((lit(&mut page, ".spot"), drawn(&mut page, "main .row")), (spots, rows), "Escape brings all back");
    page.write("nobody has this name");
    assert_eq!((lit(&mut page, ".spot"), drawn(&mut page, "main .row")), (0, 0));
    quiet(page);
}

#[test]
fn keys_move_through_the_picture_and_open_what_is_said_of_a_place() {
    let mut page = open("keys", &scene::contoso(), DESKTOP);
    let focused = "(document.activeElement.getAttribute('aria-label') || document.activeElement.id)";
    page.value("document.getElementById('search').focus()");
    page.press("Tab");
    assert!(page.value(focused).as_str().unwrap().contains("Requests to reset a password"), "{}", page.value(focused));
    page.press("ArrowRight");
    assert!(page.value(focused).as_str().unwrap().contains("Helpdesk Administrator"), "{}", page.value(focused));
    page.press("ArrowRight");
    page.press("ArrowDown");
    assert!(page.value(focused).as_str().unwrap().starts_with("account: "), "{}", page.value(focused));
    let before = page.value(focused);
    page.press("Enter");
    assert_eq!(page.value("document.getElementById('panel').hidden"), false);
    let said = page.value("document.getElementById('panel').textContent");
    assert!(said.as_str().unwrap().contains("Comes from"), "{said}");
    page.press("Escape");
    assert_eq!(page.value("document.getElementById('panel').hidden"), true);
    assert_eq!(page.value(focused), before, "focus is where it was");
    quiet(page);
}

#[test]
fn an_injected_script_stays_text_and_runs_nowhere() {
    let mut page = open("hostile", &scene::hostile(), DESKTOP);
    assert_eq!(page.value("document.scripts.length"), 1);
    assert_eq!(page.value("document.images.length"), 0);
    page.value(
        "document.querySelector('.spot').dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))",
    );
    let said = page.value("document.body.textContent");
    assert!(said.as_str().unwrap().contains("<script>alert(1)</script>"));
    page.screenshot(&folder().join("hostile.png"), false);
    quiet(page);
}

#[test]
fn a_script_that_got_in_would_not_run_and_nothing_would_leave() {
    let mut page = open("policy", &scene::contoso(), DESKTOP);
    let tried = "(() => { const script = document.createElement('script'); script.textContent = 'window.ran = true'; document.body.append(script); return window.ran === undefined; })()";
    assert_eq!(page.value(tried), true, "the policy names the page's own script only");
    assert_eq!(page.value("fetch('data:,x').then(() => 'sent', () => 'refused')"), "refused");
}

#[test]
fn it_fits_a_phone_and_a_desk_in_both_schemes() {
    for (name, size) in [("phone", PHONE), ("desktop", DESKTOP)] {
        let mut page = open(name, &scene::contoso(), size);
        assert_eq!(
            page.value("document.documentElement.scrollWidth"),
            u64::from(size.0),
            "{name}: only the picture's own frame is wider than the window"
        );
        for scheme in ["light", "dark"] {
            page.scheme(scheme);
            page.screenshot(&folder().join(format!("{name}-{scheme}.png")), false);
            page.screenshot(&folder().join(format!("{name}-{scheme}-whole.png")), true);
        }
        page.value("document.querySelector('.spot').dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))");
        page.screenshot(&folder().join(format!("{name}-details.png")), false);
        quiet(page);
    }
}

#[test]
fn on_paper_it_is_light_nothing_is_folded_and_what_only_a_screen_needs_is_gone() {
    let mut page = open("print", &scene::contoso(), (1100, 780));
    page.print();
    assert_eq!(page.value("getComputedStyle(document.documentElement).getPropertyValue('--paper')"), "#ffffff");
    let folded = "document.querySelectorAll('.notice .row').length";
    assert_eq!(drawn(&mut page, ".notice .row"), page.value(folded).as_u64().unwrap());
    assert_eq!(drawn(&mut page, ".tools, #panel, .keys, #places"), 0);
    page.screenshot(&folder().join("print.png"), true);
    quiet(page);
}

#[test]
fn a_thousand_administrators_are_drawn_and_each_is_found() {
    let mut page = open("large", &scene::large(1000), DESKTOP);
    assert!(drawn(&mut page, "#picture .spot") < 40);
    page.press("/");
    page.write("admin0777@");
    assert!(page.value("document.getElementById('found').textContent").as_str().unwrap().starts_with("3 places"));
    page.screenshot(&folder().join("large.png"), true);
    quiet(page);
}

/// Twelve thousand pixels of it were read by nobody.
#[test]
fn c8_the_example_company_fits_six_thousand_pixels_and_six_sheets() {
    let mut page = example("example", DESKTOP, "light");
    let height = page.value("document.documentElement.scrollHeight").as_u64().unwrap();
    assert!(height < 6000, "{height}");
    for scheme in ["light", "dark"] {
        page.scheme(scheme);
        page.screenshot(&folder().join(format!("example-{scheme}.png")), true);
    }
    let sheets = page.pages(&folder().join("example.pdf"));
    assert!((2..=6).contains(&sheets), "{sheets} sheets");
    // Everything that was found is on them.
    page.print();
    let rows = page.value("document.querySelectorAll('.group .row').length").as_u64().unwrap();
    assert!(rows > 60 && drawn(&mut page, ".group .row") == rows, "{rows}");
    quiet(page);
}

#[test]
fn c8_no_paragraph_stands_five_times() {
    let mut page = example("paragraphs", DESKTOP, "light");
    let often = "(() => { const texts = {}; for (const one of document.querySelectorAll('main p, main li, main summary')) { if (!one.checkVisibility()) continue; const text = one.textContent.trim(); if (text.length > 40) texts[text] = (texts[text] || 0) + 1; } return Object.entries(texts).filter(([, count]) => count >= 5); })()";
    assert_eq!(page.value(often), serde_json::json!([]));
    // Nor on paper, where what is folded is read as well.
    page.value("document.querySelectorAll('.notice details, .group, #obstacles > details').forEach((one) => { one.open = true; })");
    assert_eq!(page.value(often), serde_json::json!([]));
    page.print();
    assert_eq!(page.value(often), serde_json::json!([]));
    assert!(page.value("document.querySelectorAll('.remedy').length").as_u64().unwrap() > 20);
}

#[test]
fn c8_findings_are_filtered_by_severity_and_rule_and_lead_to_the_page_of_their_rule() {
    let mut page = example("filter", DESKTOP, "light");
    let shown = |page: &mut Page| {
        page.value("[...document.querySelectorAll('.group')].filter((one) => one.getClientRects().length > 0).map((one) => one.dataset.level + ' ' + one.dataset.rule)")
    };
    let all = shown(&mut page).as_array().unwrap().len();
    let press = |page: &mut Page, level: &str| {
        page.value(&format!("document.querySelector('.filter button[data-level={level}]').click()"));
    };
    press(&mut page, "broken");
    let without_errors = shown(&mut page);
    let without_errors = without_errors.as_array().unwrap();
    assert!((1..all).contains(&without_errors.len()));
    assert!(without_errors.iter().all(|one| !one.as_str().unwrap().starts_with("broken")));
    press(&mut page, "broken");
    page.value("(() => { const rule = document.getElementById('rule'); rule.value = 'DepartedAddress'; rule.dispatchEvent(new Event('change')); })()");
    assert_eq!(shown(&mut page), serde_json::json!(["broken DepartedAddress"]));
    let read = "document.querySelector('#rule-DepartedAddress > p').checkVisibility()";
    assert_eq!(page.value(read), false);
    page.value("document.querySelector('#rule-DepartedAddress > summary').click()");
    let said = page.value("document.getElementById('rule-DepartedAddress').textContent");
    assert!(said.as_str().unwrap().contains("When it is silent"), "{said}");
    assert_eq!(page.value(read), true);
    page.screenshot(&folder().join("filter.png"), false);
    quiet(page);
}

#[test]
fn c8_search_scrolls_to_what_it_finds_and_on_to_the_next() {
    let mut page = example("scroll", DESKTOP, "light");
    page.press("/");
    page.write("not an obstacle or a name");
    assert_eq!(page.value("document.querySelectorAll('.current').length"), 0);
    page.press("Escape");
    page.write("hannah cole");
    assert!(is_in_view(&mut page, "document.querySelector('.spot.current')"));
    let mut met = Vec::new();
    for _ in 0..40 {
        let current = page.value("document.querySelector('.current').textContent").as_str().unwrap().to_owned();
        assert!(is_in_view(&mut page, "document.querySelector('.current')"), "{current}");
        assert!(current.to_lowercase().contains("hannah") || current.to_lowercase().contains("cole"), "{current}");
        if met.contains(&current) {
            break;
        }
        met.push(current);
        page.press("Enter");
    }
    assert!(met.len() > 1, "{met:?}");
    quiet(page);
}

/// A picture of seventeen hundred pixels is no picture on a phone: there it is a list for each kind of notices.
#[test]
fn c8_on_a_phone_the_picture_is_read_from_top_to_bottom_and_opens_what_is_said_of_a_place() {
    let mut page = example("phone-example", PHONE, "light");
    assert_eq!(page.value("document.documentElement.scrollWidth"), 375);
    assert_eq!((drawn(&mut page, "#picture"), drawn(&mut page, ".tree")), (0, 10));
    page.value("document.querySelector('.tree').open = true");
    let leaves = "[...document.querySelectorAll('.tree[open] .leaf')]";
    // As large as a finger, and all within the window (WCAG 2.2, 2.5.8, and twice of it).
    let small = format!(
        "{leaves}.filter((one) => {{ const box = one.getBoundingClientRect(); return box.height < 44 || box.right > 376 || box.width < 150; }}).length"
    );
    assert_eq!(page.value(&small), 0);
    assert!(page.value(&format!("{leaves}.length")).as_u64().unwrap() > 3);
    page.screenshot(&folder().join("phone-tree.png"), false);
    page.value(&format!("{leaves}[1].click()"));
    assert_eq!(page.value("document.getElementById('panel').hidden"), false);
    page.screenshot(&folder().join("phone-panel.png"), false);
    page.value("document.getElementById('close').click()");
    // Every place of the picture is in one of the lists, with the same mark.
    let differ = "(() => { const leaves = [...document.querySelectorAll('.leaf')]; return [...document.querySelectorAll('.spot')].filter((spot) => spot.dataset.column !== '0').filter((spot) => { const own = leaves.filter((leaf) => leaf.dataset.key === spot.dataset.key); return !own.length || own.some((leaf) => leaf.classList[1] !== spot.classList[1]); }).map((spot) => spot.textContent); })()";
    assert_eq!(page.value(differ), serde_json::json!([]));
    for scheme in ["light", "dark"] {
        page.scheme(scheme);
        page.screenshot(&folder().join(format!("phone-example-{scheme}.png")), true);
    }
    quiet(page);
}
