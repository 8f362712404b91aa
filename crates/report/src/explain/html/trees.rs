//! The picture as nested lists, a list for each kind of notices: what a narrow screen shows instead. It is made of the same
//! places with the same marks, and needs no script either.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write as _},
};

use super::{
    super::escape::markup,
    glyph,
    spot::{Picture, Spot},
};

/// Levels that are indented on; lists within lists within lists go on at the last.
const DEEPEST: usize = 8;

/// Every kind of notices with what it leads to.
pub(super) fn all(picture: &Picture, out: &mut String) -> fmt::Result {
    let mut steps: BTreeMap<usize, Vec<(usize, &BTreeSet<usize>)>> = BTreeMap::new();
    for step in &picture.steps {
        steps.entry(step.from).or_default().push((step.to, &step.categories));
    }
    for behind in steps.values_mut() {
        // What fares badly stands above, as in the picture.
        behind.sort_by_key(|(to, _)| (picture.spots[*to].many, picture.spots[*to].fate, *to));
    }
    let mut notices: Vec<usize> = (0..picture.spots.len()).filter(|at| picture.spots[*at].column == 0).collect();
    notices.sort_by_key(|at| (picture.spots[*at].fate, *at));
    out.push_str("<div class=\"trees\">");
    for at in notices {
        let spot = &picture.spots[at];
        write!(
            out,
            "<details class=\"tree {}\"><summary>{}<b>{}</b> <small>{}</small></summary>",
            spot.fate.class(),
            glyph::inline(spot.fate),
            markup(&spot.label),
            markup(spot.note.as_deref().unwrap_or_default()),
        )?;
        let Some(category) = spot.categories.first() else { continue };
        let mut tree = Tree { picture, steps: &steps, category: *category, met: BTreeSet::new() };
        tree.behind(at, 0, out)?;
        out.push_str("</details>");
    }
    out.push_str("</div>");
    Ok(())
}

struct Tree<'a> {
    picture: &'a Picture,
    steps: &'a BTreeMap<usize, Vec<(usize, &'a BTreeSet<usize>)>>,
    category: usize,
    /// Places that were written: each goes on once, and is named where else it is led to.
    met: BTreeSet<usize>,
}

impl Tree<'_> {
    fn behind(&mut self, at: usize, depth: usize, out: &mut String) -> fmt::Result {
        let steps = self.steps.get(&at).into_iter().flatten();
        let behind: Vec<usize> =
            steps.filter(|(_, categories)| categories.contains(&self.category)).map(|(to, _)| *to).collect();
        if behind.is_empty() {
            return Ok(());
        }
        out.push_str(if depth < DEEPEST { "<ul>" } else { "<ul class=\"deep\">" });
        for to in behind {
            let again = !self.met.insert(to);
            leaf(&self.picture.spots[to], again, out)?;
            if !again {
                self.behind(to, depth + 1, out)?;
            }
            out.push_str("</li>");
        }
        out.push_str("</ul>");
        Ok(())
    }
}

fn leaf(spot: &Spot, again: bool, out: &mut String) -> fmt::Result {
    let note = spot.note.as_deref().map(|note| format!(" · {note}")).unwrap_or_default();
    let again = if again { " · as above" } else { "" };
    write!(
        out,
        "<li><a class=\"leaf {}\" href=\"#{key}\" data-key=\"{key}\">{}<span>{}<small>{}{}{again}</small></span></a>",
        spot.fate.class(),
        glyph::inline(spot.fate),
        markup(&spot.label),
        spot.kind,
        markup(&note),
        key = spot.key,
    )
}
