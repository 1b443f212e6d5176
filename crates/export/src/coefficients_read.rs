//! The table of weights in, the model with these weights in the place of its own out.

use engine::models::{FittedModel, ModelKind, Scorer};
use engine::pipeline::FittedPipeline;
use engine::table::{Encoding, TableFormat, TableReader, safe_cell};

/// The model, its weights and idf read from the table; intercepts and everything else are not in it.
///
/// # Errors
/// Where the table does not name each term and class once, in order: what is wrong.
pub(crate) fn with_coefficients(pipeline: &FittedPipeline, csv: &[u8]) -> Result<FittedPipeline, String> {
    let Scorer::Linear(linear) = Scorer::new(&pipeline.model) else {
        return Err("a model without weights has no such table".to_owned());
    };
    let mut rows: Vec<[String; 4]> = Vec::new();
    let mut reader = TableReader::new(&TableFormat::new(Encoding::Utf8, ','));
    let mut take =
        |row: engine::table::Row<'_>| rows.push(std::array::from_fn(|column| row.cell(column).to_owned()));
    reader.push(csv, &mut take).map_err(|error| error.to_string())?;
    let read = reader.finish(&mut take).map_err(|error| error.to_string())?;
    let (n_scores, n_terms) = (linear.n_scores(), pipeline.features.terms.len());
    if read.issues.n > 0 || rows.len() != n_terms * n_scores {
        return Err(format!("it has {} lines that can be read, not {}", rows.len(), n_terms * n_scores));
    }
    let mut coef = vec![0.0; n_terms * n_scores];
    let mut idf = vec![0.0; n_terms];
    for (place, [term, class, weight, of_term]) in rows.iter().enumerate() {
        let (column, score) = (place / n_scores, place % n_scores);
        let label = &pipeline.labels[if n_scores == 1 { 1 } else { score }];
        if *term != safe_cell(&pipeline.features.terms[column]) || *class != safe_cell(label) {
            return Err(format!("line {} names another term or class", place + 2));
        }
        let number = |text: &String| text.parse().map_err(|_| format!("line {} holds no number", place + 2));
        coef[score * n_terms + column] = number(weight)?;
        idf[column] = number(of_term)?;
    }
    let intercept = (0..n_scores).map(|score| linear.intercept(score)).collect();
    let is_one_against_rest = n_scores == 1 || matches!(pipeline.model, FittedModel::Linear { .. });
    let model = if is_one_against_rest {
        FittedModel::Linear { kind: ModelKind::LogisticRegression, coef, intercept }
    } else {
        FittedModel::Softmax { coef, intercept }
    };
    let mut read = FittedPipeline { model, ..pipeline.clone() };
    read.features.idf = idf;
    Ok(read)
}
