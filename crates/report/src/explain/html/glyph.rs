//! The signs of a fate: a shape and a stroke each, so that they are told apart without colour.

use super::spot::Fate;

/// Draws a sign of 16 by 16 user units.
pub(super) fn draw(fate: Fate, out: &mut String) {
    out.push_str(match fate {
        Fate::Broken => {
            "<rect class=\"sign\" x=\"1\" y=\"1\" width=\"14\" height=\"14\" rx=\"2\"/><path class=\"stroke\" d=\"M5 5l6 6M11 5l-6 6\"/>"
        }
        Fate::Unknown => {
            "<path class=\"sign\" d=\"M8 0l8 8-8 8-8-8z\"/><path class=\"stroke\" d=\"M6 6.2a2 2 0 1 1 2.9 1.9c-.6.3-.9.7-.9 1.3M8 11.4v.2\"/>"
        }
        Fate::Thin => {
            "<path class=\"sign\" d=\"M8 .5l8 15h-16z\"/><path class=\"stroke\" d=\"M8 6v4.4M8 12.6v.2\"/>"
        }
        Fate::Fine => {
            "<circle class=\"sign\" cx=\"8\" cy=\"8\" r=\"7.5\"/><path class=\"stroke\" d=\"M4.6 8.2l2.4 2.4 4.4-4.8\"/>"
        }
    });
}

/// The sign within text.
pub(super) fn inline(fate: Fate) -> String {
    let mut out = format!(
        "<svg class=\"glyph {}\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">",
        fate.class()
    );
    draw(fate, &mut out);
    out + "</svg>"
}

/// What the sign says of a place.
pub(super) fn says(fate: Fate) -> &'static str {
    match fate {
        Fate::Broken => "does not arrive",
        Fate::Unknown => "unknown",
        Fate::Thin => "one person only",
        Fate::Fine => "arrives",
    }
}
