//! The path of a field while a document is walked, and where each field of an object stood.
//!
//! Invariant: a path costs nothing until it is shown; the places of a whole object take 16 bytes a field, so 100,000
//! objects can keep theirs.

use std::fmt;

use super::tree::Place;

/// A path, as a list from the leaf up.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    segment: Segment<'p>,
    hash: u64,
}

#[derive(Clone, Copy)]
enum Segment<'p> {
    Root,
    Field(&'p str),
    Index(usize),
}

/// FNV-1a's offset basis and prime for 64 bits.
const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

fn fnv(hash: u64, bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME))
}

impl<'p> Path<'p> {
    /// The object itself.
    pub const ROOT: Path<'static> = Path { parent: None, segment: Segment::Root, hash: FNV_BASIS };

    pub fn field(&'p self, name: &'p str) -> Path<'p> {
        let dot: &[u8] = if matches!(self.segment, Segment::Root) { b"" } else { b"." };
        let hash = fnv(self.hash, dot.iter().copied().chain(name.bytes()));
        Path { parent: Some(self), segment: Segment::Field(name), hash }
    }

    /// Whether it is the path of an item of a list.
    pub fn is_item(&self) -> bool {
        matches!(self.segment, Segment::Index(_))
    }

    pub fn index(&'p self, index: usize) -> Path<'p> {
        let hash = fnv(self.hash, format!("[{index}]").into_bytes());
        Path { parent: Some(self), segment: Segment::Index(index), hash }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.segment {
            Segment::Root => Ok(()),
            Segment::Field(name) => {
                let dot = if self.parent.is_some_and(|parent| parent.parent.is_some()) { "." } else { "" };
                write!(f, "{dot}{}", super::problem::printable(name))
            }
            Segment::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// Where the fields of one object stood in its file.
#[derive(Clone, Debug, Default)]
pub struct Places(Box<[(u64, Place)]>);

impl Places {
    /// The place of the field at `path` (`spec.alternateEmails.values[0]`), or of the nearest field around it that was
    /// written. `None` where nothing of it was.
    pub fn of(&self, path: &str) -> Option<Place> {
        let mut path = path;
        loop {
            let hash = fnv(FNV_BASIS, path.bytes());
            // 64 bits over a few hundred paths of one object: a collision is out of the question, and would cost a wrong
            // line number.
            if let Ok(index) = self.0.binary_search_by_key(&hash, |(hash, _)| *hash) {
                return self.0.get(index).map(|(_, place)| *place);
            }
            path = path.get(..path.rfind(['.', '['])?)?;
        }
    }
}

/// Collects [`Places`].
#[derive(Default)]
pub(super) struct PlacesBuilder(Vec<(u64, Place)>);

impl PlacesBuilder {
    pub fn add(&mut self, path: &Path<'_>, place: Place) {
        self.0.push((path.hash, place));
    }

    pub fn build(mut self) -> Places {
        self.0.sort_unstable_by_key(|(hash, _)| *hash);
        Places(self.0.into_boxed_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_as_it_is_shown_and_else_by_the_field_around_it() {
        let (spec, place) = (Path::ROOT.field("spec"), |line| Place { line, column: 1 });
        let values = spec.field("values");
        let second = values.index(1);
        let address = second.field("address");
        assert_eq!(address.to_string(), "spec.values[1].address");
        let mut builder = PlacesBuilder::default();
        builder.add(&spec, place(1));
        builder.add(&address, place(4));
        let places = builder.build();
        assert_eq!(places.of("spec.values[1].address"), Some(place(4)));
        assert_eq!(places.of("spec.values[0].address"), Some(place(1)));
        assert_eq!(places.of("status"), None);
    }
}
