//! Tokens, characters and weights against scikit-learn 1.9.1, and what holds of every vectorizer.

use proptest::prelude::*;

use super::*;
use crate::dataset::{CleanedDocs, LabelId};

/// Reviews of cleaned texts.
fn docs_of<Text: AsRef<str>>(texts: &[Text]) -> CleanedDocs {
    let mut docs = CleanedDocs { doc_starts: vec![0], ..CleanedDocs::default() };
    for (record, text) in (0..).zip(texts) {
        for word in text.as_ref().split(' ').filter(|word| !word.is_empty()) {
            let known = docs.words.iter().position(|known| known == word);
            let id = known.unwrap_or_else(|| {
                docs.words.push(word.to_owned());
                docs.words.len() - 1
            });
            docs.word_ids.push(id as u32);
        }
        docs.doc_starts.push(docs.word_ids.len() as u32);
        docs.labels.push(LabelId((record % 2) as u8));
        docs.records.push(record);
    }
    docs
}

fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split(' ').filter(|word| !word.is_empty())
}

fn all_of(docs: &CleanedDocs) -> Vec<u32> {
    (0..docs.labels.len() as u32).collect()
}

/// Vocabulary, and each row's columns and values: by counts, and by texts.
#[track_caller]
fn check(texts: &[&str], spec: &VectorizerSpec, terms: &[&str], rows: &[&[(u32, f64)]]) {
    let docs = docs_of(texts);
    let corpus = count(docs.clone(), 2, &spec.counting(1)).expect("countable");
    corpus.counts.validate().expect("counts that agree");
    let selection = Selection::new(&corpus.counts, &all_of(&docs), spec).expect("terms");
    let matrix = selection.rows(&corpus.counts, &all_of(&docs));
    matrix.validate().expect("a valid matrix");
    let fitted = selection.into_fitted(&corpus.terms);
    assert_eq!(fitted.terms, terms);
    for (row, expected) in matrix.rows().zip(rows) {
        let columns: Vec<u32> = expected.iter().map(|entry| entry.0).collect();
        assert_eq!(row.columns, columns);
        for (ours, (_, theirs)) in row.values.iter().zip(*expected) {
            assert!((ours - theirs).abs() <= 1e-14, "{ours} against {theirs}");
        }
    }
    assert_eq!(fitted.transform(texts.iter().map(|text| words(text))).expect("runs"), matrix);
}

fn of_tokens(ngram_range: (u8, u8), tokens: TokenRule) -> VectorizerSpec {
    VectorizerSpec { tokens, ..VectorizerSpec::bag_of_words(ngram_range) }
}

fn of_chars(analyzer: Analyzer, ngram_range: (u8, u8)) -> VectorizerSpec {
    of_tokens(ngram_range, TokenRule { analyzer, ..TokenRule::default() })
}

#[test]
fn tokens_are_scikit_learns() {
    // scikit-learn 1.9.1: CountVectorizer(lowercase=False, ...).fit_transform(texts)
    check(
        &["don't_buy it's bad", "a bad, bad shop!", "नमस्ते दुकान good", "ok"],
        &VectorizerSpec::bag_of_words((1, 1)),
        &["bad", "don", "good", "it", "ok", "shop", "t_buy", "नमस"],
        &[
            &[(0, 1.0), (1, 1.0), (3, 1.0), (6, 1.0)],
            &[(0, 2.0), (5, 1.0)],
            &[(2, 1.0), (7, 1.0)],
            &[(4, 1.0)],
        ],
    );
    let stop_words = TermStopWords::English;
    check(
        &["the good and the bad shop", "not so good shop"],
        &of_tokens((2, 2), TokenRule { stop_words, ..TokenRule::default() }),
        &["bad shop", "good bad", "good shop"],
        &[&[(0, 1.0), (1, 1.0)], &[(2, 1.0)]],
    );
}

#[test]
fn characters_are_scikit_learns() {
    // scikit-learn 1.9.1: CountVectorizer(lowercase=False, analyzer=..., ngram_range=...).fit_transform(texts)
    check(
        &["ab a", "ba"],
        &of_chars(Analyzer::Char, (2, 3)),
        &[" a", "ab", "ab ", "b ", "b a", "ba"],
        &[&[(0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0), (4, 1.0)], &[(5, 1.0)]],
    );
    check(
        &["ab a abc", "abcd"],
        &of_chars(Analyzer::CharWb, (4, 5)),
        &[" a ", " ab ", " abc", " abc ", " abcd", "abc ", "abcd", "abcd ", "bcd "],
        &[
            &[(0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0), (5, 1.0)],
            &[(2, 1.0), (4, 1.0), (6, 1.0), (7, 1.0), (8, 1.0)],
        ],
    );
    check(
        &["a b", "ab"],
        &of_chars(Analyzer::CharWb, (1, 2)),
        &[" ", " a", " b", "a", "a ", "ab", "b", "b "],
        &[
            &[(0, 4.0), (1, 1.0), (2, 1.0), (3, 1.0), (4, 1.0), (6, 1.0), (7, 1.0)],
            &[(0, 2.0), (1, 1.0), (3, 1.0), (5, 1.0), (6, 1.0), (7, 1.0)],
        ],
    );
}

#[test]
fn weights_are_scikit_learns() {
    // scikit-learn 1.9.1: TfidfVectorizer(...).fit_transform(texts)
    let texts = ["good good bad", "good bad bad bad", "shop bad"];
    let plain = VectorizerSpec::tf_idf((1, 1));
    let check = |spec: VectorizerSpec, rows: [[f64; 2]; 3]| {
        let columns = [[0, 1], [0, 1], [0, 2]];
        let rows: Vec<Vec<(u32, f64)>> = columns
            .iter()
            .zip(rows)
            .map(|(columns, values)| columns.iter().copied().zip(values).collect())
            .collect();
        let rows: Vec<&[(u32, f64)]> = rows.iter().map(Vec::as_slice).collect();
        check(&texts, &spec, &["bad", "good", "shop"], &rows);
    };
    check(
        VectorizerSpec { norm: Norm::L1, ..plain.clone() },
        [
            [0.27969179067408617, 0.7203082093259139],
            [0.6996787423384079, 0.3003212576615922],
            [0.37131279241563214, 0.6286872075843678],
        ],
    );
    check(
        VectorizerSpec { norm: Norm::None, ..plain.clone() },
        [[1.0, 2.5753641449035616], [3.0, 1.2876820724517808], [1.0, 1.6931471805599454]],
    );
    check(
        VectorizerSpec { use_idf: false, ..plain.clone() },
        [
            [0.4472135954999579, 0.8944271909999159],
            [0.9486832980505138, 0.31622776601683794],
            [0.7071067811865475, 0.7071067811865475],
        ],
    );
    check(
        VectorizerSpec { smooth_idf: false, norm: Norm::None, ..plain.clone() },
        [[1.0, 2.8109302162163288], [3.0, 1.4054651081081644], [1.0, 2.09861228866811]],
    );
    check(
        VectorizerSpec { binary: true, ..plain.clone() },
        [
            [0.6133555370249717, 0.7898069290660905],
            [0.6133555370249717, 0.7898069290660905],
            [0.5085423203783267, 0.8610369959439764],
        ],
    );
    check(
        VectorizerSpec { sublinear_tf: true, ..plain },
        [
            [0.4169046512765058, 0.9089502251190739],
            [0.8523413294636757, 0.5229859062040715],
            [0.5085423203783267, 0.8610369959439764],
        ],
    );
}

#[test]
fn binary_counts_decide_which_terms_are_most_frequent() {
    // "good" stands three times in one text, "shop" once in two. scikit-learn 1.9.1 keeps "shop" where
    // binary=True and "good" where it is not.
    let spec = VectorizerSpec { max_features: Some(1), ..VectorizerSpec::bag_of_words((1, 1)) };
    let texts = ["good good good shop", "shop"];
    check(&texts, &spec, &["good"], &[&[(0, 3.0)], &[]]);
    check(&texts, &VectorizerSpec { binary: true, ..spec }, &["shop"], &[&[(0, 1.0)], &[(0, 1.0)]]);
}

#[cfg(feature = "custom-regex")]
#[test]
fn token_patterns_are_scikit_learns() {
    // scikit-learn 1.9.1: CountVectorizer(lowercase=False, token_pattern=...).fit_transform(texts)
    let of_pattern = |pattern: &str| {
        let token_pattern = Some(pattern.to_owned());
        of_tokens((1, 1), TokenRule { token_pattern, ..TokenRule::default() })
    };
    check(
        &["a bc", "c a a"],
        &of_pattern(r"(?u)\b\w+\b"),
        &["a", "bc", "c"],
        &[&[(0, 1.0), (1, 1.0)], &[(0, 2.0), (2, 1.0)]],
    );
    check(
        &["ab cd e", "fg h"],
        &of_pattern(r"\b(\w)\w+ "),
        &["a", "c", "f"],
        &[&[(0, 1.0), (1, 1.0)], &[(2, 1.0)]],
    );
}

#[cfg(not(feature = "custom-regex"))]
#[test]
fn a_pattern_this_build_cannot_run_is_named() {
    let rule = TokenRule { token_pattern: Some("[a-z]+".to_owned()), ..TokenRule::default() };
    let error = count(docs_of(&["a b"]), 2, &of_tokens((1, 1), rule).counting(1)).expect_err("no patterns");
    let expected =
        "the pattern `[a-z]+` cannot be run here: leave it out, or use the terminal program `reviewlab`";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_scikit_learn_has_by_default_is_not_written() {
    let spec = VectorizerSpec { sublinear_tf: true, max_features: Some(9), ..VectorizerSpec::tf_idf((1, 2)) };
    let json = serde_json::to_string(&spec).expect("plain data");
    let expected = r#"{"ngram_range":[1,2],"sublinear_tf":true,"min_df":{"type":"count","value":1},"max_df":{"type":"share","value":1.0},"max_features":9}"#;
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_str::<VectorizerSpec>(&json).expect("schema 1"), spec);
}

#[test]
fn ngrams_out_of_bounds_are_refused() {
    let error = |counting: Counting| count(docs_of(&["a b"]), 2, &counting).expect_err("out of bounds");
    let beyond = |shortest, longest, most| FeatureError::BadNgramRange { shortest, longest, most };
    assert_eq!(error(Counting::words((0, 1), 1)), beyond(0, 1, MAX_NGRAM));
    assert_eq!(error(Counting::words((2, 1), 1)), beyond(2, 1, MAX_NGRAM));
    assert_eq!(error(Counting::words((1, 6), 1)), beyond(1, 6, MAX_NGRAM));
    assert_eq!(error(of_chars(Analyzer::Char, (1, 9)).counting(1)), beyond(1, 9, MAX_CHAR_NGRAM));
}

#[test]
fn counts_of_other_tokens_are_refused() {
    let docs = docs_of(&["good shop", "bad shop"]);
    let counts = count(docs, 2, &Counting::words((1, 1), 1)).expect("countable").counts;
    let error = Selection::new(&counts, &[0, 1], &of_chars(Analyzer::Char, (1, 1)));
    assert_eq!(error.expect_err("other tokens"), FeatureError::OtherTokens);
}

fn any_spec() -> impl Strategy<Value = VectorizerSpec> {
    let tokens = (
        prop::sample::select(vec![Analyzer::Word, Analyzer::Char, Analyzer::CharWb]),
        prop::sample::select(vec![TermStopWords::None, TermStopWords::English]),
    );
    let kind = prop::sample::select(vec![VectorizerKind::TfIdf, VectorizerKind::BagOfWords]);
    let norm = prop::sample::select(vec![Norm::L1, Norm::L2, Norm::None]);
    let switches = prop::array::uniform4(any::<bool>());
    (kind, tokens, norm, switches, (1..6_u8, 0..3_u8), prop::option::of(1..20_u32)).prop_map(
        |(
            kind,
            (analyzer, stop_words),
            norm,
            [binary, sublinear_tf, use_idf, smooth_idf],
            range,
            max_features,
        )| {
            VectorizerSpec {
                kind,
                ngram_range: (range.0, (range.0 + range.1).min(5)),
                tokens: TokenRule { analyzer, token_pattern: None, stop_words },
                binary,
                sublinear_tf,
                use_idf,
                smooth_idf,
                norm,
                min_df: DocumentFrequency::Count(1),
                max_df: DocumentFrequency::Share(1.0),
                max_features,
            }
        },
    )
}

fn any_texts() -> impl Strategy<Value = Vec<String>> {
    let piece = prop::sample::select(vec![
        "good",
        "bad",
        "the",
        "a",
        "b",
        "shop",
        "not",
        "don't",
        "it's,",
        "é",
        "été",
        "नमस्ते",
        "👍",
        "x_y",
        "1st",
        "--",
    ]);
    let text = prop::collection::vec(piece, 0..8).prop_map(|words| words.join(" "));
    prop::collection::vec(text, 1..12)
}

proptest! {
    #[test]
    fn counts_and_texts_give_one_valid_matrix(spec in any_spec(), texts in any_texts(), floor in 1..3_u32) {
        let docs = docs_of(&texts);
        let min_df = DocumentFrequency::Count(floor);
        let spec = VectorizerSpec { min_df, ..spec };
        let corpus = count(docs.clone(), 2, &spec.counting(floor)).expect("countable");
        corpus.counts.validate().expect("counts that agree");
        prop_assert_eq!(&Counts::from_bytes(&corpus.counts.to_bytes()).expect("own bytes"), &corpus.counts);
        prop_assert!(corpus.terms.is_sorted());
        // Learned from the first half, applied to all: unseen documents use the idf of the others.
        let train: Vec<u32> = (0..texts.len().div_ceil(2) as u32).collect();
        match Selection::new(&corpus.counts, &train, &spec) {
            Ok(selection) => {
                let rows = selection.rows(&corpus.counts, &all_of(&docs));
                rows.validate().expect("a valid matrix");
                let fitted = selection.into_fitted(&corpus.terms);
                prop_assert_eq!(fitted.terms.len(), rows.n_columns);
                prop_assert_eq!(fitted.transform(texts.iter().map(|text| words(text))).expect("runs"), rows);
            }
            Err(FeatureError::NoTerms | FeatureError::MaxBelowMin { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn permuting_rows_changes_nothing_but_their_order(spec in any_spec(), texts in any_texts()) {
        let backward: Vec<String> = texts.iter().rev().cloned().collect();
        let (docs, reversed) = (docs_of(&texts), docs_of(&backward));
        let corpus = count(docs.clone(), 2, &spec.counting(1)).expect("countable");
        let other = count(reversed, 2, &spec.counting(1)).expect("countable");
        prop_assert_eq!(&corpus.terms, &other.terms);
        let all = all_of(&docs);
        let (one, two) = (Selection::new(&corpus.counts, &all, &spec), Selection::new(&other.counts, &all, &spec));
        let (Ok(one), Ok(two)) = (one, two) else { return Ok(()) };
        prop_assert_eq!(one.term_ids(), two.term_ids());
        let turned: Vec<u32> = all.iter().rev().copied().collect();
        prop_assert_eq!(one.rows(&corpus.counts, &all), two.rows(&other.counts, &turned));
    }
}

#[test]
fn dates_and_groups_go_along_as_bytes() {
    let mut docs = docs_of(&["good phone", "bad phone", "good box"]);
    docs.labels[1] = crate::dataset::LabelId(1);
    let plain = count(docs.clone(), 2, &Counting::words((1, 1), 1)).expect("counts").counts;
    docs.keys.times = vec![5, crate::dataset::UNDATED, 3];
    let dated = count(docs.clone(), 2, &Counting::words((1, 1), 1)).expect("counts").counts;
    docs.keys.groups = vec![0, 1, 0];
    let both = count(docs, 2, &Counting::words((1, 1), 1)).expect("counts").counts;
    assert_eq!(both.keys.groups, [0, 1, 0]);
    for counts in [&plain, &dated, &both] {
        let bytes = counts.to_bytes();
        assert_eq!(&Counts::from_bytes(&bytes).expect("own bytes"), counts);
        assert!(Counts::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        for n_bytes in 1..bytes.len() {
            let mut reader = CountsReader::new(bytes.len());
            bytes.chunks(n_bytes).for_each(|piece| reader.push(piece).expect("own bytes"));
            assert_eq!(&reader.finish().expect("own bytes"), counts, "in pieces of {n_bytes}");
        }
    }
    let mut reader = CountsReader::new(plain.to_bytes().len());
    reader.push(&plain.to_bytes()).expect("own bytes");
    assert!(reader.push(b"x").is_err(), "more than was announced");
    assert!(CountsReader::new(9).finish().is_err(), "nothing came");
    assert!(plain.to_bytes().len() < dated.to_bytes().len());
    let mut short = both;
    short.keys.groups.pop();
    assert!(short.validate().is_err());
}
