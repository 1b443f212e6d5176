//! A registered model and its versions, as the history adds them up.

use std::fmt;

use engine::num::{ContentHash, SortedMap};
use engine::quote::Quoted;

use super::change::Stage;
use crate::ab_test::AbTest;
use crate::id::{Millis, RunId};

/// The alias of the version that answers.
pub const CHAMPION: &str = "champion";
/// The alias of the version that would replace it.
pub const CHALLENGER: &str = "challenger";

/// A version of a registered model. What it predicts never changes; what is said of it may.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelVersion {
    /// The registered model's name.
    pub model: String,
    /// 1, 2, …
    pub version: u32,
    /// The fit it came from.
    pub run: RunId,
    /// The blob that holds the fitted pipeline.
    pub pipeline: ContentHash,
    /// When it was registered.
    pub created: Millis,
    /// Who registered it.
    pub who: String,
    /// What it is, in a person's words.
    pub description: String,
    /// Tags by name.
    pub tags: SortedMap<String, String>,
    /// Where it stands.
    pub stage: Stage,
}

impl ModelVersion {
    /// `models:/reviews/3`.
    pub fn address(&self) -> String {
        format!("models:/{}/{}", self.model, self.version)
    }
}

/// A registered model with its versions, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisteredModel {
    /// Its name.
    pub name: String,
    /// When its first version was registered.
    pub created: Millis,
    /// What it is for, in a person's words.
    pub description: String,
    /// Tags by name.
    pub tags: SortedMap<String, String>,
    /// Oldest first.
    pub versions: Vec<ModelVersion>,
    /// Which version each alias means.
    pub aliases: SortedMap<String, u32>,
    /// Whether studies register their best by themselves.
    pub rule: Option<Rule>,
    /// What else uses it, as far as that was said (`Registry::know_users`).
    pub(super) users: Vec<Reference>,
}

impl RegisteredModel {
    /// Its version of that number.
    pub fn version(&self, number: u32) -> Option<&ModelVersion> {
        self.versions.iter().find(|version| version.version == number)
    }

    /// Its newest version.
    pub fn latest(&self) -> Option<&ModelVersion> {
        self.versions.iter().max_by_key(|version| version.version)
    }

    /// The version that an alias means.
    pub fn aliased(&self, alias: &str) -> Option<&ModelVersion> {
        self.aliases.get(alias).and_then(|number| self.version(*number))
    }

    /// The newest version in a stage.
    pub fn in_stage(&self, stage: Stage) -> Option<&ModelVersion> {
        self.versions.iter().filter(|version| version.stage == stage).max_by_key(|version| version.version)
    }

    /// The version that answers for the model: the champion, else what is in Production, else the newest.
    pub fn answering(&self) -> Option<&ModelVersion> {
        self.aliased(CHAMPION).or_else(|| self.in_stage(Stage::Production)).or_else(|| self.latest())
    }

    /// Aliases of one version, in alphabetical order.
    pub fn aliases_of(&self, number: u32) -> Vec<&str> {
        self.aliases
            .iter()
            .filter(|(_, version)| **version == number)
            .map(|(alias, _)| alias.as_str())
            .collect()
    }

    /// All that uses one version, the A/B tests among `tests` included, so that it cannot be deleted.
    pub fn uses_of<'a>(&self, number: u32, tests: impl IntoIterator<Item = &'a AbTest>) -> Vec<Reference> {
        let address = self.version(number).map(ModelVersion::address).unwrap_or_default();
        let tests = tests.into_iter().filter(|test| test.uses(&address));
        let mut all = self.references_to(number);
        all.extend(tests.map(|test| Reference::AbTest(test.name.clone())));
        all
    }

    /// What of the registry itself uses one version, so that it cannot be deleted.
    pub fn references_to(&self, number: u32) -> Vec<Reference> {
        let aliases = self.aliases_of(number).into_iter();
        let mut all: Vec<Reference> = aliases.map(|alias| Reference::Alias(alias.to_owned())).collect();
        let stage = self.version(number).map(|version| version.stage).filter(|stage| stage.is_active());
        all.extend(stage.map(Reference::Stage));
        if self.answering().is_some_and(|version| version.version == number) {
            all.extend(self.users.iter().cloned());
        }
        all
    }
}

/// When a study's best is registered without being asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// How much more cross-validated macro F1 than the champion's it needs.
    pub better_by: f64,
}

/// What a study's best is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Opponent {
    /// No version answers for the model.
    Nobody,
    /// The version that answers has this score.
    Scores(f64),
    /// A version answers, but its score is not known here.
    Unknown,
}

impl Rule {
    /// Whether a study's best is to be registered. What cannot be compared is not: nobody asked for it.
    pub fn is_met(self, best: f64, champion: Opponent) -> bool {
        match champion {
            Opponent::Nobody => true,
            Opponent::Scores(champion) => best - champion >= self.better_by && best > champion,
            Opponent::Unknown => false,
        }
    }
}

/// What uses a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// An alias means it.
    Alias(String),
    /// It is in a stage that stands for being used.
    Stage(Stage),
    /// A deployment's flow asks the version that answers.
    Deployment(String),
    /// An automation gives its newest version an alias.
    Automation(String),
    /// An A/B test that runs has it on a side.
    AbTest(String),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alias(alias) => write!(f, "the alias {alias}"),
            Self::Stage(stage) => write!(f, "the stage {}", stage.as_str()),
            Self::Deployment(name) => write!(f, "the deployment '{}'", Quoted(name)),
            Self::Automation(name) => write!(f, "the automation '{}'", Quoted(name)),
            Self::AbTest(name) => write!(f, "the A/B test {name}"),
        }
    }
}
