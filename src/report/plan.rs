//! What a plan tells on a screen: the first changes as a table, and counts.

use std::collections::BTreeMap;

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, Color, ContentArrangement, Row, Table};

use super::changes::ChangeLine;
use super::escape;
use super::summary::{push, push_codes};
use crate::model::counted::{counted, grouped};
use crate::model::record::{Field, RecordType};
use crate::model::tally::Tally;

/// Changes that are shown one by one.
const MOST_SHOWN: usize = 50;
/// Characters of a value that can be of any use on a screen.
const MOST_OF_A_VALUE: usize = 500;
/// What is shown where the endpoint does not show a value.
const NOT_SHOWN: &str = "(not shown)";
/// What is shown for a blank value.
const BLANK: &str = "(blank)";

/// What the changes are shown on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Characters of a line.
    pub width: u16,
    /// Whether it knows colours, and they are wanted.
    pub is_coloured: bool,
}

/// The changes of a plan, of which the first are kept.
#[derive(Debug)]
pub struct PlannedChanges {
    record: &'static RecordType,
    before: &'static str,
    first: Vec<Vec<String>>,
    by_field: BTreeMap<usize, u64>,
    not_comparable: u64,
}

impl PlannedChanges {
    /// No change yet of what the records hold now.
    #[must_use]
    pub fn new(record: &'static RecordType) -> Self {
        let (first, by_field) = (Vec::new(), BTreeMap::new());
        Self { record, before: "Now", first, by_field, not_comparable: 0 }
    }

    /// No change yet of a list that says what the records held when it was written; what they hold now is not known.
    #[must_use]
    pub fn of_list(record: &'static RecordType) -> Self {
        Self { before: "Expected", ..Self::new(record) }
    }

    /// Adds the next change.
    pub fn add(&mut self, line: &ChangeLine<'_>) {
        let position = self.record.fields.iter().position(|field| field.name == line.field);
        *self.by_field.entry(position.unwrap_or(usize::MAX)).or_default() += 1;
        self.not_comparable += u64::from(line.before.is_none());
        if self.first.len() < MOST_SHOWN {
            let rest = [line.field, line.before.unwrap_or(NOT_SHOWN), line.after];
            let shown = |text: &&str| match *text {
                "" => BLANK.to_owned(),
                text => {
                    escape(&text.chars().take(MOST_OF_A_VALUE).collect::<String>()).into_owned()
                }
            };
            self.first.push(line.key.iter().chain(&rest).map(shown).collect());
        }
    }

    /// Changes in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.by_field.values().sum()
    }

    /// The first changes as a table, one line each; texts that are too long for the screen are cut.
    #[must_use]
    pub fn table(&self, screen: Screen) -> String {
        if self.first.is_empty() {
            return String::new();
        }
        let mut table = Table::new();
        table
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_truncation_indicator("…")
            .set_width(screen.width);
        if screen.is_coloured {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let titles = self.record.keys().map(|key| key.label).chain(["Field", self.before, "New"]);
        let title = |text| Cell::new(text).add_attribute(Attribute::Bold);
        table.set_header(one_line(titles.map(title).collect()));
        for texts in &self.first {
            let last = texts.len() - 1;
            let cell = |(position, text): (usize, &String)| match last - position {
                0 => Cell::new(text).fg(Color::Green),
                1 => Cell::new(text).fg(Color::Red),
                _ => Cell::new(text),
            };
            table.add_row(one_line(texts.iter().enumerate().map(cell).collect()));
        }
        let mut text: String =
            table.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        let more = self.total() - self.first.len() as u64;
        if more > 0 {
            push(&mut text, format_args!("… and {}", counted(more, "more change")));
        }
        text
    }

    /// Counts of the rows, of the reasons that stand in their way, and of the changes by field.
    #[must_use]
    pub fn counts(&self, rows: &[(&str, u64)], tally: &Tally) -> String {
        let mut text = String::new();
        for (word, rows) in rows.iter().filter(|(_, rows)| *rows > 0) {
            push(&mut text, format_args!("{:>12}  {word}", grouped(*rows)));
        }
        push_codes(&mut text, tally);
        for (position, count) in &self.by_field {
            let name = self.record.fields.get(*position).map_or("", |field: &Field| field.name);
            let changes = if *count == 1 { "change" } else { "changes" };
            push(&mut text, format_args!("{:>12}  {changes} of {name}", grouped(*count)));
        }
        if self.not_comparable > 0 {
            let count = counted(self.not_comparable, "change");
            push(
                &mut text,
                format_args!(
                    "{count} of fields that the endpoint does not show, so that nobody knows what they hold"
                ),
            );
        }
        text
    }
}

fn one_line(cells: Vec<Cell>) -> Row {
    let mut row = Row::from(cells);
    row.max_height(1);
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::CUSTOMER_CONTACT;

    fn changes(count: usize, after: &str) -> PlannedChanges {
        let mut changes = PlannedChanges::new(&CUSTOMER_CONTACT);
        for row in 0..count {
            let before = (row > 0).then_some("Rome\n");
            let key = &["ABC", "J"];
            changes.add(&ChangeLine { row: row as u64, key, field: "CITY", before, after });
        }
        changes
    }

    #[test]
    fn changes_are_shown_a_line_each_and_cut_to_the_screen() {
        let screen = Screen { width: 60, is_coloured: false };
        let text = changes(52, &"long ".repeat(60)).table(screen);
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
        assert_eq!(text.lines().count(), 52);
        assert!(text.lines().nth(1).is_some_and(|line| line.contains("(not shown)")), "{text}");
        assert!(text.contains("Rome\\n") && text.contains('…'), "{text}");
        assert!(text.ends_with("… and 2 more changes\n"), "{text}");
    }

    #[test]
    fn colours_are_for_screens_that_know_them() {
        let coloured = Screen { width: 60, is_coloured: true };
        assert!(changes(2, "Oslo").table(coloured).contains("\u{1b}["));
        let plain = Screen { is_coloured: false, ..coloured };
        assert!(!changes(2, "Oslo").table(plain).contains('\u{1b}'));
    }
}
