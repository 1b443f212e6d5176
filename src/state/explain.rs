//! An explanation in bytes and numbers in, marks in the person's own text out. Pure.

use engine::pipeline::{Explanation, Span};

use super::views::{ContributionBar, Mark, PredictionView, Segment};

/// Bars shown; the rest is summed in one.
const MAX_BARS: usize = 12;
/// Name of the bar for what an empty text scores.
pub const BASE_RATE: &str = "base rate";
/// Name of the bar that sums the terms beyond `MAX_BARS`.
pub const THE_REST: &str = "all other words";
/// Shares of the strongest term from which a mark has strength 2 and 3.
const MIDDLE: f64 = 0.25;
const STRONG: f64 = 0.6;

/// The answer for `text`, ready to show.
pub fn prediction_view(
    text: &str,
    labels: &[String],
    found: &Explanation,
    elapsed_ms: f64,
) -> PredictionView {
    let name = |class: u8| labels.get(usize::from(class)).cloned().unwrap_or_default();
    let prediction = &found.prediction;
    let class_index = usize::from(prediction.label);
    let classes: Vec<(String, f64)> =
        labels.iter().cloned().zip(prediction.probabilities.iter().copied()).collect();
    PredictionView {
        class: name(prediction.label),
        class_index,
        sure: prediction.probabilities.get(class_index).copied().unwrap_or(0.0),
        is_unsure: prediction.abstains,
        classes,
        toward: name(found.toward),
        segments: segments(text, found),
        bars: bars(found),
        sentence: sentence(found, &name(prediction.label)),
        elapsed_ms,
    }
}

/// The text cut at every change of mark.
fn segments(text: &str, found: &Explanation) -> Vec<Segment> {
    let mut marks: Vec<Mark> = vec![Mark::Plain; text.len()];
    let mut paint = |span: &Span, mark: Mark| {
        let (start, end) = (span.start as usize, (span.end as usize).min(text.len()));
        if let Some(part) = marks.get_mut(start..end) {
            part.fill(mark);
        }
    };
    found.dropped.iter().for_each(|span| paint(span, Mark::Dropped));
    found.unknown.iter().for_each(|span| paint(span, Mark::Unknown));
    let weights = weights(text.len(), found);
    let strongest = weights.iter().fold(0.0_f64, |most, weight| most.max(weight.abs()));
    for (mark, weight) in marks.iter_mut().zip(&weights) {
        if *weight != 0.0 && strongest > 0.0 {
            *mark = strength(weight / strongest);
        }
    }
    cut(text, &marks)
}

/// What each byte's words added: a term's value goes to every word it stands on, shared among its places.
fn weights(n_bytes: usize, found: &Explanation) -> Vec<f64> {
    let mut weights = vec![0.0; n_bytes];
    for term in &found.contributions {
        let n_words: usize = term.places.iter().map(Vec::len).sum();
        let each = term.value / n_words.max(1) as f64;
        for span in term.places.iter().flatten() {
            let (start, end) = (span.start as usize, (span.end as usize).min(n_bytes));
            if let Some(part) = weights.get_mut(start..end) {
                part.iter_mut().for_each(|weight| *weight += each);
            }
        }
    }
    weights
}

fn strength(share: f64) -> Mark {
    let level = match share.abs() {
        size if size >= STRONG => 3,
        size if size >= MIDDLE => 2,
        _ => 1,
    };
    if share > 0.0 { Mark::For(level) } else { Mark::Against(level) }
}

fn cut(text: &str, marks: &[Mark]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for (at, letter) in text.char_indices() {
        let mark = marks.get(at).copied().unwrap_or(Mark::Plain);
        match segments.last_mut() {
            Some(last) if last.mark == mark => last.text.push(letter),
            _ => segments.push(Segment { text: letter.to_string(), mark }),
        }
    }
    segments
}

fn bars(found: &Explanation) -> Vec<ContributionBar> {
    let shown = found.contributions.iter().take(MAX_BARS).map(|term| (term.term.clone(), term.value));
    let rest = found.contributions.get(MAX_BARS..).unwrap_or_default();
    let rest =
        (!rest.is_empty()).then(|| (THE_REST.to_owned(), rest.iter().map(|term| term.value).sum::<f64>()));
    let all: Vec<(String, f64)> = shown.chain(rest).chain([(BASE_RATE.to_owned(), found.base)]).collect();
    let strongest = all.iter().fold(f64::MIN_POSITIVE, |most, (_, value)| most.max(value.abs()));
    all.into_iter().map(|(term, value)| ContributionBar { term, value, share: value / strongest }).collect()
}

/// Why, in one sentence: the two terms that did most for the answer.
fn sentence(found: &Explanation, class: &str) -> String {
    let toward_answer = if found.toward == found.prediction.label { 1.0 } else { -1.0 };
    let reasons: Vec<&str> = found
        .contributions
        .iter()
        .filter(|term| term.value * toward_answer > 0.0)
        .take(2)
        .map(|term| term.term.as_str())
        .collect();
    match reasons.as_slice() {
        [] => format!("No word the model knows speaks for {class}; this is its answer for most reviews."),
        [one] => format!("'{one}' speaks most for {class}. The bars add up to the score."),
        [one, two, ..] => {
            format!("'{one}' and '{two}' speak most for {class}. The bars add up to the score.")
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::pipeline::{Contribution, Prediction};

    use super::*;

    fn span(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    fn explanation(contributions: Vec<Contribution>) -> Explanation {
        Explanation {
            prediction: Prediction {
                label: 0,
                probabilities: vec![0.9, 0.1],
                scores: vec![-2.2],
                abstains: false,
            },
            toward: 1,
            base: 0.5,
            contributions,
            dropped: vec![span(0, 3)],
            unknown: vec![],
        }
    }

    fn term(text: &str, value: f64, places: Vec<Vec<Span>>) -> Contribution {
        Contribution { term: text.into(), value, places }
    }

    fn labels() -> Vec<String> {
        ["negative", "positive"].map(str::to_owned).to_vec()
    }

    #[test]
    fn segments_are_the_persons_text_again() {
        for text in ["The box broke 😀", "", "é", "The thé was bad"] {
            let found = explanation(vec![term("box", -1.0, vec![vec![span(4, 7)]])]);
            let view = prediction_view(text, &labels(), &found, 0.1);
            let joined: String = view.segments.iter().map(|segment| segment.text.as_str()).collect();
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn words_are_marked_by_what_they_added() {
        let found = explanation(vec![
            term("broke", -2.0, vec![vec![span(8, 13)]]),
            term("box", 0.2, vec![vec![span(4, 7)]]),
        ]);
        let view = prediction_view("The box broke", &labels(), &found, 0.1);
        let marks: Vec<(&str, Mark)> = view.segments.iter().map(|s| (s.text.as_str(), s.mark)).collect();
        assert_eq!(
            marks,
            [
                ("The", Mark::Dropped),
                (" ", Mark::Plain),
                ("box", Mark::For(1)),
                (" ", Mark::Plain),
                ("broke", Mark::Against(3))
            ]
        );
        assert_eq!(view.class, "negative");
        assert_eq!(view.sentence, "'broke' speaks most for negative. The bars add up to the score.");
    }

    #[test]
    fn the_bars_add_up_to_the_score() {
        let many = (0..30).map(|at| term(&format!("t{at}"), f64::from(at) - 20.0, vec![])).collect();
        let found = explanation(many);
        let bars = bars(&found);
        assert_eq!(bars.len(), MAX_BARS + 2);
        let sum: f64 = bars.iter().map(|bar| bar.value).sum();
        let expected: f64 = found.base + found.contributions.iter().map(|term| term.value).sum::<f64>();
        assert!((sum - expected).abs() < 1e-9);
        assert!(bars.iter().all(|bar| bar.share.abs() <= 1.0));
    }
}
