//! Names with amounts in; a bar each, the longest first or as they come, out.

use super::axis::shortened;
use super::hover::Tip;
use super::scene::{Anchor, Ink, Mark, Scene, Spot};
use super::twin::{Column, Twin};

const ROW: f64 = 28.0;
const BAR: f64 = 8.0;
/// Room for names at the left, of a narrow and of a wide picture, and for figures at the right, in pixels.
const NAMES: (f64, f64) = (124.0, 220.0);
/// Room of a letter, in pixels.
const LETTER: f64 = 7.2;
const FIGURE: f64 = 56.0;

/// An amount.
#[derive(Clone, Debug, PartialEq)]
pub struct Amount {
    /// Of what.
    pub name: String,
    /// How much; from 0.
    pub value: f64,
    /// The same as it is written.
    pub shown: String,
    /// Its meaning.
    pub ink: Ink,
}

/// The picture. A bar of `full` fills its row; where there is none, the longest does.
pub fn scene(amounts: &[Amount], full: Option<f64>, width: f64) -> Scene {
    let most = full.unwrap_or_else(|| amounts.iter().map(|amount| amount.value).fold(0.0, f64::max));
    let names = (0.3 * width).clamp(NAMES.0, NAMES.1);
    let room = (width - names - FIGURE - 16.0).max(8.0);
    let mut scene = Scene { width, height: ROW * amounts.len() as f64, ..Scene::default() };
    for (place, amount) in amounts.iter().enumerate() {
        let top = place as f64 * ROW;
        let text = |at, anchor, strong, text| Mark::Text { at, anchor, strong, text };
        let length = if most > 0.0 { room * amount.value / most } else { 0.0 };
        scene.marks.extend([
            text((0.0, top + 18.0), Anchor::Start, true, shortened(&amount.name, (names / LETTER) as usize)),
            Mark::Bar { at: (names + 8.0, top + 10.0), size: (room, BAR), ink: Ink::Track },
            Mark::Bar { at: (names + 8.0, top + 10.0), size: (length, BAR), ink: amount.ink },
            text((width, top + 18.0), Anchor::End, false, amount.shown.clone()),
        ]);
        scene.spots.push(Spot { place: ((0.0, top), (width, ROW)), item: place as u32 });
    }
    scene
}

/// What is said of an amount that is pointed at.
pub fn tip(amounts: &[Amount], place: u32) -> Tip {
    let says = |amount: &Amount| format!("{}: {}", amount.name, amount.shown);
    Tip::words(amounts.get(place as usize).map(says).unwrap_or_default())
}

/// The same as a table.
pub fn twin(amounts: &[Amount], name: &'static str, value: &'static str) -> Twin {
    let row = |amount: &Amount| vec![amount.name.clone(), amount.shown.clone()];
    Twin {
        columns: vec![Column::words(name), Column::numbers(value)],
        rows: amounts.iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts() -> Vec<Amount> {
        let amount = |name: &str, value: f64| Amount {
            name: name.into(),
            value,
            shown: format!("{value:.1}"),
            ink: Ink::Class(0),
        };
        vec![amount("C", 2.0), amount("min_df", 1.0)]
    }

    #[test]
    fn the_largest_amount_fills_its_row() {
        let lengths: Vec<f64> = scene(&amounts(), None, 400.0)
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Bar { size, ink: Ink::Class(0), .. } => Some(size.0),
                _ => None,
            })
            .collect();
        assert_eq!(lengths, [204.0, 102.0]);
    }

    #[test]
    fn amounts_are_told_and_tabled() {
        assert_eq!(tip(&amounts(), 1).text, "min_df: 1.0");
        assert_eq!(tip(&amounts(), 9).text, "");
        assert_eq!(
            twin(&amounts(), "Parameter", "Share").to_csv(),
            "Parameter,Share\r\nC,2.0\r\nmin_df,1.0\r\n"
        );
    }
}
