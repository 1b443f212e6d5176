//! An explanation in, the text in pieces with what each did to the score out: nobody else has to count bytes or letters.

use engine::pipeline::{Explanation, Span};
use json::ToJson;

/// A stretch of the text.
#[derive(Clone, Debug, PartialEq, ToJson)]
pub struct Piece {
    /// Its letters.
    pub text: String,
    /// What its words added to the explained score; 0 where no known word stands.
    pub value: f64,
}

/// The whole text in pieces. A term that stands several times has what it did dealt out evenly, and so has a phrase of
/// several words.
pub(crate) fn pieces(text: &str, explanation: &Explanation) -> Vec<Piece> {
    // Where a span begins its share is added, where it ends it is taken away: exact zeros between, for shares are counted.
    let mut edges: Vec<(u32, bool, f64)> = Vec::new();
    for contribution in &explanation.contributions {
        let n_spans: usize = contribution.places.iter().map(Vec::len).sum();
        let share = contribution.value / n_spans.max(1) as f64;
        for &Span { start, end } in contribution.places.iter().flatten().filter(|span| span.start < span.end)
        {
            edges.push((start, true, share));
            edges.push((end, false, share));
        }
    }
    let mut cuts: Vec<u32> = edges.iter().map(|edge| edge.0).collect();
    cuts.extend([0, text.len() as u32]);
    cuts.sort_unstable();
    cuts.dedup();
    edges.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.total_cmp(&b.2)));
    let mut edges = edges.into_iter().peekable();
    let mut open: Vec<f64> = Vec::new();
    let mut pieces: Vec<Piece> = Vec::new();
    for window in cuts.windows(2) {
        while let Some((_, begins, share)) = edges.next_if(|edge| edge.0 <= window[0]) {
            match open.iter().position(|other| other.to_bits() == share.to_bits()) {
                _ if begins => open.push(share),
                Some(place) => drop(open.swap_remove(place)),
                None => {}
            }
        }
        // Spans are cut between letters; what is not would be a fault of the tracing, and is left out of the marks.
        let Some(letters) = text.get(window[0] as usize..window[1] as usize) else { return whole(text) };
        let value: f64 = open.iter().sum();
        match pieces.last_mut() {
            Some(last) if last.value == 0.0 && value == 0.0 => last.text.push_str(letters),
            _ => pieces.push(Piece { text: letters.to_owned(), value }),
        }
    }
    pieces
}

/// A text without marks.
fn whole(text: &str) -> Vec<Piece> {
    vec![Piece { text: text.to_owned(), value: 0.0 }]
}
