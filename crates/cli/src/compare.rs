//! `reviewlab compare`: models of a project and labelled reviews in; which is better by more than luck out.
//! In: a project file, a file of reviews. Out: lines or JSON. Never: a review that one of the models learned from, where
//! it is known which these are.

use engine::dataset::LabelId;
use engine::num::ContentHash;
use std::borrow::Cow;
use watch::compare::{CompareSpec, Comparison, PairVerdict, VersionAnswers, compare};
use watch::describe::Describer;

use crate::aligned::aligned;
use crate::arguments::CompareArguments;
use crate::drift::{as_new, batch_rows};
use crate::failure::Failure;
use crate::project::Project;
use crate::pump::print;
use crate::source::Source;

/// Compares.
///
/// # Errors
/// Where project or file cannot be read, or the models do not tell the same classes apart.
pub fn run(arguments: &CompareArguments) -> Result<(), Failure> {
    let project = Project::open(&arguments.project)?;
    let bytes = Source::open(std::slice::from_ref(&arguments.reviews))?.all()?;
    let mut versions = Vec::new();
    let (mut labels, mut counts, mut truth): (Option<Vec<String>>, Vec<bool>, Vec<Option<u8>>) =
        Default::default();
    for address in &arguments.addresses {
        let model = project.model(Some(address))?;
        let trained = project.trained(&model)?;
        let of_model = model.pipeline.labels.clone();
        if labels.as_ref().is_some_and(|labels| *labels != of_model) {
            let sentence = format!("{} tells other classes apart than the models before it.", model.name);
            return Err(Failure::wrong(sentence));
        }
        let rows = batch_rows(&arguments.reviews, &trained.recipe, &mut Describer::new(model.pipeline)?)?;
        let is_as_new = match &trained.study {
            Some(study) if ContentHash::of(&bytes) == trained.file => as_new(&bytes, &rows, &trained, study)?,
            _ => vec![true; rows.rows.len()],
        };
        if labels.is_none() {
            (counts, truth) = (is_as_new, rows.rows.iter().map(|(_, truth)| *truth).collect());
        } else if counts.len() == is_as_new.len() {
            counts.iter_mut().zip(is_as_new).for_each(|(counts, is_as_new)| *counts &= is_as_new);
        } else {
            let sentence =
                format!("{} was trained on another column of texts: compare models of the same.", model.name);
            return Err(Failure::wrong(sentence));
        }
        labels = Some(of_model);
        let folds = model.fit.map(|fit| fit.folds.iter().map(|fold| fold.f1_macro).collect());
        versions.push(VersionAnswers {
            name: address.to_string(),
            predicted: rows.rows.iter().map(|(row, _)| row.answer.label).collect(),
            folds: folds.unwrap_or_default(),
        });
    }
    let compared: Vec<usize> = (0..truth.len()).filter(|row| counts[*row] && truth[*row].is_some()).collect();
    for version in &mut versions {
        version.predicted = compared.iter().map(|row| version.predicted[*row]).collect();
    }
    let truth: Vec<LabelId> = compared.iter().filter_map(|row| truth[*row]).map(LabelId).collect();
    let spec = CompareSpec { margin: arguments.margin, ..CompareSpec::usual(arguments.seed) };
    let n_classes = labels.map_or(0, |labels| labels.len());
    let found = compare(&truth, n_classes, &versions, &spec);
    let found = found.map_err(|error| Failure::wrong(format!("{error}.")))?;
    print(&if arguments.json { format!("{}\n", found.to_json()) } else { lines(&found) })
}

fn lines(found: &Comparison) -> String {
    let mut scores: Vec<Vec<Cow<'_, str>>> = vec![["model", "f1_macro"].map(Cow::Borrowed).to_vec()];
    scores.extend(
        found
            .versions
            .iter()
            .map(|(name, f1)| vec![Cow::Borrowed(name.as_str()), Cow::Owned(format!("{f1:.4}"))]),
    );
    let mut pairs: Vec<Vec<Cow<'_, str>>> = vec![
        ["first", "second", "difference", "from", "to", "p", "p_all", "verdict"].map(Cow::Borrowed).to_vec(),
    ];
    pairs.extend(found.pairs.iter().map(|pair| {
        let numbers = [
            pair.f1.second - pair.f1.first,
            pair.f1.difference.low,
            pair.f1.difference.high,
            pair.p_value,
            pair.adjusted_p,
        ];
        let mut line = vec![Cow::Borrowed(pair.first.as_str()), Cow::Borrowed(pair.second.as_str())];
        line.extend(numbers.iter().map(|number| Cow::Owned(format!("{number:.4}"))));
        line.push(Cow::Borrowed(match pair.verdict {
            PairVerdict::FirstBetter => "the first is better",
            PairVerdict::SecondBetter => "the second is better",
            PairVerdict::Equal => "as good as equal",
            PairVerdict::Open => "open",
        }));
        line
    }));
    format!("{} reviews, seed {}\n\n{}\n{}", found.n_rows, found.spec.seed, aligned(&scores), aligned(&pairs))
}
