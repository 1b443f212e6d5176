//! What a study learns from: a file's reviews counted in each way that the study needs, read again where that is not
//! on the shelf.

use std::rc::Rc;

use drivers::{PassError, Read};
use engine::dataset::DatasetRecipe;
use engine::tune::{CorpusSpec, StudySpec};
use jobs::ReadOutput;
use leptos::task::spawn_local;
use track::dataset::DatasetRef;
use track::id::ExperimentId;

use super::Lab;
use super::reading::OnRead;
use crate::services::arrival::Arrival;
use crate::services::files::Blob;
use crate::services::pump::Pump;
use crate::state::dataset_records::stored_data;
use crate::state::import::{ReadCorpus, ReadyCounts};
use crate::state::study_form;

/// Which reviews a study learns from.
pub(in crate::state) enum Wanted {
    /// Those in use; the study follows what their recipe says.
    InUse,
    /// Those that a study learned from which goes on: it follows them already.
    Of {
        /// File and recipe.
        data: DatasetRef,
        /// The experiment the study belongs to.
        experiment: ExperimentId,
    },
}

/// A study that follows its reviews' recipe, and its reviews.
type Ready = Result<(StudySpec, ReadyCounts), String>;

/// Says that a read was given up, if nothing else was said.
struct Told(Rc<Arrival<Result<ReadOutput, PassError>>>);

impl Told {
    fn say(&self, outcome: Result<ReadOutput, PassError>) {
        self.0.arrive(outcome);
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.say(Err(PassError::Stopped));
    }
}

impl Lab {
    /// The reviews for a study: at once where they are on the shelf in every way it needs, else read from their
    /// file.
    pub(in crate::state) fn with_corpora(
        self,
        wanted: Wanted,
        study: StudySpec,
        then: impl FnOnce(Ready) + 'static,
    ) {
        let in_use = self.dataset.with_untracked(|dataset| dataset.loaded().cloned());
        let (data, name) = match (&wanted, in_use) {
            (Wanted::InUse, Some(dataset)) => (dataset.data, dataset.name),
            (Wanted::InUse, None) => {
                return then(
                    Err("There is no data yet: choose a file or try the sample reviews.".to_owned()),
                );
            }
            (Wanted::Of { data, .. }, in_use) => {
                let name = in_use.filter(|dataset| dataset.data.file == data.file);
                (data.clone(), name.map_or_else(|| "of the study".to_owned(), |dataset| dataset.name))
            }
        };
        let known = self.known(&data);
        let ready = known.as_ref().and_then(|known| {
            let study = following(&wanted, study.clone(), &known.recipe);
            known.only(&study.corpora()).map(|ready| (study, ready))
        });
        if let Some((study, mut ready)) = ready {
            if let Wanted::Of { .. } = wanted {
                return then(Ok((study, ready)));
            }
            spawn_local(async move {
                // The person may have chosen another experiment since these were read.
                then(self.experiment(&name).await.map(|experiment| {
                    ready.experiment = experiment;
                    (study, ready)
                }));
            });
            return;
        }
        let recount = self.next_recount();
        spawn_local(async move {
            let read = self.read_all((data, name), (wanted, study), recount).await;
            if self.desk.with(|desk| desk.n_recounts == recount) {
                then(read);
            }
        });
    }

    async fn read_all(
        self,
        (data, name): (DatasetRef, String),
        (wanted, study): (Wanted, StudySpec),
        recount: u64,
    ) -> Ready {
        let (file, recipe) = stored_data(&self.services().store, &data, &name).await?;
        let study = following(&wanted, study, &recipe);
        let known = self.known(&data);
        let mut corpora = Vec::new();
        let mut classes = known.as_ref().map(|known| known.classes.clone());
        let mut ratings = known.as_ref().map(|known| known.ratings.clone()).unwrap_or_default();
        for way in study.corpora() {
            let read = known.as_ref().and_then(|known| known.only(std::slice::from_ref(&way)));
            if let Some(mut read) = read {
                corpora.append(&mut read.corpora);
                continue;
            }
            if self.desk.with(|desk| desk.n_recounts != recount) {
                return Err(PassError::Stopped.to_string());
            }
            let output = self.read_as(&file, &recipe, &way).await.map_err(|error| error.to_string())?;
            let names = recipe.mapping.classes.iter().cloned();
            let found: Vec<(String, u64)> = names.zip(output.summary.class_counts.iter().copied()).collect();
            // Rows are dealt once: a way to clean that empties some would shift all after them.
            if classes.get_or_insert_with(|| found.clone()) != &found {
                return Err("One way to clean leaves other reviews than another, because it empties some: \
                            choose fewer ways to clean, or keep emptied reviews on the Data page."
                    .to_owned());
            }
            ratings.clone_from(&output.summary.ratings);
            corpora.push(ReadCorpus { way, counts: output.counts, terms: output.terms });
        }
        let experiment = match wanted {
            Wanted::Of { experiment, .. } => experiment,
            Wanted::InUse => self.experiment(&name).await?,
        };
        let classes = classes.unwrap_or_default();
        let ready = ReadyCounts { data, recipe, experiment, classes, ratings, corpora };
        self.remember(&ready);
        Ok((study, ready))
    }

    async fn read_as(
        self,
        file: &Blob,
        recipe: &DatasetRecipe,
        way: &CorpusSpec,
    ) -> Result<ReadOutput, PassError> {
        let outcome: Rc<Arrival<_>> = Rc::default();
        let told = Told(outcome.clone());
        let on_end: OnRead = Box::new(move |_, output| told.say(output));
        let recipe = DatasetRecipe { cleaning: way.cleaning.clone(), ..recipe.clone() };
        let read = Read { recipe, counting: way.counting.clone() };
        let pump = self.start_read_as(file.clone(), read, Box::new(|_| ()), on_end);
        self.desk.update(|desk| desk.recount = Some(pump));
        outcome.get().await.clone()
    }

    /// What of these data lies on the shelf.
    fn known(self, data: &DatasetRef) -> Option<ReadyCounts> {
        let mut known = self.desk.with(|desk| desk.counts.clone()).filter(|known| known.data == *data)?;
        let shelf = &self.services().shelf;
        let is_kept = |corpus: &ReadCorpus| {
            [corpus.counts.hash, corpus.terms.hash].into_iter().all(|hash| shelf.get(hash).is_some())
        };
        known.corpora.retain(is_kept);
        Some(known)
    }

    /// The next study of the data in use need not read these again, nor what was read when they were chosen.
    fn remember(self, ready: &ReadyCounts) {
        let is_in_use =
            self.dataset.with_untracked(|dataset| dataset.loaded().is_some_and(|one| one.data == ready.data));
        if !is_in_use {
            return;
        }
        let mut ready = ready.clone();
        let usual = self.known(&ready.data).and_then(|known| {
            known.corpora.into_iter().find(|corpus| corpus.way.counting == study_form::counting())
        });
        ready.corpora.extend(usual.filter(|usual| !ready.corpora.contains(usual)));
        self.desk.update(|desk| desk.counts = Some(ready));
    }

    /// Gives up the read that training asked for.
    pub(in crate::state) fn abandon_recount(self) {
        self.next_recount();
    }

    /// Another read for training: the one before is given up. Its number tells whether it is still wanted.
    fn next_recount(self) -> u64 {
        let (before, recount) = self
            .desk
            .update(|desk| {
                desk.n_recounts += 1;
                (desk.recount.take(), desk.n_recounts)
            })
            .expect("the desk lives as long as the app");
        before.iter().for_each(Pump::abandon);
        recount
    }
}

fn following(wanted: &Wanted, mut study: StudySpec, recipe: &DatasetRecipe) -> StudySpec {
    if let Wanted::InUse = wanted {
        study_form::follow_recipe(&mut study, recipe);
    }
    study
}
