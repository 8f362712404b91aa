//! Input as a recipe: what to take, and what to do to it.
//!
//! Invariant: a recipe that has come to its end goes on with zeros, so that a short input is a small deed.

/// See the module.
pub struct Recipe<'d>(&'d [u8]);

impl<'d> Recipe<'d> {
    pub fn new(data: &'d [u8]) -> Self {
        Self(data)
    }

    pub fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    pub fn number(&mut self) -> u32 {
        u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let number = if end <= 256 {
            usize::from(self.byte())
        } else {
            usize::from(self.byte()) << 8 | usize::from(self.byte())
        };
        number.checked_rem(end).unwrap_or_default()
    }

    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        let at = self.below(from.len());
        &from[at]
    }

    /// True in so many of 256 cases.
    pub fn happens(&mut self, cases: u8) -> bool {
        // Zeros, and so the end of a recipe, do nothing.
        self.byte() > u8::MAX - cases
    }

    /// Up to `most` bytes, as many as the next byte says.
    pub fn bytes(&mut self, most: usize) -> &'d [u8] {
        let length = usize::from(self.byte()).min(most).min(self.0.len());
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    pub fn text(&mut self, most: usize) -> String {
        String::from_utf8_lossy(self.bytes(most)).into_owned()
    }

    /// Everything that is left.
    pub fn rest(&mut self) -> &'d [u8] {
        std::mem::take(&mut self.0)
    }
}
