//! A person's own words, marked by what they did to an answer.

use markup::view;

use crate::markup::View;
use crate::state::views::{Mark, Segment};

/// Strongest step of a marked word.
const STRONGEST: u8 = 3;

/// Its classes; none of what is plain.
pub fn class_of(mark: Mark) -> Option<String> {
    match mark {
        Mark::Plain => None,
        Mark::For(strength) => Some(format!("mark mark--pos-{}", strength.clamp(1, STRONGEST))),
        Mark::Against(strength) => Some(format!("mark mark--neg-{}", strength.clamp(1, STRONGEST))),
        Mark::Dropped => Some("mark mark--dropped".to_owned()),
        Mark::Unknown => Some("mark mark--unknown".to_owned()),
        Mark::Out => Some("mark mark--out".to_owned()),
    }
}

/// What a marked stretch did, for those who do not see its colour.
pub fn spoken(mark: Mark, toward: &str) -> Option<String> {
    match mark {
        Mark::Plain => None,
        Mark::Unknown => Some("not seen in training".to_owned()),
        Mark::Out => Some("taken out".to_owned()),
        Mark::For(_) => Some(format!("speaks for {toward}")),
        Mark::Against(_) => Some(format!("speaks against {toward}")),
        Mark::Dropped => Some("dropped by cleaning".to_owned()),
    }
}

/// The text, cut where the mark changes; green words speak for the class `toward`.
pub fn marked(segments: &[Segment], toward: &str) -> View {
    let shown = |segment: &Segment| match class_of(segment.mark) {
        None => View::from(segment.text.clone()),
        Some(class) => {
            view! { <mark class=class title=spoken(segment.mark, toward)>{segment.text.clone()}</mark> }
        }
    };
    segments.iter().map(shown).collect()
}
