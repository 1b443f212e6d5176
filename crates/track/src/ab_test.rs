//! An A/B test between two versions over live answers: what was asked for, what was counted, what people said of the
//! reviews on which the two differ, and how it ended. Its rules are `watch::ab_test`.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::SCHEMA;
use crate::id::{AbAnswerId, AbTestId, Millis};
use crate::prediction::{AnsweringModel, KeptText};

/// How answers are given while a test runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AbMode {
    /// Each review goes to one side for good: to the challenger in so many of 10,000.
    Split {
        /// From 1 to 9,999.
        challenger_of_10000: u32,
    },
    /// Each review goes to the side that is the better one as far as labels tell, by a draw of Thompson's.
    Thompson,
    /// The champion answers all; what the challenger says is counted and never shown.
    Shadow,
}

/// What must hold besides being right more often.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Guardrails {
    /// Largest loss of any class's recall.
    pub max_recall_drop: f64,
    /// Longest that 95 of 100 of the challenger's answers may take, in milliseconds.
    pub max_p95_ms: f64,
    /// Most answers in 100 that the challenger may leave open beyond the champion.
    pub max_more_unsure: f64,
}

impl Default for Guardrails {
    fn default() -> Self {
        Self { max_recall_drop: 0.02, max_p95_ms: 50.0, max_more_unsure: 0.05 }
    }
}

/// One side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct AbSide {
    /// The version.
    pub model: AnsweringModel,
    /// Different reviews whose answer was this side's.
    pub n_assigned: u64,
    /// Answers it gave, shown or not.
    pub n_answers: u64,
    /// Those it left open.
    pub n_unsure: u64,
    /// Answers by time taken, in cells of `watch::scale::Scale::Count` of tenths of a millisecond.
    pub latency: Vec<u64>,
}

impl AbSide {
    /// Before the first answer.
    pub fn new(model: AnsweringModel) -> Self {
        Self { model, n_assigned: 0, n_answers: 0, n_unsure: 0, latency: Vec::new() }
    }
}

/// A review on which the two differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Disagreement {
    /// The review, or its hash.
    pub text: KeptText,
    /// The champion's class.
    pub champion: u8,
    /// The challenger's.
    pub challenger: u8,
    /// The class a person said, who did not know which side said what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<u8>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labelled: Option<Millis>,
}

/// What one side said of a review.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct SideAnswer {
    /// Index of the class.
    pub class: u8,
    /// Whether it was left open.
    pub is_unsure: bool,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
}

/// A review that both sides answered where nobody may write the test itself: it waits to be taken into it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct AbAnswer {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: AbAnswerId,
    /// The test.
    pub test: AbTestId,
    /// The review, as it came.
    pub text: String,
    /// Whether the test may keep it word by word.
    pub keep_text: bool,
    /// What the champion said.
    pub champion: SideAnswer,
    /// What the challenger said.
    pub challenger: SideAnswer,
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AbEnd {
    /// One side is better by more than luck, and was given the place.
    Promoted {
        /// Whether that is the challenger.
        challenger: bool,
        /// Why, for the registry's history.
        reason: String,
    },
    /// The two are as good as equal, or no difference came out.
    NoDifference {
        /// Why.
        reason: String,
    },
    /// Ended by a person.
    Stopped {
        /// Why.
        reason: String,
    },
}

/// A test, under way or ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct AbTest {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: AbTestId,
    /// When it began.
    pub created: Millis,
    /// Shown name.
    pub name: String,
    /// How answers are given.
    pub mode: AbMode,
    /// What the split derives from, besides the review.
    pub salt: String,
    /// The evidence that ends it.
    pub bar: f64,
    /// What else must hold.
    pub guardrails: Guardrails,
    /// What answers now.
    pub champion: AbSide,
    /// What may come in its place.
    pub challenger: AbSide,
    /// Different reviews on which the two agree, by class.
    pub n_agreed: Vec<u64>,
    /// Reviews on which they differ, in the order they came, each once.
    pub disagreements: Vec<Disagreement>,
    /// Further ones, for which there was no room.
    pub n_disagreements_beyond: u64,
    /// First bytes of the hashes of the reviews seen, ascending: a review counts once.
    pub seen: Vec<u64>,
    /// What was taken last of `AbAnswer`s: none of them is taken again, should it still be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<AbAnswerId>,
    /// How it ended, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<(Millis, AbEnd)>,
}

impl AbTest {
    /// Whether its sides are of this version: neither can go while it runs.
    pub fn uses(&self, address: &str) -> bool {
        self.ended.is_none()
            && [&self.champion, &self.challenger].iter().any(|side| side.model.address == address)
    }

    /// A test that begins at `created`: stops at an evidence of 20, with the usual guardrails.
    pub fn new(
        (id, created): (AbTestId, Millis),
        name: &str,
        mode: AbMode,
        (champion, challenger): (AnsweringModel, AnsweringModel),
    ) -> Self {
        let n_classes = champion.labels.len();
        Self {
            schema: SCHEMA,
            salt: id.0.clone(),
            id,
            created,
            name: name.to_owned(),
            mode,
            bar: 20.0,
            guardrails: Guardrails::default(),
            champion: AbSide::new(champion),
            challenger: AbSide::new(challenger),
            n_agreed: vec![0; n_classes],
            disagreements: Vec::new(),
            n_disagreements_beyond: 0,
            seen: Vec::new(),
            taken: Vec::new(),
            ended: None,
        }
    }
}
