//! A model's card, from what this device remembers of it: records, test scores, the registry's history.

use engine::pipeline::{FittedPipeline, HeldOut};
use export::{CardFacts, ModelCard};
use storage::{Order, Query, StoreError};
use track::record::{Collection, Record};
use track::registry::{MAX_EVENTS, Registry};
use track::run::{Run, RunSpec, TEST_SCORES_ARTIFACT};

use crate::services::store::StoreService;

/// Most datasets that are looked through for a fit's.
const MAX_DATASETS: usize = 100_000;

/// The card of the model that run `run` fitted.
///
/// # Errors
/// As the store says.
pub async fn card_of(
    store: &StoreService,
    pipeline: &FittedPipeline,
    run: &str,
) -> Result<ModelCard, StoreError> {
    let mut facts = CardFacts::of(pipeline);
    if let Some(Record::Run(fit)) = store.get(Collection::Runs, run).await? {
        add_records(store, &mut facts, &fit).await?;
        facts.fit = Some(fit);
    }
    Ok(ModelCard::new(&facts))
}

async fn add_records(store: &StoreService, facts: &mut CardFacts<'_>, fit: &Run) -> Result<(), StoreError> {
    let events = store.list(&Query::All(Collection::Registry), Order::Ascending, MAX_EVENTS).await?;
    let event = |record| if let Record::Registry(event) = record { Some(event) } else { None };
    let events: Vec<_> = events.into_iter().filter_map(event).collect();
    let registry = Registry::from_events(&events);
    if let Some(version) = registry.all_versions().filter(|version| version.run == fit.id).last() {
        let model = registry.model(&version.model);
        let aliases = model.map(|model| model.aliases_of(version.version)).unwrap_or_default();
        facts.aliases = aliases.into_iter().map(str::to_owned).collect();
        facts.version = Some(version.clone());
    }
    if let Some(Record::Recipe(recipe)) =
        store.get(Collection::Recipes, &fit.dataset.recipe.to_string()).await?
    {
        facts.recipe = Some(recipe.recipe);
    }
    for record in store.list(&Query::All(Collection::Datasets), Order::Ascending, MAX_DATASETS).await? {
        if let Record::Dataset(dataset) = record
            && dataset.data == fit.dataset
        {
            facts.dataset = Some(dataset);
        }
    }
    if let Some(parent) = &fit.parent
        && let Some(Record::Run(study)) = store.get(Collection::Runs, parent.as_str()).await?
        && let Some(RunSpec::Study(spec)) = study.spec
    {
        facts.study = Some(spec);
    }
    let scores = fit.artifacts.iter().find(|artifact| artifact.name == TEST_SCORES_ARTIFACT);
    if let Some(artifact) = scores
        && let Some(bytes) = store.blob_bytes(artifact.sha256).await?
    {
        facts.test = HeldOut::from_bytes(&bytes).ok();
    }
    Ok(())
}
