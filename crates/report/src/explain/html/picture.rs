//! The picture as SVG within the page. It is whole without a script: every place is a link to what is said of it below.

use std::fmt::{self, Write as _};

use super::{
    super::escape::markup,
    glyph,
    layout::{Frame, Layout, WIDTH, layout},
    model::{Fate, Picture, Spot, Step},
};

/// Em of a place's name, in user units; the style sheet says the same.
const NAME: f32 = 13.0;
/// Em of the lines above and below.
const SMALL: f32 = 11.0;
/// Room for text within a place: its width less the padding, and less the sign beside the name.
const ROOM: f32 = 158.0;

/// Draws a picture.
pub(super) fn draw(picture: &Picture, out: &mut String) -> fmt::Result {
    let laid = layout(picture);
    let Layout { width, height, .. } = laid;
    write!(
        out,
        "<svg id=\"picture\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"group\" \
         aria-label=\"From notices to the people who read them\">"
    )?;
    for (heading, x) in &laid.headings {
        write!(out, "<text class=\"heading\" x=\"{}\" y=\"22\">{heading}</text>", x + 2)?;
    }
    // Broken steps lie above the others, and places above all steps.
    let mut steps: Vec<&Step> = picture.steps.iter().collect();
    steps.sort_by_key(|step| (std::cmp::Reverse(step.fate), step.from, step.to));
    out.push_str("<g class=\"steps\">");
    for one in steps {
        step(picture, one, &laid, out)?;
    }
    out.push_str("</g><g class=\"spots\">");
    for (spot, frame) in picture.spots.iter().zip(&laid.frames) {
        place(spot, *frame, out)?;
    }
    out.push_str("</g></svg>");
    Ok(())
}

fn numbers<'a>(numbers: impl IntoIterator<Item = &'a usize>) -> String {
    numbers.into_iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}

fn step(picture: &Picture, step: &Step, laid: &Layout, out: &mut String) -> fmt::Result {
    let (from, to) = (laid.frames[step.from], laid.frames[step.to]);
    let (x1, y1, y2) = (from.x + WIDTH, from.middle(), to.middle());
    let forward = from.x < to.x;
    // A step within a column, or back, leaves and enters on the right.
    let (x2, bend1, bend2) = if forward {
        (to.x, (to.x - x1) / 2, (x1 - to.x) / 2)
    } else {
        (to.x + WIDTH, 34, 34 + (from.x - to.x).max(0))
    };
    let (keys, class) = ([&picture.spots[step.from].key, &picture.spots[step.to].key], step.fate.class());
    write!(
        out,
        "<g class=\"step {class}\" data-from=\"{}\" data-to=\"{}\" data-c=\"{}\"><path d=\"M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}\"/>",
        keys[0],
        keys[1],
        numbers(&step.categories),
        x1 + bend1,
        x2 + bend2,
    )?;
    if let Some(obstacle) = &step.obstacle {
        // The middle of the curve: an eighth of the ends and three eighths of the bends each.
        let x = (x1 + x2 + 3 * (x1 + bend1 + x2 + bend2)) / 8;
        write!(out, "<g transform=\"translate({} {})\"><title>{}</title>", x - 8, (y1 + y2) / 2 - 8, markup(obstacle))?;
        glyph::draw(step.fate, out);
        out.push_str("</g>");
    }
    out.push_str("</g>");
    Ok(())
}

fn place(spot: &Spot, frame: Frame, out: &mut String) -> fmt::Result {
    let Frame { x, y, height } = frame;
    let says = glyph::says(spot.fate);
    let (label, class) = (markup(&spot.label), spot.fate.class());
    let note = spot.note.as_deref().map(|note| format!(", {note}")).unwrap_or_default();
    write!(
        out,
        "<a class=\"spot {class}{}\" id=\"s-{key}\" href=\"#{key}\" data-key=\"{key}\" data-column=\"{}\" data-c=\"{}\" \
         aria-label=\"{}: {label}: {says}{}\" transform=\"translate({x} {y})\"><title>{label}</title>",
        if spot.many { " many" } else { "" },
        spot.column,
        numbers(&spot.categories),
        spot.kind,
        markup(&note),
        key = spot.key,
    )?;
    if spot.many {
        write!(out, "<rect class=\"stack\" x=\"4\" y=\"4\" width=\"{WIDTH}\" height=\"{height}\" rx=\"7\"/>")?;
    }
    write!(out, "<rect class=\"box\" width=\"{WIDTH}\" height=\"{height}\" rx=\"7\"/>")?;
    write!(out, "<text class=\"kind\" x=\"11\" y=\"15\">{}</text>", markup(&fitted(spot.kind, SMALL)))?;
    write!(out, "<text class=\"name\" x=\"11\" y=\"32\">{}</text>", markup(&fitted(&spot.label, NAME)))?;
    if let Some(note) = &spot.note {
        write!(out, "<text class=\"note\" x=\"11\" y=\"48\">{}</text>", markup(&fitted(note, SMALL)))?;
    }
    write!(out, "<g transform=\"translate({} 5)\">", WIDTH - 22)?;
    glyph::draw(spot.fate, out);
    out.push_str("</g></a>");
    Ok(())
}

/// As much of a text as has room, in an estimate that is rather too wide than too narrow.
fn fitted(text: &str, em: f32) -> String {
    let (mut width, mut out) = (0.0, String::new());
    for c in text.chars() {
        width += em * advance(c);
        if width > ROOM {
            out.pop();
            out.push('…');
            break;
        }
        out.push(c);
    }
    out
}

/// Advance of a character in em, in a sans-serif face.
fn advance(c: char) -> f32 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | '\'' | '|' | ':' | ';' | '!' | 'I' => 0.29,
        'f' | 't' | 'r' | ' ' | '-' | '(' | ')' => 0.37,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.92,
        'A'..='Z' => 0.7,
        c if c.is_ascii() => 0.57,
        c if c < '\u{1100}' => 0.65,
        _ => 1.05,
    }
}

/// Whether anything is drawn.
pub(super) fn is_empty(picture: &Picture) -> bool {
    picture.spots.is_empty()
}

/// The fates that a picture shows, the worst first, for its legend.
pub(super) fn fates(picture: &Picture) -> Vec<Fate> {
    let all = [Fate::Broken, Fate::Unknown, Fate::Thin, Fate::Fine];
    all.into_iter().filter(|fate| picture.spots.iter().any(|spot| spot.fate == *fate)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cut_where_it_would_leave_its_place() {
        assert_eq!(fitted("Anna Adams", NAME), "Anna Adams");
        assert_eq!(fitted(&"W".repeat(40), NAME).chars().count(), 13);
        assert!(fitted("山田太郎山田太郎山田太郎山田太郎", NAME).ends_with('…'));
    }
}
