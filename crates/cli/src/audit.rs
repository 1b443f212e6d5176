//! `reviewlab audit`: a file in, what is wrong with it out; and the fixes that a training asks for.
//! In: checked arguments, a file's columns. Out: text or JSON, a mended recipe. Never: a fix nobody asked for.

use drivers::{AuditDriver, AuditFile, SESSIONS_PER_PASS};
use engine::audit::{Audit, AuditFix, Finding, FindingKind};
use engine::dataset::{DatasetRecipe, Fix};
use engine::models::ModelKind;
use engine::tune::StudySpec;
use jobs::Session;

use crate::arguments::{AuditArguments, FixWord, shown};
use crate::failure::Failure;
use crate::pool::Pool;
use crate::progress::Progress;
use crate::pump::{Pump, print};
use crate::read_reviews::{look, recipe};
use crate::source::Source;

/// The first of the sessions of an audit: a scan and a read may come before it.
const FIRST_SESSION: Session = Session(2 * SESSIONS_PER_PASS);
/// Of what draws anything; nothing an audit says depends on it.
const AUDIT_SEED: u64 = 42;
/// Examples shown of a finding.
const MAX_SHOWN: usize = 3;

/// Audits.
///
/// # Errors
/// Where the file or the arguments are wrong.
pub fn run(arguments: &AuditArguments) -> Result<(), Failure> {
    let mut source = Source::open(&arguments.files)?;
    let mut pool = Pool::new(1);
    let mut progress = Progress::new();
    let mut pump = Pump { pool: &mut pool, source: &mut source, project: None };
    let table = look(&mut pump, &mut progress)?;
    let recipe = recipe(&table, &arguments.columns, &arguments.split)?;
    let mut study = StudySpec::reference(&[ModelKind::LogisticRegression], 1, AUDIT_SEED);
    study.split = arguments.split.clone();
    let audit = audit(&mut pump, &mut progress, &recipe, &study)?;
    progress.clear();
    if arguments.json {
        let json = serde_json::to_string(&audit);
        let json = json.map_err(|error| Failure::Fault(format!("the audit cannot be written: {error}")))?;
        return print(&format!("{json}\n"));
    }
    print(&text(&audit, &recipe.mapping.classes))
}

/// What is wrong with the file, as the recipe reads it and the study parts it.
fn audit(
    pump: &mut Pump<'_>,
    progress: &mut Progress,
    recipe: &DatasetRecipe,
    study: &StudySpec,
) -> Result<Audit, Failure> {
    let mut pipeline = study.searches.first().map(|search| search.base.clone());
    if let Some(pipeline) = &mut pipeline {
        pipeline.cleaning.clone_from(&recipe.cleaning);
    }
    let file = AuditFile { recipe: recipe.clone(), split: study.split.clone(), pipeline };
    let mut driver = AuditDriver::new(FIRST_SESSION, pump.source.n_bytes(), file);
    pump.drive(&mut driver, |driver| {
        let what = if driver.is_measuring() { "Measuring" } else { "Auditing" };
        progress.pass(what, driver.progress());
    })?;
    let outcome =
        driver.take_outcome().ok_or_else(|| Failure::Fault("a finished audit has no outcome".into()))?;
    Ok(outcome?)
}

/// Mends recipe and study as the words after `--fix` say; what was done, in sentences.
///
/// # Errors
/// Where nothing is there to mend, or a finding has no fix.
pub fn mend(
    pump: &mut Pump<'_>,
    progress: &mut Progress,
    wanted: &[FixWord],
    (recipe, study): (&mut DatasetRecipe, &mut StudySpec),
) -> Result<Vec<String>, Failure> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let audit = audit(pump, progress, recipe, study)?;
    let mut done = Vec::new();
    for word in wanted {
        let name = shown(&word.finding);
        let found: Vec<&Finding> =
            audit.findings.iter().filter(|finding| finding.kind.name() == word.finding).collect();
        if found.is_empty() {
            done.push(format!("{name}: nothing to mend."));
        }
        for finding in found {
            let what = finding.sentence(&recipe.mapping.classes);
            if word.is_ignored {
                let fix = finding.ignored();
                recipe.fixes.extend((!recipe.fixes.contains(&fix)).then_some(fix));
                done.push(format!("{name}: {what} It is left as it is."));
                continue;
            }
            let how = match &finding.fix {
                Some(AuditFix::BalanceClasses) => {
                    "Models weigh classes so that each counts alike.".to_owned()
                }
                Some(fix) => {
                    fix.apply_to_recipe(recipe);
                    fix.sentence()
                }
                None => mended_before(finding, recipe).ok_or_else(|| {
                    Failure::wrong(format!(
                        "{name} has no fix: {what} Mend it in the file, or leave it out of --fix."
                    ))
                })?,
            };
            done.push(format!("{name}: {what} {how}"));
        }
    }
    study.follow(recipe);
    Ok(done)
}

/// Why a finding needs no fix, if it needs none.
fn mended_before(finding: &Finding, recipe: &DatasetRecipe) -> Option<String> {
    match finding.kind {
        FindingKind::ExactRepeats if recipe.fixes.contains(&Fix::DropRepeats) => {
            Some("They are dropped already.".to_owned())
        }
        FindingKind::SameText { n_crossing: Some(0), .. } => Some(String::new()),
        _ => None,
    }
}

/// A text without line breaks.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text(audit: &Audit, classes: &[String]) -> String {
    let mut text = format!("{} of {} rows used.\n", audit.n_rows_kept, audit.n_rows);
    for finding in &audit.findings {
        let name = shown(finding.kind.name());
        text.push_str(&format!("\n{name}: {}\n", finding.sentence(classes)));
        for example in finding.examples.iter().take(MAX_SHOWN).filter(|example| !example.text.is_empty()) {
            text.push_str(&format!("  row {}: {}\n", example.record, on_one_line(&example.text)));
        }
        if let Some(effect) = finding.effect_sentence() {
            text.push_str(&format!("  effect: {effect}\n"));
        }
        if let Some(fix) = &finding.fix {
            text.push_str(&format!("  fix: {} (reviewlab train --fix {name})\n", fix.sentence()));
        }
    }
    if audit.findings.is_empty() {
        text.push_str("Nothing was found.\n");
    }
    text
}
