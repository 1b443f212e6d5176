//! Scores in, the operators that make labels, probabilities and doubt of them out, as `engine::pipeline` does it.

use engine::models::FittedModel;
use engine::pipeline::{Calibration, FittedPipeline, IsotonicCurve, probabilities};

use super::graph::{Attribute, Element, Graph, Value};

/// What comes out.
pub(super) struct Answers {
    /// A text a row.
    pub(super) label: Value,
    /// n_texts x n_classes.
    pub(super) probabilities: Value,
    /// A truth a row, of a model that leaves texts unanswered.
    pub(super) unsure: Option<Value>,
}

/// The answers to scores, n_texts x n_scores.
pub(super) fn answers(
    graph: &mut Graph,
    scores: &Value,
    n_scores: usize,
    pipeline: &FittedPipeline,
) -> Answers {
    let labels = graph.texts(&pipeline.labels);
    if n_scores == 1 {
        return of_two(graph, scores, pipeline, &labels);
    }
    let shares = shares(graph, scores, n_scores, pipeline);
    let class = graph.node("ArgMax", &[scores], &[Attribute::Int("axis", 1), Attribute::Int("keepdims", 1)]);
    let unsure = pipeline.abstain.map(|band| {
        // The predicted class's probability less the highest of the others.
        let classes: Vec<i64> = (0..n_scores as i64).collect();
        let classes = graph.wholes(&[1, n_scores], &classes);
        let is_it = graph.node("Equal", &[&class, &classes], &[]);
        let none = graph.reals(&[], &[f64::NEG_INFINITY]);
        let own = graph.node("Where", &[&is_it, &shares, &none], &[]);
        let others = graph.node("Where", &[&is_it, &none, &shares], &[]);
        let axis = graph.wholes(&[1], &[1]);
        let keep = [Attribute::Int("keepdims", 0)];
        let own = graph.node("ReduceMax", &[&own, &axis], &keep);
        let others = graph.node("ReduceMax", &[&others, &axis], &keep);
        let margin = graph.node("Sub", &[&own, &others], &[]);
        let least = graph.reals(&[], &[band.margin]);
        graph.node("Less", &[&margin, &least], &[])
    });
    Answers { label: named(graph, &labels, &class), probabilities: shares, unsure }
}

/// Of two classes the second answers where its score is above the threshold.
fn of_two(graph: &mut Graph, score: &Value, pipeline: &FittedPipeline, labels: &Value) -> Answers {
    let is_own_share = matches!(pipeline.model, FittedModel::Forest(_) | FittedModel::Constant { .. })
        && pipeline.calibration == Calibration::Own;
    let one = graph.reals(&[], &[1.0]);
    let second = if is_own_share {
        let (half, zero) = (graph.reals(&[], &[0.5]), graph.reals(&[], &[0.0]));
        let share = graph.node("Add", &[score, &half], &[]);
        graph.node("Clip", &[&share, &zero, &one], &[])
    } else {
        sided(graph, score, 1, &pipeline.calibration)
    };
    let first = graph.node("Sub", &[&one, &second], &[]);
    let both = graph.node("Concat", &[&first, &second], &[Attribute::Int("axis", 1)]);
    let threshold = graph.reals(&[], &[pipeline.threshold]);
    let is_above = graph.node("Greater", &[score, &threshold], &[]);
    let class = graph.cast(&is_above, Element::Whole);
    let unsure = pipeline.abstain.map(|band| {
        let mut at_cut = Vec::new();
        probabilities(&pipeline.model, &pipeline.calibration, &[pipeline.threshold], &mut at_cut);
        let at_cut = graph.reals(&[], &[at_cut[1]]);
        let distance = graph.node("Sub", &[&second, &at_cut], &[]);
        let distance = graph.node("Abs", &[&distance], &[]);
        let two = graph.reals(&[], &[2.0]);
        let margin = graph.node("Mul", &[&distance, &two], &[]);
        let least = graph.reals(&[], &[band.margin]);
        let is_less = graph.node("Less", &[&margin, &least], &[]);
        squeezed(graph, &is_less)
    });
    Answers { label: named(graph, labels, &class), probabilities: both, unsure }
}

/// The names of classes by number, n_texts x 1.
fn named(graph: &mut Graph, labels: &Value, class: &Value) -> Value {
    let class = squeezed(graph, class);
    graph.node("Gather", &[labels, &class], &[Attribute::Int("axis", 0)])
}

fn squeezed(graph: &mut Graph, column: &Value) -> Value {
    let axis = graph.wholes(&[1], &[1]);
    graph.node("Squeeze", &[column, &axis], &[])
}

/// The probabilities of more than two classes.
fn shares(graph: &mut Graph, scores: &Value, n_scores: usize, pipeline: &FittedPipeline) -> Value {
    let shares = match (&pipeline.calibration, &pipeline.model) {
        (Calibration::Own, FittedModel::Forest(_) | FittedModel::Constant { .. }) => scores.clone(),
        (
            Calibration::Own,
            FittedModel::NaiveBayes { .. } | FittedModel::ComplementNb { .. } | FittedModel::Softmax { .. },
        ) => return graph.node("Softmax", &[scores], &[Attribute::Int("axis", 1)]),
        _ => sided(graph, scores, n_scores, &pipeline.calibration),
    };
    // Where all are 0, all are equally likely.
    let axis = graph.wholes(&[1], &[1]);
    let sum = graph.node("ReduceSum", &[&shares, &axis], &[Attribute::Int("keepdims", 1)]);
    let (zero, one) = (graph.reals(&[], &[0.0]), graph.reals(&[], &[1.0]));
    let equal = graph.reals(&[], &[1.0 / n_scores as f64]);
    let has_sum = graph.node("Greater", &[&sum, &zero], &[]);
    let divisor = graph.node("Where", &[&has_sum, &sum, &one], &[]);
    let divided = graph.node("Div", &[&shares, &divisor], &[]);
    graph.node("Where", &[&has_sum, &divided, &equal], &[])
}

/// Each score's probability, one against the rest.
fn sided(graph: &mut Graph, scores: &Value, n_scores: usize, calibration: &Calibration) -> Value {
    match calibration {
        Calibration::Own => graph.node("Sigmoid", &[scores], &[]),
        Calibration::Platt { sigmoids } => {
            let slopes: Vec<f64> = sigmoids.iter().map(|sigmoid| -sigmoid.0).collect();
            let shifts: Vec<f64> = sigmoids.iter().map(|sigmoid| -sigmoid.1).collect();
            let (slopes, shifts) =
                (graph.reals(&[1, n_scores], &slopes), graph.reals(&[1, n_scores], &shifts));
            let sloped = graph.node("Mul", &[scores, &slopes], &[]);
            let shifted = graph.node("Add", &[&sloped, &shifts], &[]);
            graph.node("Sigmoid", &[&shifted], &[])
        }
        Calibration::Isotonic { curves } => {
            let columns: Vec<Value> = (0..)
                .zip(curves)
                .map(|(column, curve)| {
                    let column = graph.wholes(&[1], &[column]);
                    let score = graph.node("Gather", &[scores, &column], &[Attribute::Int("axis", 1)]);
                    on_curve(graph, &score, curve)
                })
                .collect();
            let columns: Vec<&Value> = columns.iter().collect();
            graph.node("Concat", &columns, &[Attribute::Int("axis", 1)])
        }
    }
}

/// A rising curve at scores, n_texts x 1: its corners below a score are counted, the line after so many is taken.
fn on_curve(graph: &mut Graph, score: &Value, curve: &IsotonicCurve) -> Value {
    let IsotonicCurve { scores, probabilities } = curve;
    let (first, last) = (probabilities[0], probabilities[probabilities.len() - 1]);
    let (mut rises, mut begins, mut lows) = (vec![0.0], vec![0.0], vec![first]);
    for (corners, between) in scores.windows(2).zip(probabilities.windows(2)) {
        rises.push((between[1] - between[0]) / (corners[1] - corners[0]));
        begins.push(corners[0]);
        lows.push(between[0]);
    }
    rises.push(0.0);
    begins.push(0.0);
    lows.push(last);
    let corners = graph.reals(&[1, scores.len()], scores);
    let is_below = graph.node("Less", &[&corners, score], &[]);
    let is_below = graph.cast(&is_below, Element::Whole);
    let axis = graph.wholes(&[1], &[1]);
    let place = graph.node("ReduceSum", &[&is_below, &axis], &[Attribute::Int("keepdims", 1)]);
    let mut at_place = |values: &[f64]| {
        let table = graph.reals(&[values.len()], values);
        graph.node("Gather", &[&table, &place], &[Attribute::Int("axis", 0)])
    };
    let (rise, begin, low) = (at_place(&rises), at_place(&begins), at_place(&lows));
    let beyond = graph.node("Sub", &[score, &begin], &[]);
    let risen = graph.node("Mul", &[&rise, &beyond], &[]);
    graph.node("Add", &[&risen, &low], &[])
}
