//! Which of the folds, and whether the whole training part, a setting is fitted on.

use super::group::Lane;

/// Which training parts are fitted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// The folds, as far as their F1 needs.
    Folds,
    /// One fold, as far as its F1 needs.
    Fold(u8),
    FoldsWithScores,
    /// One fold, to the scores themselves.
    FoldWithScores(u8),
    FoldsAndFull,
}

impl Extent {
    /// Whether the fold that a lane holds out is wanted.
    pub fn asks(self, lane: Lane) -> bool {
        match (self, lane.held_out()) {
            (Self::Fold(wanted) | Self::FoldWithScores(wanted), Some(fold)) => wanted == fold,
            (_, fold) => fold.is_some(),
        }
    }
}
