//! Where the picture's places stand: columns from left to right, and in each the places near to what leads to them.
//!
//! All lengths are in user units of the picture, which are CSS pixels at its natural size.

use super::model::{COLUMNS, Picture};

/// Width of a place: a sign-in name of ordinary length fits.
pub(super) const WIDTH: i32 = 184;
/// Height of a place with two lines, and with three.
const HEIGHT: [i32; 2] = [42, 58];
/// Between two columns: room for a curve to be followed.
const BETWEEN: i32 = 56;
/// Between two places of a column.
const APART: i32 = 12;
/// Above the first place: the headings.
const TOP: i32 = 40;
/// Around the picture: room for the ring of a focused place.
const MARGIN: i32 = 8;

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
    /// Headings that are used, and their left edges.
    pub(super) headings: Vec<(&'static str, i32)>,
    /// Width of the whole.
    pub(super) width: i32,
    /// Height of the whole.
    pub(super) height: i32,
}

/// Lays a picture out. Equal pictures are laid out equally.
pub(super) fn layout(picture: &Picture) -> Layout {
    let mut frames: Vec<Frame> = picture
        .spots
        .iter()
        .map(|spot| Frame { x: 0, y: 0, height: HEIGHT[usize::from(spot.note.is_some())] })
        .collect();
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); picture.spots.len()];
    for step in &picture.steps {
        // A step back, or within a column, pulls nothing.
        if picture.spots[step.from].column < picture.spots[step.to].column {
            before[step.to].push(step.from);
        }
    }
    let (mut x, mut headings, mut bottom) = (MARGIN, Vec::new(), TOP);
    for (column, heading) in COLUMNS.iter().enumerate() {
        let mut of_column: Vec<usize> =
            (0..picture.spots.len()).filter(|at| picture.spots[*at].column == column).collect();
        if of_column.is_empty() {
            continue;
        }
        let wanted = |at: usize, frames: &[Frame]| {
            let from = &before[at];
            let count = i32::try_from(from.len()).unwrap_or(i32::MAX).max(1);
            from.iter().map(|from| frames[*from].middle()).sum::<i32>() / count
        };
        // What fares badly stands above; then what the column before says; what is many stands below its like.
        if column == 0 {
            of_column.sort_by_key(|at| (picture.spots[*at].fate, *at));
        } else {
            of_column.sort_by_key(|at| (wanted(*at, &frames), picture.spots[*at].many, picture.spots[*at].fate, *at));
        }
        let mut free = TOP;
        for at in &of_column {
            let height = frames[*at].height;
            let y = if column == 0 { free } else { free.max(wanted(*at, &frames) - height / 2) };
            frames[*at] = Frame { x, y, height };
            free = y + height + APART;
        }
        let lowest = bottom.max(natural_height(&of_column, &frames));
        pull_up(&of_column, &mut frames, lowest);
        bottom = bottom.max(of_column.last().map_or(TOP, |at| frames[*at].y + frames[*at].height));
        headings.push((*heading, x));
        x += WIDTH + BETWEEN;
    }
    Layout { frames, headings, width: (x - BETWEEN + MARGIN).max(WIDTH), height: bottom + MARGIN }
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
