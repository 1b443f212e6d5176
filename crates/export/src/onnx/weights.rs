//! A vocabulary in, the operators that make weighted rows of prepared texts out.
//!
//! `TfIdfVectorizer` counts; its counts are whole numbers, so nothing is lost by its 32-bit floats. All else is done in 64.

use engine::features::{Analyzer, FittedVectorizer, Norm, VectorizerKind};

use super::graph::{Attribute, Element, Graph, Value};

/// What stands between two units of a prepared text.
pub(super) fn delimiter(analyzer: Analyzer) -> &'static str {
    match analyzer {
        Analyzer::Word => " ",
        Analyzer::Char | Analyzer::CharWb => "\n",
    }
}

/// The rows, n_texts x n_terms.
pub(super) fn weights(graph: &mut Graph, text: &Value, features: &FittedVectorizer) -> Value {
    let n_terms = features.terms.len();
    let counts = counts(graph, text, features);
    let spec = &features.spec;
    let mut rows = graph.cast(&counts, Element::Double);
    if spec.binary {
        let zero = graph.reals(&[], &[0.0]);
        let stands = graph.node("Greater", &[&rows, &zero], &[]);
        rows = graph.cast(&stands, Element::Double);
    } else if spec.sublinear_tf && spec.kind == VectorizerKind::TfIdf {
        let (zero, one) = (graph.reals(&[], &[0.0]), graph.reals(&[], &[1.0]));
        let stands = graph.node("Greater", &[&rows, &zero], &[]);
        let at_least_one = graph.node("Max", &[&rows, &one], &[]);
        let log = graph.node("Log", &[&at_least_one], &[]);
        let damped = graph.node("Add", &[&log, &one], &[]);
        rows = graph.node("Where", &[&stands, &damped, &zero], &[]);
    }
    if spec.kind == VectorizerKind::BagOfWords {
        return rows;
    }
    let idf = graph.reals(&[1, n_terms], &features.idf);
    let weighted = graph.node("Mul", &[&rows, &idf], &[]);
    normalised(graph, weighted, spec.norm)
}

/// How often each term stands in each text, as 32-bit floats.
fn counts(graph: &mut Graph, text: &Value, features: &FittedVectorizer) -> Value {
    let analyzer = features.spec.tokens.analyzer;
    let units =
        graph.first_of("StringSplit", &[text], 2, &[Attribute::Text("delimiter", delimiter(analyzer))]);
    // Terms by their number of units: a padded word shorter than the shortest n-gram is a term by itself.
    let longest = usize::from(features.spec.ngram_range.1);
    let mut by_length: Vec<Vec<(i64, Vec<&str>)>> = vec![Vec::new(); longest + 1];
    for (column, term) in (0..).zip(&features.terms) {
        let units = units_of(analyzer, term);
        // A fitted vocabulary has no longer one.
        if let Some(same) = by_length.get_mut(units.len()) {
            same.push((column, units));
        }
    }
    let shortest = (1..=longest).find(|length| !by_length[*length].is_empty()).unwrap_or(1);
    let (mut pool, mut starts, mut columns) = (Vec::new(), Vec::new(), Vec::new());
    for same in &by_length[1..] {
        starts.push(pool.len() as i64);
        for (column, units) in same {
            columns.push(*column);
            pool.extend_from_slice(units);
        }
    }
    graph.node(
        "TfIdfVectorizer",
        &[&units],
        &[
            Attribute::Text("mode", "TF"),
            Attribute::Int("min_gram_length", shortest as i64),
            Attribute::Int("max_gram_length", longest as i64),
            Attribute::Int("max_skip_count", 0),
            Attribute::Ints("ngram_counts", starts),
            Attribute::Ints("ngram_indexes", columns),
            Attribute::Texts("pool_strings", pool),
        ],
    )
}

/// The units of a term.
fn units_of(analyzer: Analyzer, term: &str) -> Vec<&str> {
    match analyzer {
        Analyzer::Word => term.split(' ').collect(),
        Analyzer::Char | Analyzer::CharWb => {
            term.char_indices().map(|(place, c)| &term[place..place + c.len_utf8()]).collect()
        }
    }
}

/// Each row divided by its size; one without a known term stays as it is.
fn normalised(graph: &mut Graph, rows: Value, norm: Norm) -> Value {
    let parts = match norm {
        Norm::None => return rows,
        Norm::L1 => graph.node("Abs", &[&rows], &[]),
        Norm::L2 => graph.node("Mul", &[&rows, &rows], &[]),
    };
    let axis = graph.wholes(&[1], &[1]);
    let sum = graph.node("ReduceSum", &[&parts, &axis], &[Attribute::Int("keepdims", 1)]);
    let size = if norm == Norm::L2 { graph.node("Sqrt", &[&sum], &[]) } else { sum };
    let (zero, one) = (graph.reals(&[], &[0.0]), graph.reals(&[], &[1.0]));
    let has_size = graph.node("Greater", &[&size, &zero], &[]);
    let divisor = graph.node("Where", &[&has_size, &size, &one], &[]);
    graph.node("Div", &[&rows, &divisor], &[])
}
