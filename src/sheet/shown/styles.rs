//! The number formats of a workbook, by the style of a cell.

use std::collections::HashMap;

use calamine::Style;

use super::number_format::Format;

/// The format of each style. Many styles differ in colour alone: each format is parsed once.
#[derive(Debug)]
pub(in crate::sheet) struct Formats {
    formats: Vec<Format>,
    by_style: Vec<usize>,
}

impl Formats {
    /// The formats of these styles.
    pub(in crate::sheet) fn new(styles: &[Style], is_1904: bool) -> Self {
        let mut formats = vec![Format::General];
        let mut known = HashMap::new();
        let by_style = styles.iter().map(|style| {
            let Some(number_format) = &style.number_format else { return 0 };
            let (id, code) = (number_format.format_id, number_format.format_code.as_str());
            *known.entry((id, code)).or_insert_with(|| {
                formats.push(Format::of(id, code, is_1904));
                formats.len() - 1
            })
        });
        let by_style = by_style.collect();
        Self { formats, by_style }
    }

    /// The format of a style; General for one that there is not.
    pub(in crate::sheet) fn get(&self, style: usize) -> &Format {
        let position = self.by_style.get(style).copied().unwrap_or(0);
        &self.formats[position]
    }
}
