//! The cleaning playground: a review and a cleaning that is put together, what each step does to the review and to
//! all reviews, cleanings kept under a name, and the way into the recipe of the dataset in use.

pub mod steps;
pub mod form;
mod survey;
mod kept;

use std::rc::Rc;

use engine::dataset::{ReviewRow, SurveyedCleaning};
use engine::text::CleanStep;
use leptos::prelude::*;
use leptos::task::spawn_local;
use track::dataset::DatasetRef;

use self::form::CleaningForm;
use super::Shared;
use super::audit::RecipeChange;
use super::dataset_records::stored_source;
use super::dataset_rows::{FileRows, NumberedReview};
use super::lab::Lab;
use super::latest::Latest;
use super::loadable::Loadable;
use super::pace::Pace;
use super::refresh::Refresh;
use crate::reactive::{Held, State};
use crate::services::clock;

pub use self::kept::KeptCleaning;

/// Which review is looked at next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The first, or the one after that shown.
    Next,
    /// The one before that shown.
    Previous,
    /// Any.
    Random,
}

/// How far the count over all reviews is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Survey {
    /// Nobody asked yet.
    #[default]
    NotAsked,
    /// The file is looked through.
    Counting(Pace),
    /// What was found.
    Done(Surveyed),
    /// It could not be looked through.
    Failed(String),
}

/// What steps do to all reviews.
#[derive(Clone, Debug, PartialEq)]
pub struct Surveyed {
    /// The data that was looked through.
    pub data: DatasetRef,
    /// The steps.
    pub cleaning: Vec<CleanStep>,
    /// What they do.
    pub found: SurveyedCleaning,
}

#[derive(Default)]
struct Desk {
    /// The data whose cleaning `in_use` is.
    data: Option<DatasetRef>,
    n_steps: u64,
}

/// The playground. `Copy`; from context by `use_playground`.
#[derive(Clone, Copy)]
pub struct Playground {
    /// The review looked at.
    pub text: State<String>,
    /// Its row number, where it is a review of the dataset.
    pub row: State<Option<u64>>,
    /// The cleaning being put together.
    pub form: State<CleaningForm>,
    /// The cleaning of the dataset in use.
    pub in_use: State<Vec<CleanStep>>,
    /// How far the count over all reviews is.
    pub survey: State<Survey>,
    /// Cleanings kept under a name.
    pub kept: State<Loadable<Vec<KeptCleaning>>>,
    /// What went wrong with the last action, in one sentence.
    pub problem: State<Option<String>>,
    count: Latest,
    desk: Held<Desk>,
    refresh: Refresh,
    lab: Lab,
    shared: Shared,
}

impl Playground {
    /// A part of the page shows it: the cleaning in use is loaded, and a first review where there is none.
    pub fn open(self) {
        let Some(dataset) = self.lab.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else {
            return;
        };
        if self.desk.with(|desk| desk.data.as_ref() == Some(&dataset.data)) {
            return;
        }
        spawn_local(async move {
            match stored_source(&self.shared.get().store, &dataset).await {
                Ok((_, recipe)) => self.follow_recipe(dataset.data, recipe.cleaning),
                Err(sentence) => self.problem.set(Some(sentence)),
            }
        });
    }

    /// The dataset in use has this cleaning. Steps that a person changed stay; others become those of the dataset.
    fn follow_recipe(self, data: DatasetRef, cleaning: Vec<CleanStep>) {
        let before = self.desk.update(|desk| desk.data.replace(data.clone())).flatten();
        let is_untouched = self.form.with_untracked(|form| {
            before.is_none()
                || form.cleaning().is_some_and(|steps| self.in_use.with_untracked(|in_use| steps == *in_use))
        });
        if is_untouched {
            self.form.set(CleaningForm::of(&cleaning));
        }
        self.in_use.set_if_new(cleaning);
        let is_other_file = before.is_none_or(|before| before.file != data.file);
        if is_other_file {
            self.stop_count();
            self.row.set(None);
            self.show_review(Step::Next);
        }
    }

    /// Takes a text that is typed.
    pub fn set_text(self, text: String) {
        self.row.set(None);
        self.text.set(text);
    }

    /// Shows a review that was picked.
    pub fn show_picked(self, record: u64, text: String) {
        self.row.set(Some(record));
        self.text.set(text);
    }

    /// Shows another review of the dataset.
    pub fn show_review(self, step: Step) {
        let number = self.desk.update(|desk| {
            desk.n_steps += 1;
            desk.n_steps
        });
        let row = self.row.get_untracked();
        self.lab.with_rows(Box::new(move |rows| {
            spawn_local(async move {
                let found = match rows {
                    Ok(rows) => review_at(rows, step, row).await,
                    Err(sentence) => Err(sentence),
                };
                // Another may have been asked for meanwhile.
                if self.desk.update(|desk| desk.n_steps) != number {
                    return;
                }
                match found {
                    Ok(Some((record, ReviewRow { text, .. }))) => {
                        self.problem.set(None);
                        self.show_picked(record, text);
                    }
                    Ok(None) => self.problem.set(Some("No row of the file holds a review.".to_owned())),
                    Err(sentence) => self.problem.set(Some(sentence)),
                }
            });
        }));
    }

    /// The steps become those of the dataset again.
    pub fn reset(self) {
        self.form.set(CleaningForm::of(&self.in_use.get_untracked()));
    }

    /// Writes the steps into the recipe of the dataset in use, whose file is read again by it.
    pub fn use_cleaning(self) {
        if let Some(cleaning) = self.form.with_untracked(CleaningForm::cleaning) {
            self.lab.mend_data(RecipeChange::Clean(cleaning));
        }
    }

    fn say(self, outcome: Result<(), String>) {
        self.problem.set(outcome.err());
    }
}

/// The review that `step` leads to from row `row`.
async fn review_at(
    rows: Rc<FileRows>,
    step: Step,
    row: Option<u64>,
) -> Result<Option<NumberedReview>, String> {
    match (step, row) {
        (Step::Next, None) => rows.from(0).await,
        (Step::Next, Some(row)) => rows.from(row + 1).await,
        (Step::Previous, row) => rows.before(row.unwrap_or(0)).await,
        (Step::Random, _) => {
            let drawn = clock::entropy().iter().take(6).fold(0, |draw, byte| draw << 8 | u64::from(*byte));
            rows.drawn(drawn).await
        }
    }
}

pub(super) fn provide_playground(shared: Shared, lab: Lab) {
    let handle: Held<Option<Playground>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(playground) = handle.get() {
            playground.load_kept().await;
        }
    });
    let playground = Playground {
        text: State::new(String::new()),
        row: State::new(None),
        form: State::new(CleaningForm::default()),
        in_use: State::new(Vec::new()),
        survey: State::new(Survey::NotAsked),
        kept: State::new(Loadable::Loading),
        problem: State::new(None),
        count: Latest::new(),
        desk: Held::new(Desk::default()),
        refresh,
        lab,
        shared,
    };
    handle.set(Some(playground));
    provide_context(playground);
}

/// The playground.
pub fn use_playground() -> Playground {
    use_context().expect("`provide_app_state` in `App` provides the playground")
}
