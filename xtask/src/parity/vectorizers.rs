//! Vocabularies, weights and idf over all reviews, against vectorizers.json.
//! In: reviews, the file. Out: lines of the report: vocabularies equal, sums within 1e-12 relative, entries
//! within 1e-14. Never: a sum compared absolutely.

use anyhow::Result;
use engine::features::fit_vectorizer;
use engine::num::{ContentHash, Csr};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::data::Data;
use super::report::{Report, worst_gap};
use super::{Reference, settings};

const SUM_GAP: f64 = 1e-12;
const ENTRY_GAP: f64 = 1e-14;

#[derive(Deserialize)]
struct Case {
    kind: String,
    params: Map<String, Value>,
    features: usize,
    nnz: usize,
    vocabulary_sha256: String,
    matrix_sum: f64,
    matrix_square_sum: f64,
    row_entries: Vec<Vec<(String, f64)>>,
    idf_sum: Option<f64>,
}

pub fn compare(report: &mut Report, reference: &Reference, data: &Data) -> Result<()> {
    if !reference.has("vectorizers.json") {
        report.absent("vectorizers.json");
        return Ok(());
    }
    let cases: Vec<Case> = reference.json("vectorizers.json")?;
    for case in &cases {
        compare_case(report, case, data)?;
    }
    Ok(())
}

fn compare_case(report: &mut Report, case: &Case, data: &Data) -> Result<()> {
    let what = format!("{} {}", case.kind, settings::shown(&case.params));
    let Some(spec) = settings::vectorizer(&case.kind, &case.params) else {
        report.not_yet(what);
        return Ok(());
    };
    let corpus = data.corpus(&spec.counting(1))?;
    let all: Vec<u32> = (0..corpus.counts.labels.len() as u32).collect();
    let fitted = fit_vectorizer(&corpus.counts, &corpus.terms, &all, &spec)?;
    let rows = fitted.transform((0..data.docs.n_docs()).map(|doc| data.words(doc)))?;
    rows.validate()?;

    report.same(format!("{what}: terms"), fitted.terms.len(), case.features);
    let hash = ContentHash::of(fitted.terms.join("\n").as_bytes()).to_string();
    let short = |hash: &str| hash.chars().take(12).collect::<String>();
    let holds = hash == case.vocabulary_sha256;
    let worst = if holds { "none" } else { "differs" };
    report.add(format!("{what}: vocabulary"), [short(&hash), short(&case.vocabulary_sha256)], worst, holds);
    report.same(format!("{what}: non-zeros"), rows.n_entries(), case.nnz);
    relative(report, format!("{what}: sum"), rows.values.iter().sum(), case.matrix_sum);
    relative(
        report,
        format!("{what}: sum of squares"),
        rows.values.iter().map(|value| value * value).sum(),
        case.matrix_square_sum,
    );
    if let Some(theirs) = case.idf_sum {
        relative(report, format!("{what}: sum of idf"), fitted.idf.iter().sum(), theirs);
    }
    compare_entries(report, format!("{what}: first rows"), case, &fitted.terms, &rows);
    Ok(())
}

fn compare_entries(report: &mut Report, what: String, case: &Case, terms: &[String], rows: &Csr) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut n_odd = 0;
    for (row, entries) in rows.rows().zip(&case.row_entries) {
        let names = row.columns.iter().map(|&id| terms[id as usize].as_str());
        if !names.eq(entries.iter().map(|(name, _)| name.as_str())) {
            n_odd += 1;
            continue;
        }
        ours.extend_from_slice(row.values);
        theirs.extend(entries.iter().map(|(_, value)| *value));
    }
    let worst = worst_gap(&ours, &theirs);
    let values = [format!("{} entries", ours.len()), format!("{} entries", theirs.len())];
    let shown = if n_odd == 0 {
        format!("{worst:.1e} of {ENTRY_GAP:.0e}")
    } else {
        format!("{n_odd} rows of other terms")
    };
    report.add(what, values, shown, n_odd == 0 && worst <= ENTRY_GAP);
}

fn relative(report: &mut Report, what: String, ours: f64, theirs: f64) {
    report.within(what, ours, theirs, SUM_GAP * theirs.abs());
}
