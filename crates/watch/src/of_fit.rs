//! Counted reviews and a fit's answers in; the profile that is stored beside the fit out. No text is needed: words are
//! those that were counted, and answers those to the reviews that tested it, which it never saw.

use engine::features::{Analyzer, Counts};
use engine::num::SortedMap;
use engine::pipeline::Answers;

use crate::WATCH_SCHEMA;
use crate::calibrated::AnswerCounts;
use crate::describe::{CONFIDENCE, LABEL, PREDICTED, UNSURE};
use crate::profile::{
    ColumnCounts, ColumnProfile, MAX_TERMS, MIN_TERM_ROWS, Profile, SHARE_CELLS, TermCounts,
};
use crate::scale::Scale;

/// The profile of a fit. Shapes: `terms`: as `counts` numbers them; `tested`: reviews by index; `answers`: one for each
/// of these.
pub fn profile_of_fit(
    (counts, terms): (&Counts, &[String]),
    tested: &[u32],
    answers: &Answers,
    labels: &[String],
) -> Profile {
    let n_classes = labels.len();
    let truth: Vec<u8> = tested.iter().map(|doc| counts.labels[*doc as usize].0).collect();
    let probability = |row: usize| {
        let class = usize::from(answers.predicted[row]);
        answers.probabilities[row * n_classes + class].clamp(0.0, 1.0)
    };
    let mut known = AnswerCounts::new(n_classes as u32);
    let rows = (0..tested.len()).map(|row| (answers.predicted[row], probability(row), Some(truth[row])));
    known.extend(rows).expect("every probability was brought between 0 and 1");
    let scale = Scale::Share { n_cells: SHARE_CELLS };
    let mut confidence = vec![0; SHARE_CELLS as usize];
    for cell in (0..tested.len()).filter_map(|row| scale.cell(probability(row))) {
        confidence[cell] += 1;
    }
    let last = confidence.iter().rposition(|n| *n > 0).map_or(0, |last| last + 1);
    confidence.truncate(last);
    let n_yes = answers.abstains.iter().filter(|abstains| **abstains).count() as u64;
    let mut columns = SortedMap::new();
    columns.insert(CONFIDENCE, ColumnCounts::Numbers { scale, counts: confidence });
    columns.insert(LABEL, of_classes(&truth, labels));
    columns.insert(PREDICTED, of_classes(&answers.predicted, labels));
    columns.insert(UNSURE, ColumnCounts::Flag { n_yes, n_rows: tested.len() as u64 });
    let column = |(name, values): (&str, ColumnCounts)| ColumnProfile { name: name.to_owned(), values };
    Profile {
        schema: WATCH_SCHEMA,
        engine_version: engine::ENGINE_VERSION.to_owned(),
        labels: labels.to_vec(),
        columns: columns.into_iter().map(column).collect(),
        terms: words(counts, terms),
        answers: known,
    }
}

fn of_classes(rows: &[u8], labels: &[String]) -> ColumnCounts {
    let mut counts: Vec<(String, u64)> = Vec::new();
    for (class, label) in labels.iter().enumerate() {
        let n = rows.iter().filter(|row| usize::from(**row) == class).count() as u64;
        counts.extend((n > 0).then(|| (label.clone(), n)));
    }
    counts.sort_unstable();
    ColumnCounts::Classes { counts }
}

/// In how many reviews words stand; none where terms are of characters.
fn words(counts: &Counts, terms: &[String]) -> TermCounts {
    if counts.tokens.analyzer != Analyzer::Word || counts.ngram_range.0 != 1 {
        return TermCounts::default();
    }
    let mut n_reviews = vec![0_u64; terms.len()];
    counts.term_ids.iter().for_each(|term| n_reviews[*term as usize] += 1);
    let words = terms.iter().zip(n_reviews).filter(|(term, _)| !term.contains(' '));
    let least = MIN_TERM_ROWS.max(u64::from(counts.df_floor));
    let words = words.filter(|(_, n)| *n >= least).map(|(term, n)| (term.clone(), n)).collect();
    TermCounts::kept(counts.n_docs() as u64, words, least, MAX_TERMS)
}

#[cfg(test)]
mod tests {
    use engine::dataset::LabelId;
    use engine::features::{Counting, TokenRule};

    use super::*;

    fn counted() -> (Counts, Vec<String>) {
        let terms = ["cork", "cork good", "good"].map(str::to_owned).to_vec();
        let rows = 12;
        let counts = Counts {
            n_classes: 2,
            n_terms: 3,
            df_floor: 1,
            ngram_range: (1, 2),
            tokens: Counting::words((1, 2), 1).tokens,
            labels: (0..rows).map(|row| LabelId((row % 3 != 0) as u8)).collect(),
            doc_starts: (0..=rows).map(|row| 2 * row).collect(),
            term_ids: (0..rows).flat_map(|row| if row < 2 { [0, 1] } else { [1, 2] }).collect(),
            counts: vec![1; 2 * rows as usize],
            keys: Default::default(),
        };
        (counts, terms)
    }

    #[test]
    fn what_tested_a_fit_is_counted_and_single_words_are_named() {
        let (counts, terms) = counted();
        let answers = Answers {
            probabilities: vec![0.1, 0.9, 0.8, 0.2, 0.4, 0.6],
            predicted: vec![1, 0, 1],
            abstains: vec![false, false, true],
        };
        let labels = ["negative".to_owned(), "positive".to_owned()];
        let profile = profile_of_fit((&counts, &terms), &[1, 3, 6], &answers, &labels);
        assert_eq!(profile.terms.terms, [("good".to_owned(), 10)], "two reviews have the other");
        let classes = |negative, positive| ColumnCounts::Classes {
            counts: vec![("negative".into(), negative), ("positive".into(), positive)],
        };
        assert_eq!(profile.column(LABEL), Some(&classes(2, 1)));
        assert_eq!(profile.column(PREDICTED), Some(&classes(1, 2)));
        assert_eq!(profile.column(UNSURE), Some(&ColumnCounts::Flag { n_yes: 1, n_rows: 3 }));
        assert_eq!((profile.answers.n_labelled(), profile.n_rows()), (3, 3));
        assert_eq!(Profile::from_json(&profile.to_json()), Ok(profile));
    }

    #[test]
    fn terms_of_characters_are_no_words() {
        let (counts, terms) = counted();
        let tokens = TokenRule { analyzer: Analyzer::Char, ..counts.tokens.clone() };
        assert_eq!(words(&Counts { tokens, ..counts }, &terms), TermCounts::default());
    }
}
