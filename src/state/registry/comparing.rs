//! The vocabularies of two versions: which terms one has and the other lacks.
//!
//! Their pipelines are read from the store when two are chosen, and not kept.

use engine::errors::{TermChange, term_changes};
use engine::num::ContentHash;
use engine::pipeline::FittedPipeline;
use leptos::task::spawn_local;
use track::registry::RegisteredModel;

use super::Registry;
use crate::services::store::StoreService;
use crate::state::loadable::Loadable;
use crate::state::model_book::terms_gained;

/// Terms told of each class, of those whose weights differ.
const N_CHANGES: usize = 12;

/// Terms that two versions do not share, and those that weigh otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct TermsCompared {
    /// The versions, and the model they are of.
    pub of: (String, u32, u32),
    /// How many terms both have.
    pub n_shared: usize,
    /// How many the second alone has, and the most frequent of them.
    pub gained: (usize, Vec<String>),
    /// How many the first alone has, and the most frequent of them.
    pub lost: (usize, Vec<String>),
    /// For each class its name and the terms whose weights differ most; none of models without weights.
    pub changes: Vec<(String, Vec<TermChange>)>,
}

impl Registry {
    /// Reads which terms two versions of a model do not share into `terms`.
    pub fn compare_terms(self, model: &str, first: u32, second: u32) {
        let of = (model.to_owned(), first, second);
        let is_known = self.terms.with_untracked(|terms| terms.loaded().is_some_and(|known| known.of == of));
        let pipelines = self.book.with_untracked(|book| {
            let model: &RegisteredModel = book.loaded()?.now.model(model)?;
            Some((model.version(first)?.pipeline, model.version(second)?.pipeline))
        });
        let Some(pipelines) = pipelines.filter(|_| !is_known) else { return };
        self.terms.set(Loadable::Loading);
        spawn_local(async move {
            let services = self.shared.get();
            let found = compared(&services.store, of, pipelines).await;
            self.terms.set(Loadable::from_result(found.map(Some)));
        });
    }
}

async fn compared(
    store: &StoreService,
    of: (String, u32, u32),
    (first, second): (ContentHash, ContentHash),
) -> Result<TermsCompared, String> {
    let first = pipeline(store, first).await?;
    let second = pipeline(store, second).await?;
    let (gained, lost) = (terms_gained(&first, &second), terms_gained(&second, &first));
    let n_shared = second.features.terms.len() - gained.0;
    let changes = term_changes(&first, &second, N_CHANGES).unwrap_or_default();
    let changes = second.labels.iter().cloned().zip(changes).collect();
    Ok(TermsCompared { of, n_shared, gained, lost, changes })
}

async fn pipeline(store: &StoreService, hash: ContentHash) -> Result<FittedPipeline, String> {
    let bytes = store.blob_bytes(hash).await.map_err(|error| error.to_string())?;
    let bytes = bytes.ok_or("The file of a version is no longer on this device.")?;
    FittedPipeline::from_bytes(&bytes).map_err(|error| error.to_string())
}
