//! What would turn the answer, and which reviews are like the text: looked for beside the typing, never in its way.
//!
//! The fewest words are looked for on the page in slices of some milliseconds, once the typing rests; similar reviews
//! by a worker, in the stored file that the model learned from.

use std::rc::Rc;

use drivers::{FindSimilar, SimilarDriver};
use engine::pipeline::{Flip, FlipSearch, Span};
use jobs::SimilarOutput;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Shared;
use super::dataset_records::stored_data;
use super::lab::{Lab, share_of};
use super::latest::Latest;
use super::loadable::Loadable;
use super::prediction::{Prediction, SourceView};
use crate::reactive::{Held, State};
use crate::services::clock;
use crate::services::pump::Pump;
use crate::services::shelf::Kept;

/// How long the typing rests before anything is looked for.
const REST_MS: i32 = 250;
/// How long a slice of the search may take: what is left of a frame draws it.
const SLICE_MS: f64 = 5.0;
/// Predictions between two looks at the clock.
const N_PREDICTIONS: usize = 4;

/// What would turn the answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Turn {
    /// There is no answer to turn.
    #[default]
    Nothing,
    /// It is being looked for.
    Searching,
    /// Without these words the answer is another.
    Without {
        /// Their places, ascending.
        places: Vec<u32>,
        /// As they stand in the text.
        words: Vec<String>,
        /// The answer then.
        class: String,
        /// No fewer words do.
        is_fewest: bool,
    },
    /// It stays even with every word taken out.
    Never,
    /// It stays without any set that was tried.
    NotFound,
    /// The text is too long to look.
    TooLong,
}

/// Similar reviews, ready to show.
#[derive(Clone, Debug, PartialEq)]
pub struct SimilarView {
    /// What they are like.
    pub text: String,
    /// Class names.
    pub labels: Vec<String>,
    /// They.
    pub found: SimilarOutput,
}

/// What-if of the page. `Copy`; from context by `use_what_if`.
#[derive(Clone, Copy)]
pub struct WhatIf {
    /// What would turn the answer.
    pub turn: State<Turn>,
    /// Reviews like the text.
    pub similar: State<Loadable<Rc<SimilarView>>>,
    /// How far the search for them is, from 0 to 1.
    pub share: State<f64>,
    n_asked: Held<u64>,
    latest: Latest,
    prediction: Prediction,
    lab: Lab,
    shared: Shared,
}

impl WhatIf {
    /// The text, its words or the model changed: looks anew once that rests.
    pub fn look_again(self) {
        let number = self.n_asked.update(|n_asked| {
            *n_asked += 1;
            *n_asked
        });
        let is_wanted = move || Some(self.n_asked.get()) == number;
        self.turn.set_if_new(Turn::Nothing);
        spawn_local(async move {
            clock::sleep(REST_MS).await;
            if !is_wanted() {
                return;
            }
            let (text, left_out) =
                (self.prediction.answered.get_untracked(), self.prediction.left_out.get_untracked());
            if text.trim().is_empty() {
                return;
            }
            let began = self.prediction.with_answering(|predictor, labels| {
                let search = FlipSearch::new(predictor, &text, &left_out);
                (search, predictor.explain(&text).words, labels.to_vec())
            });
            let Some((mut search, spans, labels)) = began else { return };
            self.turn.set_if_new(Turn::Searching);
            loop {
                let begun_ms = clock::elapsed_ms();
                while clock::elapsed_ms() - begun_ms < SLICE_MS {
                    let found = self
                        .prediction
                        .with_answering(|predictor, _| search.advance(predictor, N_PREDICTIONS));
                    match found {
                        Some(Some(flip)) => return self.turn.set_if_new(turn(flip, &text, &spans, &labels)),
                        Some(None) => {}
                        None => return,
                    }
                }
                clock::sleep(0).await;
                if !is_wanted() {
                    return;
                }
            }
        });
    }

    /// Looks for reviews like what is typed in the file the model learned from.
    pub fn find_similar(self) {
        let text = self.prediction.answered.get_untracked();
        let source = self.prediction.answering().filter(|_| !text.trim().is_empty());
        let Some(source) = source else { return };
        let number = self.latest.next();
        self.share.set(0.0);
        self.similar.set(Loadable::Loading);
        spawn_local(async move {
            if let Err(sentence) = self.begin(number, source, text).await
                && self.latest.is(number)
            {
                self.similar.set(Loadable::Failed(sentence));
            }
        });
    }

    /// Gives the search for similar reviews up.
    pub fn stop(self) {
        self.latest.next();
        self.similar.set(Loadable::Nothing);
    }

    async fn begin(self, number: u64, source: SourceView, text: String) -> Result<(), String> {
        const NO_RECORD: &str =
            "The run this model came from is not on this device, so its reviews cannot be looked at.";
        let services = self.shared.get();
        let data = source.data.ok_or(NO_RECORD)?;
        let gone = |_| {
            "The file this model learned from is no longer on this device: give it again on the Data page."
                .to_owned()
        };
        let (file, recipe) = stored_data(&services.store, &data, "").await.map_err(gone)?;
        let bytes = services.store.blob_bytes(source.pipeline).await.map_err(|error| error.to_string())?;
        let bytes = bytes.ok_or("The model's file is no longer on this device: train again.")?;
        services.shelf.put(source.pipeline, Kept::of(&bytes));
        let test = match source.test {
            Some(hash) => services.store.blob_bytes(hash).await.map_err(|error| error.to_string())?,
            None => None,
        };
        let test = source.test.zip(test);
        if let Some((hash, bytes)) = &test {
            services.shelf.put(*hash, Kept::of(bytes));
        }
        if !self.latest.is(number) {
            return Ok(());
        }
        let job = FindSimilar {
            recipe,
            pipeline: source.pipeline,
            text: text.clone(),
            test: test.map(|(hash, _)| hash),
        };
        let driver = SimilarDriver::new(self.lab.next_session(), file.size() as u64, job);
        let on_change = move |driver: &SimilarDriver| self.share.set(share_of(driver.progress()));
        let labels = source.labels;
        let on_end = move |driver: &mut SimilarDriver| match driver.take_outcome() {
            Some(Ok(found)) => {
                self.similar.set(Loadable::Loaded(Rc::new(SimilarView { text, labels, found })));
            }
            Some(Err(error)) => self.similar.set(Loadable::Failed(error.to_string())),
            None => {}
        };
        self.latest.keep(Pump::start(services, driver, Some(file), on_change, on_end));
        Ok(())
    }
}

/// What was found, in the person's own words.
fn turn(flip: Flip, text: &str, spans: &[Span], labels: &[String]) -> Turn {
    match flip {
        Flip::Without { words, label, is_fewest } => {
            let word = |place: &u32| {
                let span = spans.get(*place as usize)?;
                text.get(span.start as usize..span.end as usize).map(str::to_owned)
            };
            Turn::Without {
                words: words.iter().filter_map(word).collect(),
                places: words,
                class: labels.get(usize::from(label)).cloned().unwrap_or_default(),
                is_fewest,
            }
        }
        Flip::Never => Turn::Never,
        Flip::NotFound => Turn::NotFound,
        Flip::TooLong => Turn::TooLong,
    }
}

pub(super) fn provide_what_if(shared: Shared, prediction: Prediction, lab: Lab) {
    provide_context(WhatIf {
        turn: State::new(Turn::Nothing),
        similar: State::new(Loadable::Nothing),
        share: State::new(0.0),
        n_asked: Held::new(0),
        latest: Latest::new(),
        prediction,
        lab,
        shared,
    });
}

/// What-if of the page.
pub fn use_what_if() -> WhatIf {
    use_context().expect("`provide_app_state` in `App` provides what-if")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_an_answer_is_told_in_the_persons_words() {
        let spans = [Span { start: 0, end: 5 }, Span { start: 6, end: 12 }];
        let labels = ["negative", "positive"].map(str::to_owned);
        let flip = Flip::Without { words: vec![1], label: 1, is_fewest: true };
        let expected = Turn::Without {
            places: vec![1],
            words: vec!["BRÖKE".to_owned()],
            class: "positive".to_owned(),
            is_fewest: true,
        };
        assert_eq!(turn(flip, "Worst BRÖKE", &spans, &labels), expected);
        assert_eq!(turn(Flip::Never, "", &[], &labels), Turn::Never);
    }
}
