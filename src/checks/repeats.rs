//! What the rows say of a record that several of them are for: the same, different fields, or different values.
//!
//! Only rows that are known to repeat a key are taken in, by a read of their own: rows with a key of their own cost
//! nothing. Of each value a seeded hash is kept, so that memory does not grow with the length of notes.

use std::hash::{BuildHasher as _, RandomState};

use super::content::Traits;
use super::{Duplicates, Rules, findings};
use crate::model::key::Key;
use crate::model::record::Field;
use crate::model::row::Row;

/// Records whose rows are compared, the first of a file: some 400 bytes each, and more where rows set many fields.
pub const MOST_COMPARED: usize = 10_000;
/// Rows of a record that are named.
const MOST_ROWS: usize = 8;

/// How the rows of one record agree, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// They give a field different values, of which the last that is sent stays.
    Contradictory,
    /// They do not all set the same fields, and agree in those that they share.
    Complementary,
    /// They set the same fields to the same values.
    Identical,
}

impl Agreement {
    /// Each of them, the worst first.
    pub const ALL: [Self; 3] = [Self::Contradictory, Self::Complementary, Self::Identical];
}

/// Compares the rows of a file that are for the same records.
#[derive(Debug)]
pub struct Repeats<'d> {
    random: RandomState,
    scratch: String,
    /// In the order of their first rows.
    records: Vec<Repeat>,
    /// The rows that repeat a key, by their index, and how many of them were passed.
    duplicates: &'d Duplicates,
    passed: usize,
    /// The record whose first row comes next.
    next: usize,
    /// Records that are not compared, since there are too many.
    beyond: usize,
}

/// One record, and what its rows say so far.
#[derive(Debug, Default)]
pub struct Repeat {
    first: u32,
    key: Option<u64>,
    rows: u32,
    named: Vec<u64>,
    said: Vec<Said>,
}

/// What the rows of a record say of one field.
#[derive(Debug)]
pub struct Said {
    /// The field.
    pub field: &'static Field,
    /// The last row that says something of it, as Excel counts.
    pub last_row: u64,
    /// Whether its rows say different things.
    pub differs: bool,
    value: u64,
    rows: u32,
}

impl<'d> Repeats<'d> {
    /// Begins with the rows that a first read found to repeat a key.
    #[must_use]
    pub fn new(duplicates: &'d Duplicates) -> Self {
        let mut firsts: Vec<u32> = duplicates.firsts().collect();
        firsts.sort_unstable();
        firsts.dedup();
        let beyond = firsts.len().saturating_sub(MOST_COMPARED);
        let repeat = |first: &u32| Repeat { first: *first, ..Repeat::default() };
        Self {
            random: RandomState::new(),
            scratch: String::new(),
            records: firsts.iter().take(MOST_COMPARED).map(repeat).collect(),
            duplicates,
            passed: 0,
            next: 0,
            beyond,
        }
    }

    /// Takes in the next row of the file, whichever it is.
    pub fn meet(&mut self, rules: &Rules<'_>, row: Row<'_>) {
        let Some(record) = self.record_of(row) else { return };
        if !findings::judge(rules, row, Traits::of(row.text())).is_valid() {
            // It is not sent, so that none of its values can stay.
            return;
        }
        let key = Key::hash_of(rules.key_values(row), &self.random, &mut self.scratch);
        let record = &mut self.records[record];
        if key.is_some()
            && *record.key.get_or_insert(key.unwrap_or_default()) == key.unwrap_or_default()
        {
            record.add(rules, row, &self.random);
        }
    }

    /// The position of the record that the row is for, if it is one of those that are compared.
    fn record_of(&mut self, row: Row<'_>) -> Option<usize> {
        if let Some(earlier) = self.duplicates.earlier_of_next(&mut self.passed, row.place.index) {
            return self.records.binary_search_by_key(&earlier, |record| record.first).ok();
        }
        let next = self.next;
        let is_first = self
            .records
            .get(next)
            .is_some_and(|record| u64::from(record.first) == row.place.number);
        self.next += usize::from(is_first);
        is_first.then_some(next)
    }

    /// How many records were not compared, since there are too many.
    #[must_use]
    pub fn beyond(&self) -> usize {
        self.beyond
    }

    /// The records of which several rows were compared, in the order of their first rows.
    pub fn compared(&self) -> impl Iterator<Item = &Repeat> {
        self.records.iter().filter(|record| record.rows > 1)
    }
}

impl Repeat {
    fn add(&mut self, rules: &Rules<'_>, row: Row<'_>, random: &RandomState) {
        let number = row.place.number;
        self.rows += 1;
        if self.named.len() < MOST_ROWS {
            self.named.push(number);
        }
        for set in rules.of_columns(row) {
            let value = random.hash_one(set.change.value());
            match self.said.iter_mut().find(|said| said.field == set.field) {
                Some(said) => {
                    said.differs |= said.value != value;
                    said.value = value;
                    said.last_row = number;
                    said.rows += 1;
                }
                None => self.said.push(Said {
                    field: set.field,
                    last_row: number,
                    differs: false,
                    value,
                    rows: 1,
                }),
            }
        }
    }

    /// How the rows agree.
    #[must_use]
    pub fn agreement(&self) -> Agreement {
        if self.said.iter().any(|said| said.differs) {
            Agreement::Contradictory
        } else if self.said.iter().any(|said| said.rows < self.rows) {
            Agreement::Complementary
        } else {
            Agreement::Identical
        }
    }

    /// The fields that the rows do not agree in: those with different values, or else those that only some rows set.
    pub fn fields(&self) -> impl Iterator<Item = &Said> {
        let contradicts = self.agreement() == Agreement::Contradictory;
        self.said
            .iter()
            .filter(move |said| if contradicts { said.differs } else { said.rows < self.rows })
    }

    /// The numbers of the first rows, as Excel counts.
    #[must_use]
    pub fn named(&self) -> &[u64] {
        &self.named
    }

    /// Rows that were compared.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::model::cells::Cells;
    use crate::model::mapping::{Column, Layout};
    use crate::model::record::{CUSTOMER_CONTACT, Role};
    use crate::model::row::{Place, RowBatch};
    use crate::model::rules::SiteRules;

    /// A key, and three fields, each blank or with one of two values.
    type Texts = (&'static str, [&'static str; 3]);

    fn texts() -> impl Strategy<Value = Texts> {
        let field = || proptest::sample::select(vec!["", "x", "y", " x "]);
        let key = proptest::sample::select(vec!["A", "a ", "B", "C", "D"]);
        (key, [field(), field(), field()])
    }

    /// What is told of rows, by the slow way: every row of a key side by side.
    fn expected(rows: &[Texts]) -> Vec<(Vec<u64>, Agreement)> {
        let mut by_key: BTreeMap<String, Vec<(u64, [&str; 3])>> = BTreeMap::new();
        for (number, (key, fields)) in (2..).zip(rows) {
            let fields = fields.map(str::trim);
            if fields.iter().all(|text| text.is_empty()) {
                // There is nothing to send.
                continue;
            }
            by_key.entry(key.trim().to_lowercase()).or_default().push((number, fields));
        }
        let mut told: Vec<_> = by_key
            .into_values()
            .filter(|rows| rows.len() > 1)
            .map(|rows| {
                let set = |field: usize| rows.iter().map(move |(_, fields)| fields[field]);
                let contradicts = |field: &usize| {
                    set(*field).filter(|text| !text.is_empty()).min()
                        != set(*field).filter(|text| !text.is_empty()).max()
                };
                let agreement = if (0..3).any(|field| contradicts(&field)) {
                    Agreement::Contradictory
                } else if rows.iter().any(|(_, fields)| *fields != rows[0].1) {
                    Agreement::Complementary
                } else {
                    Agreement::Identical
                };
                (rows.iter().map(|(number, _)| *number).collect::<Vec<_>>(), agreement)
            })
            .collect();
        told.sort_by_key(|(rows, _)| rows[0]);
        told
    }

    proptest! {
        #[test]
        fn rows_agree_as_they_do_side_by_side(rows in proptest::collection::vec(texts(), 0..8)) {
            let fields = CUSTOMER_CONTACT.fields.iter();
            let updatable = fields.filter(|field| field.role == Role::Updatable);
            let column = |header: &str| Column { header: header.to_owned(), sets: Ok(Vec::new()) };
            let layout = Layout {
                record: &CUSTOMER_CONTACT,
                columns: ["KEY", "1", "2", "3"].map(column).to_vec(),
                keys: (0..1).zip(CUSTOMER_CONTACT.keys()).collect(),
                setters: (1..4).zip(updatable).collect(),
                changes: None,
                keys_only: false,
            };
            let (site, mut batch) = (SiteRules::with_mark("<clear>"), RowBatch::default());
            for (index, (key, fields)) in (0..).zip(&rows) {
                let mut cells = Cells::default();
                [*key].iter().chain(fields).for_each(|text| cells.push(text));
                batch.push(Place { index, number: index + 2 }, &cells, None);
            }
            let rules = Rules::new(&layout, &site);
            let hashes = crate::checks::KeyHasher::default().hashes(&rules, &batch);
            let met: Vec<_> = hashes.into_iter().zip(2..).collect();
            let mut duplicates = Duplicates::default();
            let earlier = crate::checks::SeenKeys::default().meet_all(&met);
            for (index, earlier) in (0..).zip(earlier) {
                if let Some(earlier) = earlier {
                    duplicates.push(index, earlier);
                }
            }
            let mut repeats = Repeats::new(&duplicates);
            batch.rows().for_each(|row| repeats.meet(&rules, row));
            let mut told: Vec<_> = repeats
                .compared()
                .map(|record| (record.named().to_vec(), record.agreement()))
                .collect();
            // They come in the order of their first rows, also of such as are not sent and are not named.
            told.sort_by_key(|(rows, _)| rows[0]);
            prop_assert_eq!(told, expected(&rows));
        }
    }
}
