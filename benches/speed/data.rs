//! Rows that look like those of a company's contacts, the same in every run.

use std::collections::HashSet;
use std::path::Path;

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// The fields of a row.
pub const HEADER: [&str; 10] = [
    "CUSTOMER_ID",
    "CUST_CONTACT",
    "FIRST_NAME",
    "LAST_NAME",
    "CITY",
    "ZIP_CODE",
    "PHONE_NO",
    "E_MAIL",
    "SOFCT_USER_1",
    "SOFCT_USER_2",
];

/// A row of the contact that `key` numbers; `row` tells its values from those of others.
pub fn fields(key: u32, row: u32) -> [String; 10] {
    let [customer, contact] = key_of(key);
    let [first, last, city] = names(row);
    let zip = format!("{:05}", 501 + row % 99_000);
    let phone = format!("(408) 555-{:04}", row % 10_000);
    [customer, contact, first, last, city, zip, phone, e_mail(row), "A".into(), "B".into()]
}

/// Writes a row for each key, in this order.
pub fn write_csv(path: &Path, keys: impl Iterator<Item = u32>) {
    let written = || -> csv::Result<()> {
        let mut out = csv::Writer::from_path(path)?;
        out.write_record(HEADER)?;
        for (row, key) in (1..).zip(keys) {
            out.write_record(fields(key, row))?;
        }
        Ok(out.flush()?)
    };
    written().expect("there is room in the temporary folder");
}

/// Writes shared texts, masks of zeros and telephone numbers, dates and plain numbers.
pub fn write_xlsx(path: &Path, rows: u32) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    let formats =
        ["00000", "(###) ###-####", "yyyy-mm-dd"].map(|code| Format::new().set_num_format(code));
    let sheet = workbook.add_worksheet();
    for (column, name) in (0..).zip(HEADER) {
        sheet.write_string(0, column, name)?;
    }
    for row in 1..=rows {
        let texts = key_of(row).into_iter().chain(names(row));
        for (column, text) in (0..).zip(texts) {
            sheet.write_string(row, column, text)?;
        }
        let number = f64::from(row);
        let numbers = [501.0 + number % 99_000.0, 2_012_000_000.0 + number * 7.0];
        sheet.write_number_with_format(row, 5, numbers[0], &formats[0])?;
        sheet.write_number_with_format(row, 6, numbers[1], &formats[1])?;
        sheet.write_string(row, 7, e_mail(row))?;
        sheet.write_number_with_format(row, 8, 36_526.0 + number % 9_000.0, &formats[2])?;
        sheet.write_number(row, 9, number * 3.0)?;
    }
    workbook.save(path)
}

/// Bytes that the texts of such a workbook take as they lie in memory, with a `String` for each.
#[expect(clippy::cast_precision_loss, reason = "a figure to subtract from another")]
pub fn shared_texts(rows: u32) -> f64 {
    let of_row = |row| key_of(row).into_iter().chain(names(row)).chain([e_mail(row)]);
    let distinct: HashSet<String> = (1..=rows).flat_map(of_row).collect();
    distinct.iter().map(|text| text.len() + size_of::<String>()).sum::<usize>() as f64
}

fn key_of(key: u32) -> [String; 2] {
    [format!("CUST{key:06}"), format!("CONTACT{}", key % 1_000)]
}

fn names(row: u32) -> [String; 3] {
    let first = ["Ann", "Bob", "Carla", "Dirk", "Eve"][row as usize % 5];
    [first.to_owned(), format!("Last{}", row % 5_000), format!("City{}", row % 500)]
}

fn e_mail(row: u32) -> String {
    format!("user{row}@example.com")
}
