//! Which row of a sheet is the header: people put titles and dates above it.

use std::ops::ControlFlow;

use super::header;
use super::origin::Origin;
use super::source::Source;
use crate::model::cells::Cells;
use crate::model::mapping::Mapping;
use crate::model::record::RecordType;

/// Rows that are looked at.
const ROWS: usize = 50;
/// Rows that are shown when none is a header.
const SHOWN_ROWS: usize = 5;
/// Characters of a row that are shown.
const SHOWN_CHARS: usize = 80;

/// Looks for the header row, from the first row on.
pub(super) struct HeaderSearch<'a> {
    wanted: Option<u64>,
    mapping: &'a Mapping,
    record: &'static RecordType,
    /// The first rows that are not blank, with their numbers.
    seen: Vec<(u64, Vec<String>)>,
    found: Option<(u64, Vec<String>)>,
}

impl<'a> HeaderSearch<'a> {
    /// A search for the row with this number, or for the first that names all keys.
    pub(super) fn new(
        wanted: Option<u64>,
        mapping: &'a Mapping,
        record: &'static RecordType,
    ) -> Self {
        Self { wanted, mapping, record, seen: Vec::new(), found: None }
    }

    /// Looks at the next row; breaks off when nothing more is to be seen.
    pub(super) fn look(&mut self, number: u64, cells: &Cells) -> ControlFlow<()> {
        let is_header = match self.wanted {
            Some(wanted) if number < wanted => return ControlFlow::Continue(()),
            Some(wanted) if number > wanted => return ControlFlow::Break(()),
            _ if cells.is_blank() => return ControlFlow::Continue(()),
            Some(_) => true,
            None => header::names_keys(&headers_of(cells), self.mapping, self.record),
        };
        let row = (number, headers_of(cells));
        if is_header {
            self.found = Some(row);
            return ControlFlow::Break(());
        }
        self.seen.push(row);
        if self.seen.len() < ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    /// Whether a row was met that is beyond doubt the header.
    pub(super) fn has_found(&self) -> bool {
        self.found.is_some()
    }

    /// The header row and its number. Where no row names all keys, the one that names most
    /// fields is taken for it, so that what is wrong with it can be told.
    ///
    /// # Errors
    /// No row can be meant; the text shows the first ones, and says what to do.
    pub(super) fn found(mut self) -> Result<(u64, Vec<String>), String> {
        if let Some(found) = self.found {
            return Ok(found);
        }
        if let Some(wanted) = self.wanted {
            return Err(format!("row {wanted}, which --header-row names, is blank"));
        }
        if self.seen.is_empty() {
            return Err("has no row; it needs a header row and rows below it".into());
        }
        let named = |row: &[String]| header::count_named(row, self.mapping, self.record);
        let named: Vec<usize> = self.seen.iter().map(|(_, row)| named(row)).collect();
        let most = named.iter().copied().max().unwrap_or(0);
        match named.iter().position(|count| *count == most) {
            Some(position) if most > 0 => Ok(self.seen.swap_remove(position)),
            _ => Err(self.no_header()),
        }
    }

    fn no_header(&self) -> String {
        let keys: Vec<&str> = self.record.keys().map(|key| key.name).collect();
        let rows = self.seen.iter().take(SHOWN_ROWS).map(|(number, row)| {
            let row = row.join(" | ");
            let cut = if row.chars().nth(SHOWN_CHARS).is_some() { "…" } else { "" };
            format!("\n  row {number}: {}{cut}", row.chars().take(SHOWN_CHARS).collect::<String>())
        });
        format!(
            "no row names the columns {}; say which row is the header with --header-row N, and what a column \
             is with --map COLUMN=FIELD. The first rows:{}",
            keys.join(" and "),
            rows.collect::<String>()
        )
    }
}

/// The headers of a row: as they stand, but for outer spaces.
pub(super) fn headers_of(cells: &Cells) -> Vec<String> {
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Where another sheet that people see has the header that is missing: what to say for it.
pub(super) fn elsewhere(
    source: &Source,
    origin: &Origin,
    mapping: &Mapping,
    record: &'static RecordType,
) -> String {
    let has_header = |name: &str| {
        let mut search = HeaderSearch::new(None, mapping, record);
        let read = source.rows(Some(name), &mut |number, cells| search.look(number, cells));
        read.is_ok() && search.has_found()
    };
    let mut others = origin.other_sheets.iter().filter(|other| !other.is_hidden);
    let found = others.find(|other| has_header(&other.name));
    found.map_or_else(String::new, |other| {
        format!("\nSheet \"{0}\" has them: give --sheet \"{0}\"", other.name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::CUSTOMER_CONTACT;

    fn search(wanted: Option<u64>, rows: &[(u64, &str)]) -> Result<u64, String> {
        let mapping = Mapping::default();
        let mut search = HeaderSearch::new(wanted, &mapping, &CUSTOMER_CONTACT);
        for (number, row) in rows {
            let mut cells = Cells::default();
            for cell in row.split(',') {
                cells.push(cell);
            }
            if search.look(*number, &cells).is_break() {
                break;
            }
        }
        search.found().map(|(number, _)| number)
    }

    const SHEET: [(u64, &str); 4] = [
        (1, "Contacts,,"),
        (3, "City list,2026,"),
        (4, ",,"),
        (6, ",Customer ID,cust-contact,City"),
    ];

    #[test]
    fn titles_above_the_header_are_passed_over() {
        assert_eq!(search(None, &SHEET), Ok(6));
        assert_eq!(search(Some(3), &SHEET), Ok(3));
    }

    #[test]
    fn a_row_that_comes_near_is_taken_so_that_its_faults_are_told() {
        assert_eq!(search(None, &[(1, "Title"), (2, "CUSTOMER_ID,CUST_CONTCT,CITY")]), Ok(2));
    }

    #[test]
    fn without_a_header_the_first_rows_are_shown() {
        let told = search(None, &[(2, "a,b"), (5, "1,2")]).expect_err("no header");
        assert!(told.contains("--header-row N") && told.contains("row 5: 1 | 2"), "{told}");
        assert!(search(Some(4), &SHEET).expect_err("blank").contains("--header-row"));
        assert!(search(None, &[]).expect_err("empty").contains("has no row"));
    }
}
