//! In how many reviews terms stand, before and now, in; which became more and which fewer, out.

use engine::describe::{PRIOR_WORDS, log_odds};
use engine::stats::{fisher_mid_p, two_share_test};
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::profile::{MIN_TERM_ROWS, TermCounts};

/// Terms named of each kind.
pub const NAMED_TERMS: usize = 15;
/// A z-score below this says nothing among many terms, and need not be known exactly.
const WORTH_EXACTNESS: f64 = 2.5;

/// A term whose share of reviews changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct TermShift {
    /// The term.
    pub term: String,
    /// Share of the reference's reviews that have it, at most: one that few have is not kept there.
    pub share_before: f64,
    /// Of the batch's.
    pub share_now: f64,
    /// Log-odds ratio over its standard deviation.
    pub z: f64,
    /// p-value of its share being the same, times the number of terms.
    pub p_value: f64,
}

/// What terms say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct TermShifts {
    /// Terms compared.
    pub n_terms: u64,
    /// The least p-value of any, for all of them together (Bonferroni).
    pub p_value: f64,
    /// The largest change of a share among terms that changed for sure, at 5 %.
    pub largest: f64,
    /// Terms that became more, the surest first.
    pub rising: Vec<TermShift>,
    /// Terms that became fewer.
    pub falling: Vec<TermShift>,
}

/// Compares in how many reviews terms stand. `batch` is whole; terms that the reference may lack
/// are taken for as many as they can be. `None` where a side has no reviews.
pub fn term_shifts(reference: &TermCounts, batch: &TermCounts) -> Option<TermShifts> {
    if reference.n_rows == 0 || batch.n_rows == 0 {
        return None;
    }
    let missing = reference.least_kept.saturating_sub(1);
    let mut shifts: Vec<(f64, TermShift)> = Vec::new();
    for (term, n_before, n_now) in side_by_side(reference, batch, missing) {
        let (before, now) = ((n_before.min(reference.n_rows), reference.n_rows), (n_now, batch.n_rows));
        let test = two_share_test(before, now)?;
        let p = if test.z.abs() < WORTH_EXACTNESS { test.p_value } else { fisher_mid_p(now, before)? };
        let z = log_odds(now, before, PRIOR_WORDS);
        let share = |part: (u64, u64)| part.0 as f64 / part.1 as f64;
        let shift = TermShift {
            term: term.to_owned(),
            share_before: share(before),
            share_now: share(now),
            z,
            p_value: p,
        };
        shifts.push((p, shift));
    }
    let n_terms = shifts.len() as f64;
    shifts.iter_mut().for_each(|(p, shift)| {
        shift.p_value = (*p * n_terms).min(1.0);
    });
    shifts.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.term.cmp(&b.1.term)));
    let change = |shift: &TermShift| (shift.share_now - shift.share_before).abs();
    let sure = shifts.iter().map(|(_, shift)| shift).filter(|shift| shift.p_value <= 0.05);
    let largest = sure.map(change).fold(0.0, f64::max);
    let named = |is_rising: bool| {
        let of_kind = shifts.iter().map(|(_, shift)| shift).filter(|shift| {
            shift.share_now != shift.share_before && (shift.share_now > shift.share_before) == is_rising
        });
        of_kind.take(NAMED_TERMS).cloned().collect()
    };
    Some(TermShifts {
        n_terms: shifts.len() as u64,
        p_value: shifts.first().map_or(1.0, |(_, shift)| shift.p_value),
        largest,
        rising: named(true),
        falling: named(false),
    })
}

/// Every term of the reference, and those of the batch that enough reviews have, with its reviews on both sides.
fn side_by_side<'a>(
    reference: &'a TermCounts,
    batch: &'a TermCounts,
    missing: u64,
) -> impl Iterator<Item = (&'a str, u64, u64)> {
    let find = |counts: &'a TermCounts, term: &str| {
        let place = counts.terms.binary_search_by(|known| known.0.as_str().cmp(term));
        place.ok().map(|place| counts.terms[place].1)
    };
    let known = reference.terms.iter();
    let known = known.map(move |(term, n)| (term.as_str(), *n, find(batch, term).unwrap_or(0)));
    let is_new = move |term: &&(String, u64)| term.1 >= MIN_TERM_ROWS && find(reference, &term.0).is_none();
    let new = batch.terms.iter().filter(is_new);
    known.chain(new.map(move |(term, n)| (term.as_str(), missing, *n)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(n_rows: u64, terms: &[(&str, u64)]) -> TermCounts {
        TermCounts {
            n_rows,
            least_kept: MIN_TERM_ROWS,
            terms: terms.iter().map(|term| (term.0.to_owned(), term.1)).collect(),
        }
    }

    #[test]
    fn words_that_come_and_go_are_named() {
        let before = counts(2_000, &[("cork", 400), ("good", 900), ("racket", 60)]);
        let now = counts(400, &[("cork", 10), ("good", 181), ("phone", 90), ("racket", 12)]);
        let found = term_shifts(&before, &now).unwrap();
        assert_eq!((found.rising[0].term.as_str(), found.falling[0].term.as_str()), ("phone", "cork"));
        assert!(found.p_value < 1e-6 && found.n_terms == 4 && found.largest > 0.2);
        assert_eq!(found.rising[0].share_before, 0.002, "a word not named there may stand in four reviews");
        let good = found.rising.iter().find(|shift| shift.term == "good").unwrap();
        assert!(good.p_value > 0.5);
    }

    #[test]
    fn no_reviews_say_nothing_and_no_terms_are_no_change() {
        assert_eq!(term_shifts(&counts(0, &[]), &counts(9, &[])), None);
        let found = term_shifts(&counts(9, &[]), &counts(9, &[])).unwrap();
        assert_eq!((found.p_value, found.n_terms), (1.0, 0));
    }
}
