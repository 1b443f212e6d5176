//! What each term added to a text's score in; bars to the left and right of nothing out.

use super::hover::Tip;
use super::scene::{Anchor, Ink, Mark, Scene, Spot};
use super::twin::{Column, Twin};
use crate::state::views::ContributionBar;

const ROW: f64 = 26.0;
const BAR: f64 = 10.0;
/// Room for the terms at the left and the figures at the right, in pixels.
const TERM: f64 = 132.0;
const FIGURE: f64 = 52.0;

/// The picture: strongest first, to the right where the term speaks for the class.
pub fn scene(bars: &[ContributionBar], width: f64) -> Scene {
    let reach = ((width - TERM - FIGURE) / 2.0 - 8.0).max(10.0);
    let middle = TERM + 8.0 + reach;
    let height = ROW * bars.len() as f64;
    let mut spots = Vec::new();
    let mut marks = vec![Mark::Rule { from: (middle, 0.0), to: (middle, height), ink: Ink::Axis }];
    for (place, bar) in bars.iter().enumerate() {
        let top = place as f64 * ROW;
        let length = reach * bar.share.abs().min(1.0);
        let left = if bar.share < 0.0 { middle - length } else { middle };
        let ink = if bar.share < 0.0 { Ink::Negative } else { Ink::Positive };
        let figure = signed(bar.value);
        marks.push(Mark::Text {
            at: (TERM, top + 17.0),
            anchor: Anchor::End,
            strong: true,
            text: shortened(&bar.term),
        });
        marks.push(Mark::Bar { at: (left, top + 8.0), size: (length, BAR), ink });
        spots.push(Spot { place: ((0.0, top), (width, ROW)), item: place as u32 });
        marks.push(Mark::Text { at: (width, top + 17.0), anchor: Anchor::End, strong: false, text: figure });
    }
    Scene { width, height, marks, spots }
}

/// What is said of a term that is pointed at.
pub fn tip(bars: &[ContributionBar], place: u32) -> Tip {
    let says = |bar: &ContributionBar| format!("{} {}", bar.term, signed(bar.value));
    Tip::words(bars.get(place as usize).map(says).unwrap_or_default())
}

/// The same as a table.
pub fn twin(bars: &[ContributionBar]) -> Twin {
    let row = |bar: &ContributionBar| vec![bar.term.clone(), format!("{:.6}", bar.value)];
    Twin {
        columns: vec![Column::words("Term"), Column::numbers("Added to the score")],
        rows: bars.iter().map(row).collect(),
    }
}

/// A figure with its sign: `+0.38`, `−1.05`.
pub fn signed(value: f64) -> String {
    if value < 0.0 { format!("−{:.2}", -value) } else { format!("+{value:.2}") }
}

fn shortened(term: &str) -> String {
    const FITS: usize = 19;
    if term.chars().count() <= FITS {
        return term.to_owned();
    }
    term.chars().take(FITS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars() -> Vec<ContributionBar> {
        vec![
            ContributionBar { term: "waste money".into(), value: -1.05, share: -1.0 },
            ContributionBar { term: "good".into(), value: 0.42, share: 0.4 },
        ]
    }

    #[test]
    fn terms_against_go_left_and_terms_for_go_right() {
        let scene = scene(&bars(), 400.0);
        let bars: Vec<(f64, f64)> = scene
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Bar { at, size, .. } => Some((at.0, at.0 + size.0)),
                _ => None,
            })
            .collect();
        assert_eq!(bars[0].1, bars[1].0, "both begin at the middle");
        assert!(bars[0].0 >= TERM && bars[1].1 <= 400.0 - FIGURE);
    }

    #[test]
    fn a_term_pointed_at_is_told_in_full() {
        assert_eq!(tip(&bars(), 0), Tip::words("waste money −1.05".to_owned()));
        assert_eq!(scene(&bars(), 400.0).spots.len(), 2);
    }

    #[test]
    fn figures_carry_their_sign() {
        assert_eq!((signed(-1.051).as_str(), signed(0.38).as_str()), ("−1.05", "+0.38"));
    }
}
