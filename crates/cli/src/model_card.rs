//! A model of a project in, its card out: what the project's records say of it.
//! In: records, test scores, the file of reviews where the project holds it. Never: a card refused because one is missing.

use engine::errors::{SliceFinder, SlicesFound};
use engine::num::ContentHash;
use engine::pipeline::{FittedPipeline, HeldOut};
use export::{CardFacts, ModelCard};
use storage::{Order, Query, Store as _};
use track::dataset::DatasetRef;
use track::record::{Collection, Record};
use track::run::{Run, RunSpec, TEST_SCORES_ARTIFACT};

use crate::failure::Failure;
use crate::project::Project;

/// Most datasets that are looked through for a fit's.
const MAX_DATASETS: usize = 100_000;
/// Bytes of a file that are read at once.
const CHUNK_BYTES: usize = 1 << 20;

/// A model's card, by the fit it comes from where that is in the project.
///
/// # Errors
/// Where the project cannot be read.
pub fn of(project: &Project, pipeline: &FittedPipeline, fit: Option<&Run>) -> Result<ModelCard, Failure> {
    let facts = pollster::block_on(facts(project, pipeline, fit))?;
    Ok(ModelCard::new(&facts))
}

/// What is known of it.
///
/// # Errors
/// Where the project cannot be read.
pub async fn facts<'a>(
    project: &Project,
    pipeline: &'a FittedPipeline,
    fit: Option<&Run>,
) -> Result<CardFacts<'a>, Failure> {
    let mut facts = CardFacts::of(pipeline);
    let Some(fit) = fit else { return Ok(facts) };
    facts.fit = Some(fit.clone());
    let registry = project.registry().await?;
    if let Some(version) = registry.all_versions().filter(|version| version.run == fit.id).last() {
        let model = registry.model(&version.model);
        let aliases = model.map(|model| model.aliases_of(version.version)).unwrap_or_default();
        facts.aliases = aliases.into_iter().map(str::to_owned).collect();
        facts.version = Some(version.clone());
    }
    let store = project.store();
    let key = fit.dataset.recipe.to_string();
    if let Some(Record::Recipe(recipe)) = store.get(Collection::Recipes, &key).await? {
        facts.recipe = Some(recipe.recipe);
    }
    for record in store.list(&Query::All(Collection::Datasets), Order::Ascending, MAX_DATASETS).await? {
        if let Record::Dataset(dataset) = record
            && is_of(&dataset.data, fit)
        {
            facts.dataset = Some(dataset);
        }
    }
    if let Some(parent) = &fit.parent
        && let Some(study) = project.run(parent.as_str()).await?
        && let Some(RunSpec::Study(study)) = study.spec
    {
        facts.study = Some(study);
    }
    let scores = fit.artifacts.iter().find(|artifact| artifact.name == TEST_SCORES_ARTIFACT);
    if let Some(artifact) = scores
        && let Some(bytes) = project.blob(artifact.sha256).await?
    {
        facts.test = HeldOut::from_bytes(&bytes).ok();
    }
    facts.slices = slices(project, fit.dataset.file, &facts).await?;
    Ok(facts)
}

fn is_of(data: &DatasetRef, fit: &Run) -> bool {
    *data == fit.dataset
}

/// In which kinds of test reviews it is worse; nothing where the file is not here, or gives other reviews.
async fn slices(
    project: &Project,
    file: ContentHash,
    facts: &CardFacts<'_>,
) -> Result<Option<SlicesFound>, Failure> {
    let (Some(recipe), Some(test)) = (&facts.recipe, &facts.test) else { return Ok(None) };
    let Some(bytes) = project.blob(file).await? else { return Ok(None) };
    let found = || {
        let mut finder = SliceFinder::new(recipe, facts.pipeline, test).ok()?;
        for chunk in bytes.chunks(CHUNK_BYTES) {
            finder.push(chunk).ok()?;
        }
        finder.finish().ok().map(|(found, ..)| found)
    };
    Ok(found())
}
