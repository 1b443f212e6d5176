//! An explanation in bytes and numbers in, marks in the person's own text out. Pure.

use engine::pipeline::{Explanation, Span};
use unicode_segmentation::UnicodeSegmentation as _;

use super::views::{ContributionBar, CutView, Mark, PredictionView, ScoreSum, Segment};

/// Longest part of a text that is marked, in bytes: a page of so many words is drawn within a frame.
pub const MAX_MARKED_BYTES: usize = 20_000;
/// Bars shown; the rest is summed in one.
const MAX_BARS: usize = 12;
/// Name of the bar for what an empty text scores.
pub const BASE_RATE: &str = "base rate";
/// Name of the bar that sums the terms beyond `MAX_BARS`.
pub const THE_REST: &str = "all other words";
/// Shares of the strongest term from which a mark has strength 2 and 3.
const MIDDLE: f64 = 0.25;
const STRONG: f64 = 0.6;

/// The answer for `text` without the words `left_out` (ascending), ready to show.
pub fn prediction_view(
    (text, left_out): (&str, &[u32]),
    (labels, cut): (&[String], Option<CutView>),
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
        segments: segments(text, left_out, found),
        bars: bars(found),
        sum: score_sum(found),
        cut,
        n_unmarked: text.len() - n_marked(text),
        sentence: sentence(found, &name(prediction.label)),
        elapsed_ms,
    }
}

/// How much of a text is marked.
fn n_marked(text: &str) -> usize {
    let mut end = text.len().min(MAX_MARKED_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

/// What the terms add up to, those for the explained class and those against it apart.
fn score_sum(found: &Explanation) -> ScoreSum {
    let of = |is_side: fn(f64) -> bool| {
        let side = found.contributions.iter().filter(|term| is_side(term.value));
        side.fold((0, 0.0), |(n, sum), term| (n + 1, sum + term.value))
    };
    let (for_it, against) = (of(|value| value > 0.0), of(|value| value < 0.0));
    ScoreSum { base: found.base, for_it, against, score: found.base + for_it.1 + against.1 }
}

/// The marked part of the text, cut at every change of mark and at every word.
fn segments(text: &str, left_out: &[u32], found: &Explanation) -> Vec<Segment> {
    let text = &text[..n_marked(text)];
    let mut words: Vec<Option<u32>> = vec![None; text.len()];
    for (place, span) in (0u32..).zip(&found.words) {
        let (start, end) = (span.start as usize, (span.end as usize).min(text.len()));
        for word in words.get_mut(start..end).into_iter().flatten() {
            word.get_or_insert(place);
        }
    }
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
    for (mark, word) in marks.iter_mut().zip(&words) {
        if word.is_some_and(|word| left_out.binary_search(&word).is_ok()) {
            *mark = Mark::Out;
        }
    }
    cut(text, &marks, &words)
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

/// Never between a letter and its accent, within a flag or a family: what is seen as one stays one.
fn cut(text: &str, marks: &[Mark], words: &[Option<u32>]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for (at, letter) in text.grapheme_indices(true) {
        let (mark, word) = (marks[at], words[at]);
        match segments.last_mut() {
            // A word of which a part was dropped is one all the same.
            Some(last) if last.mark == mark && last.word == word => last.text.push_str(letter),
            _ => segments.push(Segment { text: letter.to_owned(), mark, word }),
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
            words: vec![span(4, 7), span(8, 13)],
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
            let view = prediction_view((text, &[]), (&labels(), None), &found, 0.1);
            let joined: String = view.segments.iter().map(|segment| segment.text.as_str()).collect();
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn what_is_seen_as_one_is_not_cut() {
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        let flag = "\u{1f1ee}\u{1f1f3}";
        let thumb = "\u{1f44d}\u{1f3fd}";
        for (text, first) in [
            ("e\u{301}t good".to_owned(), "e\u{301}"),
            (format!("{family} good"), family),
            (format!("{flag}good"), flag),
            (format!("{thumb} good"), thumb),
            ("\u{2764}\u{fe0f} good".to_owned(), "\u{2764}\u{fe0f}"),
            ("\u{928}\u{93f} good".to_owned(), "\u{928}\u{93f}"),
        ] {
            // The engine strikes out code points: here the last of what is seen as one.
            let last =
                text.char_indices().take_while(|(at, _)| *at < first.len()).last().expect("it has some");
            let mut found = explanation(Vec::new());
            found.dropped = vec![span(last.0 as u32, first.len() as u32)];
            found.words = Vec::new();
            let view = prediction_view((&text, &[]), (&labels(), None), &found, 0.1);
            assert!(view.segments[0].text.starts_with(first), "{text}: {:?}", view.segments);
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
        let view = prediction_view(("The box broke", &[]), (&labels(), None), &found, 0.1);
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
    fn a_word_that_is_taken_out_is_marked_so_and_can_be_put_back() {
        let found = explanation(vec![term("box", 0.2, vec![vec![span(4, 7)]])]);
        let view = prediction_view(("The box broke", &[1]), (&labels(), None), &found, 0.1);
        let words: Vec<_> = view.segments.iter().filter_map(|part| Some((part.word?, part.mark))).collect();
        assert_eq!(words, [(0, Mark::For(3)), (1, Mark::Out)]);
    }

    #[test]
    fn of_a_long_text_the_beginning_is_marked() {
        let text = "é".repeat(MAX_MARKED_BYTES);
        let view = prediction_view((&text, &[]), (&labels(), None), &explanation(Vec::new()), 0.1);
        let marked: usize = view.segments.iter().map(|part| part.text.len()).sum();
        assert_eq!(marked + view.n_unmarked, text.len());
        assert!(marked <= MAX_MARKED_BYTES);
    }

    #[test]
    fn the_sum_is_the_base_and_both_sides() {
        let found =
            explanation(vec![term("a", -2.0, vec![]), term("b", 0.5, vec![]), term("c", -1.0, vec![])]);
        let sum = score_sum(&found);
        assert_eq!((sum.for_it, sum.against, sum.score), ((1, 0.5), (2, -3.0), -2.0));
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
