//! One line for each finding of a check, for people and for machines.

use std::fmt;

use serde::Serialize;

use crate::model::mapping::column_letters;
use crate::model::outcome::Finding;
use crate::model::rules::Level;

/// A finding, and where it stands.
#[derive(Clone, Debug, Serialize)]
pub struct FindingLine<'a> {
    /// The file as the person named it.
    pub file: &'a str,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<&'a str>,
    /// Row number as Excel shows it.
    pub row: u64,
    /// The cell as Excel names it, where one is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The field that the cell is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// `error` or `warning`.
    pub level: &'static str,
    /// Which check.
    pub code: &'static str,
    /// What is wrong, in words.
    pub text: &'a str,
}

impl<'a> FindingLine<'a> {
    /// The line of a finding.
    #[must_use]
    pub fn new(
        file: &'a str,
        sheet: Option<&'a str>,
        row: u64,
        level: Level,
        finding: &'a Finding,
    ) -> Self {
        Self {
            file,
            sheet,
            row,
            cell: finding.column.map(|column| format!("{}{row}", column_letters(column))),
            field: finding.field.map(|field| field.name),
            level: if level == Level::Error { "error" } else { "warning" },
            code: finding.code.as_str(),
            text: &finding.text,
        }
    }
}

impl FindingLine<'_> {
    /// The line without file, sheet and code, which stand elsewhere.
    pub(super) fn in_file(&self) -> String {
        format!("{}: {}", self.place(), self.text)
    }

    fn place(&self) -> String {
        let cell = self.cell.clone().unwrap_or_else(|| format!("row {}", self.row));
        match self.field {
            Some(field) => format!("{cell} {field}"),
            None => cell,
        }
    }
}

impl fmt::Display for FindingLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some(sheet) = self.sheet {
            write!(f, "{sheet}!")?;
        }
        write!(f, "{}: {} ({})", self.place(), self.text, self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::code::OwnCode;
    use crate::model::record::CUSTOMER_CONTACT;

    #[test]
    fn cells_are_named_as_excel_names_them() {
        let mut finding = Finding {
            code: OwnCode::EMail,
            column: Some(4),
            field: CUSTOMER_CONTACT.field("E_MAIL"),
            text: "\"j@\" is not an e-mail address".into(),
        };
        let line = FindingLine::new("contacts.xlsx", Some("Sheet1"), 17, Level::Error, &finding);
        assert_eq!(
            line.to_string(),
            "contacts.xlsx:Sheet1!E17 E_MAIL: \"j@\" is not an e-mail address (RP_E_MAIL)"
        );
        finding =
            Finding { code: OwnCode::Columns, column: None, field: None, text: "too short".into() };
        let line = FindingLine::new("a.csv", None, 2, Level::Warning, &finding);
        assert_eq!(line.to_string(), "a.csv:row 2: too short (RP_COLUMNS)");
        let json = serde_json::to_string(&line).expect("JSON");
        assert_eq!(
            json,
            "{\"file\":\"a.csv\",\"row\":2,\"level\":\"warning\",\"code\":\"RP_COLUMNS\",\"text\":\"too short\"}"
        );
    }
}
