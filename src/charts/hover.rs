//! What is pointed at in a picture, by pointer or by keys: told in a tip, ringed, and opened.
//!
//! A picture's spots say where; its chart says what. The first press of a finger shows the tip, the next opens.

use std::fmt::Write as _;

use super::scene::{Scene, Spot};

/// How far from a spot a pointer may be, in pixels.
const REACH: f64 = 16.0;
/// Spots that a step by page passes.
const PAGE: usize = 10;
/// Room between a spot and its tip, in pixels.
const GAP: f64 = 12.0;

/// What is said of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tip {
    /// In a line or two.
    pub text: String,
    /// The page that shows it whole, such as `/runs/7`.
    pub to: Option<String>,
}

impl Tip {
    /// Words that lead nowhere.
    pub fn words(text: String) -> Self {
        Self { text, to: None }
    }
}

/// What is pointed at: a spot of the picture, which may be drawn anew meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointed {
    place: usize,
    /// What is there.
    pub item: u32,
}

impl Pointed {
    /// By a pointer.
    pub fn near(scene: &Scene, at: (f64, f64)) -> Option<Self> {
        let spot = scene.spot_near(at, REACH)?;
        let place = scene.spots.iter().position(|other| *other == spot)?;
        Some(Self { place, item: spot.item })
    }

    /// The first spot.
    pub fn first(scene: &Scene) -> Option<Self> {
        Self::at(scene, 0)
    }

    fn at(scene: &Scene, place: usize) -> Option<Self> {
        scene.spots.get(place).map(|spot| Self { place, item: spot.item })
    }

    /// Where a key leads from here; `None` of keys that lead nowhere.
    pub fn after(before: Option<Self>, key: &str, scene: &Scene) -> Option<Self> {
        let last = scene.spots.len().checked_sub(1)?;
        let here = before.map(|before| before.place.min(last));
        let place = match (key, here) {
            ("Home", _) | ("ArrowRight" | "ArrowDown" | "PageDown", None) => 0,
            ("End", _) | ("ArrowLeft" | "ArrowUp" | "PageUp", None) => last,
            ("ArrowRight" | "ArrowDown", Some(here)) => (here + 1).min(last),
            ("ArrowLeft" | "ArrowUp", Some(here)) => here.saturating_sub(1),
            ("PageDown", Some(here)) => (here + PAGE).min(last),
            ("PageUp", Some(here)) => here.saturating_sub(PAGE),
            _ => return None,
        };
        Self::at(scene, place)
    }

    /// Its spot in the picture as it is drawn now; `None` where it is no longer there.
    pub fn spot(self, scene: &Scene) -> Option<Spot> {
        let same = |spot: &&Spot| spot.item == self.item;
        scene.spots.get(self.place).filter(same).or_else(|| scene.spots.iter().find(same)).copied()
    }
}

/// Rings around all spots of an item, as the inside of an `<svg>`.
pub fn rings(scene: &Scene, item: u32) -> String {
    let mut svg = String::new();
    for spot in scene.spots.iter().filter(|spot| spot.item == item) {
        let ((left, top), (width, height)) = spot.place;
        let (left, top) = if width > 0.0 { (left, top) } else { (left - 5.0, top - 5.0) };
        let (width, height) = if width > 0.0 { (width, height) } else { (10.0, 10.0) };
        let round = if width == 10.0 && height == 10.0 { 5 } else { 3 };
        write!(
            svg,
            "<rect class=\"mark-ring\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round}\"/>"
        )
        .expect("writing to a string cannot fail");
    }
    svg
}

/// Where the tip of a spot stands: its left or right edge, its upper or lower one, whichever leaves it room; in pixels
/// from the picture's own.
pub fn tip_place(scene: &Scene, spot: Spot) -> [Option<f64>; 4] {
    let (x, y) = spot.middle();
    let (left, right) = if x <= scene.width / 2.0 {
        (Some(x + GAP), None)
    } else {
        (None, Some((scene.width - x + GAP).max(0.0)))
    };
    let (top, bottom) = if y <= scene.height / 2.0 {
        (Some(y + GAP), None)
    } else {
        (None, Some((scene.height - y + GAP).max(0.0)))
    };
    [left, right, top, bottom]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(items: &[u32]) -> Scene {
        let spot = |(place, item): (usize, &u32)| Spot::dot((place as f64 * 20.0, 10.0), *item);
        Scene {
            width: 400.0,
            height: 100.0,
            marks: Vec::new(),
            spots: items.iter().enumerate().map(spot).collect(),
        }
    }

    #[track_caller]
    fn check(keys: &[&str], expected: Option<u32>) {
        let scene = scene(&(100..130).collect::<Vec<_>>());
        let walked = keys.iter().fold(None, |here, key| Pointed::after(here, key, &scene));
        assert_eq!(walked.map(|pointed| pointed.item), expected, "{keys:?}");
    }

    #[test]
    fn keys_walk_from_spot_to_spot() {
        check(&["ArrowRight"], Some(100));
        check(&["ArrowRight", "ArrowDown", "ArrowRight", "ArrowLeft"], Some(101));
        check(&["End", "ArrowRight"], Some(129));
        check(&["Home", "ArrowUp"], Some(100));
        check(&["Home", "PageDown", "PageDown", "PageUp"], Some(110));
        check(&["ArrowLeft"], Some(129));
        check(&["Home", "x"], None);
        assert_eq!(Pointed::after(None, "Home", &scene(&[])), None);
    }

    #[test]
    fn what_is_pointed_at_is_found_again_where_the_picture_changed() {
        let pointed = Pointed::near(&scene(&[7, 8, 9]), (21.0, 11.0)).expect("a spot is near");
        assert_eq!(pointed.item, 8);
        assert_eq!(pointed.spot(&scene(&[6, 7, 8])).map(|spot| spot.middle()), Some((40.0, 10.0)));
        assert_eq!(pointed.spot(&scene(&[1, 2])), None);
        assert_eq!(Pointed::near(&scene(&[7]), (40.0, 40.0)), None);
    }

    #[test]
    fn an_item_is_ringed_wherever_it_is() {
        assert_eq!(rings(&scene(&[7, 8, 7]), 7).matches("<rect").count(), 2);
        assert_eq!(rings(&scene(&[7]), 1), "");
    }

    #[test]
    fn a_tip_stands_where_it_has_room() {
        let scene = scene(&[]);
        assert_eq!(tip_place(&scene, Spot::dot((10.0, 10.0), 0)), [Some(22.0), None, Some(22.0), None]);
        assert_eq!(tip_place(&scene, Spot::dot((390.0, 90.0), 0)), [None, Some(22.0), None, Some(22.0)]);
    }
}
