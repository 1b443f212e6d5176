//! What the dataset in use looks like: asked of a worker once a page shows it, and again for other data.

use std::rc::Rc;

use drivers::QuestionDriver;
use engine::describe::Description;
use jobs::DescribeData;
use leptos::prelude::*;
use track::dataset::DatasetRef;

use super::Shared;
use super::lab::{Lab, Wanted};
use super::loadable::Loadable;
use super::study_form;
use crate::reactive::{Held, State};
use crate::services::pump::Pump;

/// A dataset with what it looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// File and recipe.
    pub data: DatasetRef,
    /// Names of its classes, in label order.
    pub classes: Vec<String>,
    /// What it looks like.
    pub description: Rc<Description>,
}

/// What cannot stand in a signal.
#[derive(Default)]
struct Asked {
    n_times: u64,
    pump: Option<Pump>,
}

/// Pictures of the data. `Copy`; from context by `use_data_pictures`.
#[derive(Clone, Copy)]
pub struct DataPictures {
    /// What is known of the dataset in use.
    pub shown: State<Loadable<Described>>,
    asked: Held<Asked>,
    lab: Lab,
    shared: Shared,
}

impl DataPictures {
    /// Gets the dataset in use described, if it is not. Not while a study gets its reviews ready, which this would
    /// hold up: call it again afterwards.
    pub fn want(self) {
        let Some(dataset) = self.lab.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else {
            self.next();
            return self.shown.set(Loadable::Nothing);
        };
        let is_shown =
            |shown: &Loadable<Described>| shown.loaded().is_some_and(|known| known.data == dataset.data);
        if self.shown.with_untracked(is_shown) {
            return;
        }
        let asked = self.next();
        self.shown.set(Loadable::Loading);
        self.lab.with_corpora(Wanted::InUse, study_form::for_audit(), move |ready| {
            if !self.is_current(asked) {
                return;
            }
            let (_, counts) = match ready {
                Ok(ready) => ready,
                Err(sentence) => return self.shown.set(Loadable::Failed(sentence)),
            };
            // A study needs at least one corpus, and all are ready.
            let corpus = counts.corpora.first().expect("a study has a corpus");
            let job = DescribeData { counts: corpus.counts.hash, terms: corpus.terms.hash };
            let classes = counts.classes.iter().map(|(name, _)| name.clone()).collect();
            self.ask(asked, (counts.data, classes), job);
        });
    }

    fn ask(self, asked: u64, (data, classes): (DatasetRef, Vec<String>), job: DescribeData) {
        let ended = move |driver: &mut QuestionDriver<DescribeData>| {
            if !self.is_current(asked) {
                return;
            }
            let answer = driver.answers().next().cloned();
            self.shown.set(match (answer, driver.failed()) {
                (Some(description), _) => {
                    let description = Rc::new(description);
                    Loadable::Loaded(Described { data, classes, description })
                }
                (None, Some(error)) => Loadable::Failed(error.to_string()),
                (None, None) => Loadable::Nothing,
            });
        };
        let pump = Pump::start(self.shared.get(), QuestionDriver::new(vec![job]), None, |_| (), ended);
        self.asked.update(|asked| asked.pump = Some(pump));
    }

    /// Another question: the one before is given up.
    fn next(self) -> u64 {
        let (before, asked) = self
            .asked
            .update(|asked| {
                asked.n_times += 1;
                (asked.pump.take(), asked.n_times)
            })
            .expect("the pictures live as long as the app");
        before.iter().for_each(Pump::abandon);
        asked
    }

    fn is_current(self, asked: u64) -> bool {
        self.asked.with(|now| now.n_times == asked)
    }
}

pub(super) fn provide_data_pictures(shared: Shared, lab: Lab) {
    let shown = State::new(Loadable::Nothing);
    provide_context(DataPictures { shown, asked: Held::new(Asked::default()), lab, shared });
}

/// Pictures of the data.
pub fn use_data_pictures() -> DataPictures {
    use_context().expect("`provide_app_state` in `App` provides pictures of the data")
}
