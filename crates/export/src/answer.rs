//! What an export said of a text, in the one form that all are compared in.

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReadAnswer {
    /// The class's name.
    pub(crate) label: String,
    /// A probability a class, in label order.
    pub(crate) probabilities: Vec<f64>,
    /// Too close to call.
    pub(crate) unsure: bool,
}
