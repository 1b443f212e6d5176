//! Where a study's fits ended, each kind of fit for itself.

use kernels::{LossKind, Starts};

use super::group::WeightScheme;
use crate::features::WeightRule;

/// What fits must have in common for one's weights to say something of another's.
pub(super) type FitKind = (LossKind, WeightScheme, WeightRule);

/// Where fits of each kind ended.
#[derive(Default)]
pub(super) struct StudyStarts {
    of_kinds: Vec<(FitKind, Starts)>,
}

impl StudyStarts {
    /// Where fits of this kind ended.
    pub fn of(&mut self, kind: FitKind) -> &mut Starts {
        let place = self.of_kinds.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
            self.of_kinds.push((kind, Starts::default()));
            self.of_kinds.len() - 1
        });
        &mut self.of_kinds[place].1
    }
}
