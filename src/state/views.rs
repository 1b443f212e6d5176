//! What pages show of a file, a dataset, a study, a run, a model: plain values, ready to be put on the page.
//!
//! In: records and summaries. Out: words and figures. Never: rows of data beyond a preview, counts, models.

mod data;

use std::rc::Rc;

use engine::dataset::DatasetRecipe;
use engine::models::ModelKind;
use engine::num::ContentHash;
use track::id::{Millis, RunId};
use track::registry::Stage;
use track::run::Run;

pub use self::data::{
    ColumnView, DatasetView, ExtraRole, IssueCount, IssueView, LabelValueView, PreviewRow, ScannedFile,
    SetAsideView,
};

/// A row of the leaderboard: the best setting of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaderboardRow {
    /// Its run: the final fit where there is one, else the best trial; none for guessing.
    pub run: Option<RunId>,
    /// The run's memorable name; `always the same answer` for guessing.
    pub name: String,
    /// The model; none for guessing the most frequent class.
    pub model: Option<ModelKind>,
    /// Mean of the folds, by the study's metric; a loss as it is.
    pub cv: Option<f64>,
    /// Standard deviation of the folds.
    pub cv_spread: Option<f64>,
    /// The same metric on the training part.
    pub train: Option<f64>,
    /// The same metric on the test part.
    pub test: Option<f64>,
    /// Milliseconds of the final fit.
    pub fit_ms: Option<f64>,
    /// Milliseconds of predicting 1,000 reviews.
    pub predict_ms: Option<f64>,
    /// Milliseconds of the search.
    pub study_ms: Option<f64>,
    /// Bytes of the saved pipeline.
    pub n_bytes: Option<u64>,
    /// `Gets 84 of 100 right; finds 79 of 100 unhappy reviews.`
    pub words: Option<String>,
    /// It has the best mean macro F1.
    pub is_best: bool,
}

/// How a run stands, as a word with a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateWord {
    /// Under way.
    Running,
    /// Done.
    Finished,
    /// Ended by a fault.
    Failed,
    /// Ended by Stop.
    Stopped,
    /// Given up for what it showed so far.
    Pruned,
}

impl StateWord {
    /// For people, and for class names in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Finished => "Finished",
            Self::Failed => "Failed",
            Self::Stopped => "Stopped",
            Self::Pruned => "Pruned",
        }
    }
}

/// A row of the runs table.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    /// Its id.
    pub id: RunId,
    /// The study above it.
    pub parent: Option<RunId>,
    /// `study`, `trial` or `fit`.
    pub kind: track::run::RunKind,
    /// Memorable name.
    pub name: String,
    /// How it stands.
    pub state: StateWord,
    /// Its model; none for a study of several.
    pub model: Option<ModelKind>,
    /// When it began.
    pub created: Millis,
    /// Wall time, once ended.
    pub elapsed_ms: Option<f64>,
    /// Mean macro F1 of the folds (a study's: its best).
    pub cv: Option<f64>,
    /// Standard deviation of the folds' macro F1.
    pub cv_spread: Option<f64>,
    /// Macro F1 on the training part.
    pub train: Option<f64>,
    /// Macro F1 on the test part.
    pub test: Option<f64>,
    /// It has a pipeline that can be registered.
    pub can_register: bool,
    /// `models:/reviews/2` where it is registered.
    pub registered: Option<String>,
}

/// One run with everything its record holds, as pairs of words.
#[derive(Clone, Debug, PartialEq)]
pub struct RunDetail {
    /// As in the table.
    pub row: RunRow,
    /// Why it failed, where it did.
    pub reason: Option<String>,
    /// Parameters by name.
    pub params: Vec<(String, String)>,
    /// Metrics by name.
    pub metrics: Vec<(String, f64)>,
    /// Macro F1 of each fold.
    pub folds: Vec<f64>,
    /// Tags by name.
    pub tags: Vec<(String, String)>,
    /// What the person wrote.
    pub note: String,
    /// Hash of the file it worked on.
    pub file: ContentHash,
    /// Its seed.
    pub seed: u64,
    /// The engine that did it.
    pub engine_version: String,
    /// File name, media type and size of what it produced.
    pub artifacts: Vec<(String, String, u64)>,
    /// Trials and fits below it, oldest first.
    pub children: Vec<RunRow>,
    /// In plain words, for a fit.
    pub words: Option<String>,
    /// Its whole record.
    pub run: Rc<Run>,
    /// Name of the file it worked on, where that is here.
    pub dataset_name: Option<String>,
    /// How that was read, where the recipe is here.
    pub recipe: Option<DatasetRecipe>,
}

/// A version of a registered model.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionRow {
    /// The model's name.
    pub model: String,
    /// 1, 2, …
    pub version: u32,
    /// The fit it came from.
    pub run: RunId,
    /// That fit's memorable name, where its record is here.
    pub run_name: Option<String>,
    /// Its kind of model.
    pub kind: Option<ModelKind>,
    /// Mean macro F1 of the folds.
    pub cv: Option<f64>,
    /// Standard deviation of the folds' macro F1.
    pub cv_spread: Option<f64>,
    /// Macro F1 on the test part.
    pub test: Option<f64>,
    /// When it was registered.
    pub created: Millis,
    /// Who registered it.
    pub who: String,
    /// It is the newest of its model.
    pub is_latest: bool,
    /// In plain words.
    pub words: Option<String>,
    /// Aliases that mean it.
    pub aliases: Vec<String>,
    /// Where it stands.
    pub stage: Stage,
    /// What a person says of it.
    pub description: String,
    /// Tags by name.
    pub tags: Vec<(String, String)>,
}

impl VersionRow {
    /// `models:/reviews/2`.
    pub fn address(&self) -> String {
        format!("models:/{}/{}", self.model, self.version)
    }
}

/// A registered model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelRow {
    /// Its name.
    pub name: String,
    /// What a person says of it.
    pub description: String,
    /// How many versions it has.
    pub n_versions: usize,
    /// The newest.
    pub latest: Option<u32>,
    /// The one with that alias.
    pub champion: Option<u32>,
    /// The newest in Production.
    pub production: Option<u32>,
    /// The one that answers for it, whose scores these are.
    pub answering: Option<u32>,
    /// Its kind of model.
    pub kind: Option<ModelKind>,
    /// Mean macro F1 of the folds.
    pub cv: Option<f64>,
    /// Standard deviation of the folds' macro F1.
    pub cv_spread: Option<f64>,
    /// Macro F1 on the test part.
    pub test: Option<f64>,
}

/// An entry of a model's history.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// When.
    pub at: Millis,
    /// Who.
    pub who: String,
    /// What was done.
    pub what: String,
    /// Why, if it was said.
    pub why: String,
    /// It moved an alias or a stage.
    pub moves: bool,
}

/// A setting or score that two versions do not share.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionDifference {
    /// Its name.
    pub name: String,
    /// Of the first; none where it has none.
    pub first: Option<String>,
    /// Of the second.
    pub second: Option<String>,
}

/// A run that can be registered: a finished fit.
#[derive(Clone, Debug, PartialEq)]
pub struct CandidateView {
    /// The fit.
    pub run: RunId,
    /// Its memorable name.
    pub name: String,
    /// Its model.
    pub model: ModelKind,
    /// Macro F1 on the test part.
    pub test: Option<f64>,
    /// It is the best of the newest study.
    pub is_best: bool,
}

/// Whether a stretch speaks for or against, and how strongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Kept, and says nothing either way or nothing known.
    Plain,
    /// Speaks for the explained class; 1 weak to 3 strong.
    For(u8),
    /// Speaks against it; 1 weak to 3 strong.
    Against(u8),
    /// Dropped by cleaning.
    Dropped,
    /// A word the model has never seen.
    Unknown,
    /// A word the person took out.
    Out,
}

/// A stretch of the person's own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// As typed.
    pub text: String,
    /// What it did.
    pub mark: Mark,
    /// The cleaned word it is, by its place in the text; none between words.
    pub word: Option<u32>,
}

/// What a score is the sum of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ScoreSum {
    /// What an empty text scores.
    pub base: f64,
    /// How many terms speak for the explained class, and what they add.
    pub for_it: (usize, f64),
    /// How many speak against it, and what they take away.
    pub against: (usize, f64),
    /// All of it together.
    pub score: f64,
}

/// Where two classes part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CutView {
    /// The second class's probability from which it is answered.
    pub at: f64,
    /// No answer is given within so much of it.
    pub half_band: f64,
    /// The score there.
    pub score: f64,
}

/// One bar: a term and what it added to the score.
#[derive(Clone, Debug, PartialEq)]
pub struct ContributionBar {
    /// The term; `base rate` for what an empty text scores.
    pub term: String,
    /// What it added.
    pub value: f64,
    /// From -1 to 1, relative to the strongest.
    pub share: f64,
}

/// The answer for one text, ready to show.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionView {
    /// Name of the predicted class.
    pub class: String,
    /// Its index in `classes`.
    pub class_index: usize,
    /// Class names with their probabilities, in label order.
    pub classes: Vec<(String, f64)>,
    /// Probability of the predicted class.
    pub sure: f64,
    /// Too close to call, by the model's band.
    pub is_unsure: bool,
    /// The class that positive bars and `Mark::For` speak for.
    pub toward: String,
    /// The person's text cut at every change of mark; joined, the text again.
    pub segments: Vec<Segment>,
    /// Strongest first.
    pub bars: Vec<ContributionBar>,
    /// What the score is the sum of.
    pub sum: ScoreSum,
    /// Where the two classes part; none where there are more.
    pub cut: Option<CutView>,
    /// Bytes of the text that are not marked, being too many.
    pub n_unmarked: usize,
    /// One sentence that says why.
    pub sentence: String,
    /// Time it took, in milliseconds.
    pub elapsed_ms: f64,
}
