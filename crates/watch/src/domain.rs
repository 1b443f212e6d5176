//! Texts of two sides in; whether a model can tell from a text which side it is of, and by which words, out.
//!
//! The model is naive Bayes of the words a text has, cross-fitted in two folds. Its area under the ROC curve is held
//! against those of sides dealt out anew, so that the threshold knows how many texts there are. Equal texts are one:
//! they stand in one fold and change sides together.

use engine::describe::{PRIOR_WORDS, log_odds};
use engine::metrics::roc_auc;
use engine::num::RandomStream;
use json::{FromJson, ToJson};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Most different texts of a side that are looked at, drawn by lot.
pub const MAX_SIDE_TEXTS: usize = 2_000;
/// Fewest different texts of a side.
pub const MIN_SIDE_TEXTS: usize = 20;
/// Deals that suffice when as many were as good: the p-value is then near them (Besag and Clifford 1991).
const ENOUGH_AS_GOOD: u32 = 25;
/// Words named of each side.
pub const DRIVING_WORDS: usize = 15;
/// Texts shown of each side.
pub const TYPICAL_TEXTS: usize = 5;
/// Added to the texts with a word, and twice to all texts, of a side.
const SMOOTHING: f64 = 0.5;

/// How sides are held apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
pub struct DomainSpec {
    /// What folds and deals derive from.
    pub seed: u64,
    /// Most deals.
    pub n_deals: u32,
}

/// A word that tells a side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct DrivingWord {
    /// The word.
    pub word: String,
    /// How often it stands in the reference.
    pub n_reference: u64,
    /// How often in the batch.
    pub n_batch: u64,
    /// Log-odds ratio over its standard deviation, positive for the batch.
    pub z: f64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct DomainDrift {
    /// Different texts of the reference that were looked at.
    pub n_reference: u64,
    /// Of the batch.
    pub n_batch: u64,
    /// Area under the ROC curve: 0.5 where sides cannot be told apart.
    pub auc: f64,
    /// Share of deals, this one among them, that are told apart as well.
    pub p_value: f64,
    /// Deals made.
    pub n_deals: u32,
    /// The area that 19 of 20 deals stay below.
    pub by_luck: f64,
    /// Words that tell the reference, and those that tell the batch.
    pub words_of_reference: Vec<DrivingWord>,
    /// Likewise.
    pub words_of_batch: Vec<DrivingWord>,
    /// Places in the reference of the texts most unlike the batch.
    pub typical_of_reference: Vec<u64>,
    /// Places in the batch of the texts most unlike the reference.
    pub typical_of_batch: Vec<u64>,
}

/// One of several equal texts. `words`: numbers, ascending; `place`: on its side.
struct Text {
    words: Vec<u32>,
    is_batch: bool,
    place: usize,
}

/// Whether two sides of cleaned texts can be told apart; `None` where a side has fewer than `MIN_SIDE_TEXTS` different
/// texts. Shapes: a text is its words in order.
pub fn domain_drift(
    reference: &[Vec<String>],
    batch: &[Vec<String>],
    spec: DomainSpec,
) -> Option<DomainDrift> {
    let mut stream = RandomStream::new("domain drift", &[spec.seed]);
    let vocabulary = vocabulary(reference, batch);
    let texts = one_of_each(reference, batch, &vocabulary, &mut stream);
    let n_of = |is_batch: bool| texts.iter().filter(|text| text.is_batch == is_batch).count();
    let (n_reference, n_batch) = (n_of(false), n_of(true));
    if n_reference.min(n_batch) < MIN_SIDE_TEXTS {
        return None;
    }
    let sides: Vec<bool> = texts.iter().map(|text| text.is_batch).collect();
    let (auc, scores) = cross_fitted(&texts, &sides, vocabulary.len());
    let mut dealt = sides;
    let (mut others, mut n_as_good) = (Vec::new(), 0);
    while (others.len() as u32) < spec.n_deals.max(1) && n_as_good < ENOUGH_AS_GOOD {
        shuffle(&mut dealt, &mut stream);
        let (other, _) = cross_fitted(&texts, &dealt, vocabulary.len());
        n_as_good += u32::from(other >= auc);
        others.push(other);
    }
    let n_deals = others.len() as u32;
    others.sort_by(f64::total_cmp);
    let p_value = match n_as_good >= ENOUGH_AS_GOOD {
        true => f64::from(n_as_good) / f64::from(n_deals),
        false => f64::from(n_as_good + 1) / f64::from(n_deals + 1),
    };
    let (words_of_reference, words_of_batch) = driving_words(reference, batch);
    Some(DomainDrift {
        n_reference: n_reference as u64,
        n_batch: n_batch as u64,
        auc,
        p_value,
        n_deals,
        by_luck: engine::stats::quantile(&others, 0.95)?,
        words_of_reference,
        words_of_batch,
        typical_of_reference: typical(&texts, &scores, false),
        typical_of_batch: typical(&texts, &scores, true),
    })
}

/// Every word and its number, in alphabetical order.
fn vocabulary<'a>(reference: &'a [Vec<String>], batch: &'a [Vec<String>]) -> FxHashMap<&'a str, u32> {
    let mut words: Vec<&str> = reference.iter().chain(batch).flatten().map(String::as_str).collect();
    words.sort_unstable();
    words.dedup();
    words.into_iter().zip(0..).collect()
}

/// Of equal texts one, drawn by lot from both sides, that its side be as likely as its copies are many; of each side
/// at most `MAX_SIDE_TEXTS`, in an order drawn by lot.
fn one_of_each(
    reference: &[Vec<String>],
    batch: &[Vec<String>],
    vocabulary: &FxHashMap<&str, u32>,
    stream: &mut RandomStream,
) -> Vec<Text> {
    let mut rows: Vec<(String, bool, usize)> = Vec::with_capacity(reference.len() + batch.len());
    for (side, is_batch) in [(reference, false), (batch, true)] {
        rows.extend(side.iter().enumerate().map(|(place, words)| (words.join(" "), is_batch, place)));
    }
    rows.sort_unstable();
    let mut drawn: Vec<(bool, usize)> = rows
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|same| !same[0].0.is_empty())
        .map(|same| {
            let (_, is_batch, place) = same[stream.below(same.len() as u64) as usize];
            (is_batch, place)
        })
        .collect();
    shuffle(&mut drawn, stream);
    let mut n_left = [MAX_SIDE_TEXTS; 2];
    let taken = drawn.into_iter().filter(|(is_batch, _)| {
        let left = &mut n_left[usize::from(*is_batch)];
        let has_room = *left > 0;
        *left = left.saturating_sub(1);
        has_room
    });
    let text = |(is_batch, place): (bool, usize)| {
        let words = if is_batch { &batch[place] } else { &reference[place] };
        let mut words: Vec<u32> =
            words.iter().filter_map(|word| vocabulary.get(word.as_str()).copied()).collect();
        words.sort_unstable();
        words.dedup();
        Text { words, is_batch, place }
    };
    taken.map(text).collect()
}

fn shuffle<T>(items: &mut [T], stream: &mut RandomStream) {
    for place in (1..items.len()).rev() {
        items.swap(place, stream.below(place as u64 + 1) as usize);
    }
}

/// The mean area of two folds, every other text held out, and how much each text looks like the batch.
fn cross_fitted(texts: &[Text], sides: &[bool], n_words: usize) -> (f64, Vec<f64>) {
    let mut scores = vec![0.0; texts.len()];
    let (mut area, mut n_pairs) = (0.0, 0.0);
    for fold in 0..2 {
        let mut n_with = vec![[0_u32; 2]; n_words];
        let mut n_texts = [0_u32; 2];
        for (text, &is_batch) in texts.iter().zip(sides).skip(1 - fold).step_by(2) {
            n_texts[usize::from(is_batch)] += 1;
            text.words.iter().for_each(|&word| n_with[word as usize][usize::from(is_batch)] += 1);
        }
        let weight = |n_with: &[u32; 2]| {
            let share = |side: usize| {
                (f64::from(n_with[side]) + SMOOTHING) / (f64::from(n_texts[side]) + 2.0 * SMOOTHING)
            };
            libm::log(share(1)) - libm::log(share(0))
        };
        let weights: Vec<f64> = n_with.iter().map(weight).collect();
        let (mut positive, mut of_fold) = (Vec::new(), Vec::new());
        for (at, text) in texts.iter().enumerate().skip(fold).step_by(2) {
            scores[at] = text.words.iter().map(|&word| weights[word as usize]).sum();
            positive.push(sides[at]);
            of_fold.push(scores[at]);
        }
        let n_positive = positive.iter().filter(|is_batch| **is_batch).count() as f64;
        let pairs = n_positive * (positive.len() as f64 - n_positive);
        if let Some(auc) = roc_auc(&positive, &of_fold) {
            area += pairs * auc;
            n_pairs += pairs;
        }
    }
    (if n_pairs > 0.0 { area / n_pairs } else { 0.5 }, scores)
}

/// Words by their log-odds, the most telling first: those of the reference, those of the batch.
fn driving_words(reference: &[Vec<String>], batch: &[Vec<String>]) -> (Vec<DrivingWord>, Vec<DrivingWord>) {
    let mut uses: Vec<(&str, bool)> = Vec::new();
    for (side, is_batch) in [(reference, false), (batch, true)] {
        uses.extend(side.iter().flatten().map(|word| (word.as_str(), is_batch)));
    }
    uses.sort_unstable();
    let n_of_batch = uses.iter().filter(|(_, is_batch)| *is_batch).count() as u64;
    let n_of_reference = uses.len() as u64 - n_of_batch;
    let word = |same: &[(&str, bool)]| {
        let n_batch = same.iter().filter(|(_, is_batch)| *is_batch).count() as u64;
        let n_reference = same.len() as u64 - n_batch;
        let z = log_odds((n_batch, n_of_batch), (n_reference, n_of_reference), PRIOR_WORDS);
        DrivingWord { word: same[0].0.to_owned(), n_reference, n_batch, z }
    };
    let mut words: Vec<DrivingWord> = uses.chunk_by(|a, b| a.0 == b.0).map(word).collect();
    words.sort_by(|a, b| b.z.total_cmp(&a.z));
    let most = |words: &mut dyn Iterator<Item = &DrivingWord>, sign: f64| {
        words.filter(|word| sign * word.z > 0.0).take(DRIVING_WORDS).cloned().collect()
    };
    (most(&mut words.iter().rev(), -1.0), most(&mut words.iter(), 1.0))
}

/// The texts of a side that look least like the other.
fn typical(texts: &[Text], scores: &[f64], is_batch: bool) -> Vec<u64> {
    let mut of_side: Vec<(f64, usize)> = texts
        .iter()
        .zip(scores)
        .filter(|(text, _)| text.is_batch == is_batch)
        .map(|(text, score)| (if is_batch { -score } else { *score }, text.place))
        .collect();
    of_side.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    of_side.iter().take(TYPICAL_TEXTS).map(|(_, place)| *place as u64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: DomainSpec = DomainSpec { seed: 7, n_deals: 199 };

    /// `n` texts of six words of 60, and a seventh of `own`.
    fn texts(n: u32, seed: u64, own: &str) -> Vec<Vec<String>> {
        let mut stream = RandomStream::new("test", &[seed]);
        let mut text = || {
            let mut words: Vec<String> = (0..6).map(|_| format!("w{}", stream.below(60))).collect();
            words.extend((!own.is_empty()).then(|| own.to_owned()));
            words
        };
        (0..n).map(|_| text()).collect()
    }

    #[test]
    fn texts_with_a_word_of_their_own_are_told_apart() {
        let found = domain_drift(&texts(300, 1, ""), &texts(80, 2, "shuttlecock"), SPEC).unwrap();
        assert!(found.auc > 0.9 && found.p_value <= 0.005, "{found:?}");
        assert_eq!(found.words_of_batch[0].word, "shuttlecock");
        assert!(found.by_luck < 0.65 && found.typical_of_batch.len() == TYPICAL_TEXTS);
    }

    #[test]
    fn texts_of_one_kind_alarm_as_seldom_as_they_may() {
        let n_alarms = (0..60).filter(|seed| {
            let spec = DomainSpec { seed: *seed, n_deals: 99 };
            let sides = (texts(120, 100 + seed, ""), texts(40, 200 + seed, ""));
            domain_drift(&sides.0, &sides.1, spec).unwrap().p_value <= 0.05
        });
        let n_alarms = n_alarms.count();
        assert!(n_alarms <= 8, "{n_alarms} of 60");
    }

    // A text that the batch has a hundred times is one text: nothing else differs.
    #[test]
    fn a_text_that_is_repeated_counts_once() {
        let reference = texts(300, 3, "");
        let mut batch = texts(60, 4, "");
        batch.extend(std::iter::repeat_n(vec!["spam".to_owned(), "offer".to_owned()], 100));
        let found = domain_drift(&reference, &batch, SPEC).unwrap();
        assert!(found.p_value > 0.05 && found.n_batch <= 61, "{found:?}");
    }

    #[test]
    fn few_or_empty_texts_are_no_side() {
        assert_eq!(domain_drift(&texts(300, 1, ""), &texts(10, 2, ""), SPEC), None);
        assert_eq!(domain_drift(&[], &[], SPEC), None);
        assert_eq!(domain_drift(&texts(300, 1, ""), &vec![Vec::new(); 500], SPEC), None);
    }
}
