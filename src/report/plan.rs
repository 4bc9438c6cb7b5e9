//! What a plan tells on a screen: the first changes as a table, and counts.

use std::collections::BTreeMap;

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, Color, ColumnConstraint, ContentArrangement, Row, Table};
use textwrap::core::display_width;

use super::changes::ChangeLine;
use super::escape::written_out;
use super::summary::{push, push_codes};
use crate::model::counted::{counted, grouped};
use crate::model::record::{Field, RecordType};
use crate::model::tally::Tally;

/// Changes that are shown one by one.
const MOST_SHOWN: usize = 50;
/// Characters of a value that can be of any use on a screen.
const MOST_OF_A_VALUE: usize = 500;
/// Blanks beside a cell of the table, on both sides.
const PADDING: usize = 2;
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
    first: Vec<Shown>,
    by_field: BTreeMap<usize, u64>,
    not_comparable: u64,
}

/// A change that is shown.
#[derive(Debug)]
struct Shown {
    /// The key, and the field.
    names: Vec<String>,
    /// What the field holds, and what it is to hold.
    values: [String; 2],
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
            let values = [line.before.unwrap_or(NOT_SHOWN), line.after];
            let values = values.map(|text| if text.is_empty() { BLANK } else { text });
            let name =
                |text: &&str| written_out(&text.chars().take(MOST_OF_A_VALUE).collect::<String>());
            self.first.push(Shown {
                names: line.key.iter().chain([&line.field]).map(name).collect(),
                values: excerpts(values, MOST_OF_A_VALUE / 2),
            });
        }
    }

    /// Changes in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.by_field.values().sum()
    }

    /// The first changes as a table, one line each; values that are too long for the screen are shown from shortly
    /// before the first difference on, and cut.
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
            // Words are not kept together: the first alone would be shown of a line.
            .set_delimiter('\n')
            .set_width(screen.width);
        if screen.is_coloured {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let keys = self.record.keys().map(|key| key.label);
        let titles: Vec<_> = keys.chain(["Field", self.before, "New"]).collect();
        let room = self.room(&titles, screen);
        let title = |text: &&str| Cell::new(text).add_attribute(Attribute::Bold);
        table.set_header(one_line(titles.iter().map(title).collect()));
        for shown in &self.first {
            let [before, after] = shown.fitting(room);
            let names = shown.names.iter().map(Cell::new);
            let values = [Cell::new(before).fg(Color::Red), Cell::new(after).fg(Color::Green)];
            table.add_row(one_line(names.chain(values).collect()));
        }
        if let Some(field) = table.column_mut(titles.len() - 3) {
            field.set_constraint(ColumnConstraint::ContentWidth);
        }
        let mut text: String =
            table.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        let more = self.total() - self.first.len() as u64;
        if more > 0 {
            push(&mut text, format_args!("… and {}", counted(more, "more change")));
        }
        text
    }

    /// How wide a value can be on the screen beside what names it.
    fn room(&self, titles: &[&str], screen: Screen) -> usize {
        let names = titles.iter().take(titles.len() - 2).enumerate().map(|(position, title)| {
            let widths = self.first.iter().map(|shown| display_width(&shown.names[position]));
            widths.max().unwrap_or(0).max(title.len()) + PADDING
        });
        (usize::from(screen.width).saturating_sub(names.sum()) / 2).saturating_sub(PADDING)
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

impl Shown {
    /// The values as they are shown where each has so much room.
    fn fitting(&self, room: usize) -> [String; 2] {
        let whole = self.values.each_ref().map(|text| written_out(text));
        if whole.iter().all(|text| display_width(text) <= room) {
            return whole;
        }
        let [before, after] = &self.values;
        excerpts([before, after], room / 3).map(|text| written_out(&text))
    }
}

/// Two texts from so many characters before the first difference on.
fn excerpts(texts: [&str; 2], lead: usize) -> [String; 2] {
    let [one, other] = texts.map(str::chars);
    let alike = one.zip(other).take_while(|(one, other)| one == other).count();
    let skipped = alike.saturating_sub(lead);
    texts.map(|text| {
        let rest = text.chars().skip(skipped).take(MOST_OF_A_VALUE);
        (skipped > 0).then_some('…').into_iter().chain(rest).collect()
    })
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

    fn table(field: &str, before: &str, after: &str, width: u16) -> String {
        let mut changes = PlannedChanges::new(&CUSTOMER_CONTACT);
        let key = &["100001", "JHERNANDEZ"];
        changes.add(&ChangeLine { row: 2, key, field, before: Some(before), after });
        changes.table(Screen { width, is_coloured: false })
    }

    #[test]
    fn the_field_and_what_differs_are_seen_however_narrow_the_screen_is() {
        let texts = ["Regional account manager east", "Regional account manager west"];
        for width in [60, 80] {
            let text = table("SOFCT_USER_16", texts[0], texts[1], width);
            for part in ["SOFCT_USER_16", "east", "west", "…"] {
                assert!(text.contains(part), "{text}");
            }
            assert!(text.lines().all(|line| line.chars().count() <= width.into()), "{text}");
        }
        let wide = table("TITLE", texts[0], texts[1], 120);
        assert!(texts.iter().all(|whole| wide.contains(whole)), "{wide}");
        let long = "long ".repeat(200);
        let text = table("NOTES", &format!("{long}east"), &format!("{long}west"), 80);
        assert!(text.contains("east") && text.contains("west"), "{text}");
    }

    #[test]
    fn what_is_not_seen_is_written_out() {
        for (after, shown) in [
            ("Bern ", "Bern\\u{20}"),
            (" Bern", "\\u{20}Bern"),
            ("Bern\u{a0}", "Bern\\u{a0}"),
            ("Bern\u{200b}", "Bern\\u{200b}"),
            ("Bern\u{2066}", "Bern\\u{2066}"),
            ("Bern am See", "Bern am See"),
        ] {
            let text = table("CITY", "Bern", after, 80);
            assert!(text.lines().any(|line| line.ends_with(shown)), "{shown}: {text}");
        }
    }

    #[test]
    fn colours_are_for_screens_that_know_them() {
        let coloured = Screen { width: 60, is_coloured: true };
        assert!(changes(2, "Oslo").table(coloured).contains("\u{1b}["));
        let plain = Screen { is_coloured: false, ..coloured };
        assert!(!changes(2, "Oslo").table(plain).contains('\u{1b}'));
    }
}
