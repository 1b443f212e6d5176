//! What pages show of a file, a dataset, a study, a run, a model: plain values, ready to be put on the page.
//!
//! In: records and summaries. Out: words and figures. Never: rows of data beyond a preview, counts, models.

use engine::dataset::{DatasetRecipe, LabelId};
use engine::models::ModelKind;
use engine::num::ContentHash;
use track::id::{DatasetId, Millis, RunId};

/// A column of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnView {
    /// From 0.
    pub index: u32,
    /// Its header.
    pub name: String,
    /// What it is for, where it is for anything: `review`, `rating`, `title`, `date`, `group`.
    pub role: Option<&'static str>,
    /// `text`, `numbers`, `dates`, `empty`.
    pub kind: &'static str,
    /// Its cells are dates, most of them.
    pub can_be_date: bool,
    /// Cells that read as missing.
    pub n_missing: u64,
    /// How many different values it has, in words.
    pub distinct: String,
    /// Its first filled cell.
    pub example: String,
}

/// What a column can be for beyond review and rating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtraRole {
    /// Joined before the review.
    Title,
    /// When the review was written.
    Date,
    /// What the review belongs to.
    Group,
}

/// A value of the label column, and the class it is mapped to.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelValueView {
    /// As it stands in the file (`4` for `4.0`).
    pub value: String,
    /// Rows that hold it.
    pub n_rows: u64,
    /// Its class, or none: its rows are set aside.
    pub class: Option<LabelId>,
}

/// A row of the preview.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewRow {
    /// Row number, as pandas counts: from 0.
    pub record: u64,
    /// The review.
    pub text: String,
    /// The rating or label cell.
    pub label: String,
    /// The class it is mapped to, or none.
    pub class: Option<String>,
}

/// A row that was set aside.
#[derive(Clone, Debug, PartialEq)]
pub struct IssueView {
    /// Row number, as pandas counts: from 0.
    pub record: u64,
    /// Line of the file, from 1.
    pub line: u64,
    /// Why, in one sentence.
    pub sentence: String,
}

/// Rows set aside for one reason.
#[derive(Clone, Debug, PartialEq)]
pub struct IssueCount {
    /// The reason in a few words: `missing text or rating`.
    pub reason: &'static str,
    /// Rows.
    pub n_rows: u64,
}

/// A file that was looked through, and what a person can choose about it.
#[derive(Clone, Debug, PartialEq)]
pub struct ScannedFile {
    /// Its name.
    pub name: String,
    /// It is the sample that comes with the site.
    pub is_sample: bool,
    /// Its size.
    pub n_bytes: u64,
    /// Rows below the header.
    pub n_rows: u64,
    /// Its columns.
    pub columns: Vec<ColumnView>,
    /// What is chosen now: columns, mapping, missing cells. The guess at first.
    pub recipe: DatasetRecipe,
    /// Values of the chosen label column, in order, with their classes.
    pub label_values: Vec<LabelValueView>,
    /// The first rows.
    pub preview: Vec<PreviewRow>,
    /// Row of the file the preview begins with, counted from 0 among those that can be read.
    pub preview_first: u64,
    /// Bad rows found while looking through.
    pub issues: SetAsideView,
    /// Cells of the text column that read as missing (`NA`, `None`, empty, …).
    pub n_missing: u64,
    /// It is looked through again, by the format that `recipe` says.
    pub is_rescanning: bool,
    /// Why `Use this data` cannot go on with what is chosen, beside the control it is about.
    pub problem: Option<String>,
}

/// A dataset that is ready to learn from.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetView {
    /// Its record.
    pub id: DatasetId,
    /// Shown name: the file's.
    pub name: String,
    /// It is the sample that comes with the site.
    pub is_sample: bool,
    /// Reviews kept.
    pub n_rows: u64,
    /// Classes with their reviews, in label order.
    pub classes: Vec<(String, u64)>,
    /// Size of the file.
    pub n_bytes: u64,
    /// Rows that reading it set aside, where its record knows.
    pub n_set_aside: Option<u64>,
    /// The file and the recipe.
    pub data: track::dataset::DatasetRef,
}

impl DatasetView {
    /// `flipkart.csv · 5,241 reviews · 82 % positive`.
    pub fn sentence(&self) -> String {
        let mut text =
            format!("{} · {}", self.name, super::format::counted(self.n_rows, "review", "reviews"));
        if let Some((class, n_rows)) = self.classes.iter().max_by_key(|(_, n_rows)| *n_rows)
            && self.n_rows > 0
        {
            let share = *n_rows as f64 / self.n_rows as f64;
            text.push_str(&format!(" · {} {class}", super::format::percent(share)));
        }
        text
    }
}

/// What reading a dataset set aside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SetAsideView {
    /// By reason, most rows first.
    pub counts: Vec<IssueCount>,
    /// The first rows of them.
    pub issues: Vec<IssueView>,
    /// How many there are; not known before the file has been read in this tab.
    pub n_issues: Option<u64>,
}

/// A row of the leaderboard: the best setting of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaderboardRow {
    /// Its run: the final fit where there is one, else the best trial; none for guessing.
    pub run: Option<RunId>,
    /// The run's memorable name; `always the same answer` for guessing.
    pub name: String,
    /// The model; none for guessing the most frequent class.
    pub model: Option<ModelKind>,
    /// Mean macro F1 of the folds.
    pub cv: Option<f64>,
    /// Standard deviation of the folds' macro F1.
    pub cv_spread: Option<f64>,
    /// Macro F1 on the training part.
    pub train: Option<f64>,
    /// Macro F1 on the test part.
    pub test: Option<f64>,
    /// Milliseconds of the final fit.
    pub fit_ms: Option<f64>,
    /// Milliseconds of the search.
    pub study_ms: Option<f64>,
    /// Bytes of the saved pipeline.
    pub n_bytes: Option<u64>,
    /// `Gets 84 of 100 right; finds 79 of 100 unhappy reviews.`
    pub words: Option<String>,
    /// It has the best mean macro F1.
    pub is_best: bool,
}

/// A finished trial in the order they finished.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistoryPoint {
    /// Its model.
    pub model: ModelKind,
    /// Its number in its search, from 0.
    pub number: u32,
    /// Mean macro F1 of its folds.
    pub value: f64,
    /// Best so far of its search, itself included.
    pub best: f64,
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
}

impl VersionRow {
    /// `models:/reviews/2`.
    pub fn address(&self) -> String {
        format!("models:/{}/{}", self.model, self.version)
    }
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
}

/// A stretch of the person's own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// As typed.
    pub text: String,
    /// What it did.
    pub mark: Mark,
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
    /// One sentence that says why.
    pub sentence: String,
    /// Time it took, in milliseconds.
    pub elapsed_ms: f64,
}
