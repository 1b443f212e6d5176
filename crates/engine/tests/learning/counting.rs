//! Counts are those of plain counting, and survive as bytes.

use std::collections::BTreeMap;

use engine::features::{self, Counting, Counts};
use proptest::prelude::*;

use super::{WORDS, corpus_of, docs_of};

fn any_reviews() -> impl Strategy<Value = Vec<(u8, Vec<&'static str>)>> {
    prop::collection::vec((0..2_u8, prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..8)), 0..20)
}

#[test]
fn counts_of_nothing_have_one_spelling() {
    let bytes = corpus_of(&[], 2).counts.to_bytes();
    assert!(Counts::from_bytes(&bytes).is_ok());
    // The fourth byte after the version says which parts are there: tokens, dates, groups.
    for parts in 1..=u8::MAX {
        let mut damaged = bytes.clone();
        damaged[7] = parts;
        assert!(Counts::from_bytes(&damaged).is_err(), "parts {parts}");
    }
}

proptest! {
    #[test]
    fn counts_are_those_of_plain_counting(texts in any_reviews(), longest in 1..4_u8, floor in 1..4_u32) {
        let corpus = features::count(docs_of(&texts), 2, &Counting::words((1, longest), floor)).unwrap();
        corpus.counts.validate().unwrap();
        let plain: Vec<BTreeMap<String, u16>> = texts
            .iter()
            .map(|(_, words)| {
                let tokens: Vec<&str> = words.iter().copied().filter(|word| word.len() > 1).collect();
                let mut grams = BTreeMap::new();
                for length in 1..=usize::from(longest) {
                    tokens.windows(length).for_each(|gram| *grams.entry(gram.join(" ")).or_insert(0) += 1);
                }
                grams
            })
            .collect();
        let frequent = |term: &String| plain.iter().filter(|doc| doc.contains_key(term)).count() >= floor as usize;
        for (row, doc) in (0..).zip(&plain) {
            let (term_ids, counts) = corpus.counts.row(row);
            let ours: Vec<(String, u16)> =
                term_ids.iter().zip(counts).map(|(&id, &n)| (corpus.terms[id as usize].clone(), n)).collect();
            let theirs: Vec<(String, u16)> = doc.clone().into_iter().filter(|(term, _)| frequent(term)).collect();
            prop_assert_eq!(ours, theirs);
        }
        prop_assert!(corpus.terms.is_sorted());
    }

    #[test]
    fn counts_and_terms_survive_as_bytes(texts in any_reviews(), place in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let corpus = corpus_of(&texts, 2);
        let bytes = corpus.counts.to_bytes();
        prop_assert_eq!(Counts::from_bytes(&bytes).unwrap(), corpus.counts.clone());
        prop_assert_eq!(Counts::from_bytes(&bytes).unwrap().content_hash(), corpus.counts.content_hash());
        let terms = features::encode_terms(&corpus.terms);
        prop_assert_eq!(features::decode_terms(&terms).unwrap(), corpus.terms.clone());
        let mut damaged = bytes.clone();
        damaged[place.index(bytes.len())] ^= flip;
        if let Ok(read) = Counts::from_bytes(&damaged) {
            prop_assert!(read.validate().is_ok() && read != corpus.counts);
        }
        let mut damaged = terms.clone();
        damaged[place.index(terms.len())] ^= flip;
        if let Ok(read) = features::decode_terms(&damaged) {
            prop_assert!(read.is_sorted() && read != corpus.terms);
        }
        prop_assert!(Counts::from_bytes(&bytes[..place.index(bytes.len())]).is_err());
        prop_assert!(features::decode_terms(&terms[..place.index(terms.len())]).is_err());
    }
}
