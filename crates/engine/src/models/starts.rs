//! Where a study's fits ended, each kind of fit for itself.

use kernels::{LossKind, Starts};

use super::ModelKind;
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
    /// A search of this model begins: it learns nothing from an earlier one of the same, so that making a study again
    /// takes as long as making it.
    pub fn begin_search(&mut self, model: ModelKind) {
        let own = match model {
            ModelKind::LogisticRegression => LossKind::Logistic,
            ModelKind::LinearSvc => LossKind::SquaredHinge,
            ModelKind::MultinomialNb
            | ModelKind::ComplementNb
            | ModelKind::RandomForest
            | ModelKind::Dummy => {
                return;
            }
        };
        self.of_kinds.retain(|((loss, ..), _)| *loss != own);
    }

    /// Where fits of this kind ended.
    pub fn of(&mut self, kind: FitKind) -> &mut Starts {
        let place = self.of_kinds.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
            self.of_kinds.push((kind, Starts::default()));
            self.of_kinds.len() - 1
        });
        &mut self.of_kinds[place].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::VectorizerSpec;

    #[test]
    fn a_search_that_begins_forgets_what_is_its_own() {
        let rule = VectorizerSpec::tf_idf((1, 1)).weights();
        let kind = |loss| (loss, WeightScheme::Equal, rule);
        let mut starts = StudyStarts::default();
        starts.of(kind(LossKind::Logistic));
        starts.of(kind(LossKind::SquaredHinge));
        let losses =
            |starts: &StudyStarts| starts.of_kinds.iter().map(|((loss, ..), _)| *loss).collect::<Vec<_>>();
        starts.begin_search(ModelKind::MultinomialNb);
        assert_eq!(losses(&starts).len(), 2);
        starts.begin_search(ModelKind::LogisticRegression);
        assert_eq!(losses(&starts), [LossKind::SquaredHinge]);
        starts.begin_search(ModelKind::LinearSvc);
        assert_eq!(losses(&starts), []);
    }
}
