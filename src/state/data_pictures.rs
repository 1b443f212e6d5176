//! What the dataset in use looks like: asked of a worker once a page shows it, and again for other data.

use std::rc::Rc;

use drivers::QuestionDriver;
use engine::dataset::RatingCount;
use engine::describe::Description;
use jobs::DescribeData;
use leptos::prelude::*;
use track::dataset::DatasetRef;

use super::Shared;
use super::lab::{Lab, Wanted};
use super::latest::Latest;
use super::loadable::Loadable;
use super::study_form;
use crate::reactive::State;
use crate::services::pump::Pump;

/// A dataset with what it looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// File and recipe.
    pub data: DatasetRef,
    /// Names of its classes, in label order.
    pub classes: Vec<String>,
    /// Reviews of each rating or label word.
    pub ratings: Vec<RatingCount>,
    /// What it looks like.
    pub description: Rc<Description>,
}

/// Pictures of the data. `Copy`; from context by `use_data_pictures`.
#[derive(Clone, Copy)]
pub struct DataPictures {
    /// What is known of the dataset in use.
    pub shown: State<Loadable<Described>>,
    asked: Latest,
    lab: Lab,
    shared: Shared,
}

impl DataPictures {
    /// Gets the dataset in use described, if it is not. Not while a study gets its reviews ready, which this would
    /// hold up: call it again afterwards.
    pub fn want(self) {
        let Some(dataset) = self.lab.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else {
            self.asked.next();
            return self.shown.set(Loadable::Nothing);
        };
        let is_shown =
            |shown: &Loadable<Described>| shown.loaded().is_some_and(|known| known.data == dataset.data);
        if self.shown.with_untracked(is_shown) {
            return;
        }
        let asked = self.asked.next();
        self.shown.set(Loadable::Loading);
        self.lab.with_corpora(Wanted::InUse, study_form::for_audit(), move |ready| {
            if !self.asked.is(asked) {
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
            self.ask(asked, (counts.data, classes, counts.ratings), job);
        });
    }

    fn ask(
        self,
        asked: u64,
        (data, classes, ratings): (DatasetRef, Vec<String>, Vec<RatingCount>),
        job: DescribeData,
    ) {
        let ended = move |driver: &mut QuestionDriver<DescribeData>| {
            if !self.asked.is(asked) {
                return;
            }
            let answer = driver.answers().next().cloned();
            self.shown.set(match (answer, driver.failed()) {
                (Some(description), _) => {
                    let description = Rc::new(description);
                    Loadable::Loaded(Described { data, classes, ratings, description })
                }
                (None, Some(error)) => Loadable::Failed(error.to_string()),
                (None, None) => Loadable::Nothing,
            });
        };
        let pump = Pump::start(self.shared.get(), QuestionDriver::new(vec![job]), None, |_| (), ended);
        self.asked.keep(pump);
    }
}

pub(super) fn provide_data_pictures(shared: Shared, lab: Lab) {
    let shown = State::new(Loadable::Nothing);
    provide_context(DataPictures { shown, asked: Latest::new(), lab, shared });
}

/// Pictures of the data.
pub fn use_data_pictures() -> DataPictures {
    use_context().expect("`provide_app_state` in `App` provides pictures of the data")
}
