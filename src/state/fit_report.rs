//! What a stored fit says of rows it did not see, and which terms it weighs most, as its page shows it: a worker's answers
//! in, figures out. Pure.

use engine::pipeline::WeighedTerm;
use jobs::HeldOutOutput;

/// Points of a curve, across and up.
pub type Curve = Vec<(f64, f64)>;

/// What a fit says.
#[derive(Clone, Debug, PartialEq)]
pub struct FitReport {
    /// Class names, in label order.
    pub classes: Vec<String>,
    /// Of the training rows, each by a fit that did not see it; then of the test rows by the fit itself, where it kept them.
    pub parts: Vec<PartReport>,
    /// For each class its strongest terms; none of a model without weights.
    pub terms: Option<Vec<Vec<WeighedTerm>>>,
}

/// Rows that a fit is looked at by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Training rows, each predicted by the fold's fit that did not see it.
    #[default]
    HeldOut,
    /// Test rows, predicted by the fit itself.
    Test,
}

impl Part {
    /// What its files begin with.
    pub fn file_prefix(self) -> &'static str {
        match self {
            Self::HeldOut => "",
            Self::Test => "test_",
        }
    }
}

/// What a fit says of some rows.
#[derive(Clone, Debug, PartialEq)]
pub struct PartReport {
    /// Which.
    pub part: Part,
    /// How many.
    pub n_rows: u64,
    /// Rows of true class (row) predicted as class (column).
    pub confusion: Vec<Vec<u64>>,
    /// For each class that a curve is of, its name, ROC curve, and recall with precision.
    pub curves: Vec<(String, Curve, Curve)>,
}

impl FitReport {
    /// Of a worker's answers about one fit.
    pub fn of(outputs: &[(Part, &HeldOutOutput)]) -> Self {
        let first = outputs.first().map(|(_, output)| *output);
        Self {
            classes: first.map(|output| output.labels.clone()).unwrap_or_default(),
            parts: outputs.iter().map(|(part, output)| PartReport::of(*part, output)).collect(),
            terms: first.and_then(|output| output.terms.clone()),
        }
    }
}

impl PartReport {
    fn of(part: Part, output: &HeldOutOutput) -> Self {
        // Of two classes the curves are of the second.
        let classes = if output.labels.len() == 2 { &output.labels[1..] } else { &output.labels[..] };
        let curves = classes.iter().zip(output.roc.iter().zip(&output.precision_recall));
        Self {
            part,
            n_rows: output.n_rows,
            confusion: output.metrics.confusion.clone(),
            curves: curves
                .map(|(class, (roc, precision))| (class.clone(), roc.clone(), precision.clone()))
                .collect(),
        }
    }
}
