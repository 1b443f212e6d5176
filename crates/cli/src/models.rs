//! `reviewlab models`: a project file in; its registered models and their versions out, as a table or as JSON.
//! Never: a version changed.

use engine::num::SortedMap;
use serde::Serialize;
use std::borrow::Cow;
use track::registry::{ModelVersion, RegisteredModel, Registry};
use track::run::Run;

use crate::aligned::aligned;
use crate::arguments::ModelsArguments;
use crate::failure::Failure;
use crate::project::Project;
use crate::pump::print;

const HEAD: [&str; 7] = ["address", "aliases", "stage", "model", "cv_f1_macro", "test_f1", "run"];

/// A version as JSON.
#[derive(Serialize)]
struct Version<'a> {
    address: String,
    model: &'a str,
    version: u32,
    aliases: Vec<&'a str>,
    stage: &'static str,
    description: &'a str,
    tags: &'a SortedMap<String, String>,
    run: &'a str,
    run_name: Option<&'a str>,
    metrics: Option<&'a SortedMap<String, f64>>,
    created: u64,
    who: &'a str,
}

/// Prints the versions, models in alphabetical order, the newest version of each first.
///
/// # Errors
/// Where the project file is wrong.
pub fn run(arguments: &ModelsArguments) -> Result<(), Failure> {
    let project = Project::open(&arguments.project)?;
    let (registry, runs) = pollster::block_on(async {
        let registry = project.registry().await?;
        let mut runs = SortedMap::new();
        for version in registry.all_versions() {
            if let Some(run) = project.run(version.run.as_str()).await? {
                runs.insert(version.run.clone(), run);
            }
        }
        Ok::<_, Failure>((registry, runs))
    })?;
    let run_of = |version: &ModelVersion| runs.get(&version.run);
    if arguments.json {
        let versions: Vec<Version<'_>> =
            listed(&registry).map(|(model, version)| as_json(model, version, run_of(version))).collect();
        let json = serde_json::to_string_pretty(&versions);
        let json = json.map_err(|error| Failure::Fault(format!("models cannot be written: {error}")))?;
        return print(&format!("{json}\n"));
    }
    let mut lines: Vec<Vec<Cow<'_, str>>> = vec![HEAD.map(Cow::Borrowed).to_vec()];
    lines.extend(listed(&registry).map(|(model, version)| line(model, version, run_of(version))));
    if lines.len() == 1 {
        return print("No model is registered.\n");
    }
    print(&aligned(&lines))
}

fn listed(registry: &Registry) -> impl Iterator<Item = (&RegisteredModel, &ModelVersion)> {
    let models = registry.models().filter_map(|name| registry.model(name));
    models.flat_map(|model| model.versions.iter().rev().map(move |version| (model, version)))
}

fn as_json<'a>(model: &'a RegisteredModel, version: &'a ModelVersion, run: Option<&'a Run>) -> Version<'a> {
    Version {
        address: version.address(),
        model: &version.model,
        version: version.version,
        aliases: model.aliases_of(version.version),
        stage: version.stage.as_str(),
        description: &version.description,
        tags: &version.tags,
        run: version.run.as_str(),
        run_name: run.map(|run| run.name.as_str()),
        metrics: run.map(|run| &run.metrics),
        created: version.created.0,
        who: &version.who,
    }
}

fn line<'a>(
    model: &'a RegisteredModel,
    version: &'a ModelVersion,
    run: Option<&'a Run>,
) -> Vec<Cow<'a, str>> {
    let or_dash = |text: Option<String>| text.map_or(Cow::Borrowed("-"), Cow::Owned);
    let metric =
        |name: &str| or_dash(run.and_then(|run| run.metrics.get(name)).map(|value| format!("{value:.4}")));
    let aliases = model.aliases_of(version.version);
    vec![
        Cow::Owned(version.address()),
        or_dash((!aliases.is_empty()).then(|| aliases.join(","))),
        Cow::Borrowed(version.stage.as_str()),
        or_dash(run.and_then(|run| run.params.get("model")).map(|model| model.as_logged())),
        metric("cv_f1_macro"),
        metric("test_f1"),
        Cow::Borrowed(run.map_or(version.run.as_str(), |run| run.name.as_str())),
    ]
}
