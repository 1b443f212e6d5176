//! What an A/B test does next: a review and both answers in, who answers out; labels in, evidence out.
//!
//! A pure state machine over `track::ab_test::AbTest`: every change is a new state of the record, so that a reload in the
//! middle loses nothing. It never tells who said what before a label is given.

mod error;

use engine::num::{ContentHash, RandomStream};
use engine::stats::{draw_gamma, evidence, labels_to_go, sample_ratio_test, wilson_interval};
use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};
use track::ab_test::{AbEnd, AbMode, AbSide, AbTest, Disagreement};
use track::id::Millis;
use track::prediction::KeptText;

use crate::scale::Scale;
pub use error::AbError;
pub use track::ab_test::SideAnswer;

/// Most disagreements that are kept; further ones are counted.
pub const MAX_DISAGREEMENTS: usize = 2_000;
/// Most different reviews that are told apart; further ones count each time.
pub const MAX_SEEN: usize = 20_000;
/// Reviews are dealt out in so many parts.
const PARTS: u64 = 10_000;
/// A split is wrong where luck brings one as uneven less often than this.
pub const RATIO_ALARM: f64 = 0.001;
/// Two sides whose shares right differ by less than this are as good as equal.
pub const EQUAL_WITHIN: f64 = 0.01;
/// Fewest labels before two sides are called equal, or a class's recall is judged.
pub const MIN_LABELS: u64 = 30;
/// Parts of a millisecond that times are counted in.
const TIMES_A_MS: f64 = 10.0;

/// Which side answers a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// What answers now.
    Champion,
    /// What may come in its place.
    Challenger,
}

/// Checks a test before it begins.
///
/// # Errors
/// `OtherClasses`, `SameModel`, `BadWeight`, `BadNumber`.
pub fn check(test: &AbTest) -> Result<(), AbError> {
    let (champion, challenger) = (&test.champion.model, &test.challenger.model);
    if champion.labels != challenger.labels || champion.labels.len() != test.n_agreed.len() {
        let (champion, challenger) = (champion.labels.join(", "), challenger.labels.join(", "));
        return Err(AbError::OtherClasses { champion, challenger });
    }
    if champion.pipeline == challenger.pipeline {
        return Err(AbError::SameModel);
    }
    if let AbMode::Split { challenger_of_10000: found } = test.mode
        && !(1..PARTS as u32).contains(&found)
    {
        return Err(AbError::BadWeight { found });
    }
    let guardrails = test.guardrails;
    let numbers = [
        ("evidence", test.bar, test.bar > 1.0),
        ("largest loss of recall", guardrails.max_recall_drop, guardrails.max_recall_drop >= 0.0),
        ("longest time", guardrails.max_p95_ms, guardrails.max_p95_ms > 0.0),
        ("share left open", guardrails.max_more_unsure, guardrails.max_more_unsure >= 0.0),
    ];
    match numbers.into_iter().find(|(_, found, holds)| !holds || !found.is_finite()) {
        Some((what, found, _)) => Err(AbError::BadNumber { what, found }),
        None => Ok(()),
    }
}

/// A review as it is compared: trimmed, in lower case, one space between words.
fn normalised(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

fn first_word(hash: ContentHash) -> u64 {
    hash.0[..8].iter().fold(0, |word, byte| (word << 8) | u64::from(*byte))
}

/// Which side answers a review: always the same one for the same review; in Thompson's sampling as long as no label comes.
pub fn side_of(test: &AbTest, text: &str) -> Side {
    let mut key = test.salt.as_bytes().to_vec();
    key.push(0);
    key.extend_from_slice(normalised(text).as_bytes());
    let word = first_word(ContentHash::of(&key));
    let is_challenger = match test.mode {
        AbMode::Split { challenger_of_10000 } => word % PARTS < u64::from(challenger_of_10000),
        AbMode::Thompson => is_drawn(test, word),
        AbMode::Shadow => false,
    };
    if is_challenger { Side::Challenger } else { Side::Champion }
}

/// Whether Thompson's draw for a review prefers the challenger: of each side's share right where one alone is, as labels
/// leave it open.
fn is_drawn(test: &AbTest, review: u64) -> bool {
    let (champion, challenger, _) = right_alone(test);
    let mut stream = RandomStream::new("Thompson sampling", &[review]);
    let shares = draw_gamma(1.0 + challenger as f64, &mut stream);
    shares > draw_gamma(1.0 + champion as f64, &mut stream)
}

/// Labelled disagreements in which the champion alone is right, the challenger alone, and neither.
fn right_alone(test: &AbTest) -> (u64, u64, u64) {
    let (mut champion, mut challenger, mut neither) = (0, 0, 0);
    for found in &test.disagreements {
        match found.label {
            Some(class) if class == found.champion => champion += 1,
            Some(class) if class == found.challenger => challenger += 1,
            Some(_) => neither += 1,
            None => {}
        }
    }
    (champion, challenger, neither)
}

/// Takes a review that both sides answered; the side whose answer is shown. `keep_text`: whether a review on which they
/// differ is kept word by word, without which nobody can label it later.
///
/// # Errors
/// `Ended`, and `BadAnswer` where a class is none of theirs or a time is no number.
pub fn see(
    test: &mut AbTest,
    (text, keep_text): (&str, bool),
    (champion, challenger): (SideAnswer, SideAnswer),
) -> Result<Side, AbError> {
    if test.ended.is_some() {
        return Err(AbError::Ended { name: test.name.clone() });
    }
    let n_classes = test.n_agreed.len();
    for answer in [champion, challenger] {
        if usize::from(answer.class) >= n_classes || !answer.took_ms.is_finite() {
            return Err(AbError::BadAnswer { class: answer.class, took_ms: answer.took_ms });
        }
    }
    let shown = side_of(test, text);
    count(&mut test.champion, champion);
    count(&mut test.challenger, challenger);
    let key = first_word(ContentHash::of(normalised(text).as_bytes()));
    match test.seen.binary_search(&key) {
        Ok(_) => return Ok(shown),
        Err(at) if test.seen.len() < MAX_SEEN => test.seen.insert(at, key),
        Err(_) => {}
    }
    match shown {
        Side::Champion => test.champion.n_assigned += 1,
        Side::Challenger => test.challenger.n_assigned += 1,
    }
    if champion.class == challenger.class {
        test.n_agreed[usize::from(champion.class)] += 1;
    } else if test.disagreements.len() < MAX_DISAGREEMENTS {
        let text = KeptText::of(text, keep_text);
        let (champion, challenger) = (champion.class, challenger.class);
        test.disagreements.push(Disagreement { text, champion, challenger, label: None, labelled: None });
    } else {
        test.n_disagreements_beyond += 1;
    }
    Ok(shown)
}

fn count(side: &mut AbSide, answer: SideAnswer) {
    side.n_answers += 1;
    side.n_unsure += u64::from(answer.is_unsure);
    let cell = Scale::Count.cell(answer.took_ms * TIMES_A_MS).unwrap_or(0);
    if side.latency.len() <= cell {
        side.latency.resize(cell + 1, 0);
    }
    side.latency[cell] += 1;
}

/// A review to label: its place, its text, and the two classes in question in label order, which tells nothing of who
/// said which.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlindItem<'a> {
    /// Its place among the disagreements.
    pub place: usize,
    /// Its text.
    pub text: &'a str,
    /// The smaller of the two classes, and the larger.
    pub classes: (u8, u8),
}

/// The reviews that wait for a label and can be read, the oldest first.
pub fn queue(test: &AbTest) -> impl Iterator<Item = BlindItem<'_>> {
    test.disagreements.iter().enumerate().filter_map(|(place, found)| match &found.text {
        KeptText::Text { text } if found.label.is_none() => {
            let classes = (found.champion.min(found.challenger), found.champion.max(found.challenger));
            Some(BlindItem { place, text, classes })
        }
        _ => None,
    })
}

/// Takes a person's label of a disagreement; one that is labelled already may be corrected.
///
/// # Errors
/// `Ended`, and `NothingToLabel` where there is no such disagreement or class.
pub fn label(test: &mut AbTest, place: usize, class: u8, at: Millis) -> Result<(), AbError> {
    if test.ended.is_some() {
        return Err(AbError::Ended { name: test.name.clone() });
    }
    let is_class = usize::from(class) < test.n_agreed.len();
    let found = test.disagreements.get_mut(place).filter(|_| is_class);
    let found = found.ok_or(AbError::NothingToLabel { place })?;
    (found.label, found.labelled) = (Some(class), Some(at));
    Ok(())
}

/// Where a test stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Standing {
    /// Labelled disagreements in which the champion alone is right.
    pub n_champion_right: u64,
    /// In which the challenger alone is.
    pub n_challenger_right: u64,
    /// In which neither is.
    pub n_neither_right: u64,
    /// Different reviews on which the two agree.
    pub n_agreed: u64,
    /// On which they differ.
    pub n_apart: u64,
    /// The evidence that one is better.
    pub evidence: f64,
    /// How full the bar is, from 0 to 1, in logarithms.
    pub progress: f64,
    /// About how many more labels it takes; none where no end is near.
    pub labels_left: Option<u64>,
    /// The better side, where the evidence is there.
    pub winner: Option<Side>,
    /// p-value of the split being as it was meant; none in shadow.
    pub ratio_p: Option<f64>,
    /// Whether that says that reviews went astray.
    pub is_ratio_wrong: bool,
    /// By how much the challenger's share right is larger, at 95 %; none with few labels.
    pub difference: Option<(f64, f64)>,
    /// Whether that is within `EQUAL_WITHIN`: the two are as good as equal.
    pub is_equal: bool,
    /// Guardrails that are broken, in sentences.
    pub broken: Vec<String>,
}

/// Where a test stands now. It may be asked after every label: the evidence stays true.
pub fn standing(test: &AbTest) -> Standing {
    let (champion, challenger, neither) = right_alone(test);
    let e = evidence(champion, challenger);
    let n_apart = test.disagreements.len() as u64 + test.n_disagreements_beyond;
    let n_agreed: u64 = test.n_agreed.iter().sum();
    let leader = if challenger > champion { Side::Challenger } else { Side::Champion };
    let ratio_p = ratio_p(test);
    let difference = difference((champion, challenger, neither), (n_agreed, n_apart));
    Standing {
        n_champion_right: champion,
        n_challenger_right: challenger,
        n_neither_right: neither,
        n_agreed,
        n_apart,
        evidence: e,
        progress: (libm::log(e) / libm::log(test.bar)).clamp(0.0, 1.0),
        labels_left: labels_to_go(champion, challenger, test.bar),
        winner: (e >= test.bar).then_some(leader),
        ratio_p,
        is_ratio_wrong: ratio_p.is_some_and(|p| p < RATIO_ALARM),
        difference,
        is_equal: difference.is_some_and(|(low, high)| low > -EQUAL_WITHIN && high < EQUAL_WITHIN),
        broken: broken_guardrails(test),
    }
}

fn ratio_p(test: &AbTest) -> Option<f64> {
    let AbMode::Split { challenger_of_10000 } = test.mode else { return None };
    let challenger = f64::from(challenger_of_10000) / PARTS as f64;
    let counts = [test.champion.n_assigned, test.challenger.n_assigned];
    sample_ratio_test(&counts, &[1.0 - challenger, challenger]).map(|found| found.p_value)
}

/// The interval of the challenger's share right less the champion's: Wilson's of who is right where one alone is, in as
/// many reviews as that comes to.
fn difference(
    (champion, challenger, neither): (u64, u64, u64),
    (n_agreed, n_apart): (u64, u64),
) -> Option<(f64, f64)> {
    let n_decided = champion + challenger;
    let n_labelled = n_decided + neither;
    if n_labelled < MIN_LABELS {
        return None;
    }
    let (low, high) = wilson_interval(challenger, n_decided, 0.95)?;
    let decided = n_decided as f64 / n_labelled as f64 * n_apart as f64 / (n_agreed + n_apart) as f64;
    Some(((2.0 * low - 1.0) * decided, (2.0 * high - 1.0) * decided))
}

/// The time that 95 of 100 answers of a side do not exceed, in milliseconds; none without answers.
pub fn p95_ms(side: &AbSide) -> Option<f64> {
    let n: u64 = side.latency.iter().sum();
    let mut n_before = 0;
    let cell = side.latency.iter().position(|n_of_cell| {
        n_before += n_of_cell;
        n_before * 20 >= n * 19
    });
    cell.filter(|_| n > 0).map(|cell| Scale::Count.value(cell) / TIMES_A_MS)
}

fn broken_guardrails(test: &AbTest) -> Vec<String> {
    let mut broken = Vec::new();
    for (class, name) in test.champion.model.labels.iter().enumerate() {
        let drop = recall_drop(test, class).filter(|drop| *drop > test.guardrails.max_recall_drop);
        broken.extend(drop.map(|drop| format!("it finds {:.1} % fewer of the class {name}", 100.0 * drop)));
    }
    if let Some(p95) = p95_ms(&test.challenger).filter(|p95| *p95 > test.guardrails.max_p95_ms) {
        broken.push(format!("5 of 100 of its answers take {p95:.1} ms or more"));
    }
    let unsure = |side: &AbSide| side.n_unsure as f64 / side.n_answers.max(1) as f64;
    let more = unsure(&test.challenger) - unsure(&test.champion);
    if more > test.guardrails.max_more_unsure {
        broken.push(format!("it leaves {:.1} % more answers open", 100.0 * more));
    }
    broken
}

/// By how much the challenger's recall of a class is lower, as far as labels tell: what both agree on counts as right,
/// and labelled disagreements stand for those without a label. None with few labels, or none of the class.
fn recall_drop(test: &AbTest, class: usize) -> Option<f64> {
    let labelled = test.disagreements.iter().filter(|found| found.label.is_some());
    let n_labelled = labelled.clone().count();
    if (n_labelled as u64) < MIN_LABELS {
        return None;
    }
    let of_class = labelled.filter(|found| found.label.map(usize::from) == Some(class));
    let (mut n, mut lost) = (0.0, 0.0);
    for found in of_class {
        n += 1.0;
        lost += f64::from(u8::from(usize::from(found.champion) == class));
        lost -= f64::from(u8::from(usize::from(found.challenger) == class));
    }
    let n_apart = test.disagreements.len() as f64 + test.n_disagreements_beyond as f64;
    let scale = n_apart / n_labelled as f64;
    let n_of_class = test.n_agreed[class] as f64 + scale * n;
    (n_of_class > 0.0).then(|| scale * lost / n_of_class)
}

/// Ends a test with its winner in the champion's place. `reason`: a person's words, if any; the record's say the evidence.
///
/// # Errors
/// `Ended`, `NotYet` without the evidence, `Guarded` where the challenger wins and a guardrail is broken, or the split
/// went wrong.
pub fn promote(test: &mut AbTest, reason: &str, at: Millis) -> Result<Side, AbError> {
    let now = standing(test);
    let winner = now.winner.ok_or(AbError::NotYet { evidence: now.evidence, bar: test.bar })?;
    if winner == Side::Challenger && !now.broken.is_empty() {
        return Err(AbError::Guarded { reason: now.broken.join("; ") });
    }
    if now.is_ratio_wrong {
        let reason = "the split is not the one that was asked for, so reviews went astray".to_owned();
        return Err(AbError::Guarded { reason });
    }
    let found = format!(
        "A/B test {}: right alone {} to {}, evidence {:.1}. {reason}",
        test.name, now.n_challenger_right, now.n_champion_right, now.evidence
    );
    let reason = found.trim_end().to_owned();
    end(test, AbEnd::Promoted { challenger: winner == Side::Challenger, reason }, at)?;
    Ok(winner)
}

/// Ends a test.
///
/// # Errors
/// `Ended` where it is over already.
pub fn end(test: &mut AbTest, how: AbEnd, at: Millis) -> Result<(), AbError> {
    if test.ended.is_some() {
        return Err(AbError::Ended { name: test.name.clone() });
    }
    test.ended = Some((at, how));
    Ok(())
}

#[cfg(test)]
mod tests;
