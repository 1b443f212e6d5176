//! The A/B test that the answering model is in: which side answers a text, and what both say of it.

use std::rc::Rc;

use engine::num::ContentHash;
use engine::pipeline::{FittedPipeline, Predictor};
use storage::{Order, Query};
use track::ab_test::{AbTest, SideAnswer};
use track::id::AbTestId;
use track::record::{Collection, Record};
use watch::ab_test::{Side, side_of};

use super::{Loaded, Prediction};
use crate::reactive::Held;
use crate::services::clock;
use crate::services::store::StoreService;

/// Tests that are looked through for one that runs.
const MAX_TESTS: usize = 500;

impl Prediction {
    /// The address of the challenger, where it is the one that answers the text.
    pub fn answered_by_challenger(self) -> Option<(String, String)> {
        let test = self.test.get()?;
        let is_its = self.answered.with(|text| side_of(&test, text) == Side::Challenger);
        is_its.then(|| (test.challenger.model.address.clone(), test.name.clone()))
    }

    /// The predictor whose turn a text is.
    pub(super) fn predictor_of(self, text: &str) -> Held<Loaded> {
        let test = self.test.get();
        match test.is_some_and(|test| side_of(&test, text) == Side::Challenger) {
            true => self.challenger,
            false => self.predictor,
        }
    }

    /// What both sides of the running test say of the text; none without a test or words.
    pub(in crate::state) fn both_sides(self) -> Option<(AbTestId, SideAnswer, SideAnswer)> {
        let test = self.test.get_untracked()?;
        let text = self.answered.get_untracked();
        if text.trim().is_empty() {
            return None;
        }
        let said = |held: Held<Loaded>, pipeline: ContentHash| {
            held.update(|loaded| {
                let (_, predictor) = loaded.as_mut().filter(|(hash, _)| *hash == pipeline)?;
                let begun_ms = clock::elapsed_ms();
                let answer = predictor.predict(&text);
                let took_ms = clock::elapsed_ms() - begun_ms;
                Some(SideAnswer { class: answer.label, is_unsure: answer.abstains, took_ms })
            })
            .flatten()
        };
        let champion = said(self.predictor, test.champion.model.pipeline)?;
        let challenger = said(self.challenger, test.challenger.model.pipeline)?;
        Some((test.id.clone(), champion, challenger))
    }

    /// Finds the running test of the model that answers, and loads its challenger.
    pub(super) async fn find_test(self, store: &StoreService, address: &str) -> Result<(), String> {
        let words = |error: storage::StoreError| error.to_string();
        let all = store.list(&Query::All(Collection::AbTests), Order::Descending, MAX_TESTS).await;
        let is_its = |test: &AbTest| test.ended.is_none() && test.champion.model.address == address;
        let tests = all.map_err(words)?.into_iter().filter_map(|record| match record {
            Record::AbTest(test) => Some(test),
            _ => None,
        });
        let Some(test) = tests.into_iter().find(is_its) else {
            self.test.set_if_new(None);
            return Ok(());
        };
        let pipeline = test.challenger.model.pipeline;
        let held = self.challenger.with(|loaded| loaded.as_ref().map(|(hash, _)| *hash));
        if held != Some(pipeline) {
            // A challenger whose file is gone answers nobody; the test's page says what to do.
            let Some(bytes) = store.blob_bytes(pipeline).await.map_err(words)? else {
                self.test.set_if_new(None);
                return Ok(());
            };
            let fitted = FittedPipeline::from_bytes(&bytes).map_err(|error| error.to_string())?;
            let predictor = Predictor::new(fitted).map_err(|error| error.to_string())?;
            self.challenger.set(Some((pipeline, predictor)));
        }
        self.test.set_if_new(Some(Rc::new(test)));
        Ok(())
    }
}
