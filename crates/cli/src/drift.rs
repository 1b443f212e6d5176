//! `reviewlab drift`: a model, the reviews it knows, new reviews in; what changed by more than luck out.
//! In: a project file, two files of reviews or a profile and one. Out: lines, JSON, an HTML file. A project that automations are in is told of drift. Never: a verdict of the
//! model's answers to reviews that it learned from, where it is known which these are.

use engine::dataset::{DatasetReader, DatasetRecipe, Fix};
use engine::features::count;
use engine::num::{ContentHash, RandomStream};
use engine::split::split_counts;
use engine::table::{DETECT_BYTES, TableReader, detect_format};
use engine::tune::StudySpec;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use storage::{Batch, Store as _};
use track::flow::{FlowEvent, Happening};
use track::id::FlowEventId;
use track::record::Record;
use watch::WATCH_SCHEMA;
use watch::calibrated::ProbabilityError;
use watch::describe::{DescribedRow, Describer, push_row};
use watch::domain::{DomainSpec, domain_drift};
use watch::drift::{Drift, Verdict, drift};
use watch::estimate::{EstimateSpec, decide_most, estimate, realised_f1_macro};
use watch::profile::{Profile, ProfileBuilder};
use watch::report::{DriftReport, LABEL_THESE, RowToLabel, before_and_now, method_name, shown};

use crate::aligned::aligned;
use crate::arguments::DriftArguments;
use crate::clock;
use crate::failure::Failure;
use crate::lock::Lock;
use crate::project::{Project, Trained};
use crate::pump::print;
use crate::source::Source;

/// What deals and draws derive from: the same files give the same report.
const SEED: u64 = 42;
/// Most deals of the test of texts.
const N_DEALS: u32 = 499;
/// How a shareable profile begins.
const PROFILE_BEGINS: &[u8] = b"{\"type\":\"profile\"";

/// What a batch is held against.
struct Reference {
    name: String,
    profile: Profile,
    /// Texts and their cleaned words; none of a profile.
    texts: Vec<(String, Vec<String>)>,
}

/// Reviews of a file, described.
pub struct Rows {
    /// As they stand there.
    pub texts: Vec<String>,
    /// What there is to say of each, and the class of its label.
    pub rows: Vec<(DescribedRow, Option<u8>)>,
    /// Row numbers in the file.
    records: Vec<u64>,
}

/// Holds the new reviews against the reference.
///
/// # Errors
/// Where a file or the project cannot be read, or the project does not say how the model's reviews were read.
pub fn run(arguments: &DriftArguments) -> Result<(), Failure> {
    let project = Project::open(&arguments.project)?;
    let model = project.model(arguments.address.as_ref())?;
    let trained = project.trained(&model)?;
    let labels = model.pipeline.labels.clone();
    let mut describer = Describer::new(model.pipeline)?;
    let reference = reference(&arguments.reference, &trained, &mut describer)?;
    if let Some(path) = &arguments.profile {
        write(path, &format!("{}\n", reference.profile.to_json()))?;
    }
    let batch = batch_rows(&arguments.batch, &trained.recipe, &mut describer)?;
    let report = report((&model.name, arguments), reference, &batch, &labels)?;
    if let Some(path) = &arguments.html {
        write(path, &report.to_html())?;
    }
    print(&if arguments.json { format!("{}\n", report.to_json()) } else { lines(&report) })?;
    match report.drift.verdict {
        Verdict::Drift => tell(&arguments.project, model.heard_as, report.sentence()),
        _ => Ok(()),
    }
}

/// Writes into the project that drift was found: its automations listen to that.
fn tell(path: &Path, model: String, reason: String) -> Result<(), Failure> {
    let name = path.display();
    let Some(_lock) = Lock::take_if_free(path)? else {
        eprintln!("reviewlab: another program writes {name}: its automations are not told of the drift.");
        return Ok(());
    };
    let now = clock::now();
    let happening = Happening::DriftFound { model, reason };
    let id = FlowEventId::new(now, clock::entropy());
    let event = FlowEvent { schema: track::SCHEMA, id, at: now, happening };
    // As it is now: another program may have written it since.
    let project = Project::open(path)?;
    let batch = Batch { records: vec![Record::FlowEvent(event)], blobs: Vec::new() };
    pollster::block_on(project.store().write(batch))?;
    if project.save().is_err() {
        eprintln!("reviewlab: {name} cannot be written: its automations are not told of the drift.");
    }
    Ok(())
}

fn write(path: &PathBuf, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::file(path, &error))
}

fn probability(error: ProbabilityError) -> Failure {
    Failure::wrong(format!("{error}."))
}

/// A profile as it is, or that of a file; of the reviews the model was trained on, only those that it can be asked as if
/// they were new say what it makes of reviews.
fn reference(path: &Path, trained: &Trained, describer: &mut Describer) -> Result<Reference, Failure> {
    let given = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
    if given.starts_with(PROFILE_BEGINS) {
        let text = String::from_utf8_lossy(&given);
        let profile = Profile::from_json(text.trim_end());
        let profile = profile.map_err(|error| Failure::wrong(format!("{}: {error}.", path.display())))?;
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        return Ok(Reference { name, profile, texts: Vec::new() });
    }
    let mut source = Source::open(&[path.to_path_buf()])?;
    let bytes = source.all()?;
    let rows = batch_rows(path, &trained.recipe, describer)?;
    let is_as_new = match &trained.study {
        Some(study) if ContentHash::of(&bytes) == trained.file => as_new(&bytes, &rows, trained, study)?,
        _ => vec![true; rows.rows.len()],
    };
    let mut profile = ProfileBuilder::new(describer.labels());
    for ((row, truth), is_as_new) in rows.rows.iter().zip(is_as_new) {
        push_row(row, *truth, is_as_new, &mut profile);
    }
    let words = rows.rows.into_iter().map(|(row, _)| row.words);
    Ok(Reference {
        name: source.name(),
        profile: profile.finish().map_err(probability)?,
        texts: rows.texts.into_iter().zip(words).collect(),
    })
}

/// Which rows of the file the model was trained on are to it as new ones would be: those that tested it. Where repeats
/// were left out, a review that others repeat may be one it learned from, as it may be in a new file: of these as large a
/// share is drawn by lot.
///
/// # Errors
/// Where the file is not read as it was then.
pub fn as_new(bytes: &[u8], rows: &Rows, trained: &Trained, study: &StudySpec) -> Result<Vec<bool>, Failure> {
    let mut reader = DatasetReader::new(&trained.recipe)?;
    let mut records = Vec::new();
    let mut keep = |row: engine::dataset::KeptRow<'_>| records.push(row.record);
    reader.push_watched(bytes, &mut keep)?;
    let docs = reader.finish_watched(&mut keep)?.docs;
    let wrong = |error: &dyn std::fmt::Display| Failure::wrong(format!("{error}."));
    let n_classes = trained.recipe.mapping.classes.len() as u8;
    let counted = count(docs, n_classes, &study.counting()).map_err(|error| wrong(&error))?;
    let plans = split_counts(&counted.counts, &study.split).map_err(|error| wrong(&error))?;
    let tested = plans.first().map_or(&[][..], |plan| &plan.test);
    let tested_records: HashSet<u64> = tested.iter().map(|doc| records[*doc as usize]).collect();
    let share = tested.len() as f64 / records.len().max(1) as f64;
    let keys = || rows.texts.iter().zip(&rows.rows).map(|(text, (_, truth))| (text.as_str(), *truth));
    let mut n_equal: HashMap<(&str, Option<u8>), u32> = HashMap::new();
    keys().for_each(|key| *n_equal.entry(key).or_default() += 1);
    let are_repeats_out = trained.recipe.fixes.contains(&Fix::DropRepeats);
    let mut stream = RandomStream::new("reviews as new", &[SEED]);
    let is_as_new = |(key, record): ((&str, Option<u8>), &u64)| match are_repeats_out && n_equal[&key] > 1 {
        true => stream.unit() < share,
        false => tested_records.contains(record),
    };
    Ok(keys().zip(&rows.records).map(is_as_new).collect())
}

/// The reviews of a file whose columns have the names they had in training. Labels are taken where there are some.
///
/// # Errors
/// Where it cannot be read or lacks the column of texts.
pub fn batch_rows(path: &Path, recipe: &DatasetRecipe, describer: &mut Describer) -> Result<Rows, Failure> {
    let bytes = Source::open(&[path.to_path_buf()])?.all()?;
    let format = detect_format(&bytes[..bytes.len().min(DETECT_BYTES)], bytes.len() as u64)?;
    let mut reader = TableReader::new(&format);
    let mut cells: Vec<(u64, Vec<String>)> = Vec::new();
    let mut keep = |row: engine::table::Row<'_>| {
        cells.push((row.mark.record, row.cells().map(str::to_owned).collect()));
    };
    reader.push(&bytes, &mut keep)?;
    let read = reader.finish(&mut keep)?;
    let place = |name: &str| read.header.iter().position(|cell| cell == name).map(|at| at as u32);
    let text_column = place(&recipe.text_name).ok_or_else(|| {
        Failure::wrong(format!(
            "{}: there is no column '{}', which held the reviews in training: rename the column that holds them.",
            path.display(),
            recipe.text_name
        ))
    })?;
    let mut recipe = DatasetRecipe { text_column, ..recipe.clone() };
    recipe.label_column = place(&recipe.label_name).unwrap_or(u32::MAX);
    if let Some(title) = &mut recipe.extra.title {
        title.column = place(&title.name).unwrap_or(u32::MAX);
    }
    let mut rows = Rows { texts: Vec::new(), rows: Vec::new(), records: Vec::new() };
    for (record, cells) in cells {
        let Some(review) = recipe.review_of(&cells) else { continue };
        rows.rows.push((describer.describe(&review.text), review.label.map(|label| label.0)));
        rows.texts.push(review.text);
        rows.records.push(record);
    }
    Ok(rows)
}

fn report(
    (model, arguments): (&str, &DriftArguments),
    reference: Reference,
    batch: &Rows,
    labels: &[String],
) -> Result<DriftReport, Failure> {
    let mut profile = ProfileBuilder::new(labels);
    batch.rows.iter().for_each(|(row, truth)| push_row(row, *truth, true, &mut profile));
    let profile = profile.finish_whole().map_err(probability)?;
    let words = |rows: &[(DescribedRow, Option<u8>)]| {
        rows.iter().map(|(row, _)| row.words.clone()).collect::<Vec<_>>()
    };
    let (texts, of_reference): (Vec<String>, Vec<Vec<String>>) = reference.texts.into_iter().unzip();
    let spec = DomainSpec { seed: SEED, n_deals: N_DEALS };
    let apart = domain_drift(&of_reference, &words(&batch.rows), spec);
    let typical = |places: Option<&Vec<u64>>, texts: &[String]| {
        let of_place = |place: &u64| texts.get(*place as usize).map(|text| shown(text));
        places.into_iter().flatten().filter_map(of_place).collect::<Vec<_>>()
    };
    let typical_of_reference = typical(apart.as_ref().map(|found| &found.typical_of_reference), &texts);
    let typical_of_batch = typical(apart.as_ref().map(|found| &found.typical_of_batch), &batch.texts);
    Ok(DriftReport {
        schema: WATCH_SCHEMA,
        created: clock::now(),
        model: model.to_owned(),
        reference: reference.name,
        batch: arguments
            .batch
            .file_name()
            .map_or(Cow::Borrowed(""), |name| name.to_string_lossy())
            .into_owned(),
        drift: drift(&reference.profile, &profile, apart),
        estimate: estimate(&reference.profile.answers, &profile.answers, &EstimateSpec::usual(SEED)),
        realised_f1_macro: realised_f1_macro(&profile.answers),
        typical_of_reference,
        typical_of_batch,
        label_these: label_these(batch, labels),
    })
}

fn label_these(batch: &Rows, labels: &[String]) -> Vec<RowToLabel> {
    let probability =
        |row: &DescribedRow| row.answer.probabilities.get(usize::from(row.answer.label)).copied();
    let unlabelled: Vec<usize> = (0..batch.rows.len()).filter(|at| batch.rows[*at].1.is_none()).collect();
    let answers: Vec<(u8, f64)> = unlabelled
        .iter()
        .map(|at| (batch.rows[*at].0.answer.label, probability(&batch.rows[*at].0).unwrap_or(0.0)))
        .collect();
    let row = |place: usize| {
        let (class, probability) = answers[place];
        RowToLabel {
            row: batch.records[unlabelled[place]],
            text: shown(&batch.texts[unlabelled[place]]),
            predicted: labels.get(usize::from(class)).cloned().unwrap_or_default(),
            probability,
        }
    };
    decide_most(&answers, labels.len(), LABEL_THESE).into_iter().map(row).collect()
}

fn lines(report: &DriftReport) -> String {
    let Drift { columns, terms, .. } = &report.drift;
    let mut table: Vec<Vec<Cow<'_, str>>> = vec![
        ["column", "verdict", "before", "now", "size", "p", "p_all", "test"].map(Cow::Borrowed).to_vec(),
    ];
    table.extend(columns.iter().map(|column| {
        let [before, now] = before_and_now(column);
        vec![
            Cow::Borrowed(column.name.as_str()),
            Cow::Borrowed(column.verdict.as_str()),
            Cow::Owned(before),
            Cow::Owned(now),
            Cow::Owned(format!("{:.3}", column.size)),
            Cow::Owned(format!("{:.4}", column.p_value)),
            Cow::Owned(format!("{:.4}", column.adjusted_p)),
            Cow::Borrowed(method_name(column.method)),
        ]
    }));
    let mut out = format!("{}\n\n{}", report.sentence(), aligned(&table));
    if let Some(texts) = &report.drift.texts {
        out.push_str(&format!(
            "\ntexts: told apart with an area of {:.3}, by luck up to {:.3}\n",
            texts.auc, texts.by_luck
        ));
    }
    if let Some(terms) = terms {
        for (name, shifts) in [("rising words", &terms.rising), ("falling words", &terms.falling)] {
            let sure = shifts.iter().filter(|shift| shift.p_value <= watch::drift::ALARM_LEVEL);
            let words: Vec<&str> = sure.map(|shift| shift.term.as_str()).collect();
            if !words.is_empty() {
                out.push_str(&format!("{name}: {}\n", words.join(", ")));
            }
        }
    }
    if let Some(found) = &report.estimate {
        let (low, high) = (found.interval.low, found.interval.high);
        out.push_str(&format!("macro F1 to be expected: {:.3} ({low:.3} to {high:.3})\n", found.f1_macro));
    }
    if let Some(realised) = report.realised_f1_macro {
        out.push_str(&format!("macro F1 by the labels: {realised:.3}\n"));
    }
    out
}
