//! The picture as SVG within the page. It is whole without a script: every place is a link to what is said of it below.

use std::fmt::{self, Write as _};

use super::{
    super::escape::markup,
    glyph,
    layout::{Frame, Layout, WIDTH, layout},
    spot::{Fate, Picture, Spot, Step},
};

/// Em of a place's name, in user units; the style sheet says the same.
const NAME: f32 = 12.5;
/// Em of the lines above and below.
const SMALL: f32 = 11.0;
/// Room for text within a place: its width less the padding, and less the sign beside the name.
const ROOM: f32 = 171.0;

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
    let mut steps: Vec<(usize, &Step)> = picture.steps.iter().enumerate().collect();
    steps.sort_by_key(|(number, step)| (std::cmp::Reverse(step.fate), *number));
    out.push_str("<g class=\"steps\">");
    for (number, one) in steps {
        step(picture, one, &laid.lanes[number], &laid, out)?;
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

fn step(picture: &Picture, step: &Step, lanes: &[Frame], laid: &Layout, out: &mut String) -> fmt::Result {
    let (from, to) = (laid.frames[step.from], laid.frames[step.to]);
    let (mut x, mut y) = (from.x + WIDTH, from.middle());
    let mut path = format!("M{x} {y}");
    // The middle of the first curve, where a sign stands out most.
    let sign;
    if from.x < to.x {
        let first = lanes.first().copied().unwrap_or(to);
        sign = (i32::midpoint(x, first.x), i32::midpoint(y, first.middle()));
        for lane in lanes {
            curve(&mut path, (x, y), (lane.x, lane.middle()))?;
            (x, y) = (lane.x + WIDTH, lane.middle());
            write!(path, "H{x}")?;
        }
        curve(&mut path, (x, y), (to.x, to.middle()))?;
    } else {
        // A step within a column, or back, leaves and enters on the right.
        let (x2, y2) = (to.x + WIDTH, to.middle());
        let bend = x.max(x2) + 30;
        write!(path, "C{bend} {y} {bend} {y2} {x2} {y2}")?;
        // Of a curve with both bends at one place its middle is three quarters of the way to them.
        sign = ((x + x2 + 6 * bend) / 8, i32::midpoint(y, y2));
    }
    let (keys, class) = ([&picture.spots[step.from].key, &picture.spots[step.to].key], step.fate.class());
    write!(
        out,
        "<g class=\"step {class}\" data-from=\"{}\" data-to=\"{}\" data-c=\"{}\"><path d=\"{path}\"/>",
        keys[0],
        keys[1],
        numbers(&step.categories),
    )?;
    if let Some(obstacle) = &step.obstacle {
        write!(out, "<g transform=\"translate({} {})\"><title>{}</title>", sign.0 - 8, sign.1 - 8, markup(obstacle))?;
        glyph::draw(step.fate, out);
        out.push_str("</g>");
    }
    out.push_str("</g>");
    Ok(())
}

fn curve(path: &mut String, (x1, y1): (i32, i32), (x2, y2): (i32, i32)) -> fmt::Result {
    let middle = i32::midpoint(x1, x2);
    write!(path, "C{middle} {y1} {middle} {y2} {x2} {y2}")
}

fn place(spot: &Spot, frame: Frame, out: &mut String) -> fmt::Result {
    let Frame { x, y, height } = frame;
    let says = glyph::says(spot.fate);
    let (label, class) = (markup(&spot.label), spot.fate.class());
    let note = spot.note.as_deref().map(|note| format!(", {note}")).unwrap_or_default();
    write!(
        out,
        "<a class=\"spot {class}{}\" id=\"s-{key}\" href=\"#{key}\" data-key=\"{key}\" data-column=\"{}\" data-c=\"{}\" \
         data-nodes=\"{}\" aria-label=\"{}: {label}: {says}{}\" transform=\"translate({x} {y})\"><title>{label}</title>",
        if spot.many { " many" } else { "" },
        spot.column,
        numbers(&spot.categories),
        numbers(&spot.nodes),
        spot.kind,
        markup(&note),
        key = spot.key,
    )?;
    if spot.many {
        write!(out, "<rect class=\"stack\" x=\"4\" y=\"4\" width=\"{WIDTH}\" height=\"{height}\" rx=\"7\"/>")?;
    }
    write!(out, "<rect class=\"box\" width=\"{WIDTH}\" height=\"{height}\" rx=\"7\"/>")?;
    if spot.column == 0 {
        // The heading says what it is; the room is its title's.
        let (first, second) = two_lines(&spot.label);
        let y = if second.is_empty() { 26 } else { 17 };
        write!(out, "<text class=\"name\" x=\"11\" y=\"{y}\">{}</text>", markup(&first))?;
        if !second.is_empty() {
            write!(out, "<text class=\"name\" x=\"11\" y=\"33\">{}</text>", markup(&second))?;
        }
    } else {
        write!(out, "<text class=\"kind\" x=\"11\" y=\"15\">{}</text>", spot.kind)?;
        write!(out, "<text class=\"name\" x=\"11\" y=\"32\">{}</text>", markup(&fitted(&spot.label, NAME, ROOM)))?;
    }
    if let Some(note) = &spot.note {
        write!(out, "<text class=\"note\" x=\"11\" y=\"48\">{}</text>", markup(&fitted(note, SMALL, ROOM)))?;
    }
    write!(out, "<g transform=\"translate({} 5)\">", WIDTH - 22)?;
    glyph::draw(spot.fate, out);
    out.push_str("</g></a>");
    Ok(())
}

/// As much of a text as has room, in an estimate that is rather too wide than too narrow.
fn fitted(text: &str, em: f32, room: f32) -> String {
    if width(text, em) <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if width(&out, em) + em > room {
            break;
        }
    }
    out.truncate(out.trim_end().len());
    out + "…"
}

/// A title in two lines, broken between words, the first beside the sign.
fn two_lines(title: &str) -> (String, String) {
    let room = ROOM - 18.0;
    let breaks = title.match_indices(' ').map(|(at, _)| at).chain([title.len()]);
    let at = breaks.filter(|at| width(&title[..*at], NAME) <= room).max().unwrap_or(title.len());
    (fitted(&title[..at], NAME, room), fitted(title[at..].trim_start(), NAME, ROOM))
}

fn width(text: &str, em: f32) -> f32 {
    em * text.chars().map(advance).sum::<f32>()
}

/// Advance of a character in em, in the bold of a wide sans-serif face (DejaVu Sans, where nothing better is installed).
fn advance(c: char) -> f32 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | '\'' | '|' | ':' | ';' | ' ' => 0.38,
        'f' | 't' | 'r' | '-' | '(' | ')' | '!' => 0.49,
        'c' | 's' | 'z' => 0.6,
        'a' | 'e' | 'k' | 'o' | 'v' | 'x' | 'y' => 0.68,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 1.05,
        'A'..='Z' => 0.8,
        c if c.is_ascii() => 0.72,
        c if c < '\u{1100}' => 0.78,
        _ => 1.1,
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
        assert_eq!(fitted("Anna Adams", NAME, ROOM), "Anna Adams");
        assert_eq!(fitted(&"W".repeat(40), NAME, ROOM), "W".repeat(13) + "…");
        assert!(fitted("山田太郎山田太郎山田太郎山田太郎", NAME, ROOM).ends_with('…'));
    }

    #[test]
    fn a_title_breaks_between_words() {
        let two = two_lines("Requests to reset a password");
        assert_eq!(two, ("Requests to reset a".to_owned(), "password".to_owned()));
        assert_eq!(two_lines("Marketing mail"), ("Marketing mail".to_owned(), String::new()));
    }
}
