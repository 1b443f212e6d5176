//! Operators of texts: cutting, and counting terms.

use engine::num::SortedMap;

use super::tensor::{Tensor, Values, size};
use super::{Node, OnnxError};

/// `StringSplit`: each text's parts, padded with empty ones to the longest.
pub(super) fn split(node: &Node, texts: &Tensor) -> Result<Tensor, OnnxError> {
    let delimiter = &node.setting("delimiter").ok_or(OnnxError("texts are cut by nothing"))?.text;
    let cut = |text: &String| -> Vec<String> {
        // An empty text has no parts.
        if text.is_empty() { Vec::new() } else { text.split(delimiter.as_str()).map(str::to_owned).collect() }
    };
    let parts: Vec<Vec<String>> = texts.texts()?.iter().map(cut).collect();
    let n_columns = parts.iter().map(Vec::len).max().unwrap_or(0);
    let n_rows = parts.len();
    let mut values = Vec::with_capacity(size(&[n_rows, n_columns])?);
    for mut row in parts {
        row.resize(n_columns, String::new());
        values.append(&mut row);
    }
    Tensor::new(vec![n_rows, n_columns], Values::Text(values))
}

/// `TfIdfVectorizer` that counts: how often each n-gram of the pool stands in each row.
pub(super) fn count(node: &Node, units: &Tensor) -> Result<Tensor, OnnxError> {
    let missing = OnnxError("a vectorizer lacks a setting");
    let setting = |name| node.setting(name).ok_or(missing);
    let is_plain = setting("mode")?.text == "TF" && setting("max_skip_count")?.whole == 0;
    if !is_plain {
        return Err(OnnxError("a vectorizer does more than count"));
    }
    let place = |name| usize::try_from(setting(name)?.whole).or(Err(missing));
    let (shortest, longest) = (place("min_gram_length")?, place("max_gram_length")?);
    let (starts, columns, pool) = (
        &setting("ngram_counts")?.wholes,
        &setting("ngram_indexes")?.wholes,
        &setting("pool_strings")?.texts,
    );
    let outside = OnnxError("a vectorizer's pool does not fit its terms");
    let mut terms: Vec<(&[String], usize)> = Vec::new();
    let mut columns = columns.iter();
    for (length, start) in (1..).zip(starts) {
        let start = usize::try_from(*start).or(Err(outside))?;
        let end = match starts.get(length) {
            Some(end) => usize::try_from(*end).or(Err(outside))?,
            None => pool.len(),
        };
        for term in pool.get(start..end).ok_or(outside)?.chunks(length) {
            let column = columns.next().and_then(|column| usize::try_from(*column).ok()).ok_or(outside)?;
            terms.push((term, column));
        }
    }
    let terms: SortedMap<&[String], usize> = terms.into_iter().collect();
    let n_columns = terms.values().max().map_or(0, |column| column + 1);
    let (n_rows, n_units) = units.matrix()?;
    let mut counts = vec![0.0; size(&[n_rows, n_columns])?];
    let texts = units.texts()?;
    for row in 0..n_rows {
        let units = &texts[row * n_units..][..n_units];
        for length in shortest.max(1)..=longest {
            for window in units.windows(length) {
                if let Some(column) = terms.get(window) {
                    counts[row * n_columns + column] += 1.0;
                }
            }
        }
    }
    Tensor::new(vec![n_rows, n_columns], Values::Real(counts))
}
