//! A partial update of one record: its key and only the fields to set.

use super::key::Key;
use super::record::{Field, Role};

/// What is to happen to one field. A field that is not in a patch is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// Store this text.
    Set(&'a str),
    /// Blank the field.
    Clear,
}

impl<'a> Change<'a> {
    /// The value as the endpoint takes it: an empty text blanks a field.
    #[must_use]
    pub fn value(self) -> &'a str {
        match self {
            Self::Set(text) => text,
            Self::Clear => "",
        }
    }
}

/// The key of one record and the changes to make. Knows no file and no network.
#[derive(Clone, Debug, Default)]
pub struct Patch {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    field: &'static Field,
    end: usize,
    clear: bool,
}

impl Patch {
    /// A patch with room for so many fields and bytes of their texts: thousands of rows wait for
    /// their turn, and none is to be larger than it must.
    #[must_use]
    pub fn with_room(fields: usize, bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), parts: Vec::with_capacity(fields) }
    }

    /// Adds a field; the key fields come first.
    pub fn push(&mut self, field: &'static Field, change: Change<'_>) {
        self.text.push_str(change.value());
        let clear = matches!(change, Change::Clear);
        self.parts.push(Part { field, end: self.text.len(), clear });
    }

    /// Every field with its change, key fields included, in the order in which they were added.
    pub fn fields(&self) -> impl Iterator<Item = (&'static Field, Change<'_>)> {
        let mut start = 0;
        self.parts.iter().map(move |part| {
            let text = &self.text[start..part.end];
            start = part.end;
            (part.field, if part.clear { Change::Clear } else { Change::Set(text) })
        })
    }

    /// The values of the key fields.
    pub fn key_values(&self) -> impl Iterator<Item = &str> {
        self.fields().filter(|(field, _)| field.role == Role::Key).map(|(_, change)| change.value())
    }

    /// The key, folded for comparison.
    #[must_use]
    pub fn key(&self) -> Key {
        Key::fold(self.key_values())
    }

    /// Bytes of memory for its texts and parts, about.
    #[must_use]
    pub fn size(&self) -> usize {
        self.text.len() + self.parts.len() * size_of::<Part>()
    }
}
