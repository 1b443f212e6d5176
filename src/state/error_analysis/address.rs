//! What the address says of an error analysis: whether it is open, of which part, which rows are listed, what answers cost.

use engine::dataset::LabelId;
use engine::errors::{Pick, SliceKind};
use engine::metrics::Costs;

use crate::router::Router;
use crate::state::fit_report::Part;

/// What every kind of answer costs until a person says otherwise: a mistake costs 1.
pub const USUAL_COSTS: Costs = [[0.0, 1.0], [1.0, 0.0]];
/// Largest cost.
const MAX_COST: f64 = 1e9;

/// Word of the address under which the analysis stands, and what it says where that is open.
const SHOW: &str = "show";
const ERRORS: &str = "errors";
/// Word of the address for which rows are looked at, and what it says of the test part.
const PART: &str = "part";
const TEST: &str = "test";

/// Whether the address asks for the analysis.
pub fn is_asked(router: Router) -> bool {
    router.asked(SHOW).as_deref() == Some(ERRORS)
}

/// Opens the analysis, or closes it with all that the address says of it.
pub fn open(router: Router, is_open: bool) {
    match is_open {
        true => router.amend(&[(SHOW, Some(ERRORS.to_owned()))]),
        false => router.amend(&[(SHOW, None), (PART, None), ("rows", None), ("cut", None), ("costs", None)]),
    }
}

/// Rows that can be asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// By what they are and what is predicted.
    Rows(Pick),
    /// Those of a kind of reviews.
    Slice(SliceKind),
}

/// Opens the analysis of a part with these of its rows listed.
pub fn open_rows(router: Router, part: Part, pick: Pick) {
    let part = (PART, (part == Part::Test).then(|| TEST.to_owned()));
    router.amend(&[(SHOW, Some(ERRORS.to_owned())), part, ("rows", Some(word_of(&Asked::Rows(pick))))]);
}

/// The part that the address asks for.
pub fn asked_part(router: Router) -> Part {
    if router.asked(PART).as_deref() == Some(TEST) { Part::Test } else { Part::HeldOut }
}

/// Looks at the rows of another part.
pub fn show_part(router: Router, part: Part) {
    router.amend(&[(PART, (part == Part::Test).then(|| TEST.to_owned()))]);
}

/// The address's word for rows.
pub(super) fn word_of(asked: &Asked) -> String {
    match asked {
        Asked::Rows(Pick::Mistakes) => "mistakes".to_owned(),
        Asked::Rows(Pick::Moved { .. }) => "moved".to_owned(),
        Asked::Rows(Pick::Cell { truth, predicted }) => format!("cell-{}-{}", truth.0, predicted.0),
        Asked::Slice(SliceKind::Length { from, to: Some(to) }) => format!("length-{from}-{to}"),
        Asked::Slice(SliceKind::Length { from, to: None }) => format!("length-{from}-"),
        Asked::Slice(SliceKind::Rating { value }) => format!("rating-{value}"),
        Asked::Slice(SliceKind::Word { word }) => format!("word-{word}"),
        Asked::Slice(SliceKind::Group { value }) => format!("group-{value}"),
    }
}

/// What the address asks for; none where it names no rows.
pub(super) fn asked_of(word: &str, cut: Option<f64>) -> Option<Asked> {
    match word {
        "mistakes" => return Some(Asked::Rows(Pick::Mistakes)),
        "moved" => return cut.map(|to| Asked::Rows(Pick::Moved { to })),
        _ => {}
    }
    let (kind, of) = word.split_once('-')?;
    let value = of.to_owned();
    Some(match kind {
        "cell" => {
            let (truth, predicted) = of.split_once('-')?;
            let (truth, predicted) = (LabelId(truth.parse().ok()?), LabelId(predicted.parse().ok()?));
            Asked::Rows(Pick::Cell { truth, predicted })
        }
        "length" => {
            let (from, to) = of.split_once('-')?;
            let to = if to.is_empty() { None } else { Some(to.parse().ok()?) };
            Asked::Slice(SliceKind::Length { from: from.parse().ok()?, to })
        }
        "rating" => Asked::Slice(SliceKind::Rating { value }),
        "word" => Asked::Slice(SliceKind::Word { word: value }),
        "group" => Asked::Slice(SliceKind::Group { value }),
        _ => return None,
    })
}

/// Four costs; none where they are no numbers from 0 up.
pub(super) fn costs_of(words: &str) -> Option<Costs> {
    let costs: Vec<f64> = words.split(',').map_while(cost_of).collect();
    let [a, b, c, d] = costs[..] else { return None };
    Some([[a, b], [c, d]])
}

/// One cost as it is typed; none where it is no number from 0 to `MAX_COST`.
pub fn cost_of(word: &str) -> Option<f64> {
    word.trim().parse().ok().filter(|cost: &f64| (0.0..=MAX_COST).contains(cost))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_rows_it_was_made_of() {
        let cell = Pick::Cell { truth: LabelId(0), predicted: LabelId(2) };
        let length = |to| SliceKind::Length { from: 101, to };
        let kinds = [
            length(None),
            length(Some(200)),
            SliceKind::Rating { value: "4.5".to_owned() },
            SliceKind::Word { word: "well-made".to_owned() },
            SliceKind::Group { value: "shop - a/b?".to_owned() },
        ];
        let picks = [cell, Pick::Mistakes, Pick::Moved { to: 0.25 }].map(Asked::Rows);
        for asked in picks.into_iter().chain(kinds.map(Asked::Slice)) {
            assert_eq!(asked_of(&word_of(&asked), Some(0.25)), Some(asked));
        }
        for other in
            ["", "cell", "cell-1", "cell-a-b", "cell-0-999", "all", "length-a-", "length-5", "other-1"]
        {
            assert_eq!(asked_of(other, None), None, "{other}");
        }
        assert_eq!(asked_of("moved", None), None, "moved from where to where?");
    }

    #[test]
    fn costs_are_four_numbers_from_0_up() {
        assert_eq!(costs_of("0,1,5.5,0"), Some([[0.0, 1.0], [5.5, 0.0]]));
        for other in ["", "0,1,5", "0,1,-5,0", "0,1,x,0", "0,1,inf,0", "0,1,1,0,3"] {
            assert_eq!(costs_of(other), None, "{other}");
        }
    }
}
