//! An answer as one file for a browser: headline, picture, and what is behind it.
//!
//! Invariant: the page asks the network for nothing, and says so in its content security policy, which names the style and
//! the script by their digests: nothing else runs, whatever a name in the tenant says. Without the script the page is whole;
//! the script adds search, keys and a panel, and makes no markup of any text.

mod collapse;
mod findings;
mod glyph;
mod layout;
mod model;
mod obstacles;
mod picture;
mod places;
mod prose;
mod sections;
mod spot;
mod trees;

use std::fmt::{self, Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use tenant_contacts_api::notice::Reach;

use super::{escape::markup, view::AnswerView, words};
use spot::Fate;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Shows an answer as a page.
pub(super) fn page(view: &AnswerView) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(view, &mut out);
    out
}

fn write(view: &AnswerView, out: &mut String) -> fmt::Result {
    let picture = model::picture(view);
    let name = markup(view.display_name.as_deref().unwrap_or("this tenant"));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; script-src '{}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>Who receives the notices of {name}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n",
        digest(STYLE),
        digest(SCRIPT),
    )?;
    header(view, &name, out)?;
    out.push_str("<main>\n");
    sections::grants(view, out)?;
    if !picture::is_empty(&picture) {
        out.push_str("<section id=\"map\"><h2>From notices to people</h2>\n<div class=\"frame\">");
        picture::draw(&picture, out)?;
        out.push_str("</div>\n");
        trees::all(&picture, out)?;
        out.push_str("\n<p class=\"legend\">");
        for fate in picture::fates(&picture) {
            write!(out, "<span>{} {}</span>", glyph::inline(fate), glyph::says(fate))?;
        }
        out.push_str(
            "<span class=\"keys\" hidden><kbd>/</kbd> search <kbd>↑</kbd><kbd>↓</kbd><kbd>←</kbd><kbd>→</kbd> move \
             <kbd>Enter</kbd> details <kbd>Esc</kbd> back</span></p></section>\n",
        );
    }
    sections::notices(view, &picture, out)?;
    findings::all(view, out)?;
    sections::gaps(view, out)?;
    obstacles::all(view, out)?;
    places::all(view, &picture, out)?;
    write!(
        out,
        "</main>\n<aside id=\"panel\" role=\"dialog\" aria-label=\"Details\" tabindex=\"-1\" hidden>\
         <button type=\"button\" id=\"close\" aria-label=\"Close details\">✕</button><div id=\"details\"></div></aside>\n\
         <footer>Made by tenant-contacts {}. Holds names and addresses: pass it on with care.</footer>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// A source expression of a content security policy for exactly this text (CSP Level 3, §2.3.1).
fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// Every kind of notices in one line, the worst first: the whole answer before anything has to be looked for.
fn glance(view: &AnswerView, out: &mut String) -> fmt::Result {
    if view.summary.not_applicable == view.categories.len() {
        return Ok(());
    }
    out.push_str("<ol class=\"glance\">");
    for category in words::worst_first(view) {
        let Some(fate) = Fate::of_reach(category.reach) else { continue };
        let index = view.categories.iter().position(|one| one.category == category.category).unwrap_or_default();
        let says = match (category.reach, category.why.as_deref()) {
            (Reach::SeveralPeople, _) | (_, None) => model::people(category),
            (Reach::OnePerson, Some(why)) => why.to_owned(),
            (Reach::Nobody | Reach::NobodyKnown, Some(why)) => format!("{}: {why}", words::reach_word(category)),
            (Reach::Unknown | Reach::NotApplicable, Some(why)) => format!("not known: {why}"),
        };
        write!(
            out,
            "<li class=\"{}\"><a href=\"#c{index}\">{}<b>{}</b> <span>{}</span></a></li>",
            fate.class(),
            glyph::inline(fate),
            markup(&words::sentence_case(&category.title)),
            markup(&says),
        )?;
    }
    out.push_str("</ol>\n");
    Ok(())
}

fn header(view: &AnswerView, name: &str, out: &mut String) -> fmt::Result {
    write!(
        out,
        "<header>\n<div class=\"answer\"><p class=\"eyebrow\">Who receives the notices of <b>{name}</b></p>\n<h1>{}</h1>\n<p class=\"meta\">Tenant {}",
        markup(&view.headline),
        markup(&view.tenant)
    )?;
    if let Some(at) = &view.read_at {
        let (at, minute) = (markup(at), markup(&words::minute(at)));
        write!(out, " · read <time datetime=\"{at}\">{minute}</time>")?;
    }
    out.push_str("</p>\n<ul class=\"tiles\">");
    let summary = &view.summary;
    let tiles = [
        (Fate::Broken, summary.nobody, "reach nobody"),
        (Fate::Broken, summary.nobody_known, "reach nobody known"),
        (Fate::Unknown, summary.unknown, "cannot be said"),
        (Fate::Thin, summary.one_person, "one person only"),
        (Fate::Fine, summary.several_people, "several people"),
    ];
    // What is seldom is not counted where there is none of it.
    for (fate, count, says) in tiles.into_iter().filter(|(_, count, says)| *count > 0 || !says.ends_with("known")) {
        let none = if count == 0 { " none" } else { "" };
        write!(out, "<li class=\"{}{none}\">{}<b>{count}</b> {says}</li>", fate.class(), glyph::inline(fate))?;
    }
    out.push_str("</ul>\n");
    let idle: Vec<_> = view.categories.iter().filter(|one| one.reach == Reach::NotApplicable).collect();
    for one in idle {
        let (title, says) = (markup(&words::sentence_case(&one.title)), words::reach_in_words(one));
        writeln!(out, "<p class=\"meta\">{title}: {says}.</p>")?;
    }
    out.push_str("</div>\n");
    glance(view, out)?;
    out.push_str(
        "</header>\n<div class=\"tools\" hidden><label for=\"search\">Search</label><input id=\"search\" type=\"search\" \
         placeholder=\"Name, address, obstacle …\" autocomplete=\"off\" spellcheck=\"false\">\
         <output id=\"found\" for=\"search\" role=\"status\"></output></div>\n",
    );
    Ok(())
}
