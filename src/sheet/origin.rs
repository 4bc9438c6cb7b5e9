//! Where in a file the rows came from, and what of it is not read.

use std::fmt;

/// Where in the file the rows came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The sheets that were not read.
    pub other_sheets: Vec<OtherSheet>,
}

/// A sheet that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherSheet {
    /// Its name.
    pub name: String,
    /// Whether a person does not see it.
    pub is_hidden: bool,
}

impl fmt::Display for OtherSheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.is_hidden { f.write_str(" (hidden)") } else { Ok(()) }
    }
}
