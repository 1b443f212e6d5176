//! Keys in the table of runs: arrows go from row to row, with the shift key they choose on the way, Ctrl+A chooses all.

use std::rc::Rc;

use leptos::ev;
use track::run::{Run, RunKind};

use super::Table;
use crate::services::focus;
use crate::state::run_grid::GridRow;

/// From a row to the one above or below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Up,
    Down,
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    All,
    Nothing,
    Step { step: Move, chooses: bool },
    Unfold { is_open: bool },
}

/// The keys of one table.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    /// Which.
    pub table: Table,
}

/// The id of the box in a row.
pub(super) fn box_id(place: usize) -> String {
    format!("run-row-{place}")
}

fn asks(key: &str, with_control: bool, with_shift: bool, is_at_row: bool) -> Option<Asks> {
    let step = |step| Asks::Step { step, chooses: with_shift };
    Some(match (key, is_at_row) {
        ("a" | "A", _) if with_control => Asks::All,
        (_, _) if with_control => return None,
        ("Escape", _) => Asks::Nothing,
        ("ArrowUp", true) => step(Move::Up),
        ("ArrowDown", true) => step(Move::Down),
        ("ArrowRight", true) => Asks::Unfold { is_open: true },
        ("ArrowLeft", true) => Asks::Unfold { is_open: false },
        _ => return None,
    })
}

impl Keys {
    /// A key was pressed somewhere in the table.
    pub(super) fn pressed(self, event: &ev::KeyboardEvent) {
        let focused = self.table.focused.get_untracked();
        let with_control = event.ctrl_key() || event.meta_key();
        let Some(asked) = asks(&event.key(), with_control, event.shift_key(), focused.is_some()) else {
            return;
        };
        event.prevent_default();
        match asked {
            Asks::All => self.table.choose_all(),
            Asks::Nothing => self.table.selection.replace([]),
            Asks::Step { step, chooses } => {
                if let Some(from) = focused {
                    self.step(from, step, chooses);
                }
            }
            Asks::Unfold { is_open } => {
                if let Some(place) = focused {
                    self.unfold(place, is_open);
                }
            }
        }
    }

    fn step(self, from: usize, step: Move, chooses: bool) {
        let Some(to) = self.table.next(from, step) else { return };
        if chooses {
            let id = |place| self.run_at(place).map(|(run, _)| run.id.clone());
            // A stretch begins at the row that it is drawn from.
            if let Some(begin) = id(from).filter(|run| !self.table.selection.has_untracked(run)) {
                self.table.choose(&begin, false);
            }
            if let Some(end) = id(to) {
                self.table.choose(&end, true);
            }
        }
        focus::give(&box_id(to));
    }

    fn unfold(self, place: usize, wanted: bool) {
        if let Some((run, Some(is_open))) = self.run_at(place)
            && is_open != wanted
        {
            self.table.search.unfold(&run.id, run.kind == RunKind::Study);
            // The row is drawn anew.
            leptos::task::spawn_local(async move { focus::give(&box_id(place)) });
        }
    }

    fn run_at(self, place: usize) -> Option<(Rc<Run>, Option<bool>)> {
        self.table.grid.with_untracked(|grid| {
            let grid = grid.as_ref()?;
            let row = grid.rows.get(place)?;
            let GridRow::Run { is_open, .. } = row else { return None };
            Some((grid.run(row)?.clone(), *is_open))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_ask_for_rows_and_all_of_them() {
        let step = |step, chooses| Some(Asks::Step { step, chooses });
        for (key, with_control, with_shift, is_at_row, expected) in [
            ("a", true, false, false, Some(Asks::All)),
            ("a", false, false, true, None),
            ("c", true, false, true, None),
            ("Escape", false, false, false, Some(Asks::Nothing)),
            ("ArrowDown", false, false, true, step(Move::Down, false)),
            ("ArrowUp", false, true, true, step(Move::Up, true)),
            // Without a row the table scrolls.
            ("ArrowDown", false, false, false, None),
            ("ArrowRight", false, false, true, Some(Asks::Unfold { is_open: true })),
            (" ", false, false, true, None),
        ] {
            assert_eq!(asks(key, with_control, with_shift, is_at_row), expected, "{key}");
        }
    }
}
