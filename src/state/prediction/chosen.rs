//! Which model answers: the registry and an address in, a pipeline and where it comes from out.

use engine::num::ContentHash;
use storage::{Order, Query, StoreError};
use track::id::RunId;
use track::record::{Collection, Record};
use track::registry::{
    CHALLENGER, CHAMPION, ModelUri, ModelVersion, Registry as Versions, Resolved, UriError,
};
use track::run::{Run, RunKind};

use crate::services::store::StoreService;
use crate::state::format;
use crate::state::record_views::{candidates, pipeline_of};
use crate::state::runs::{MAX_RUNS_LISTED, runs_of};

/// Whether the version of this address is champion or challenger, and the other of the two with its alias.
pub(super) fn partner<'a>(
    registry: &'a Versions,
    address: &str,
) -> (Option<&'static str>, Option<(&'a ModelVersion, &'static str)>) {
    let Some(version) = registry.all_versions().find(|version| version.address() == address) else {
        return (None, None);
    };
    let Some(model) = registry.model(&version.model) else { return (None, None) };
    let aliased = |alias| model.aliased(alias).filter(|other| other.version != version.version);
    let is = |alias| model.aliases.get(alias) == Some(&version.version);
    match (is(CHAMPION), is(CHALLENGER)) {
        (true, _) => (Some(CHAMPION), aliased(CHALLENGER).map(|other| (other, CHALLENGER))),
        (false, true) => (Some(CHALLENGER), aliased(CHAMPION).map(|other| (other, CHAMPION))),
        (false, false) => (None, None),
    }
}

/// The pipeline to predict with, and where it comes from.
pub(super) struct Chosen {
    pub title: String,
    pub is_registered: bool,
    pub run: RunId,
    pub pipeline: ContentHash,
    pub fit: Option<Run>,
}

/// The newest champion, else the version registered last, else the best fit of the newest study.
pub(super) async fn choose(store: &StoreService, registry: &Versions) -> Result<Option<Chosen>, StoreError> {
    if let Some(version) = registry.answering() {
        return of_version(store, version).await.map(Some);
    }
    let fits =
        runs_of(store.list(&Query::RunsOfKind(RunKind::Fit), Order::Descending, MAX_RUNS_LISTED).await?);
    let best = candidates(&fits).into_iter().find(|candidate| candidate.is_best);
    let fit = best.and_then(|best| fits.into_iter().find(|fit| fit.id == best.run));
    Ok(fit.and_then(|fit| of_fit(fit.name.clone(), fit)))
}

/// What an address leads to.
pub(super) async fn chosen_by(
    store: &StoreService,
    registry: &Versions,
    address: &str,
) -> Result<Chosen, String> {
    let uri: ModelUri = address.parse().map_err(|error: UriError| format::sentence(&error.to_string()))?;
    let found = registry.resolve(&uri).map_err(|error| format::sentence(&error.to_string()))?;
    match found {
        Resolved::Version(version) => of_version(store, version).await.map_err(|error| error.to_string()),
        Resolved::Run(run) => {
            let record =
                store.get(Collection::Runs, run.as_str()).await.map_err(|error| error.to_string())?;
            let Some(Record::Run(fit)) = record else {
                return Err(format!("There is no run {run} on this device: choose another model."));
            };
            let no_model = || format!("Run {} left no model: choose a finished fit.", fit.name);
            of_fit(uri.to_string(), fit.clone()).ok_or_else(no_model)
        }
    }
}

pub(super) async fn of_version(store: &StoreService, version: &ModelVersion) -> Result<Chosen, StoreError> {
    let fit = match store.get(Collection::Runs, version.run.as_str()).await? {
        Some(Record::Run(fit)) => Some(fit),
        _ => None,
    };
    let title = version.address();
    Ok(Chosen { title, is_registered: true, run: version.run.clone(), pipeline: version.pipeline, fit })
}

fn of_fit(title: String, fit: Run) -> Option<Chosen> {
    let pipeline = pipeline_of(&fit)?;
    Some(Chosen { title, is_registered: false, run: fit.id.clone(), pipeline, fit: Some(fit) })
}

/// Every alias and every version, with how it is shown; what answers by itself first.
pub(super) fn choices(registry: &Versions) -> Vec<(String, String)> {
    let Some(answering) = registry.answering() else { return Vec::new() };
    let mut choices = vec![(String::new(), format!("What answers by itself ({})", answering.address()))];
    for model in registry.models().filter_map(|name| registry.model(name)) {
        let alias = |(alias, version): (&String, &u32)| {
            let uri = ModelUri::Alias { model: model.name.clone(), alias: alias.clone() }.to_string();
            (uri.clone(), format!("{uri} (version {version})"))
        };
        choices.extend(model.aliases.iter().map(alias));
        let version = |version: &ModelVersion| (version.address(), version.address());
        choices.extend(model.versions.iter().rev().map(version));
    }
    choices
}
