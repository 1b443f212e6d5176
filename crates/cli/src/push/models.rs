//! Registered models, their versions and aliases.
//! In: a registry, and where its runs lie on the server. Out: each version once there. Never: a version moved or removed.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use track::registry::{ModelVersion, RegisteredModel, Registry};

use super::runs::Pushed;
use super::server::{Refusal, Server, encoded};
use crate::failure::Failure;

/// Tag that a version is known by.
const OWN_VERSION: &str = "reviewlab.version";
/// Tag of what the version's run is called here.
const OWN_RUN: &str = "reviewlab.run_id";
/// Most versions that are asked for of one model.
const MAX_VERSIONS: usize = 10_000;

/// What was done.
#[derive(Debug, Default)]
pub struct Tally {
    /// Versions that were not there.
    pub n_new: usize,
    /// Versions that were.
    pub n_same: usize,
    /// Why a version or an alias is not there, each in a sentence.
    pub left_out: Vec<String>,
}

/// Brings all of them, those of a model in their order.
pub async fn bring(
    server: &mut Server,
    registry: &Registry,
    runs: &BTreeMap<String, Pushed>,
) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    for model in registry.models().filter_map(|name| registry.model(name)) {
        if model.versions.is_empty() {
            continue;
        }
        let asked =
            json!({ "name": model.name, "description": model.description, "tags": tags(&model.tags) });
        match server.post("registered-models/create", &asked).await {
            Ok(_) | Err(Refusal::Exists) => {}
            Err(Refusal::Failed(Failure::Wrong(why))) => {
                tally.left_out.push(why);
                continue;
            }
            Err(refusal) => return Err(refusal.into()),
        }
        let there = known(server, model).await?;
        let mut numbers = BTreeMap::new();
        for version in &model.versions {
            let key = (version.version.to_string(), version.run.as_str().to_owned());
            if let Some(number) = there.get(&key) {
                tally.n_same += 1;
                numbers.insert(version.version, number.clone());
                continue;
            }
            match runs.get(version.run.as_str()) {
                Some(run) => {
                    let number = create(server, version, run).await?;
                    tally.n_new += 1;
                    numbers.insert(version.version, number);
                }
                None => tally.left_out.push(format!("{}: its run is not there", version.address())),
            }
        }
        for (alias, version) in &model.aliases {
            let Some(number) = numbers.get(version) else { continue };
            let asked = json!({ "name": model.name, "alias": alias, "version": number });
            match server.post("registered-models/alias", &asked).await {
                Ok(_) => {}
                Err(Refusal::Failed(Failure::Wrong(why))) => tally.left_out.push(why),
                Err(refusal) => return Err(refusal.into()),
            }
        }
    }
    Ok(tally)
}

/// The versions of ours that a model has there: by our number and run, its number.
async fn known(
    server: &mut Server,
    model: &RegisteredModel,
) -> Result<BTreeMap<(String, String), String>, Failure> {
    let mark = if model.name.contains('\'') { '"' } else { '\'' };
    let filter = encoded(&format!("name={mark}{}{mark}", model.name));
    let told =
        server.get("model-versions/search", &format!("filter={filter}&max_results={MAX_VERSIONS}")).await?;
    let one = |version: &Value| {
        let tag = |name: &str| {
            let tags = version["tags"].as_array()?;
            tags.iter().find(|tag| tag["key"] == name)?["value"].as_str().map(str::to_owned)
        };
        Some(((tag(OWN_VERSION)?, tag(OWN_RUN)?), version["version"].as_str()?.to_owned()))
    };
    Ok(told["model_versions"].as_array().into_iter().flatten().filter_map(one).collect())
}

async fn create(server: &mut Server, version: &ModelVersion, run: &Pushed) -> Result<String, Failure> {
    let mut own = tags(&version.tags);
    own.push(json!({ "key": OWN_VERSION, "value": version.version.to_string() }));
    own.push(json!({ "key": OWN_RUN, "value": version.run.as_str() }));
    own.push(json!({ "key": "reviewlab.stage", "value": version.stage.as_str() }));
    let asked = json!({
        "name": version.model,
        "source": format!("{}/model", run.artifacts),
        "run_id": run.id,
        "description": version.description,
        "tags": own,
    });
    let told = server.post("model-versions/create", &asked).await?;
    let number = told["model_version"]["version"].as_str().map(str::to_owned);
    number.ok_or_else(|| Failure::wrong("The tracking server answers, and not as MLflow does."))
}

fn tags(of: &engine::num::SortedMap<String, String>) -> Vec<Value> {
    of.iter().map(|(name, value)| json!({ "key": name, "value": value })).collect()
}
