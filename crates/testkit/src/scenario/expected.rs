//! What was expected, line by line, against what came: placeholders, and the difference in words.
//!
//! `<hash>`, `<id>` and `<time>` stand for what has that shape. A name in it, as `<hash asked>`, stands for one and the same value wherever
//! it is written, and two names for two values. A line `...` stands for any lines.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// Values by the names that scenarios give them.
#[derive(Clone, Debug)]
pub struct Names {
    values: BTreeMap<String, String>,
    /// Ids that are the same each time.
    ids: BTreeSet<String>,
}

/// Part of an expected line.
enum Piece<'l> {
    Plain(&'l str),
    Hash(Option<&'l str>),
    Id,
    Time,
}

/// Digits of a hash.
const HASH: usize = 32;

/// Characters of an id.
const ID: usize = 36;

/// The names of hashes that a line mentions.
pub fn mentioned(line: &str) -> Vec<&str> {
    let named = pieces(line).into_iter().filter_map(|piece| match piece {
        Piece::Hash(name) => name,
        Piece::Plain(_) | Piece::Id | Piece::Time => None,
    });
    named.collect()
}

fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = line;
    let mut from = 0;
    while let Some(open) = rest[from..].find('<').map(|at| at + from) {
        let Some(close) = rest[open..].find('>').map(|at| at + open) else { break };
        let piece = match &rest[open + 1..close] {
            "id" => Piece::Id,
            "time" => Piece::Time,
            "hash" => Piece::Hash(None),
            inner => match inner.strip_prefix("hash ") {
                Some(name) if !name.trim().is_empty() => Piece::Hash(Some(name)),
                _ => {
                    from = open + 1;
                    continue;
                }
            },
        };
        pieces.extend([Piece::Plain(&rest[..open]), piece]);
        rest = &rest[close + 1..];
        from = 0;
    }
    pieces.push(Piece::Plain(rest));
    pieces
}

/// The hash that a text begins with.
fn hash(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_hexdigit() || c.is_ascii_uppercase()).unwrap_or(text.len());
    (end == HASH).then(|| &text[..end])
}

/// The id that a text begins with.
fn id(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_hexdigit() && c != '-').unwrap_or(text.len());
    (end == ID && uuid::Uuid::try_parse(&text[..end]).is_ok()).then(|| &text[..end])
}

/// The time that a text begins with, in UTC.
fn time(text: &str) -> Option<&str> {
    let end = text.find('Z')? + 1;
    let shaped = text[..end].chars().all(|c| c.is_ascii_digit() || "-:.TZ".contains(c));
    (shaped && text[..end].parse::<jiff::Timestamp>().is_ok()).then(|| &text[..end])
}

impl Names {
    /// No names yet. `ids` are the same each time, and need no placeholder.
    pub fn beside(ids: BTreeSet<String>) -> Self {
        Self { values: BTreeMap::new(), ids }
    }

    /// Whether a line is the expected one. What its names stand for is known from then on.
    fn take(&mut self, expected: &str, line: &str) -> bool {
        let mut names = self.values.clone();
        let mut rest = line;
        for piece in pieces(expected) {
            let found = match piece {
                Piece::Plain(plain) => rest.starts_with(plain).then_some(plain.len()),
                Piece::Id => id(rest).map(str::len),
                Piece::Time => time(rest).map(str::len),
                Piece::Hash(None) => hash(rest).map(str::len),
                Piece::Hash(Some(name)) => hash(rest)
                    .filter(|found| {
                        let other = names.iter().any(|(other, value)| other != name && value == found);
                        !other && names.entry(name.to_owned()).or_insert_with(|| (*found).to_owned()) == found
                    })
                    .map(str::len),
            };
            match found {
                Some(length) => rest = &rest[length..],
                None => return false,
            }
        }
        if rest.is_empty() {
            self.values = names;
        }
        rest.is_empty()
    }

    fn would_take(&self, expected: &str, line: &str) -> bool {
        self.clone().take(expected, line)
    }

    /// A line with the values in place of their names.
    pub fn filled(&self, line: &str) -> Result<String, String> {
        let mut filled = line.to_owned();
        for name in mentioned(line) {
            let value = self.values.get(name).ok_or_else(|| {
                format!("`<hash {name}>` is not known here: no block before it has a line with that name for its hash")
            })?;
            filled = filled.replace(&format!("<hash {name}>"), value);
        }
        Ok(filled)
    }

    /// A line as it is to be expected: what is another one each time is a placeholder, by its name where it has one.
    fn told(&self, line: &str) -> String {
        let mut told = String::new();
        let mut rest = line;
        let mut word = false;
        while let Some(next) = rest.chars().next() {
            let unknown = |id: &&str| !self.ids.contains(*id);
            let found =
                if word { None } else { hash(rest).or_else(|| id(rest).filter(unknown)).or_else(|| time(rest)) };
            let Some(found) = found else {
                word = next.is_alphanumeric();
                told.push(next);
                rest = &rest[next.len_utf8()..];
                continue;
            };
            let name = self.values.iter().find(|(_, value)| *value == found).map(|(name, _)| name);
            let stands = match (name, found.len()) {
                (Some(name), _) => format!("<hash {name}>"),
                (None, HASH) => "<hash>".to_owned(),
                (None, ID) => "<id>".to_owned(),
                (None, _) => "<time>".to_owned(),
            };
            told.push_str(&stands);
            rest = &rest[found.len()..];
        }
        told
    }
}

/// How what was expected and what came go together.
pub struct Compared {
    /// Pairs of places, in order: a line that is expected and one that came, or one of them alone.
    rows: Vec<Row>,
    equal: bool,
}

/// Places among what is expected and among what came.
type Row = (Option<usize>, Option<usize>);

/// The pairs, if everything is as expected: what stands between two `...` comes in one piece, and in this order.
fn as_expected(expected: &[String], came: &[String], names: &mut Names) -> Option<Vec<Row>> {
    let pieces: Vec<&[String]> = expected.split(|line| line == LEFT_OUT).collect();
    let (mut rows, mut e, mut c) = (Vec::new(), 0, 0);
    for (index, piece) in pieces.iter().enumerate() {
        let last = came.len().checked_sub(piece.len())?;
        // The first piece begins where everything begins, and the last ends where everything ends.
        let from = if index + 1 == pieces.len() { last.max(c) } else { c };
        let to = if index == 0 { 0 } else { last };
        let found = (from..=to).find(|from| {
            let mut tried = names.clone();
            let fits = piece.iter().zip(&came[*from..]).all(|(line, other)| tried.take(line, other));
            if fits {
                *names = tried;
            }
            fits
        })?;
        rows.extend((c..found).map(|left_out| (None, Some(left_out))));
        rows.extend((0..piece.len()).map(|line| (Some(e + line), Some(found + line))));
        (e, c) = (e + piece.len() + 1, found + piece.len());
    }
    (c == came.len()).then_some(rows)
}

/// The pairs that leave the fewest lines alone.
fn likest(expected: &[String], came: &[String], names: &mut Names) -> Vec<Row> {
    // Lengths of the longest common part from each pair of places on.
    let mut longest = vec![vec![0_usize; came.len() + 1]; expected.len() + 1];
    for (e, line) in expected.iter().enumerate().rev() {
        for (c, other) in came.iter().enumerate().rev() {
            longest[e][c] = if names.would_take(line, other) {
                longest[e + 1][c + 1] + 1
            } else {
                longest[e + 1][c].max(longest[e][c + 1])
            };
        }
    }
    let (mut e, mut c, mut rows) = (0, 0, Vec::new());
    while e < expected.len() || c < came.len() {
        // A name that an earlier line has given a value may tell apart now what looked alike.
        if e < expected.len() && c < came.len() && names.take(&expected[e], &came[c]) {
            rows.push((Some(e), Some(c)));
            (e, c) = (e + 1, c + 1);
        } else if c == came.len() || e < expected.len() && longest[e + 1][c] >= longest[e][c + 1] {
            rows.push((Some(e), None));
            e += 1;
        } else {
            rows.push((None, Some(c)));
            c += 1;
        }
    }
    rows
}

impl Compared {
    /// Compares. What the names in lines that go together stand for is known from then on.
    pub fn new(expected: &[String], came: &[String], names: &mut Names) -> Self {
        let mut tried = names.clone();
        if let Some(rows) = as_expected(expected, came, &mut tried) {
            *names = tried;
            return Self { rows, equal: true };
        }
        Self { rows: likest(expected, came, names), equal: false }
    }

    /// Whether everything is as expected.
    pub fn is_equal(&self) -> bool {
        self.equal
    }

    /// The rows, with whether each is as expected. Where a stretch of lines that do not go together has nothing to it but lines
    /// that are left out, it is.
    fn judged<'r>(&'r self, expected: &'r [String]) -> impl Iterator<Item = (Row, bool)> + 'r {
        let alone = |(e, c): &Row| e.is_none() || c.is_none();
        self.rows.chunk_by(move |one, other| alone(one) == alone(other)).flat_map(move |stretch| {
            let mut lines = stretch.iter().filter_map(|(e, _)| *e).map(|e| &expected[e]);
            let left_out = alone(&stretch[0]) && lines.clone().count() > 0 && lines.all(|line| line == LEFT_OUT);
            stretch.iter().map(move |row| (*row, !alone(row) || left_out))
        })
    }

    /// The first line that is not as expected, and the difference. `first` is the line of the file where what is expected begins.
    pub fn difference(&self, expected: &[String], came: &[String], names: &Names, first: usize) -> (usize, String) {
        let rows: Vec<(Row, bool)> = self.judged(expected).collect();
        let (mut at, mut line) = (None, first);
        let (mut text, mut shown) = (String::new(), false);
        for (place, ((e, c), good)) in rows.iter().enumerate() {
            let around = &rows[place.saturating_sub(CONTEXT)..rows.len().min(place + CONTEXT + 1)];
            let near = around.iter().any(|(_, good)| !good);
            if near && !text.is_empty() && !shown {
                text.push_str("\n       ⋮");
            }
            shown = near;
            // Writing to a text cannot fail.
            let _ = match (e, c) {
                (Some(e), _) if *good && near => write!(text, "\n  {:>4}   {}", first + e, expected[*e]),
                (Some(e), _) if !good => write!(text, "\n  {:>4} - {}", first + e, expected[*e]),
                (None, Some(c)) if !good => write!(text, "\n       + {}", names.told(&came[*c])),
                _ => Ok(()),
            };
            if !good {
                at = at.or(Some(line));
            }
            line = e.map_or(line, |e| first + e + 1);
        }
        (at.unwrap_or(first), text)
    }

    /// What is to be expected from now on: what came, with the names and placeholders that are expected already. What is left out
    /// stays so, unless something there was expected and did not come.
    pub fn anew(&self, expected: &[String], came: &[String], names: &Names) -> Vec<String> {
        let lines = self.judged(expected).filter_map(|((e, c), good)| match (e, c) {
            (Some(e), _) if good => Some(expected[e].clone()),
            (_, Some(c)) if !good => Some(names.told(&came[c])),
            _ => None,
        });
        lines.collect()
    }
}

/// Stands for any lines.
pub const LEFT_OUT: &str = "...";

/// Lines that are shown around a difference.
const CONTEXT: usize = 2;
