//! Whatever stands in the cells, it is sent as it stands: random grids as CSV and as workbooks.

use std::ops::ControlFlow;
use std::path::Path;

use proptest::prelude::*;
use rowpatch::checks::Rules;
use rowpatch::model::mapping::{Mapping, SheetChoice};
use rowpatch::model::patch::Change;
use rowpatch::model::record::CUSTOMER_CONTACT;
use rowpatch::model::rules::SiteRules;
use rowpatch::sheet::{Source, Table};

const HEADER: [&str; 5] = ["CUSTOMER_ID", "CUST_CONTACT", "CITY", "TITLE", "NOTES"];

type Grid = Vec<[String; 5]>;
/// What would be sent for a row: its number, and each field with its value.
type Sent = Vec<(u64, Vec<(String, String)>)>;

/// A cell: nothing, words, signs that matter to one of the formats, or anything that can be typed.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[A-Za-z0-9 .,;|\"'=+@#<>_-]{0,12}",
        "[ \\t]{1,3}",
        "(line|,|;|\"|\n| ){1,6}",
        "_x[0-9A-F]{4}_",
        "0[0-9]{4,14}",
        "[\u{a0}-\u{24f}\u{400}-\u{45f}\u{4e00}-\u{4e40}\u{1f600}-\u{1f610}]{1,8}",
    ]
}

fn grid() -> impl Strategy<Value = Grid> {
    prop::collection::vec([cell(), cell(), cell(), cell(), cell()], 1..8)
}

fn as_csv(grid: &Grid, delimiter: u8, path: &Path) {
    let mut out = csv::WriterBuilder::new().delimiter(delimiter).from_path(path).expect("a file");
    out.write_record(HEADER).expect("written");
    for row in grid {
        out.write_record(row).expect("written");
    }
    out.flush().expect("written");
}

fn as_xlsx(grid: &Grid, path: &Path) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let rows = std::iter::once(HEADER.map(str::to_owned)).chain(grid.iter().cloned());
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(cells) {
            sheet.write_string(row, column, text).expect("written");
        }
    }
    book.save(path).expect("saved");
}

fn sent(path: &Path) -> Sent {
    let source = Source::open(path, None).expect("a file");
    let choice = SheetChoice::default();
    let table =
        Table::open(source, &choice, &Mapping::default(), &CUSTOMER_CONTACT).expect("a table");
    let site = SiteRules::with_mark("<clear>");
    let rules = Rules::new(table.layout(), &site);
    let mut sent = Vec::new();
    table
        .read(&mut |batch| {
            for row in batch.rows() {
                assert_eq!(row.faults, []);
                let update = rules.patch(row);
                let fields = update.fields().map(|(field, change)| {
                    assert_ne!(change, Change::Clear);
                    (field.name.to_owned(), change.value().to_owned())
                });
                sent.push((row.place.number, fields.collect()));
            }
            ControlFlow::Continue(())
        })
        .expect("readable");
    sent
}

/// What must be sent: each cell without the white space around it, blank ones and blank rows left out.
fn expected(grid: &Grid) -> Sent {
    let is_key = |name: &str| HEADER[..2].contains(&name);
    let rows = (2..).zip(grid).filter(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()));
    rows.map(|(number, row)| {
        let cells = HEADER.iter().zip(row).map(|(name, cell)| (*name, cell.trim()));
        let kept = cells.filter(|(name, cell)| is_key(name) || !cell.is_empty());
        let fields = kept.map(|(name, cell)| (name.to_owned(), cell.to_owned()));
        // Fields are sent in the order of the record type.
        let mut fields: Vec<_> = fields.collect();
        fields.sort_by_key(|(name, _)| {
            CUSTOMER_CONTACT.fields.iter().position(|field| field.name == name)
        });
        (number, fields)
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_cell_is_sent_as_it_stands(grid in grid(), delimiter in prop::sample::select(b",;\t|".to_vec())) {
        let folder = tempfile::tempdir().expect("a folder");
        let (csv, xlsx) = (folder.path().join("g.csv"), folder.path().join("g.xlsx"));
        as_csv(&grid, delimiter, &csv);
        as_xlsx(&grid, &xlsx);
        let expected = expected(&grid);
        prop_assert_eq!(&sent(&csv), &expected);
        prop_assert_eq!(&sent(&xlsx), &expected);
    }
}
