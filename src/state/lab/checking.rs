//! The look for faults in the dataset in use, and the changes of its recipe that mend them.

use std::cell::Cell;

use drivers::{AuditDriver, AuditFile, SESSIONS_PER_AUDIT, SESSIONS_PER_PASS};
use engine::dataset::DatasetRecipe;
use leptos::task::spawn_local;

use super::reading::OnRead;
use super::{Lab, share_of};
use crate::services::clock;
use crate::services::files::Blob;
use crate::services::pump::Pump;
use crate::state::audit::{Check, RecipeChange, checked_data};
use crate::state::dataset_records::{SourceFile, stored_source};
use crate::state::pace::Pace;
use crate::state::study_form;
use crate::state::views::DatasetView;

impl Lab {
    /// Looks through the dataset in use for what is wrong with it.
    pub fn check_data(self) {
        self.with_source(Check::Looking(Pace::default()), move |dataset, file, recipe| {
            self.look_through(dataset, file, recipe);
        });
    }

    /// Reads the dataset in use again by a changed recipe; where it was looked through, it is so again.
    pub fn mend_data(self, change: RecipeChange) {
        let is_checked = !matches!(change, RecipeChange::Clean(_));
        self.with_source(Check::Mending(Pace::default()), move |dataset, file, mut recipe| {
            change.apply(&mut recipe);
            self.read_again(dataset, file, (recipe, is_checked));
        });
    }

    /// Ends the look or the mending; the dataset stays as it is.
    pub fn stop_check(self) {
        self.next_check();
        self.check.set(Check::NotAsked);
    }

    fn with_source(self, state: Check, then: impl FnOnce(DatasetView, Blob, DatasetRecipe) + 'static) {
        let Some(dataset) = self.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else { return };
        let check = self.next_check();
        self.check.set(state);
        spawn_local(async move {
            let found = stored_source(&self.services().store, &dataset).await;
            if self.is_current_check(check) {
                match found {
                    Ok((file, recipe)) => then(dataset, file, recipe),
                    Err(sentence) => self.check.set(Check::Failed { sentence }),
                }
            }
        });
    }

    fn look_through(self, dataset: DatasetView, file: Blob, recipe: DatasetRecipe) {
        let mut study = study_form::for_audit();
        study.follow(&recipe);
        let pipeline = study.searches.first().map(|search| search.base.clone());
        let audit = AuditFile { recipe: recipe.clone(), split: study.split, pipeline };
        let sessions =
            std::array::from_fn::<_, { (SESSIONS_PER_AUDIT / SESSIONS_PER_PASS) as usize }, _>(|_| {
                self.next_session()
            });
        let driver = AuditDriver::new(sessions[0], file.size() as u64, audit);
        let begun = Cell::new((false, clock::elapsed_ms()));
        let on_change = move |driver: &AuditDriver| {
            if driver.outcome().is_some() {
                return;
            }
            let is_measuring = driver.is_measuring();
            if begun.get().0 != is_measuring {
                begun.set((is_measuring, clock::elapsed_ms()));
            }
            let pace =
                Pace { share: share_of(driver.progress()), elapsed_ms: clock::elapsed_ms() - begun.get().1 };
            self.check.set(if is_measuring { Check::Measuring(pace) } else { Check::Looking(pace) });
        };
        let ended = move |driver: &mut AuditDriver| {
            self.check.set(match driver.take_outcome() {
                Some(Ok(audit)) => Check::Found(checked_data(dataset.data.clone(), &recipe, &audit)),
                Some(Err(error)) => Check::Failed { sentence: error.to_string() },
                None => Check::NotAsked,
            });
        };
        let pump = Pump::start(self.services(), driver, Some(file), on_change, ended);
        self.desk.update(|desk| desk.check = Some(pump));
    }

    fn read_again(self, dataset: DatasetView, file: Blob, (recipe, is_checked): (DatasetRecipe, bool)) {
        // What was chosen about a file is chosen anew once it is opened again.
        self.close();
        let source = SourceFile::of_dataset(&dataset, self.unread_of(&dataset));
        let of_dataset = recipe.clone();
        let check = self.desk.with(|desk| desk.n_checks);
        let begun = clock::elapsed_ms();
        let on_share = Box::new(move |share| {
            self.check.set(Check::Mending(Pace { share, elapsed_ms: clock::elapsed_ms() - begun }));
        });
        let on_end: OnRead = Box::new(move |lab, output| match output {
            Ok(output) => spawn_local(async move {
                if !lab.is_current_check(check) {
                    return;
                }
                match lab.store_read(source, of_dataset, Vec::new(), output).await {
                    Ok(_) if is_checked => lab.check_data(),
                    Ok(_) => lab.check.set(Check::NotAsked),
                    Err(sentence) => lab.check.set(Check::Failed { sentence }),
                }
            }),
            Err(error) => lab.check.set(Check::Failed { sentence: error.to_string() }),
        });
        let pump = self.start_read(file, recipe, on_share, on_end);
        self.desk.update(|desk| desk.check = Some(pump));
    }

    /// Another look: the one before is given up. Its number tells whether it is still wanted.
    pub(super) fn next_check(self) -> u64 {
        let (before, check) = self
            .desk
            .update(|desk| {
                desk.n_checks += 1;
                (desk.check.take(), desk.n_checks)
            })
            .expect("the desk lives as long as the app");
        before.iter().for_each(Pump::abandon);
        check
    }

    fn is_current_check(self, check: u64) -> bool {
        self.desk.with(|desk| desk.n_checks == check)
    }
}
