//! Rows that keep their nodes and all that belongs to them for as long as their keys are there.

use leptos::prelude::Owner;
use web_sys::Node;

use super::{Drawn, build, comment, put_node, take_node_out};
use crate::markup::Row;

struct DrawnRow {
    key: String,
    drawn: Drawn,
    owner: Owner,
}

/// Drawn rows; a comment stands at their end.
pub(super) struct DrawnRows {
    rows: Vec<DrawnRow>,
    end: Node,
}

impl DrawnRow {
    fn new(row: Row) -> Self {
        let (owner, view) = (row.draw)();
        let drawn = owner.with(|| build(view.0));
        Self { key: row.key, drawn, owner }
    }

    fn end(mut self) {
        self.drawn.take_out();
        self.owner.cleanup();
    }
}

impl Drop for DrawnRows {
    fn drop(&mut self) {
        self.rows.iter().for_each(|row| row.owner.cleanup());
    }
}

impl DrawnRows {
    pub(super) fn new(rows: Vec<Row>) -> Self {
        Self { rows: rows.into_iter().map(DrawnRow::new).collect(), end: comment() }
    }

    pub(super) fn put(&mut self, parent: &Node, before: Option<&Node>) {
        self.rows.iter_mut().for_each(|row| row.drawn.put(parent, before));
        put_node(&self.end, parent, before);
    }

    pub(super) fn take_out(&mut self) {
        self.rows.iter_mut().for_each(|row| row.drawn.take_out());
        take_node_out(&self.end);
    }

    pub(super) fn first_node(&self) -> Node {
        self.rows.first().map_or_else(|| self.end.clone(), |row| row.drawn.first_node())
    }

    pub(super) fn last_node(&self) -> Node {
        self.end.clone()
    }

    /// Rows whose keys are gone end, new ones are drawn, and all stand in the new order. A row that stands
    /// where it should is not touched.
    pub(super) fn become_rows(&mut self, rows: Vec<Row>) {
        let mut old: Vec<Option<DrawnRow>> = std::mem::take(&mut self.rows).into_iter().map(Some).collect();
        let mut next = 0;
        for row in rows {
            // Rows mostly keep their order: the next one is looked at first.
            let is_it = |place: &usize| old[*place].as_ref().is_some_and(|old| old.key == row.key);
            let found = (next..old.len()).chain(0..next).find(is_it);
            next = found.map_or(next, |place| place + 1);
            let kept = found.and_then(|place| old[place].take());
            self.rows.push(kept.unwrap_or_else(|| DrawnRow::new(row)));
        }
        old.into_iter().flatten().for_each(DrawnRow::end);
        let Some(parent) = self.end.parent_node() else { return };
        let mut before = self.end.clone();
        for row in self.rows.iter_mut().rev() {
            let stands = row.drawn.is_right_before(&before);
            if !stands {
                row.drawn.put(&parent, Some(&before));
            }
            before = row.drawn.first_node();
        }
    }
}
