//! Many places drawn as one.

use std::collections::{BTreeMap, BTreeSet};

use super::spot::{COLUMNS, Fate, Picture, Spot, Step};

/// Alike places that are drawn one by one. Fewer of those that fare well: one looks for the others.
fn drawn_one_by_one(fate: Fate) -> usize {
    match fate {
        Fate::Broken | Fate::Unknown => 5,
        Fate::Thin | Fate::Fine => 3,
    }
}

/// Places of one column: more than that cannot be taken in, and those beyond are drawn together whatever leads to them.
const TALLEST: usize = 40;

/// What makes two places alike.
type Likeness = (&'static str, Fate, Option<String>, BTreeSet<usize>);

/// Draws as one what is many. Goes from left to right, so that what only many lead to becomes many as well.
pub(super) fn collapse(picture: Picture) -> Picture {
    let Picture { spots, steps } = picture;
    let mut before: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); spots.len()];
    for step in &steps {
        before[step.to].insert(step.from);
    }
    let mut out: Vec<Spot> = Vec::new();
    let mut place: Vec<Option<usize>> = vec![None; spots.len()];
    for column in 0..COLUMNS.len() {
        let of_column: Vec<usize> = (0..spots.len()).filter(|at| spots[*at].column == column).collect();
        let mut alike: BTreeMap<Likeness, Vec<usize>> = BTreeMap::new();
        for at in of_column {
            let spot = &spots[at];
            let from = before[at].iter().filter_map(|from| place[*from]).collect();
            // A kind of notices is never one of many.
            let label = if column == 0 { Some(spot.label.clone()) } else { spot.note.clone() };
            alike.entry((spot.kind, spot.fate, label, from)).or_default().push(at);
        }
        let mut single: Vec<usize> = Vec::new();
        for ((_, fate, _, from), members) in alike {
            let behind_many = from.iter().any(|at| out[*at].many);
            let shown = if behind_many { 0 } else { drawn_one_by_one(fate) };
            // A box that stands for one would take as much room and say less.
            if members.len() <= shown + 1 {
                single.extend(members);
                continue;
            }
            single.extend(&members[..shown]);
            together(&spots, &members[shown..], shown > 0, &mut out, &mut place);
        }
        single.sort_unstable();
        if single.len() > TALLEST {
            // Those that fare worst are drawn.
            single.sort_by_key(|at| (spots[*at].fate, *at));
            let beyond = single.split_off(TALLEST);
            let mut kinds: BTreeMap<(&str, Fate), Vec<usize>> = BTreeMap::new();
            for at in beyond {
                kinds.entry((spots[at].kind, spots[at].fate)).or_default().push(at);
            }
            for members in kinds.into_values() {
                together(&spots, &members, true, &mut out, &mut place);
            }
        }
        for at in single {
            place[at] = Some(out.len());
            out.push(spots[at].clone());
        }
    }
    Picture { steps: moved(steps, &place), spots: out }
}

fn together(spots: &[Spot], members: &[usize], more: bool, out: &mut Vec<Spot>, place: &mut [Option<usize>]) {
    let Some(first) = members.first().map(|at| &spots[*at]) else { return };
    let here = out.len();
    for at in members {
        place[*at] = Some(here);
    }
    let more = if more { "more " } else { "" };
    let fares = match first.fate {
        Fate::Broken => "none arrives",
        Fate::Unknown => "all unknown",
        Fate::Thin | Fate::Fine => "all delivered",
    };
    let note = match &first.note {
        Some(note) if members.iter().all(|at| spots[*at].note.as_ref() == Some(note)) => format!("{fares}: {note}"),
        _ => fares.to_owned(),
    };
    out.push(Spot {
        key: format!("g{here}"),
        column: first.column,
        kind: first.kind,
        label: format!("{} {more}{}", members.len(), plural(first.kind)),
        fate: first.fate,
        note: Some(note),
        does_not_come: None,
        members: members.iter().filter_map(|at| spots[*at].members.first().copied()).collect(),
        nodes: members.iter().flat_map(|at| spots[*at].nodes.iter().copied()).collect(),
        many: true,
        categories: members.iter().flat_map(|at| spots[*at].categories.iter().copied()).collect(),
    });
}

fn plural(kind: &str) -> String {
    match kind {
        "person" => "people".to_owned(),
        "mailbox" => "mailboxes".to_owned(),
        "address" => "addresses".to_owned(),
        "outside" => "outside addresses".to_owned(),
        other => format!("{other}s"),
    }
}

fn moved(steps: Vec<Step>, place: &[Option<usize>]) -> Vec<Step> {
    let mut merged: BTreeMap<(usize, usize), Step> = BTreeMap::new();
    for step in steps {
        let (Some(from), Some(to)) = (place[step.from], place[step.to]) else { continue };
        if from == to {
            continue;
        }
        let Step { fate, obstacle, categories, .. } = step;
        match merged.get_mut(&(from, to)) {
            Some(known) => {
                if fate > known.fate {
                    (known.fate, known.obstacle) = (fate, obstacle);
                }
                known.categories.extend(categories);
            }
            None => {
                merged.insert((from, to), Step { from, to, fate, obstacle, categories });
            }
        }
    }
    merged.into_values().collect()
}
