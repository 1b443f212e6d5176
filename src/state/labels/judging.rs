//! What was said, stored and weighed: the recipe's next version, the worker's next answer, the next suspect.

use drivers::QuestionDriver;
use engine::dataset::LabelId;
use engine::pipeline::{FittedPipeline, Predictor};
use jobs::{JudgeLabels, LabelsOutput};
use leptos::task::spawn_local;

use super::{Decision, Decisions, Judged, Labels, Phase, SuspectView};
use crate::services::pump::Pump;
use crate::state::explain::prediction_view;
use crate::state::study_form;

/// Most suspects that are asked for at a time.
const MAX_SUSPECTS: u32 = 200;

impl Labels {
    /// Changes what was said: stored, then shown, then weighed. While one change is stored another waits for a key
    /// pressed again.
    pub(super) fn change(self, change: impl FnOnce(&mut Decisions)) {
        let mut decisions = self.decisions.get_untracked();
        change(&mut decisions);
        let asked = self.desk.update(|desk| {
            let bench = desk.bench.as_ref()?;
            if std::mem::replace(&mut desk.is_storing, true) {
                return None;
            }
            let mut recipe = bench.recipe.clone();
            decisions.write_to(&mut recipe);
            Some((desk.n_sessions, recipe, decisions.class_counts(&bench.classes)))
        });
        let Some((session, recipe, classes)) = asked.flatten() else { return };
        spawn_local(async move {
            let stored = self.lab.store_labels(recipe, classes).await;
            self.desk.update(|desk| desk.is_storing = false);
            if !self.is_current(session) {
                return;
            }
            match stored {
                Ok(data) => {
                    self.desk.update(|desk| {
                        if let Some(bench) = &mut desk.bench {
                            bench.data = data;
                        }
                    });
                    self.problem.set(None);
                    self.decisions.set(decisions);
                    self.show_current();
                    self.judge();
                }
                Err(sentence) => self.problem.set(Some(sentence)),
            }
        });
    }

    /// Asks what the predictions say of the labels as they stand now. One question at a time: what is said meanwhile
    /// is asked next.
    pub(super) fn judge(self) {
        let decisions = self.decisions.get_untracked();
        let job = self.desk.update(|desk| {
            if desk.judging.as_ref().is_some_and(|judging| !judging.is_over()) {
                desk.is_stale = true;
                return None;
            }
            let bench = desk.bench.as_ref()?;
            let mut study = study_form::for_audit();
            study.follow(&bench.recipe);
            let correction = |Decision { record, label, .. }: &Decision| {
                let doc = bench.records.binary_search(record).ok()?;
                Some((u32::try_from(doc).ok()?, *label))
            };
            let job = JudgeLabels {
                session: bench.session,
                counts: bench.counts,
                terms: bench.terms,
                split: study.split,
                pipeline: bench.pipeline.clone(),
                labels: bench.classes.iter().map(|(name, _)| name.clone()).collect(),
                corrections: decisions.list().iter().filter_map(correction).collect(),
                n_most: MAX_SUSPECTS,
            };
            Some((desk.n_sessions, job))
        });
        let Some((session, job)) = job.flatten() else { return };
        self.is_judging.set(true);
        let ended = move |driver: &mut QuestionDriver<JudgeLabels>| {
            if !self.is_current(session) {
                return;
            }
            let answer = driver.answers().next().cloned();
            match (answer, driver.failed()) {
                (Some(output), _) => self.answered(output),
                (None, Some(error)) => self.failed(error.to_string()),
                (None, None) => {}
            }
        };
        let pump = Pump::start(self.shared.get(), QuestionDriver::new(vec![job]), None, |_| (), ended);
        self.desk.update(|desk| desk.judging = Some(pump));
    }

    fn failed(self, sentence: String) {
        self.is_judging.set(false);
        match self.judged.with_untracked(Option::is_some) {
            true => self.problem.set(Some(sentence)),
            false => self.phase.set(Phase::Failed(sentence)),
        }
    }

    fn answered(self, output: LabelsOutput) {
        let shelf = self.shared.get().shelf.clone();
        let predictor = shelf.take_bytes(output.pipeline.hash).and_then(|bytes| {
            let pipeline = FittedPipeline::from_bytes(&bytes.to_vec()).ok()?;
            Predictor::new(pipeline).ok()
        });
        let (is_stale, goes_back) = self
            .desk
            .update(|desk| {
                if let Some(bench) = &mut desk.bench {
                    bench.predictor = predictor;
                }
                let goes_back = desk.goes_back;
                desk.goes_back &= desk.is_stale;
                (std::mem::take(&mut desk.is_stale), goes_back)
            })
            .unwrap_or_default();
        let suspects = self.desk.with(|desk| {
            let bench = desk.bench.as_ref()?;
            let numbered = output.suspects.iter().map(|suspect| {
                let record = bench.records.get(suspect.doc as usize).copied()?;
                Some((record, suspect.clone()))
            });
            numbered.collect::<Option<Vec<_>>>()
        });
        let LabelsOutput { held_out, n_suspects, fit_ms, .. } = output;
        let judged = Judged { held_out, n_suspects, suspects: suspects.unwrap_or_default(), fit_ms };
        if self.first.with_untracked(Option::is_none) {
            self.first.set(Some(judged.clone()));
        }
        self.judged.set(Some(judged));
        self.phase.set(Phase::Ready);
        match goes_back {
            true => self.show_current(),
            false => self.show_again(),
        }
        if is_stale {
            return self.judge();
        }
        self.is_judging.set(false);
    }

    /// Shows the suspect that is being looked at as it is judged now, wherever it stands in the queue by now: nobody's next
    /// key is to fall on another review than the one that was read.
    fn show_again(self) {
        let shown = self.shown.get_untracked();
        let mut open = self.open_untracked();
        let place =
            shown.as_ref().and_then(|shown| open.iter().position(|(record, _)| *record == shown.record));
        match (shown, place) {
            (Some(shown), Some(place)) => {
                let (record, suspect) = open.swap_remove(place);
                self.place.set(place);
                self.shown.set(Some(self.view_of(record, suspect, shown.text)));
            }
            _ => self.show_current(),
        }
    }

    /// Shows the suspect at the place looked at, once its text is read.
    pub(super) fn show_current(self) {
        let open = self.open_untracked();
        if !open.is_empty() && self.place.get_untracked() >= open.len() {
            self.place.set(0);
        }
        let Some((record, suspect)) = open.into_iter().nth(self.place.get_untracked()) else {
            return self.shown.set(None);
        };
        let number = self.desk.update(|desk| {
            desk.n_shown += 1;
            desk.n_shown
        });
        self.lab.with_rows(Box::new(move |rows| {
            spawn_local(async move {
                let found = match rows {
                    Ok(rows) => rows.review(record).await,
                    Err(sentence) => Err(sentence),
                };
                if self.desk.with(|desk| Some(desk.n_shown)) != number {
                    return;
                }
                match found {
                    Ok(review) => {
                        let text = review.map_or_else(String::new, |review| review.text);
                        self.shown.set(Some(self.view_of(record, suspect, text)));
                    }
                    Err(sentence) => self.problem.set(Some(sentence)),
                }
            });
        }));
    }

    fn view_of(self, record: u64, suspect: jobs::Suspect, text: String) -> SuspectView {
        let seen = self.desk.update(|desk| {
            let bench = desk.bench.as_mut()?;
            let like = suspect
                .like
                .iter()
                .filter_map(|(doc, label)| Some((*bench.records.get(*doc as usize)?, *label)));
            let like: Vec<(u64, LabelId)> = like.collect();
            let names: Vec<String> = bench.classes.iter().map(|(name, _)| name.clone()).collect();
            let explained = bench.predictor.as_mut().map(|predictor| predictor.explain(&text));
            Some((
                like,
                explained.map(|explained| prediction_view((&text, &[]), (&names, None), &explained, 0.0)),
            ))
        });
        let (like, why) = seen.flatten().unwrap_or_default();
        let jobs::Suspect { given, likely, probabilities, .. } = suspect;
        SuspectView { record, text, given, likely, probabilities, like, why }
    }
}
