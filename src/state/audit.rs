//! What is wrong with a dataset, in words, and what its recipe mends already. Pure.

use engine::audit::{Audit, AuditFix, Finding, MAX_EXAMPLES};
use engine::dataset::{DatasetRecipe, Fix};
use engine::quote::{Grouped, Quoted};
use engine::text::CleanStep;
use track::dataset::DatasetRef;

use super::format;
use super::pace::Pace;

/// Words that are named of those that a step drops.
const MAX_NAMED_WORDS: usize = 4;

/// How far the look for faults is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Check {
    /// Nobody asked yet.
    #[default]
    NotAsked,
    /// The file is looked through.
    Looking(Pace),
    /// It is looked through once more, to see what a fix does to the score.
    Measuring(Pace),
    /// It is read again with a fix more or less.
    Mending(Pace),
    /// What was found.
    Found(CheckedData),
    /// It could not be looked through or mended; the dataset is as it was.
    Failed {
        /// Why, and what to do.
        sentence: String,
    },
}

impl Check {
    /// Whether the file is being read.
    pub fn is_busy(&self) -> bool {
        self.pace().is_some()
    }

    /// How far the file is read, while it is.
    pub fn pace(&self) -> Option<Pace> {
        match self {
            Self::Looking(pace) | Self::Measuring(pace) | Self::Mending(pace) => Some(*pace),
            Self::NotAsked | Self::Found(_) | Self::Failed { .. } => None,
        }
    }
}

/// What is wrong with a dataset, and what was done about it.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedData {
    /// The dataset that was looked through.
    pub data: DatasetRef,
    /// What is to be seen to, the worst kinds first.
    pub open: Vec<FindingView>,
    /// Findings that are to stay as they are.
    pub ignored: Vec<FindingView>,
    /// What the recipe mends.
    pub mended: Vec<Mended>,
}

/// Something found, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingView {
    /// Its name, one of `FINDING_NAMES`.
    pub name: &'static str,
    /// What, in two or three words.
    pub title: &'static str,
    /// Rows concerned; not told of several together, which may share rows.
    pub n_rows: Option<u64>,
    /// What, in a sentence, and what it does to the score; several where they are left as they are together.
    pub found: Vec<(String, Option<String>)>,
    /// Row numbers and the beginnings of their texts.
    pub examples: Vec<(u64, String)>,
    /// What can be done about it here.
    pub fix: Option<AuditFix>,
    /// What the fix does, or what else can be done.
    pub advice: Option<String>,
    /// The change of the recipe that leaves it as it is.
    pub ignore: Fix,
}

/// A part of the recipe that mends something, and can be taken out again.
#[derive(Clone, Debug, PartialEq)]
pub struct Mended {
    /// What it does.
    pub sentence: String,
    /// What is taken out.
    pub part: MendedPart,
}

/// What is taken out of a recipe.
#[derive(Clone, Debug, PartialEq)]
pub enum MendedPart {
    /// A fix.
    Fix(Fix),
    /// A cleaning step.
    Step(CleanStep),
}

/// A change of the dataset's recipe.
#[derive(Clone, Debug, PartialEq)]
pub enum RecipeChange {
    /// A fix comes in.
    Apply(AuditFix),
    /// A finding is left as it is.
    Ignore(Fix),
    /// Something comes out again.
    Undo(MendedPart),
    /// Another cleaning takes the place of that there is.
    Clean(Vec<CleanStep>),
}

impl RecipeChange {
    /// Makes it.
    pub fn apply(&self, recipe: &mut DatasetRecipe) {
        match self {
            Self::Apply(fix) => fix.apply_to_recipe(recipe),
            Self::Ignore(fix) if recipe.fixes.contains(fix) => {}
            Self::Ignore(fix) => recipe.fixes.push(fix.clone()),
            Self::Clean(steps) => recipe.cleaning.clone_from(steps),
            Self::Undo(MendedPart::Fix(fix)) => recipe.fixes.retain(|known| known != fix),
            Self::Undo(MendedPart::Step(step)) => recipe.cleaning.retain(|known| known != step),
        }
    }
}

/// An audit in words. `recipe`: the dataset's.
pub fn checked_data(data: DatasetRef, recipe: &DatasetRecipe, audit: &Audit) -> CheckedData {
    let classes = &recipe.mapping.classes;
    let is_ignored = |finding: &&Finding| recipe.fixes.contains(&finding.ignored());
    let (ignored, open): (Vec<&Finding>, Vec<&Finding>) =
        audit.findings.iter().filter(|finding| !is_mended(finding, recipe)).partition(is_ignored);
    CheckedData {
        data,
        open: views(&open, classes),
        ignored: views(&ignored, classes),
        mended: mended(recipe),
    }
}

/// Whether the recipe mends a finding already: texts are looked at as they stand in the file.
fn is_mended(finding: &Finding, recipe: &DatasetRecipe) -> bool {
    match &finding.fix {
        Some(AuditFix::BalanceClasses) => false,
        Some(fix) => {
            let mut mended = recipe.clone();
            fix.apply_to_recipe(&mut mended);
            mended == *recipe
        }
        None => match finding.kind.name() {
            "exact_repeats" => recipe.fixes.contains(&Fix::DropRepeats),
            "same_text" => recipe.fixes.contains(&Fix::KeepTogether),
            _ => false,
        },
    }
}

/// Findings of one kind that nothing mends here are one, as are words that give the label away.
fn views(findings: &[&Finding], classes: &[String]) -> Vec<FindingView> {
    let mut views: Vec<FindingView> = Vec::new();
    for finding in findings {
        let view = finding_view(finding, classes);
        if let Some(last) = views.last_mut()
            && last.title == view.title
            && can_join(last, &view)
        {
            join(last, view);
        } else {
            views.push(view);
        }
    }
    views
}

/// Whether two findings can be one: nothing mends them, or one step drops the words of both.
fn can_join(last: &FindingView, view: &FindingView) -> bool {
    let drops_words = |view: &FindingView| {
        matches!(&view.fix, Some(AuditFix::CleanLast { step: CleanStep::RemoveWords { .. } }))
    };
    (last.fix.is_none() && view.fix.is_none()) || (drops_words(last) && drops_words(view))
}

fn join(last: &mut FindingView, view: FindingView) {
    if let (
        Some(AuditFix::CleanLast { step: CleanStep::RemoveWords { words } }),
        Some(AuditFix::CleanLast { step: CleanStep::RemoveWords { words: more } }),
    ) = (&mut last.fix, view.fix)
    {
        words.extend(more);
    }
    // What dropping all of them does was measured once.
    if let (Some((_, effect)), Some((_, other))) = (last.found.last_mut(), view.found.first())
        && effect == other
    {
        *effect = None;
    }
    last.found.extend(view.found);
    last.n_rows = None;
    last.examples.extend(view.examples);
    last.examples.truncate(MAX_EXAMPLES);
}

fn finding_view(finding: &Finding, classes: &[String]) -> FindingView {
    // Weights of classes are a matter of the models.
    let advice = match &finding.fix {
        Some(AuditFix::BalanceClasses) => Some(
            "Logistic regression and the linear SVM weigh classes here so that each counts alike; macro F1 \
             does so, too."
                .to_owned(),
        ),
        // A word that says what a review says is no fault of the review.
        Some(AuditFix::CleanLast { step: CleanStep::RemoveWords { .. } }) => Some(
            "Drop these words from every review before words are counted. Do so where they repeat the rating, as 'five \
             star' does; a word such as 'worst' is what a model is to learn."
                .to_owned(),
        ),
        Some(fix) => Some(fix.sentence()),
        None => None,
    };
    let fix = finding.fix.clone().filter(|fix| *fix != AuditFix::BalanceClasses);
    FindingView {
        name: finding.kind.name(),
        n_rows: Some(finding.n_rows),
        title: title(finding.kind.name()),
        found: vec![(finding.sentence(classes), finding.effect_sentence())],
        examples: finding.examples.iter().map(|example| (example.record, example.text.clone())).collect(),
        fix,
        advice,
        ignore: finding.ignored(),
    }
}

fn title(name: &str) -> &'static str {
    match name {
        "missing" => "Missing cells",
        "empty_after_cleaning" => "Nothing left after cleaning",
        "exact_repeats" => "Repeated rows",
        "same_text" => "Same text more than once",
        "near_duplicates" => "Nearly the same text",
        "conflicting_labels" => "One text, different labels",
        "boilerplate" => "Boilerplate",
        "stars_in_text" => "Stars in the text",
        "giveaway" => "Words that give the label away",
        "class_imbalance" => "Classes of unequal size",
        "language_mix" => "Several languages",
        _ => "Labels that may be wrong",
    }
}

/// `'five', 'star' and 3 more are dropped`.
fn dropped(words: &[String]) -> String {
    let named: Vec<String> =
        words.iter().take(MAX_NAMED_WORDS).map(|word| format!("'{}'", Quoted(word))).collect();
    let more = words.len().saturating_sub(MAX_NAMED_WORDS);
    match (named.as_slice(), more) {
        ([word], 0) => format!("{word} is dropped"),
        ([first @ .., last], 0) => format!("{} and {last} are dropped", first.join(", ")),
        _ => format!("{} and {more} more are dropped", named.join(", ")),
    }
}

fn mended(recipe: &DatasetRecipe) -> Vec<Mended> {
    let of_step = |step: &CleanStep| {
        let sentence = match step {
            CleanStep::RemovePrefix { text } => {
                format!("'{}' is stripped from the beginning of reviews.", Quoted(text))
            }
            CleanStep::RemoveSuffix { text } => {
                format!("'{}' is stripped from the end of reviews.", Quoted(text))
            }
            CleanStep::ReplacePattern { pattern, .. } => {
                format!("What matches '{}' is taken out of reviews.", Quoted(pattern))
            }
            CleanStep::RemoveWords { words } => format!("{} from every review.", dropped(words)),
            _ => return None,
        };
        Some(Mended { sentence, part: MendedPart::Step(step.clone()) })
    };
    let of_fix = |fix: &Fix| {
        let sentence = match fix {
            Fix::DropRepeats => "Rows that repeat an earlier one are dropped.".to_owned(),
            Fix::DropEmpty => "Rows of which cleaning leaves no word are dropped.".to_owned(),
            Fix::DropRows { records } => {
                format!("{} rows are dropped by number.", Grouped(records.len() as u64))
            }
            Fix::Relabel { labels } => {
                format!(
                    "{} corrected by hand.",
                    format::counted(labels.len() as u64, "label is", "labels are")
                )
            }
            Fix::KeepTogether => "Equal texts stay on one side when reviews are parted.".to_owned(),
            Fix::Ignore { finding } => format!("Left as it is: {}.", title(finding).to_lowercase()),
        };
        Mended { sentence, part: MendedPart::Fix(fix.clone()) }
    };
    recipe.cleaning.iter().filter_map(of_step).chain(recipe.fixes.iter().map(of_fix)).collect()
}

#[cfg(test)]
mod tests {
    use engine::audit::{Example, FindingKind, TextEdge};
    use engine::dataset::{LabelMapping, LabelRule};
    use engine::split::SplitKind;
    use engine::table::detect_format;
    use engine::text::reference_cleaning;

    use super::*;

    fn recipe() -> DatasetRecipe {
        let csv = "text,stars\nfine,5\nbad,1\n";
        let mapping = LabelMapping {
            classes: vec!["negative".into(), "positive".into()],
            rule: LabelRule::Words { classes: Vec::new() },
        };
        DatasetRecipe {
            schema: engine::dataset::RECIPE_SCHEMA,
            format: detect_format(csv.as_bytes(), csv.len() as u64).unwrap(),
            text_column: 0,
            text_name: "text".into(),
            label_column: 1,
            label_name: "stars".into(),
            extra: engine::dataset::ExtraColumns::default(),
            mapping,
            keep_missing: false,
            cleaning: reference_cleaning(),
            fixes: vec![Fix::DropRepeats],
        }
    }

    fn data() -> DatasetRef {
        let hash = engine::num::ContentHash::of(b"a file");
        DatasetRef { file: hash, recipe: hash }
    }

    fn finding(kind: FindingKind, fix: Option<AuditFix>) -> Finding {
        let examples = vec![Example { record: 3, text: "very good".into() }];
        Finding { kind, n_rows: 9, examples, effect: None, fix }
    }

    fn boilerplate() -> Finding {
        let text = "READ MORE".to_owned();
        let step = CleanStep::RemoveSuffix { text: text.clone() };
        finding(FindingKind::Boilerplate { edge: TextEdge::End, text }, Some(AuditFix::CleanFirst { step }))
    }

    #[test]
    fn a_fix_goes_into_the_recipe_and_out_again() {
        let same = finding(
            FindingKind::SameText { n_repeats: 4, n_crossing: Some(2) },
            Some(AuditFix::Split { kind: SplitKind::Grouped }),
        );
        for found in [boilerplate(), same] {
            let mut changed = recipe();
            RecipeChange::Apply(found.fix.clone().unwrap()).apply(&mut changed);
            assert_ne!(changed, recipe());
            let known = mended(&recipe());
            let new = mended(&changed).into_iter().find(|mended| !known.contains(mended)).unwrap();
            RecipeChange::Undo(new.part).apply(&mut changed);
            assert_eq!(changed, recipe(), "{}", new.sentence);
        }
    }

    #[test]
    fn what_is_ignored_is_not_open_until_that_is_undone() {
        let audit = Audit { n_rows: 10, n_rows_kept: 9, held_out_f1: None, findings: vec![boilerplate()] };
        let before = checked_data(data(), &recipe(), &audit);
        assert_eq!((before.open.len(), before.ignored.len()), (1, 0));
        assert_eq!(before.open[0].found[0].0, "9 reviews end with 'READ MORE'.");
        let mut changed = recipe();
        RecipeChange::Ignore(before.open[0].ignore.clone()).apply(&mut changed);
        let after = checked_data(data(), &changed, &audit);
        assert_eq!((after.open.len(), after.ignored.len()), (0, 1));
        assert_eq!(after.mended.last().unwrap().sentence, "Left as it is: boilerplate.");
        RecipeChange::Undo(after.mended.last().unwrap().part.clone()).apply(&mut changed);
        assert_eq!(checked_data(data(), &changed, &audit), before);
    }

    #[test]
    fn what_the_recipe_mends_is_not_open() {
        let audit = Audit { n_rows: 10, n_rows_kept: 9, held_out_f1: None, findings: vec![boilerplate()] };
        let mut changed = recipe();
        RecipeChange::Apply(boilerplate().fix.unwrap()).apply(&mut changed);
        assert_eq!(checked_data(data(), &changed, &audit).open, []);
    }

    #[test]
    fn words_that_give_the_label_away_stand_together() {
        let giveaway = |word: &str| {
            let (word, class) = (word.to_owned(), engine::dataset::LabelId(1));
            let step = CleanStep::RemoveWords { words: vec![word.clone()] };
            let kind = FindingKind::Giveaway { word, class, precision: 0.97, support: 0.1 };
            finding(kind, Some(AuditFix::CleanLast { step }))
        };
        let findings = vec![giveaway("nice"), giveaway("best"), boilerplate()];
        let mut changed = recipe();
        let open = checked_data(
            data(),
            &recipe(),
            &Audit { n_rows: 10, n_rows_kept: 9, held_out_f1: None, findings },
        )
        .open;
        let found: Vec<_> = open.iter().map(|finding| (finding.found.len(), finding.n_rows)).collect();
        assert_eq!(found, [(2, None), (1, Some(9))]);
        RecipeChange::Apply(open[0].fix.clone().unwrap()).apply(&mut changed);
        let words = mended(&changed).remove(0);
        assert_eq!(words.sentence, "'nice' and 'best' are dropped from every review.");
        RecipeChange::Apply(giveaway("good").fix.unwrap()).apply(&mut changed);
        RecipeChange::Apply(giveaway("nice").fix.unwrap()).apply(&mut changed);
        let words = mended(&changed).remove(0);
        assert_eq!(words.sentence, "'nice', 'best' and 'good' are dropped from every review.");
        RecipeChange::Undo(words.part).apply(&mut changed);
        assert_eq!(changed, recipe());
    }

    #[test]
    fn what_was_mended_before_is_not_open() {
        let repeats = finding(FindingKind::ExactRepeats, None);
        let missing = finding(FindingKind::Missing, None);
        let audit = Audit { n_rows: 10, n_rows_kept: 9, held_out_f1: None, findings: vec![repeats, missing] };
        let found = checked_data(data(), &recipe(), &audit);
        assert_eq!(found.open.iter().map(|finding| finding.title).collect::<Vec<_>>(), ["Missing cells"]);
    }
}
