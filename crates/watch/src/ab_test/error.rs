//! Why an A/B test cannot do what it is asked, in a sentence.

use thiserror::Error;

/// Why a test cannot do what it is asked.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum AbError {
    /// It is over.
    #[error("the A/B test '{name}' has ended: begin a new one")]
    Ended {
        /// Its name.
        name: String,
    },
    /// Sides that tell other classes apart.
    #[error(
        "the two versions tell other classes apart ({champion} and {challenger}): test versions of the same classes"
    )]
    OtherClasses {
        /// The champion's.
        champion: String,
        /// The challenger's.
        challenger: String,
    },
    /// The same pipeline twice.
    #[error("both sides are the same model: choose another version to test against it")]
    SameModel,
    /// A weight that leaves a side without reviews.
    #[error("{found} of 10000 reviews for the challenger is not possible: choose a number from 1 to 9999")]
    BadWeight {
        /// What was asked for.
        found: u32,
    },
    /// A bar or a guardrail that is none.
    #[error("the {what} of the A/B test is {found}: choose a number that makes sense")]
    BadNumber {
        /// Which.
        what: &'static str,
        /// What it is.
        found: f64,
    },
    /// An answer that cannot be counted.
    #[error("an answer of class {class} that took {took_ms} ms cannot be counted")]
    BadAnswer {
        /// Its class.
        class: u8,
        /// Its time.
        took_ms: f64,
    },
    /// A label for what is not in the queue.
    #[error("there is no open disagreement number {place} to label")]
    NothingToLabel {
        /// Which was asked for.
        place: usize,
    },
    /// A promotion without evidence.
    #[error(
        "the evidence is {evidence:.1} and {bar} is needed: label more of the reviews on which the two differ, or stop the test"
    )]
    NotYet {
        /// What there is.
        evidence: f64,
        /// What is asked for.
        bar: f64,
    },
    /// A guardrail is broken.
    #[error("the challenger cannot be promoted: {reason}")]
    Guarded {
        /// Which.
        reason: String,
    },
}
