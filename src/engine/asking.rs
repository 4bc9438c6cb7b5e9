//! Rows whose records are to be asked for, in groups that one question can be for.

use std::collections::{HashMap, VecDeque};

use super::entry::Entry;
use crate::erp::Asking;
use crate::model::key::Key;

/// Most records that are asked for at once, which bounds question and answer.
const MOST_TOGETHER: usize = 200;

/// The rows, in the order in which their questions are to be asked.
#[derive(Debug, Default)]
pub(super) struct Unasked {
    turns: VecDeque<Turn>,
    groups: HashMap<Key, VecDeque<Entry>>,
}

#[derive(Debug)]
enum Turn {
    /// A part of the group with this in common.
    Together(Key),
    Alone(Box<Entry>),
}

impl Unasked {
    pub(super) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// Takes in a row; gives it back if no question can be for it.
    pub(super) fn push(&mut self, entry: Entry) -> Option<Entry> {
        if entry.job.asks.is_some() {
            self.turns.push_back(Turn::Alone(Box::new(entry)));
            return None;
        }
        match Asking::of(&entry.job.patch) {
            Asking::Never => return Some(entry),
            Asking::Together(common) if !entry.alone => {
                let group = self.groups.entry(common.clone()).or_default();
                if group.is_empty() {
                    self.turns.push_back(Turn::Together(common));
                }
                group.push_back(entry);
            }
            Asking::Together(_) | Asking::Alone => {
                self.turns.push_back(Turn::Alone(Box::new(entry)));
            }
        }
        None
    }

    /// The rows that the next question is for.
    pub(super) fn pop(&mut self) -> Vec<Entry> {
        match self.turns.pop_front() {
            None => Vec::new(),
            Some(Turn::Alone(entry)) => vec![*entry],
            Some(Turn::Together(common)) => {
                let Some(mut group) = self.groups.remove(&common) else { return Vec::new() };
                let rest = group.split_off(group.len().min(MOST_TOGETHER));
                if !rest.is_empty() {
                    self.turns.push_front(Turn::Together(common.clone()));
                    self.groups.insert(common, rest);
                }
                group.into()
            }
        }
    }

    /// Takes out every row.
    pub(super) fn drain(&mut self) -> Vec<Entry> {
        std::iter::from_fn(|| Some(self.pop()).filter(|group| !group.is_empty()))
            .flatten()
            .collect()
    }
}
