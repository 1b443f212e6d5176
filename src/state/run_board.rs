//! The board of charts of the Runs page: kept under its experiment, changed card by card, stored before it is shown.

use leptos::task::spawn_local;
use storage::{Batch, Order, Query};
use track::board::{Board, Card, ChartSpec, MAX_CARDS};
use track::experiment::Lifecycle;
use track::id::{ExperimentId, Millis, SavedId};
use track::record::{Collection, Record};
use track::saved::{Saved, SavedContent};

use super::Shared;
use super::loadable::{Loadable, begin};
use super::refresh::Refresh;
use super::run_records::RunRecords;
use crate::reactive::{Derived, Held, State, follow};
use crate::services::clock;

/// Most things kept under a name that are looked at.
const MAX_KEPT: usize = 500;
/// What a board's record is called.
const NAME: &str = "Charts";

/// What is stored of a board.
#[derive(Clone, Debug, PartialEq)]
struct Stored {
    id: SavedId,
    created: Millis,
}

/// What the next change begins from: it may not be stored yet.
#[derive(Default)]
struct Desk {
    wanted: Board,
    stored: Option<Stored>,
    n_storing: u32,
    removed: Vec<(usize, Card)>,
}

/// The board of a page. `Copy`.
#[derive(Clone, Copy)]
pub struct RunBoard {
    /// Its cards, as they are stored; the usual ones until one was changed.
    pub board: State<Loadable<Board>>,
    /// The card removed last, which can be put back.
    pub removed: State<Option<Card>>,
    /// Why the last change was not stored.
    pub problem: State<Option<String>>,
    experiment: Derived<Option<ExperimentId>>,
    desk: Held<Desk>,
    refresh: Refresh,
    shared: Shared,
}

/// The cards of a board that nobody changed yet.
pub fn usual() -> Board {
    let mut board = Board::default();
    let metric = |name: &str| format!("metrics.{name}");
    let charts = [
        ChartSpec::Parallel { axes: Vec::new(), colour: String::new() },
        ChartSpec::Bars { metric: String::new() },
        ChartSpec::Overfitting,
        ChartSpec::Scatter { x: metric("accuracy"), y: metric("test_f1"), colour: "params.model".to_owned() },
        ChartSpec::Boxes { value: metric("cv_f1_macro"), by: "params.model".to_owned() },
    ];
    for chart in charts {
        board.add(chart).expect("a few cards fit");
    }
    board
}

impl RunBoard {
    /// The board of an experiment, for as long as the current owner lives.
    pub fn new(records: RunRecords, experiment: Derived<Option<ExperimentId>>) -> Self {
        let shared = records.shared();
        let handle: Held<Option<RunBoard>> = Held::new(None);
        let refresh = Refresh::new(shared, move || async move {
            if let Some(Some(board)) = handle.try_get() {
                board.load().await;
            }
        });
        let board = Self {
            board: State::new(Loadable::Loading),
            removed: State::new(None),
            problem: State::new(None),
            experiment,
            desk: Held::new(Desk::default()),
            refresh,
            shared,
        };
        handle.set(Some(board));
        refresh.want();
        follow(move || {
            experiment.track();
            board.desk.set(Desk::default());
            board.board.set(Loadable::Loading);
            board.removed.set(None);
            refresh.retry();
        });
        board
    }

    /// Reads it again after it could not be read.
    pub fn retry(self) {
        self.board.set(Loadable::Loading);
        self.refresh.retry();
    }

    /// Puts a chart behind the others.
    pub fn add(self, chart: ChartSpec) {
        let added = self.desk.update(|desk| desk.wanted.add(chart));
        match added {
            Some(Ok(_)) => self.store(),
            Some(Err(_)) => self.problem.set(Some(format!(
                "A board holds at most {MAX_CARDS} charts: remove one before you add another."
            ))),
            None => {}
        }
    }

    /// Takes a card away.
    pub fn remove(self, id: u32) {
        let removed = self.desk.update(|desk| {
            let removed = desk.wanted.remove(id)?;
            desk.removed.push(removed.clone());
            Some(removed.1)
        });
        if let Some(Some(card)) = removed {
            self.removed.set(Some(card));
            self.store();
        }
    }

    /// Puts the card removed last back where it stood, then the one before it.
    pub fn undo(self) {
        let before = self.desk.update(|desk| {
            if let Some((place, card)) = desk.removed.pop() {
                desk.wanted.put_back(place, card);
            }
            desk.removed.last().map(|(_, card)| card.clone())
        });
        self.removed.set(before.flatten());
        self.store();
    }

    /// Moves a card to a place.
    pub fn move_to(self, id: u32, place: usize) {
        self.change(|board| board.move_to(id, place));
    }

    /// Makes a card as wide as so many columns.
    pub fn resize(self, id: u32, columns: u8) {
        self.change(|board| board.resize(id, columns));
    }

    /// Lets a card draw something else.
    pub fn redraw(self, id: u32, chart: ChartSpec) {
        self.change(|board| board.redraw(id, chart));
    }

    fn change(self, change: impl FnOnce(&mut Board)) {
        let differs = self.desk.update(|desk| {
            let before = desk.wanted.clone();
            change(&mut desk.wanted);
            desk.wanted != before
        });
        if differs == Some(true) {
            self.store();
        }
    }

    /// Stores what is wanted, then shows it; where it cannot be stored, what is shown stays.
    fn store(self) {
        let experiment = self.experiment.get_untracked();
        let asked = self.desk.update(|desk| {
            let now = clock::now();
            let new = || Stored { id: SavedId::new(now, clock::entropy()), created: now };
            let Stored { id, created } = desk.stored.get_or_insert_with(new).clone();
            desk.n_storing += 1;
            let content =
                SavedContent::Board { experiment: experiment.clone(), cards: desk.wanted.cards.clone() };
            (Saved::new(NAME, content, id, created), desk.wanted.clone())
        });
        let Some((saved, board)) = asked else { return };
        spawn_local(async move {
            let batch = Batch { records: vec![Record::Saved(saved)], blobs: Vec::new() };
            let written = self.shared.get().store.write(batch).await;
            // The page may be gone, or show another experiment's by now.
            if self.desk.update(|desk| desk.n_storing = desk.n_storing.saturating_sub(1)).is_none()
                || self.experiment.get_untracked() != experiment
            {
                return;
            }
            match written {
                Ok(()) => {
                    self.problem.set_if_new(None);
                    self.board.set_if_new(Loadable::Loaded(board));
                }
                Err(error) => {
                    let shown =
                        self.board.with_untracked(|board| board.loaded().cloned()).unwrap_or_default();
                    self.desk.update(|desk| desk.wanted = shown);
                    self.problem.set(Some(error.to_string()));
                }
            }
        });
    }

    async fn load(self) {
        begin(self.board);
        let experiment = self.experiment.get_untracked();
        let all = Query::All(Collection::Saved);
        let found = self.shared.get().store.list(&all, Order::Descending, MAX_KEPT).await;
        let is_storing = self.desk.with(|desk| desk.n_storing > 0);
        if is_storing || self.experiment.get_untracked() != experiment {
            return;
        }
        let shown = match found {
            Err(error) => Loadable::Failed(error.to_string()),
            Ok(records) => {
                let kept = records.into_iter().find_map(|record| board_of(record, &experiment));
                let (stored, board) =
                    kept.map_or_else(|| (None, usual()), |(stored, board)| (Some(stored), board));
                self.desk.update(|desk| {
                    desk.stored = stored;
                    desk.wanted = board.clone();
                });
                Loadable::Loaded(board)
            }
        };
        self.board.set_if_new(shown);
    }
}

/// The board in a record, where it is of this experiment and in use.
fn board_of(record: Record, experiment: &Option<ExperimentId>) -> Option<(Stored, Board)> {
    match record {
        Record::Saved(Saved { id, created, lifecycle: Lifecycle::Active, content, .. }) => match content {
            SavedContent::Board { experiment: of, cards } if of == *experiment => {
                Some((Stored { id, created }, Board { cards }))
            }
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_belongs_to_its_experiment() {
        let experiment = Some(ExperimentId("E".into()));
        let content = SavedContent::Board { experiment: experiment.clone(), cards: usual().cards };
        let saved = Saved::new(NAME, content, SavedId::new(Millis(7), [1; 10]), Millis(7));
        let of = |experiment: &Option<ExperimentId>, saved: &Saved| {
            board_of(Record::Saved(saved.clone()), experiment)
        };
        assert_eq!(of(&experiment, &saved).map(|(_, board)| board), Some(usual()));
        assert_eq!(of(&None, &saved), None);
        assert_eq!(of(&experiment, &Saved { lifecycle: Lifecycle::Deleted, ..saved }), None);
    }

    #[test]
    fn the_usual_board_begins_with_all_settings_side_by_side() {
        let cards = usual().cards;
        assert!(matches!(&cards[0].chart, ChartSpec::Parallel { axes, .. } if axes.is_empty()));
        assert_eq!(cards.iter().map(|card| card.id).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }
}
