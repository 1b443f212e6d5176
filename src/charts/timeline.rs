//! Pieces of work with their times in; lanes of what was under way at the same time out.

use super::axis::{Axis, Field};
use super::scene::{Ink, Mark, Scene, Spot};

const LANE: f64 = 30.0;
const BAR: f64 = 20.0;
const BELOW: f64 = 42.0;
/// Room at the left, in pixels: the lanes' numbers.
const LEFT: f64 = 28.0;
const RIGHT: f64 = 12.0;
/// Pieces narrower than this are drawn as wide, in pixels.
const NARROWEST: f64 = 1.0;
/// Space between two pieces that follow each other, in pixels.
const GAP: f64 = 0.5;
/// Most lanes that are drawn.
pub const MAX_LANES: usize = 16;

/// A piece of work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// When it began, in milliseconds from the first beginning.
    pub begun_ms: f64,
    /// When it ended.
    pub ended_ms: f64,
    /// Its meaning.
    pub ink: Ink,
    /// What it stands for.
    pub item: u32,
}

/// The lane of each piece, in the order of `pieces`, which is that of their beginnings: the first that is free.
pub fn lanes(pieces: &[Piece]) -> Vec<usize> {
    let mut free_from: Vec<f64> = Vec::new();
    let lane_of = |piece: &Piece| {
        // Clocks tell whole milliseconds: what ends when another begins does not meet it.
        let lane = free_from.iter().position(|free| *free <= piece.begun_ms + 1.0).unwrap_or(free_from.len());
        match free_from.get_mut(lane) {
            Some(free) => *free = piece.ended_ms,
            None => free_from.push(piece.ended_ms),
        }
        lane
    };
    pieces.iter().map(lane_of).collect()
}

/// The picture. Pieces that would cover each other are drawn once, those beyond `MAX_LANES` lanes not at all.
pub fn scene(pieces: &[Piece], width: f64) -> Scene {
    let lanes = lanes(pieces);
    let n_lanes = lanes.iter().max().map_or(1, |lane| lane + 1).min(MAX_LANES);
    let end_ms = pieces.iter().map(|piece| piece.ended_ms).fold(1.0, f64::max);
    let height = n_lanes as f64 * LANE + BELOW;
    let field =
        Field { left: LEFT, top: 0.0, width: (width - LEFT - RIGHT).max(1.0), height: height - BELOW };
    let mut scene = Scene { width, height, ..Scene::default() };
    for lane in 0..n_lanes {
        let middle = lane as f64 * LANE + LANE / 2.0 + 4.0;
        let at = (LEFT - 8.0, middle);
        scene.marks.push(super::axis::label(at, super::scene::Anchor::End, (lane + 1).to_string()));
    }
    field.draw_below(&Axis::even("seconds", (0.0, end_ms / 1000.0)), &mut scene.marks);
    let mut boxes: Vec<(Ink, Vec<_>)> = Vec::new();
    // The right edge and the ink of what was drawn last in each lane.
    let mut last: Vec<Option<(f64, Ink)>> = vec![None; n_lanes];
    for (piece, lane) in pieces.iter().zip(lanes).filter(|(_, lane)| *lane < n_lanes) {
        let left = field.at(piece.begun_ms / end_ms, 0.0).0;
        let right = (field.at(piece.ended_ms / end_ms, 0.0).0 - GAP).max(left + NARROWEST);
        let place = ((left, lane as f64 * LANE + (LANE - BAR) / 2.0), (right - left, BAR));
        if last[lane].is_some_and(|(edge, ink)| right < edge + NARROWEST && ink == piece.ink) {
            continue;
        }
        last[lane] = Some((right, piece.ink));
        scene.spots.push(Spot { place, item: piece.item });
        match boxes.iter_mut().find(|(ink, _)| *ink == piece.ink) {
            Some((_, boxes)) => boxes.push(place),
            None => boxes.push((piece.ink, vec![place])),
        }
    }
    scene.marks.extend(boxes.into_iter().map(|(ink, boxes)| Mark::Boxes { boxes, ink }));
    scene
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(begun_ms: f64, ended_ms: f64, item: u32) -> Piece {
        Piece { begun_ms, ended_ms, ink: Ink::Positive, item }
    }

    #[test]
    fn work_at_the_same_time_has_lanes_of_its_own() {
        let pieces = [piece(0.0, 100.0, 0), piece(10.0, 50.0, 1), piece(50.0, 90.0, 2), piece(60.0, 70.0, 3)];
        assert_eq!(lanes(&pieces), [0, 1, 1, 2]);
        assert_eq!(scene(&pieces, 400.0).spots.len(), 4);
    }

    #[test]
    fn pieces_narrower_than_a_pixel_are_drawn_together() {
        let pieces: Vec<Piece> =
            (0..10_000).map(|item| piece(f64::from(item), f64::from(item + 1), item)).collect();
        let scene = scene(&pieces, 440.0);
        assert!((300..=800).contains(&scene.spots.len()), "{}", scene.spots.len());
    }

    #[test]
    fn a_failure_is_seen_among_thousands() {
        let mut pieces: Vec<Piece> =
            (0..10_000).map(|item| piece(f64::from(item), f64::from(item + 1), item)).collect();
        pieces[5_003].ink = Ink::Negative;
        assert!(scene(&pieces, 440.0).spots.iter().any(|spot| spot.item == 5_003));
    }

    #[test]
    fn no_work_is_a_picture_too() {
        assert_eq!(scene(&[], 400.0).spots, []);
    }
}
