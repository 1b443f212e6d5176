//! Words that nearly always come with one label.

use super::MAX_GIVEAWAYS;
use crate::dataset::{CleanedDocs, LabelId};
use crate::stats::wilson_interval;

/// Share of a word's rows that must have the label.
const MIN_PRECISION: f64 = 0.97;
/// Share of all rows that must have the word.
const MIN_SUPPORT: f64 = 0.01;
/// How sure it must be that the word says more than the label's own frequency.
const CONFIDENCE: f64 = 0.99;

/// A word and the label it comes with.
pub(super) struct Giveaway {
    pub word_id: u32,
    pub class: LabelId,
    /// Rows with the word.
    pub n_rows: u64,
    /// Rows with the word and the label.
    pub n_of_class: u64,
}

/// The words that give a label away, the surest first, at most `MAX_GIVEAWAYS`: precise, frequent, and beyond
/// what the label's frequency explains by the lower end of Wilson's interval.
pub(super) fn giveaways(docs: &CleanedDocs, n_classes: usize) -> Vec<Giveaway> {
    let n_docs = docs.n_docs();
    let mut with_word = vec![0_u64; docs.words.len() * n_classes];
    let mut of_class = vec![0_u64; n_classes];
    let mut distinct = Vec::new();
    for doc in 0..n_docs {
        let class = usize::from(docs.labels[doc].0);
        of_class[class] += 1;
        distinct.clear();
        distinct.extend_from_slice(docs.word_ids_of(doc));
        distinct.sort_unstable();
        distinct.dedup();
        distinct.iter().for_each(|&word| with_word[word as usize * n_classes + class] += 1);
    }
    let mut found: Vec<(f64, Giveaway)> = Vec::new();
    for (word_id, counts) in (0_u32..).zip(with_word.chunks_exact(n_classes)) {
        let n_rows: u64 = counts.iter().sum();
        if (n_rows as f64) < MIN_SUPPORT * n_docs as f64 {
            continue;
        }
        for (class, &n_of_class) in counts.iter().enumerate() {
            let base = of_class[class] as f64 / n_docs as f64;
            let Some((at_least, _)) = wilson_interval(n_of_class, n_rows, CONFIDENCE) else { continue };
            if n_of_class as f64 >= MIN_PRECISION * n_rows as f64 && at_least > base {
                found.push((at_least, Giveaway { word_id, class: LabelId(class as u8), n_rows, n_of_class }));
            }
        }
    }
    found.sort_by(|(a, one), (b, other)| b.total_cmp(a).then(one.word_id.cmp(&other.word_id)));
    found.truncate(MAX_GIVEAWAYS);
    found.into_iter().map(|(_, giveaway)| giveaway).collect()
}
