//! The A/B test that the answering model is in: which side answers a text, and what both say of it.

use std::rc::Rc;

use storage::{Order, Query};
use track::ab_test::{AbTest, SideAnswer};
use track::id::AbTestId;
use track::record::{Collection, Record};
use track::registry::Registry as Versions;
use watch::ab_test::{Side, side_of};

use super::chosen::{chosen_by, partner};
use super::{Loaded, Prediction, SourceView, answer_of, load};
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

    /// The model whose turn the text is, and where its predictor is held.
    pub(super) fn whose_turn(self) -> Option<(SourceView, Held<Loaded>)> {
        self.source.track();
        self.rival.track();
        self.answered.track();
        self.whose_turn_untracked()
    }

    /// The same, without following.
    pub(super) fn whose_turn_untracked(self) -> Option<(SourceView, Held<Loaded>)> {
        let test = self.test.get_untracked();
        let is_rivals = test.is_some_and(|test| {
            self.answered.with_untracked(|text| side_of(&test, text) == Side::Challenger)
        });
        match is_rivals {
            true => Some((self.rival.get_untracked()?, self.rival_predictor)),
            false => Some((self.source.with_untracked(|source| source.loaded().cloned())?, self.predictor)),
        }
    }

    /// The model whose turn the text is.
    pub(in crate::state) fn answering(self) -> Option<SourceView> {
        self.whose_turn_untracked().map(|(source, _)| source)
    }

    /// What both sides of the running test say of the text; none without a test or words.
    pub(in crate::state) fn both_sides(self) -> Option<(AbTestId, SideAnswer, SideAnswer)> {
        let test = self.test.get_untracked()?;
        let source = self.source.with_untracked(|source| source.loaded().cloned())?;
        let rival = self.rival.get_untracked()?;
        let are_its = source.pipeline == test.champion.model.pipeline
            && rival.pipeline == test.challenger.model.pipeline;
        if !are_its {
            return None;
        }
        let text = self.answered.get_untracked();
        let said = |source: &SourceView, held: Held<Loaded>| {
            let begun_ms = clock::elapsed_ms();
            let answer = answer_of(source, held, &text)?;
            let took_ms = clock::elapsed_ms() - begun_ms;
            Some(SideAnswer { class: answer.label, is_unsure: answer.abstains, took_ms })
        };
        let champion = said(&source, self.predictor)?;
        let challenger = said(&rival, self.rival_predictor)?;
        Some((test.id.clone(), champion, challenger))
    }

    /// Finds the running test of the model that answers, and loads its challenger.
    pub(super) async fn find_test(
        self,
        store: &StoreService,
        registry: &Versions,
        address: &str,
    ) -> Result<(), String> {
        let all = store.list(&Query::All(Collection::AbTests), Order::Descending, MAX_TESTS).await;
        let is_its = |test: &AbTest| test.ended.is_none() && test.champion.model.address == address;
        let all = all.map_err(|error| error.to_string())?;
        let mut tests = all.into_iter().filter_map(|record| match record {
            Record::AbTest(test) => Some(test),
            _ => None,
        });
        let found = match tests.find(is_its) {
            // A challenger whose file is gone, damaged or of a newer version answers nobody; the test's page says what
            // to do.
            Some(test) => self.load_rival(store, registry, &test).await.ok().map(|rival| (test, rival)),
            None => None,
        };
        let (test, rival) = found.map_or((None, None), |(test, rival)| (Some(Rc::new(test)), Some(rival)));
        self.rival.set_if_new(rival);
        self.test.set_if_new(test);
        Ok(())
    }

    async fn load_rival(
        self,
        store: &StoreService,
        registry: &Versions,
        test: &AbTest,
    ) -> Result<SourceView, String> {
        let address = &test.challenger.model.address;
        let chosen = chosen_by(store, registry, address).await?;
        if chosen.pipeline != test.challenger.model.pipeline {
            return Err(format!("{address} is another model now."));
        }
        let (alias, _) = partner(registry, address);
        load(store, chosen, alias, self.rival_predictor).await
    }
}
