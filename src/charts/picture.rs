//! What any page shows as a picture: marks of one kind, words, a key to the colours.

use super::bars::{self, Amount};
use super::boxes::{self, Group};
use super::matrices::{self, Matrix};
use super::plot::{Legend, Plot, panels};
use super::scene::Scene;
use super::timeline::{self, Piece};

/// A picture, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What it means, in one or two sentences.
    pub says: String,
    /// What is drawn.
    pub picture: Picture,
    /// The key to its colours.
    pub legend: Legend,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Picture {
    /// One pair of axes.
    One(Plot),
    /// Several, side by side.
    Panels(Vec<Plot>),
    /// Amounts.
    Bars {
        /// They.
        amounts: Vec<Amount>,
        /// What fills a row; none: the largest does.
        full: Option<f64>,
    },
    /// Groups of values.
    Boxes {
        /// They; as many as fit are drawn.
        groups: Vec<Group>,
        /// What the values are.
        measure: String,
    },
    /// Work with its times.
    Timeline(Vec<Piece>),
    /// What is mistaken for what.
    Matrices(Vec<Matrix>),
}

impl Picture {
    /// Draws it at a width.
    pub fn scene(&self, width: f64) -> Scene {
        match self {
            Self::One(plot) => plot.scene(width),
            Self::Panels(plots) => panels(plots, width),
            Self::Bars { amounts, full } => bars::scene(amounts, *full, width),
            Self::Boxes { groups, measure } => {
                let n_fitting = boxes::n_fitting(width).min(groups.len());
                boxes::scene(&groups[..n_fitting], measure, width)
            }
            Self::Timeline(pieces) => timeline::scene(pieces, width),
            Self::Matrices(matrices) => matrices::scene(matrices, width),
        }
    }
}
