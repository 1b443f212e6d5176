//! What is asked of the runs, and what a press on a head or a choice makes of it. Pure.

use track::filter::{Attribute, Key, OrderBy, SortKey};
use track::id::ExperimentId;

use super::columns::{WIDTHS, usual_columns};

/// What is asked of the runs. All of it stands in the address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// The filter, as typed.
    pub filter: String,
    /// The order; none is newest first.
    pub order: OrderBy,
    /// The columns chosen; none are the usual ones.
    pub columns: Option<Vec<Key>>,
    /// Columns that stay in sight beside the run's name.
    pub pinned: Vec<Key>,
    /// Columns that were made wider or narrower, in pixels.
    pub widths: Vec<(Key, u32)>,
    /// Runs with the same value of it stand together.
    pub group: Option<Key>,
    /// Runs of these experiments only; none are all that are in use.
    pub experiments: Vec<ExperimentId>,
    /// Runs in the trash instead of the others.
    pub is_trash: bool,
}

/// What takes runs away.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Narrowing {
    /// The filter, as typed.
    pub filter: String,
    /// Runs of these experiments only; none are all that are in use.
    pub experiments: Vec<ExperimentId>,
    /// Runs in the trash instead of the others.
    pub is_trash: bool,
}

impl Asked {
    /// What of it takes runs away.
    pub fn narrowing(&self) -> Narrowing {
        let Self { filter, experiments, is_trash, .. } = self;
        Narrowing { filter: filter.clone(), experiments: experiments.clone(), is_trash: *is_trash }
    }

    /// Whether nothing is asked that takes runs away, orders them or shows other columns.
    pub fn is_plain(&self) -> bool {
        self.is_tree() && self.columns.is_none()
    }

    /// Whether runs stand below their studies, newest first: nothing is asked that would tear them apart.
    pub fn is_tree(&self) -> bool {
        self.filter.trim().is_empty() && self.order.0.is_empty() && self.group.is_none()
    }

    /// The columns that are shown, in the order chosen.
    pub fn shown_columns(&self) -> Vec<Key> {
        self.columns.clone().unwrap_or_else(usual_columns)
    }

    /// After a click on the head of a column: its greatest first, then its least, then no order by it. With `also`
    /// the other keys of the order stay before it.
    pub fn sorted_by(&mut self, key: &Key, also: bool) {
        let before = self.order.0.iter().position(|sort| sort.key == *key);
        let next = match before.map(|place| self.order.0[place].is_descending) {
            None => Some(true),
            Some(true) => Some(false),
            Some(false) => None,
        };
        let next = next.map(|is_descending| SortKey { key: key.clone(), is_descending });
        if !also {
            self.order.0 = next.into_iter().collect();
            return;
        }
        match (before, next) {
            (Some(place), Some(next)) => self.order.0[place] = next,
            (Some(place), None) => drop(self.order.0.remove(place)),
            (None, next) => self.order.0.extend(next),
        }
    }

    /// Shows a column behind the others, or shows it no longer.
    pub fn set_column(&mut self, key: &Key, is_shown: bool) {
        let mut columns = self.shown_columns();
        columns.retain(|shown| shown != key);
        if is_shown {
            columns.push(key.clone());
        }
        self.choose(columns);
    }

    /// Puts a column where another stands, which moves out of its way. The run's name stays first.
    pub fn move_column(&mut self, key: &Key, to: &Key) {
        let mut columns = self.shown_columns();
        let place = |key: &Key| columns.iter().position(|shown| shown == key);
        let (Some(from), Some(to)) = (place(key), place(to)) else { return };
        if [from, to].iter().any(|place| columns[*place] == Key::Attribute(Attribute::RunName)) {
            return;
        }
        let moved = columns.remove(from);
        columns.insert(to, moved);
        self.choose(columns);
    }

    /// Lets a column stay in sight, or no longer.
    pub fn toggle_pin(&mut self, key: &Key) {
        match self.pinned.iter().position(|pinned| pinned == key) {
            Some(place) => drop(self.pinned.remove(place)),
            None => self.pinned.push(key.clone()),
        }
    }

    /// Makes a column so wide.
    pub fn set_width(&mut self, key: &Key, width: u32) {
        self.widths.retain(|(known, _)| known != key);
        self.widths.push((key.clone(), width.clamp(*WIDTHS.start(), *WIDTHS.end())));
    }

    /// Shows runs of an experiment, or no longer.
    pub fn toggle_experiment(&mut self, id: &ExperimentId) {
        match self.experiments.iter().position(|known| known == id) {
            Some(place) => drop(self.experiments.remove(place)),
            None => self.experiments.push(id.clone()),
        }
    }

    fn choose(&mut self, columns: Vec<Key>) {
        self.columns = (columns != usual_columns()).then_some(columns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(name: &str) -> Key {
        Key::Metric(name.into())
    }

    fn names(asked: &Asked) -> String {
        asked.shown_columns().iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_column_takes_the_place_of_another() {
        let mut asked =
            Asked { columns: Some(["a", "b", "c", "d"].map(metric).to_vec()), ..Asked::default() };
        asked.move_column(&metric("a"), &metric("c"));
        assert_eq!(names(&asked), "metrics.b metrics.c metrics.a metrics.d");
        asked.move_column(&metric("d"), &metric("b"));
        assert_eq!(names(&asked), "metrics.d metrics.b metrics.c metrics.a");
        asked.move_column(&metric("x"), &metric("b"));
        assert_eq!(names(&asked), "metrics.d metrics.b metrics.c metrics.a");
    }

    #[test]
    fn the_name_stays_first() {
        let mut asked = Asked::default();
        asked.move_column(&Key::Attribute(Attribute::RunName), &metric("test_f1"));
        asked.move_column(&metric("test_f1"), &Key::Attribute(Attribute::RunName));
        assert_eq!(asked, Asked::default());
    }

    #[test]
    fn widths_have_bounds_and_pins_come_off() {
        let mut asked = Asked::default();
        for (width, expected) in [(10, 64), (9_999, 800), (200, 200)] {
            asked.set_width(&metric("f1"), width);
            assert_eq!(asked.widths, [(metric("f1"), expected)]);
        }
        asked.toggle_pin(&metric("f1"));
        assert_eq!(asked.pinned, [metric("f1")]);
        asked.toggle_pin(&metric("f1"));
        assert!(asked.pinned.is_empty() && asked.is_plain());
    }
}
