//! The fewest words without which a text gets another answer, looked for step by step: some predictions at a time,
//! whoever asks decides how many.
//!
//! First greedily: the word whose leaving brings the text nearest to another answer, again and again, tried among
//! those that speak most for the answer. What that finds is then made smaller where a word of it is not needed, and
//! every smaller set of words is tried, by size, as far as `MAX_FLIP_TRIES` goes: then it is known to be the fewest.

use super::{Prediction, Predictor};

/// Most words that are taken out.
pub const MAX_FLIP_WORDS: usize = 12;
/// Most predictions that are made to find fewer words than the greedy way did.
pub const MAX_FLIP_TRIES: usize = 5_000;
/// Longest text that is searched, in cleaned words.
pub const MAX_SEARCHED_WORDS: usize = 1_000;
/// Words that each greedy step tries, those that speak most for the answer.
const MAX_CANDIDATES: usize = 24;

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flip {
    /// Without these words the answer is another.
    Without {
        /// Their places in `Explanation::words`, ascending.
        words: Vec<u32>,
        /// The class that is predicted then.
        label: u8,
        /// No fewer words do: all smaller sets were tried. Else they are the fewest that were found.
        is_fewest: bool,
    },
    /// No word speaks for the answer: it stays whatever is taken out.
    Never,
    /// It stays without any of the sets that were tried, of at most `MAX_FLIP_WORDS` words.
    NotFound,
    /// The text has more words than are searched.
    TooLong,
}

/// A search under way.
#[derive(Clone, Debug)]
pub struct FlipSearch {
    words: Vec<String>,
    label: u8,
    /// Places of words, those that speak most for the answer first.
    by_effect: Vec<u32>,
    stage: Stage,
    n_tries: usize,
}

#[derive(Clone, Debug)]
enum Stage {
    /// The greedy way: what is taken out so far, the next candidate, the best of those tried.
    Greedy {
        taken: Vec<u32>,
        next: usize,
        best: Option<(f64, u32)>,
    },
    /// The words found, and which of them is tried to be kept next.
    Lean {
        found: Vec<u32>,
        label: u8,
        next: usize,
    },
    /// Smaller sets: the words found, and the set to be tried next.
    Smaller {
        found: Vec<u32>,
        label: u8,
        set: Vec<usize>,
    },
    Done(Flip),
}

impl FlipSearch {
    /// For a text, in which `left_out` (ascending) are taken out already.
    pub fn new(predictor: &mut Predictor, text: &str, left_out: &[u32]) -> Self {
        let explained = predictor.explain_without(text, left_out);
        let words: Vec<String> = predictor.trace(text).words.into_iter().map(|word| word.text).collect();
        let label = explained.prediction.label;
        let is_for = |value: f64| if explained.toward == label { value } else { -value };
        let mut effects = vec![0.0; words.len()];
        for term in &explained.contributions {
            let places: Vec<usize> = term
                .places
                .iter()
                .flatten()
                .flat_map(|span| places_within(&explained.words, *span, left_out))
                .collect();
            for place in &places {
                effects[*place] += is_for(term.value) / places.len() as f64;
            }
        }
        let mut by_effect: Vec<u32> =
            (0..words.len() as u32).filter(|at| left_out.binary_search(at).is_err()).collect();
        by_effect.sort_by(|a, b| effects[*b as usize].total_cmp(&effects[*a as usize]).then(a.cmp(b)));
        let stage = if words.len() > MAX_SEARCHED_WORDS {
            Stage::Done(Flip::TooLong)
        } else {
            Stage::Greedy { taken: Vec::new(), next: 0, best: None }
        };
        let mut words = words;
        for place in left_out {
            if let Some(word) = words.get_mut(*place as usize) {
                word.clear();
            }
        }
        Self { words, label, by_effect, stage, n_tries: 0 }
    }

    /// Makes some predictions more; what was found, once the search is over.
    pub fn advance(&mut self, predictor: &mut Predictor, n_predictions: usize) -> Option<Flip> {
        for _ in 0..n_predictions {
            if let Stage::Done(flip) = &self.stage {
                return Some(flip.clone());
            }
            let stage = std::mem::replace(&mut self.stage, Stage::Done(Flip::NotFound));
            self.stage = match stage {
                Stage::Greedy { taken, next, best } => self.greedy(predictor, taken, next, best),
                Stage::Lean { found, label, next } => self.lean(predictor, found, label, next),
                Stage::Smaller { found, label, set } => self.smaller(predictor, found, label, set),
                Stage::Done(flip) => Stage::Done(flip),
            };
        }
        match &self.stage {
            Stage::Done(flip) => Some(flip.clone()),
            _ => None,
        }
    }

    fn greedy(
        &self,
        predictor: &mut Predictor,
        mut taken: Vec<u32>,
        next: usize,
        best: Option<(f64, u32)>,
    ) -> Stage {
        let left = || self.by_effect.iter().filter(|place| !taken.contains(place)).take(MAX_CANDIDATES);
        if let Some(&place) = left().nth(next) {
            let mut tried = taken.clone();
            tried.push(place);
            let answer = self.without(predictor, &tried);
            if answer.label != self.label {
                tried.sort_unstable();
                return Stage::Lean { found: tried, label: answer.label, next: 0 };
            }
            let lead = lead_of(&answer, self.label);
            let is_better = best.is_none_or(|(least, _)| lead < least);
            let best = if is_better { Some((lead, place)) } else { best };
            return Stage::Greedy { taken, next: next + 1, best };
        }
        match best {
            Some((_, place)) if taken.len() + 1 < MAX_FLIP_WORDS => {
                taken.push(place);
                Stage::Greedy { taken, next: 0, best: None }
            }
            None if taken.is_empty() => Stage::Done(Flip::Never),
            // With every word taken out there is nothing left to find.
            _ if taken.len() + 1 >= self.by_effect.len() => Stage::Done(Flip::Never),
            _ => Stage::Done(Flip::NotFound),
        }
    }

    /// Puts one of the words found back; it is not needed where the answer stays another.
    fn lean(&self, predictor: &mut Predictor, mut found: Vec<u32>, label: u8, next: usize) -> Stage {
        if found.len() == 1 || next >= found.len() {
            let set = if found.len() > 1 { vec![0] } else { Vec::new() };
            return Stage::Smaller { found, label, set };
        }
        let mut fewer = found.clone();
        fewer.remove(next);
        let answer = self.without(predictor, &fewer);
        if answer.label == self.label {
            return Stage::Lean { found, label, next: next + 1 };
        }
        found = fewer;
        Stage::Lean { found, label: answer.label, next: 0 }
    }

    /// Tries the set, and goes to the next of its size, or of the next size.
    fn smaller(
        &mut self,
        predictor: &mut Predictor,
        found: Vec<u32>,
        label: u8,
        mut set: Vec<usize>,
    ) -> Stage {
        let done = |words: Vec<u32>, label, is_fewest| Stage::Done(Flip::Without { words, label, is_fewest });
        if set.is_empty() || set.len() >= found.len() {
            return done(found, label, true);
        }
        if self.n_tries >= MAX_FLIP_TRIES {
            return done(found, label, false);
        }
        self.n_tries += 1;
        let mut tried: Vec<u32> = set.iter().map(|at| self.by_effect[*at]).collect();
        tried.sort_unstable();
        let answer = self.without(predictor, &tried);
        if answer.label != self.label {
            return done(tried, answer.label, true);
        }
        if !next_set(&mut set, self.by_effect.len()) {
            set = (0..set.len() + 1).collect();
        }
        Stage::Smaller { found, label, set }
    }

    fn without(&self, predictor: &mut Predictor, taken: &[u32]) -> Prediction {
        let words = (0u32..).zip(&self.words);
        let left = words.filter(|(place, word)| !word.is_empty() && !taken.contains(place));
        predictor.answer_words(left.map(|(_, word)| word.as_str()))
    }
}

/// The words that a span of an explanation covers.
fn places_within<'a>(
    words: &'a [super::Span],
    span: super::Span,
    left_out: &'a [u32],
) -> impl Iterator<Item = usize> + 'a {
    let first = words.partition_point(|word| word.end <= span.start);
    let covered = (first..words.len()).take_while(move |place| words[*place].start < span.end);
    covered.filter(|place| left_out.binary_search(&(*place as u32)).is_err())
}

/// How far a class is ahead of the next by its score.
fn lead_of(answer: &Prediction, label: u8) -> f64 {
    match answer.scores[..] {
        [score] if label == 1 => score,
        [score] => -score,
        ref scores => {
            let class = usize::from(label);
            let others = scores.iter().enumerate().filter(|(other, _)| *other != class);
            scores[class] - others.map(|(_, score)| *score).fold(f64::NEG_INFINITY, f64::max)
        }
    }
}

/// The next set of as many numbers below `n`, in order; false after the last.
fn next_set(set: &mut [usize], n: usize) -> bool {
    let size = set.len();
    for at in (0..size).rev() {
        if set[at] + (size - at) < n {
            set[at] += 1;
            for later in at + 1..size {
                set[later] = set[later - 1] + 1;
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_one_size_follow_one_another() {
        let mut set = vec![0, 1];
        let mut all = vec![set.clone()];
        while next_set(&mut set, 4) {
            all.push(set.clone());
        }
        assert_eq!(all, [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]);
        assert!(!next_set(&mut [3], 4));
    }
}
