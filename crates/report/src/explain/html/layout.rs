//! Where the picture's places stand: columns from left to right, and in each the places near to what leads to them. A step
//! that passes a column has a lane of its own there, so that none runs behind a place that it has nothing to do with.
//!
//! All lengths are in user units of the picture, which are CSS pixels at its natural size.

use super::spot::{COLUMNS, Picture};

/// Width of a place: a sign-in name of ordinary length fits.
pub(super) const WIDTH: i32 = 190;
/// Height of a place with two lines, and with three.
const HEIGHT: [i32; 2] = [42, 58];
/// Height of a lane.
const LANE: i32 = 6;
/// Between two columns: room for a curve to be followed.
const BETWEEN: i32 = 52;
/// Between two places of a column.
const APART: i32 = 12;
/// Above the first place: the headings.
const TOP: i32 = 40;
/// Around the picture: room for the ring of a focused place.
const MARGIN: i32 = 8;
/// Lanes of one column: with more of them the places would stand too far apart, and steps run straight instead.
const MOST_LANES: usize = 24;

/// A place's corner and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Left edge.
    pub(super) x: i32,
    /// Upper edge.
    pub(super) y: i32,
    /// Height.
    pub(super) height: i32,
}

impl Frame {
    /// The middle between the upper and lower edges.
    pub(super) fn middle(self) -> i32 {
        self.y + self.height / 2
    }
}

/// A picture with a place for everything.
#[derive(Debug)]
pub(super) struct Layout {
    /// By the picture's places.
    pub(super) frames: Vec<Frame>,
    /// By the picture's steps: the lanes that it takes, from left to right.
    pub(super) lanes: Vec<Vec<Frame>>,
    /// Headings that are used, and their left edges.
    pub(super) headings: Vec<(&'static str, i32)>,
    /// Width of the whole.
    pub(super) width: i32,
    /// Height of the whole.
    pub(super) height: i32,
}

/// Something that takes room in a column.
struct Item {
    column: usize,
    height: i32,
    /// What decides on the order where several want the same height: what is many stands below its like, and what fares badly
    /// above.
    order: (bool, usize, usize),
    /// What leads to it, among the items.
    before: Vec<usize>,
    /// What leads to it from its own column: a list that it is in, a mailbox that forwards to it.
    beside: Vec<usize>,
}

/// The height at which an item wants to stand: that of what leads to it, in the mean; else below what it is in.
fn wanted(at: usize, items: &[Item], frames: &[Frame]) -> i32 {
    let (mut at, mut below) = (at, 0);
    // As many levels as Exchange nests in practice; a loop of lists ends here as well.
    for _ in 0..8 {
        if let (true, Some(outer)) = (items[at].before.is_empty(), items[at].beside.first()) {
            (at, below) = (*outer, below + 1);
        }
    }
    let from = &items[at].before;
    let count = i32::try_from(from.len()).unwrap_or(i32::MAX).max(1);
    from.iter().map(|from| frames[*from].middle()).sum::<i32>() / count + below
}

/// Lays a picture out. Equal pictures are laid out equally.
pub(super) fn layout(picture: &Picture) -> Layout {
    let mut items: Vec<Item> = picture
        .spots
        .iter()
        .enumerate()
        .map(|(at, spot)| Item {
            column: spot.column,
            height: HEIGHT[usize::from(spot.note.is_some())],
            order: (spot.many, spot.fate as usize, at),
            before: Vec::new(),
            beside: Vec::new(),
        })
        .collect();
    let used: Vec<usize> =
        (0..COLUMNS.len()).filter(|column| picture.spots.iter().any(|spot| spot.column == *column)).collect();
    let lanes = lanes(picture, &used, &mut items);
    let mut frames: Vec<Frame> = items.iter().map(|item| Frame { x: 0, y: 0, height: item.height }).collect();
    let (mut x, mut headings, mut bottom) = (MARGIN, Vec::new(), TOP);
    for column in used {
        let mut of_column: Vec<usize> = (0..items.len()).filter(|at| items[*at].column == column).collect();
        if column == 0 {
            of_column.sort_by_key(|at| (items[*at].order.1, items[*at].order.2));
        } else {
            of_column.sort_by_key(|at| (items[*at].order.0, wanted(*at, &items, &frames), items[*at].order));
        }
        let mut free = TOP;
        for at in &of_column {
            let height = frames[*at].height;
            let y = if column == 0 { free } else { free.max(wanted(*at, &items, &frames) - height / 2) };
            frames[*at] = Frame { x, y, height };
            free = y + height + APART;
        }
        let lowest = bottom.max(natural_height(&of_column, &frames));
        pull_up(&of_column, &mut frames, lowest);
        bottom = bottom.max(of_column.last().map_or(TOP, |at| frames[*at].y + frames[*at].height));
        headings.push((COLUMNS[column], x));
        x += WIDTH + BETWEEN;
    }
    let lanes = lanes.iter().map(|lane| lane.iter().map(|at| frames[*at]).collect()).collect();
    frames.truncate(picture.spots.len());
    Layout { frames, lanes, headings, width: (x - BETWEEN + MARGIN).max(WIDTH), height: bottom + MARGIN }
}

/// Gives every step that passes columns a lane in each, and says what leads to what.
fn lanes(picture: &Picture, used: &[usize], items: &mut Vec<Item>) -> Vec<Vec<usize>> {
    let mut taken = vec![0_usize; COLUMNS.len()];
    let mut lanes = Vec::with_capacity(picture.steps.len());
    for (number, step) in picture.steps.iter().enumerate() {
        let (from, to) = (picture.spots[step.from].column, picture.spots[step.to].column);
        let mut lane = Vec::new();
        // A step back, or within a column, pulls nothing and needs no lane.
        if from < to {
            let mut last = step.from;
            let passed: Vec<usize> = used.iter().copied().filter(|column| from < *column && *column < to).collect();
            let room = passed.iter().all(|column| taken[*column] < MOST_LANES);
            for column in passed.into_iter().filter(|_| room) {
                taken[column] += 1;
                let order = (false, step.fate as usize, picture.spots.len() + number);
                items.push(Item { column, height: LANE, order, before: vec![last], beside: Vec::new() });
                last = items.len() - 1;
                lane.push(last);
            }
            items[step.to].before.push(last);
        } else if from == to {
            items[step.to].beside.push(step.from);
        }
        lanes.push(lane);
    }
    lanes
}

/// The lower edge of a column whose places stand close.
fn natural_height(column: &[usize], frames: &[Frame]) -> i32 {
    column.iter().fold(TOP, |y, at| y + frames[*at].height + APART) - APART
}

/// Moves places up that hang below the picture, as far as they must.
fn pull_up(column: &[usize], frames: &mut [Frame], bottom: i32) {
    let mut limit = bottom;
    for at in column.iter().rev() {
        let frame = &mut frames[*at];
        frame.y = frame.y.min(limit - frame.height);
        limit = frame.y - APART;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{
        super::spot::{Fate, Spot, Step},
        *,
    };

    fn spot(column: usize, note: Option<&str>) -> Spot {
        Spot {
            key: String::new(),
            column,
            kind: "mailbox",
            label: String::new(),
            fate: Fate::Fine,
            note: note.map(str::to_owned),
            does_not_come: None,
            members: Vec::new(),
            nodes: BTreeSet::new(),
            many: false,
            categories: BTreeSet::new(),
        }
    }

    fn step(from: usize, to: usize) -> Step {
        Step { from, to, fate: Fate::Fine, obstacle: None, categories: BTreeSet::new() }
    }

    /// Notices that lead to everything, over every column, and a loop.
    fn picture() -> Picture {
        let spots: Vec<Spot> =
            (0..60).map(|number| spot(number % COLUMNS.len(), (number % 3 == 0).then_some("note"))).collect();
        let steps = (0..60).flat_map(|from| [step(from, (from * 7 + 1) % 60), step(from, (from + 1) % 60)]).collect();
        Picture { spots, steps }
    }

    #[test]
    fn no_two_places_or_lanes_of_a_column_touch_and_all_are_within_the_picture() {
        let laid = layout(&picture());
        let mut all: Vec<Frame> = laid.frames.iter().copied().chain(laid.lanes.iter().flatten().copied()).collect();
        all.sort_by_key(|frame| (frame.x, frame.y));
        for pair in all.windows(2).filter(|pair| pair[0].x == pair[1].x) {
            assert!(pair[0].y + pair[0].height < pair[1].y, "{pair:?}");
        }
        for frame in &all {
            assert!(frame.y >= TOP - APART && frame.y + frame.height < laid.height, "{frame:?} {}", laid.height);
            assert!(frame.x >= 0 && frame.x + WIDTH < laid.width, "{frame:?}");
        }
    }

    #[test]
    fn a_step_over_three_columns_has_two_lanes_if_both_are_used() {
        let spots = vec![spot(0, None), spot(1, None), spot(3, None), spot(6, None)];
        let laid = layout(&Picture { spots, steps: vec![step(0, 3), step(0, 1), step(1, 2)] });
        assert_eq!(laid.lanes.iter().map(Vec::len).collect::<Vec<_>>(), [2, 0, 0]);
        assert_eq!(laid.headings.len(), 4, "columns that nothing stands in are left out");
    }

    #[test]
    fn equal_pictures_are_laid_out_equally() {
        assert_eq!(layout(&picture()).frames, layout(&picture()).frames);
    }
}
