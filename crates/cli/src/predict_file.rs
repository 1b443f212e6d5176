//! `reviewlab predict FILE --out FILE`: the rows of a file in, the same rows with label, probability and words out.
//! In: a project file, reviews. Out: a file written piece by piece, a summary. Never: the whole file in memory.

use drivers::{AnswerRows, AnswersDriver, SESSIONS_PER_PASS};
use engine::dataset::{NamedColumn, guess_classes, guess_roles};
use engine::num::ContentHash;
use engine::pipeline::{FileColumns, FittedPipeline, OutputKind};
use engine::table::TableSummary;
use jobs::{PredictFile, PredictOutput, Session, SharedBlob};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::arguments::{ColumnNames, FileArguments};
use crate::failure::Failure;
use crate::pool::Pool;
use crate::progress::Progress;
use crate::project::StoredModel;
use crate::pump::{Pump, print};
use crate::read_reviews::{column, look_at_texts};
use crate::source::Source;

/// Answers the rows of a file.
///
/// # Errors
/// Where the file cannot be used or what comes out cannot be written: one sentence that says what to do.
pub fn run(arguments: &FileArguments, model: &StoredModel, json: bool) -> Result<(), Failure> {
    let mut source = Source::open(&arguments.files)?;
    let mut pool = Pool::new(1);
    let mut progress = Progress::new();
    let mut pump = Pump { pool: &mut pool, source: &mut source, project: None };
    let table = look_at_texts(&mut pump, &mut progress)?;
    let columns = columns(&table, &arguments.columns, &model.pipeline)?;
    let bytes = model.pipeline.to_bytes();
    let pipeline = ContentHash::of(&bytes);
    pump.pool.provide(pipeline, SharedBlob::Bytes(Arc::new(bytes)));
    let kind = kind_of(&arguments.out);
    let answers = PredictFile { pipeline, columns, kind, keep_texts: None };
    let partial = partial_of(&arguments.out);
    let output = answer(&mut pump, &mut progress, answers, &partial);
    progress.clear();
    let output = output.and_then(|output| {
        std::fs::rename(&partial, &arguments.out).map_err(|error| Failure::file(&arguments.out, &error))?;
        Ok(output)
    });
    if output.is_err() {
        // The reason for the failure is worth more than that of a failed tidying.
        let _ = std::fs::remove_file(&partial);
    }
    let output = output?;
    if json {
        let tally = json::to_string(&output.tally);
        return print(&format!("{tally}\n"));
    }
    eprintln!("model: {}", model.name);
    print(&summary(&output))
}

/// Drives the pass and writes each piece as it comes.
fn answer(
    pump: &mut Pump<'_>,
    progress: &mut Progress,
    answers: PredictFile,
    path: &Path,
) -> Result<PredictOutput, Failure> {
    let cannot = |error: std::io::Error| Failure::file(path, &error);
    let mut out = std::io::BufWriter::new(File::create(path).map_err(cannot)?);
    let first = Session(SESSIONS_PER_PASS);
    let mut driver = AnswersDriver::new(first, pump.source.n_bytes(), AnswerRows { answers });
    pump.drive_with(&mut driver, |pool, driver| {
        for piece in pool.take_arrived() {
            out.write_all(&piece).map_err(cannot)?;
        }
        progress.pass("Predicting", driver.progress());
        Ok(())
    })?;
    out.flush().map_err(cannot)?;
    let outcome =
        driver.take_outcome().ok_or_else(|| Failure::Fault("a finished pass has no outcome".into()))?;
    Ok(outcome?)
}

/// Which columns are what: those named, and those found.
fn columns(
    table: &TableSummary,
    names: &ColumnNames,
    pipeline: &FittedPipeline,
) -> Result<FileColumns, Failure> {
    let named = |name: &Option<String>| -> Result<Option<NamedColumn>, Failure> {
        let Some(name) = name else { return Ok(None) };
        Ok(Some(NamedColumn { column: column(table, name)?, name: name.clone() }))
    };
    let at = |column: u32| NamedColumn { column, name: table.columns[column as usize].name.clone() };
    let guessed = guess_roles(table).ok();
    let text = named(&names.text)?.or_else(|| guessed.map(|roles| at(roles.text_column)));
    let text = match (text, table.columns.len()) {
        (Some(text), _) => text,
        (None, 1) => at(0),
        (None, _) => {
            return Err(Failure::wrong("No column holds texts that are long enough: name it with --text."));
        }
    };
    let asked = named(&names.rating)?;
    let is_asked = asked.is_some();
    let label = asked.or_else(|| guessed.map(|roles| at(roles.label_column)));
    let label = label.filter(|label| label.column != text.column);
    let mapping = label
        .as_ref()
        .and_then(|label| guess_classes(&pipeline.labels, &table.columns[label.column as usize], None));
    if let (true, Some(label), None) = (is_asked, &label, &mapping) {
        return Err(Failure::wrong(format!(
            "No value of '{}' is a class of this model ({}): name another column with --rating, or none.",
            label.name,
            pipeline.labels.join(", ")
        )));
    }
    Ok(FileColumns {
        format: table.format.clone(),
        text,
        title: named(&names.title)?,
        group: named(&names.group)?,
        label: label.zip(mapping),
    })
}

/// By the name of the file that comes out.
fn kind_of(out: &Path) -> OutputKind {
    let extension = out.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension {
        "jsonl" | "ndjson" | "json" => OutputKind::JsonLines,
        _ => OutputKind::Csv,
    }
}

/// Until all rows are answered, what is written has this name.
fn partial_of(out: &Path) -> PathBuf {
    let mut partial = out.as_os_str().to_owned();
    partial.push(".partial");
    partial.into()
}

/// A line a class, and how well the answers fit the labels.
fn summary(output: &PredictOutput) -> String {
    let tally = &output.tally;
    let mut text = format!("{} rows answered\n", tally.n_rows);
    for class in &tally.classes {
        let unsure =
            if class.n_unsure > 0 { format!(", {} of them unsure", class.n_unsure) } else { String::new() };
        text.push_str(&format!("  {}: {}{unsure}\n", class.class, class.n_rows));
    }
    let asides = [
        (tally.n_without_text, "without a text went through unanswered"),
        (output.n_unreadable, "could not be read and are left out"),
        (tally.n_unknown_labels, "have a label that is no class of this model"),
    ];
    for (n_rows, what) in asides.into_iter().filter(|(n_rows, _)| *n_rows > 0) {
        text.push_str(&format!("{n_rows} rows {what}\n"));
    }
    if let Some(metrics) = &tally.metrics {
        text.push_str(&format!("accuracy {:.4}, macro F1 {:.4}\n", metrics.accuracy, metrics.f1_macro));
    }
    text
}
