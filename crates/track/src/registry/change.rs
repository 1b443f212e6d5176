//! What is written down: one change of the registry, with who, when and why.

use std::fmt;

use engine::num::{ContentHash, SortedMap};
use engine::quote::Quoted;
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::id::{EventId, Millis, RunId};

/// Where a version stands on its way into use. The names are MLflow's.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToJson,
    FromJson,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Registered, nothing more.
    #[default]
    None,
    /// Being tried.
    Staging,
    /// In use.
    Production,
    /// No longer in use.
    Archived,
}

impl Stage {
    /// All of them, in the order a version goes through them.
    pub const ALL: [Stage; 4] = [Self::None, Self::Staging, Self::Production, Self::Archived];

    /// As MLflow writes it, in addresses, too: `Production`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Staging => "Staging",
            Self::Production => "Production",
            Self::Archived => "Archived",
        }
    }

    /// The stage of that name, whatever its letters' case.
    pub fn named(name: &str) -> Option<Stage> {
        Self::ALL.into_iter().find(|stage| stage.as_str().eq_ignore_ascii_case(name))
    }

    /// Whether others make room when a version comes here: one of them can be meant by the stage's name.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Staging | Self::Production)
    }
}

/// One change of the registry: who did what, when, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct RegistryEvent {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time: the order in which events are folded.
    pub id: EventId,
    /// When.
    pub at: Millis,
    /// `Your name` of the settings.
    pub who: String,
    /// Why, if the person said so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What changed.
    pub change: RegistryChange,
}

/// What a registry event changes. `version: None` means the model itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RegistryChange {
    /// The next version of `model` is the pipeline of `run`.
    Register {
        /// The registered model's name.
        model: String,
        /// Its number: one more than the model's last.
        version: u32,
        /// The fit it came from.
        run: RunId,
        /// The blob that holds the fitted pipeline.
        pipeline: ContentHash,
    },
    /// What it is, in a person's words.
    Describe {
        /// The model.
        model: String,
        /// Its version.
        version: Option<u32>,
        /// The words; none takes them away.
        text: String,
    },
    /// A tag is set.
    Tag {
        /// The model.
        model: String,
        /// Its version.
        version: Option<u32>,
        /// The tag's name.
        key: String,
        /// What it says.
        value: String,
    },
    /// A tag is taken away.
    Untag {
        /// The model.
        model: String,
        /// Its version.
        version: Option<u32>,
        /// The tag's name.
        key: String,
    },
    /// A name of one's own for a version; it leaves the version that had it.
    SetAlias {
        /// The model.
        model: String,
        /// `champion`, `challenger`, or any other.
        alias: String,
        /// The version it means from now on.
        version: u32,
    },
    /// Such a name is taken away.
    RemoveAlias {
        /// The model.
        model: String,
        /// The name.
        alias: String,
    },
    /// A version comes to a stage.
    SetStage {
        /// The model.
        model: String,
        /// Its version.
        version: u32,
        /// Where it comes.
        stage: Stage,
        /// Whether the versions that were there are archived.
        archive_existing: bool,
    },
    /// The model has another name.
    Rename {
        /// Its name until then.
        model: String,
        /// Its name from then on.
        to: String,
    },
    /// A version is no longer listed; its number is not given again.
    DeleteVersion {
        /// The model.
        model: String,
        /// Its version.
        version: u32,
    },
    /// A model is no longer listed, nor its versions.
    DeleteModel {
        /// The model.
        model: String,
    },
    /// Whether studies register their best by themselves.
    SetRule {
        /// The model.
        model: String,
        /// How much better than the champion (macro F1, cross-validated) the best has to be; none: not at all.
        better_by: Option<f64>,
    },
    /// Aliases and stages are again as they were at a time.
    RollBack {
        /// The model.
        model: String,
        /// That time.
        to: Millis,
        /// The aliases from now on.
        aliases: SortedMap<String, u32>,
        /// The stages from now on, of every version that is not in `None`.
        stages: Vec<(u32, Stage)>,
    },
}

impl RegistryChange {
    /// The model it changes, by its name before the change.
    pub fn model(&self) -> &str {
        match self {
            Self::Register { model, .. }
            | Self::Describe { model, .. }
            | Self::Tag { model, .. }
            | Self::Untag { model, .. }
            | Self::SetAlias { model, .. }
            | Self::RemoveAlias { model, .. }
            | Self::SetStage { model, .. }
            | Self::Rename { model, .. }
            | Self::DeleteVersion { model, .. }
            | Self::DeleteModel { model }
            | Self::SetRule { model, .. }
            | Self::RollBack { model, .. } => model,
        }
    }

    /// Whether it moves an alias or a stage: what a rollback can take back.
    pub fn moves(&self) -> bool {
        matches!(
            self,
            Self::SetAlias { .. } | Self::RemoveAlias { .. } | Self::SetStage { .. } | Self::RollBack { .. }
        )
    }
}

/// What happened, as the history tells it: `made version 3 the champion`.
impl fmt::Display for RegistryChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |version: &Option<u32>| version.map(|n| format!(" of version {n}")).unwrap_or_default();
        match self {
            Self::Register { version, .. } => write!(f, "registered version {version}"),
            Self::Describe { version, text, .. } if text.is_empty() => {
                write!(f, "removed the description{}", of(version))
            }
            Self::Describe { version, text, .. } => {
                write!(f, "changed the description{} to \u{201c}{}\u{201d}", of(version), Quoted(text))
            }
            Self::Tag { version, key, value, .. } => {
                write!(f, "set the tag {key}{} to \u{201c}{}\u{201d}", of(version), Quoted(value))
            }
            Self::Untag { version, key, .. } => write!(f, "removed the tag {key}{}", of(version)),
            Self::SetAlias { alias, version, .. } => write!(f, "gave version {version} the alias {alias}"),
            Self::RemoveAlias { alias, .. } => write!(f, "removed the alias {alias}"),
            Self::SetStage { version, stage: Stage::None, .. } => {
                write!(f, "took version {version} out of its stage")
            }
            Self::SetStage { version, stage, archive_existing, .. } => {
                let others = if *archive_existing { ", and archived what was there" } else { "" };
                write!(f, "moved version {version} to {}{others}", stage.as_str())
            }
            Self::Rename { model, to } => {
                write!(f, "renamed the model from '{}' to '{}'", Quoted(model), Quoted(to))
            }
            Self::DeleteVersion { version, .. } => write!(f, "deleted version {version}"),
            Self::DeleteModel { .. } => f.write_str("deleted the model"),
            Self::SetRule { better_by: None, .. } => f.write_str("ended registering by itself"),
            Self::SetRule { better_by: Some(margin), .. } => {
                write!(f, "let studies register their best where it is better by {margin}")
            }
            Self::RollBack { aliases, stages, .. } => {
                f.write_str("went back: ")?;
                let mut parts: Vec<String> =
                    aliases.iter().map(|(alias, version)| format!("{alias} is version {version}")).collect();
                let staged = stages.iter().filter(|(_, stage)| stage.is_active());
                parts.extend(
                    staged.map(|(version, stage)| format!("version {version} is in {}", stage.as_str())),
                );
                f.write_str(&if parts.is_empty() {
                    "no alias, no stage".to_owned()
                } else {
                    parts.join(", ")
                })
            }
        }
    }
}
