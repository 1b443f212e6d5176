//! What a project remembers of a model in; its card out, as Markdown and as a fragment of HTML: what it is for, what it was
//! trained on, how good it is and how sure that is, in which kinds of reviews it is worse, and where its limits lie.
//!
//! Everything is written from records: what they do not say is not said, or is said to be unknown.

mod steps;
mod data;
mod measured;
mod limits;
mod stored;

use engine::dataset::DatasetRecipe;
use engine::errors::SlicesFound;
use engine::metrics::Metrics;
use engine::models::ModelKind;
use engine::pipeline::{Coverage, FittedPipeline, HeldOut};
use engine::quote::{Grouped, Quoted};
use engine::tune::StudySpec;
use track::dataset::Dataset;
use track::registry::ModelVersion;
use track::run::{ParamValue, Run};

use crate::date::utc_minute;
use crate::document::{Block, Table, html, markdown};
use crate::file::ExportFile;

/// What the card's file is called.
pub const CARD_FILE: &str = "MODEL_CARD.md";

/// How its heading begins.
const TITLE: &str = "Model card: ";

/// All that is known of a model; only the model itself has to be.
#[derive(Clone, Debug)]
pub struct CardFacts<'a> {
    /// The model.
    pub pipeline: &'a FittedPipeline,
    /// The version it is registered as.
    pub version: Option<ModelVersion>,
    /// What that version is called beside its number.
    pub aliases: Vec<String>,
    /// The fit it comes from.
    pub fit: Option<Run>,
    /// What it was fitted to.
    pub dataset: Option<Dataset>,
    /// How that was read.
    pub recipe: Option<DatasetRecipe>,
    /// The study that looked for its settings.
    pub study: Option<StudySpec>,
    /// What it says of the test rows.
    pub test: Option<HeldOut>,
    /// In which kinds of reviews it is worse.
    pub slices: Option<SlicesFound>,
}

impl<'a> CardFacts<'a> {
    /// Of a model of which nothing else is known.
    pub fn of(pipeline: &'a FittedPipeline) -> Self {
        Self {
            pipeline,
            version: None,
            aliases: Vec::new(),
            fit: None,
            dataset: None,
            recipe: None,
            study: None,
            test: None,
            slices: None,
        }
    }

    /// What to call the model.
    fn name(&self) -> String {
        match (&self.version, &self.fit) {
            (Some(version), _) => format!("{} version {}", version.model, version.version),
            (None, Some(fit)) => fit.name.clone(),
            (None, None) => self.pipeline.labels.join(", "),
        }
    }

    /// scikit-learn's name of its class, where that is known.
    fn model(&self) -> Option<String> {
        match self.fit.as_ref()?.params.get("model")? {
            ParamValue::Text(name) => Some(name.clone()),
            _ => None,
        }
    }

    fn metric(&self, name: &str) -> Option<f64> {
        self.fit.as_ref()?.metrics.get(name).copied()
    }

    /// What its decision says of the test rows, and how many of them it answers.
    fn tested(&self) -> Option<(Metrics, Coverage)> {
        let n_classes = self.pipeline.labels.len();
        let is_of_it = |test: &&HeldOut| {
            let n_scores = if n_classes == 2 { 1 } else { n_classes };
            !test.truth.is_empty()
                && test.n_scores == n_scores
                && test.truth.iter().all(|label| usize::from(label.0) < n_classes)
        };
        let test = self.test.as_ref().filter(is_of_it)?;
        let answers = self.pipeline.held_out_answers(test);
        Some((self.pipeline.held_out_metrics(test, &answers), answers.coverage(&test.truth)))
    }
}

/// A model's card.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCard {
    blocks: Vec<Block>,
}

impl ModelCard {
    /// Writes it.
    pub fn new(facts: &CardFacts<'_>) -> Self {
        let tested = facts.tested();
        let tested = tested.as_ref();
        let mut blocks = vec![Block::Heading(1, format!("{TITLE}{}", facts.name()))];
        blocks.extend(measured::in_a_sentence(facts, tested).map(Block::Text));
        blocks.push(glance(facts));
        blocks.push(Block::Heading(2, "Intended use".into()));
        blocks.push(Block::List(intended_use(facts)));
        blocks.push(Block::Heading(2, "Data".into()));
        blocks.extend(data::blocks(facts));
        blocks.push(Block::Heading(2, "How good it is".into()));
        blocks.extend(measured::blocks(facts, tested));
        blocks.push(Block::Heading(2, "Where it is worse".into()));
        blocks.extend(measured::slices(facts, tested));
        blocks.push(Block::Heading(2, "Limits".into()));
        blocks.push(Block::List(limits::points(facts, tested)));
        blocks.extend(settings(facts));
        Self { blocks }
    }

    /// What it calls the model.
    pub fn name(&self) -> &str {
        match self.blocks.first() {
            Some(Block::Heading(_, text)) => text.strip_prefix(TITLE).unwrap_or(text),
            _ => "a model",
        }
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        markdown(&self.blocks)
    }

    /// As a fragment of HTML without style and script; its own heading has level `1 + deeper`.
    pub fn html(&self, deeper: u8) -> String {
        format!("<section class=\"model-card\">\n{}</section>\n", html(&self.blocks, deeper))
    }

    /// Its pieces, for a larger document.
    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// As a file of an export.
    pub fn file(&self) -> ExportFile {
        ExportFile::new(CARD_FILE, "text/markdown", self.markdown())
    }
}

/// What it is, at a glance.
fn glance(facts: &CardFacts<'_>) -> Block {
    let mut rows: Vec<(&str, Option<String>)> = vec![
        ("Model", facts.model()),
        ("Classes", Some(facts.pipeline.labels.join(", "))),
        ("Terms it knows", Some(Grouped(facts.pipeline.features.terms.len() as u64).to_string())),
    ];
    if let Some(version) = &facts.version {
        rows.extend([
            ("Registered as", Some(version.address())),
            ("Aliases", (!facts.aliases.is_empty()).then(|| facts.aliases.join(", "))),
            ("Stage", Some(version.stage.as_str().to_owned())),
            ("Registered by", Some(version.who.clone()).filter(|who| !who.is_empty())),
        ]);
    }
    if let Some(fit) = &facts.fit {
        rows.extend([
            ("Trained", Some(utc_minute(fit.ended.unwrap_or(fit.created).0))),
            ("Trained by", fit.tags.get("owner").cloned()),
            ("Run", Some(fit.id.to_string())),
            ("Seed", Some(fit.seed.to_string())),
        ]);
        let file = fit.artifacts.iter().find(|artifact| artifact.name == track::run::PIPELINE_ARTIFACT);
        rows.extend([
            ("Size", file.map(|file| format!("{} bytes", Grouped(file.bytes)))),
            ("SHA-256", file.map(|file| file.sha256.to_string())),
        ]);
    }
    rows.push(("Engine", Some(format!("Reviewlab {}", facts.pipeline.engine_version))));
    let rows = rows.into_iter().filter_map(|(name, value)| Some(vec![name.to_owned(), value?]));
    Block::Table(Table::new("At a glance", &["Fact", "Value"], rows.collect()))
}

/// What it is for, by what it was trained on and what people said of it.
fn intended_use(facts: &CardFacts<'_>) -> Vec<String> {
    let mut points = Vec::new();
    let said =
        facts.version.as_ref().map(|version| version.description.trim()).filter(|text| !text.is_empty());
    points.extend(said.map(|text| format!("In the words of those who keep it: {text}")));
    let classes: Vec<String> =
        facts.pipeline.labels.iter().map(|class| format!("'{}'", Quoted(class))).collect();
    points.push(format!(
        "Reads one review at a time and says which of these it belongs to, with a probability for each: {}.",
        classes.join(", ")
    ));
    if facts.pipeline.abstain.is_some() {
        points.push("Says 'unsure' where two classes are too close to call: read those reviews.".to_owned());
    }
    let column = facts.recipe.as_ref().map(|recipe| format!(" (column '{}')", Quoted(&recipe.text_name)));
    if let Some(dataset) = &facts.dataset {
        points.push(format!(
            "Made for reviews like those of '{}'{}: of the same kind, language and time.",
            Quoted(&dataset.name),
            column.unwrap_or_default()
        ));
    }
    points.push(
        "Good for sorting, counting and finding reviews. Not for judging a person, nor for anything where one wrong answer \
         does harm and nobody looks again."
            .to_owned(),
    );
    points
}

/// Every setting, by the field's names.
fn settings(facts: &CardFacts<'_>) -> Vec<Block> {
    let Some(fit) = facts.fit.as_ref().filter(|fit| !fit.params.is_empty()) else { return Vec::new() };
    let rows = fit.params.iter().map(|(name, value)| vec![name.clone(), value.as_logged()]).collect();
    let mut blocks = vec![Block::Heading(2, "Settings".into())];
    if facts.model().as_deref() == Some(ModelKind::Dummy.as_str()) {
        blocks
            .push(Block::Text("This model looks at no text: it is what others are measured against.".into()));
    }
    blocks.push(Block::Table(Table::new("Settings of the fit", &["Setting", "Value"], rows)));
    blocks
}

#[cfg(test)]
pub(crate) mod tests;
