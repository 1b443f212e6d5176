//! The count over all reviews: what each step changes, read from the stored file by a worker.

use drivers::{SurveyCleaning, SurveyDriver};
use leptos::task::spawn_local;

use super::form::CleaningForm;
use super::{Playground, Survey, Surveyed};
use crate::services::clock;
use crate::services::pump::Pump;
use crate::state::dataset_records::stored_source;
use crate::state::lab::share_of;
use crate::state::pace::Pace;

impl Playground {
    /// Counts what each step changes over the whole dataset.
    pub fn count(self) {
        let Some(dataset) = self.lab.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else {
            return;
        };
        let Some(cleaning) = self.form.with_untracked(CleaningForm::cleaning) else { return };
        let survey = self.count.next();
        self.survey.set(Survey::Counting(Pace::default()));
        spawn_local(async move {
            let found = stored_source(&self.shared.get().store, &dataset).await;
            if !self.count.is(survey) {
                return;
            }
            let (file, mut recipe) = match found {
                Ok(found) => found,
                Err(sentence) => return self.survey.set(Survey::Failed(sentence)),
            };
            recipe.cleaning.clone_from(&cleaning);
            let driver =
                SurveyDriver::new(self.lab.next_session(), file.size() as u64, SurveyCleaning { recipe });
            let begun = clock::elapsed_ms();
            let on_change = move |driver: &SurveyDriver| {
                if driver.outcome().is_none() {
                    let elapsed_ms = clock::elapsed_ms() - begun;
                    self.survey
                        .set(Survey::Counting(Pace { share: share_of(driver.progress()), elapsed_ms }));
                }
            };
            let ended = move |driver: &mut SurveyDriver| {
                self.survey.set(match driver.take_outcome() {
                    Some(Ok(found)) => Survey::Done(Surveyed { data: dataset.data, cleaning, found }),
                    Some(Err(error)) => Survey::Failed(error.to_string()),
                    None => Survey::NotAsked,
                });
            };
            let pump = Pump::start(self.shared.get(), driver, Some(file), on_change, ended);
            self.count.keep(pump);
        });
    }

    /// Ends the count, or forgets it.
    pub fn stop_count(self) {
        self.count.next();
        self.survey.set(Survey::NotAsked);
    }
}
