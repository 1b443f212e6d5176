//! A linear model in, its weights as a table out.

use engine::models::Scorer;
use engine::pipeline::FittedPipeline;
use engine::table::csv_cell;

/// A line a term and score: `term,class,weight,idf`, terms in alphabetical order. Of two classes the weight speaks for the
/// second. `None` of a model without weights.
pub fn coefficients_csv(pipeline: &FittedPipeline) -> Option<String> {
    let Scorer::Linear(linear) = Scorer::new(&pipeline.model) else { return None };
    let mut csv = "term,class,weight,idf\r\n".to_owned();
    for (column, (term, idf)) in (0..).zip(pipeline.features.terms.iter().zip(&pipeline.features.idf)) {
        for score in 0..linear.n_scores() {
            let class = if linear.n_scores() == 1 { 1 } else { score };
            let cells = [
                csv_cell(term),
                csv_cell(&pipeline.labels[class]),
                linear.coef(score, column).to_string(),
                idf.to_string(),
            ];
            csv.push_str(&cells.join(","));
            csv.push_str("\r\n");
        }
    }
    Some(csv)
}
