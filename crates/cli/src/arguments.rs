//! Words of the command line in, a checked command out.
//! In: words. Out: `Command`. Never: a word ignored, or a number outside its bounds taken.

mod automation;
mod columns;
mod decision;
mod exporting;
mod fixes;
mod flow;
mod models;
mod reporting;
mod serve;
mod watching;

use engine::metrics::Metric;
use engine::models::ModelKind;
use engine::split::SplitSpec;
use engine::tune::{MAX_MINUTES, MAX_TRIALS, PrunerSpec, SamplerSpec, StudyPreset};
use lexopt::{Arg, Parser, ValueExt as _};
use std::ffi::OsString;
use std::path::PathBuf;

use crate::failure::Failure;

pub use automation::{ActionWords, AutomationWords, EventWords};
pub use columns::ColumnNames;
use columns::SplitWords;
pub use decision::DecisionWords;
pub use exporting::{ExportArguments, Exported, ImportArguments, ModelFormat, PushArguments};
use exporting::{parse_export, parse_import, parse_push};
use fixes::fix_words;
pub use fixes::{FixWord, shown};
use flow::parse_flow;
pub use flow::{FlowArguments, FlowAsked, FlowWords, ScheduleWords};
pub use models::{FileArguments, ModelsArguments, PredictArguments, Texts};
use models::{parse_models, parse_predict};
pub use reporting::ReportArguments;
use reporting::parse_report;
pub use serve::{HealthArguments, ServeArguments, checked_token};
use serve::{parse_health, parse_serve};
pub use watching::{CompareArguments, DriftArguments};
use watching::{parse_compare, parse_drift};

/// Most threads.
pub const MAX_WORKERS: usize = 256;
/// Values of each real range that a grid from the command line has.
const GRID_POINTS: u32 = 5;
/// Most runs listed.
const MAX_RUNS: usize = 1_000_000;
const DEFAULT_SEED: u64 = 42;
const DEFAULT_PROJECT: &str = "project.reviewlab";
const HELP: &str = include_str!("help.txt");

/// What is to be done.
#[derive(Debug, PartialEq)]
#[allow(clippy::large_enum_variant)]
pub enum Command {
    /// Print this.
    Say(String),
    /// Train models.
    Train(Box<TrainArguments>),
    /// Look for what is wrong with a file.
    Audit(AuditArguments),
    /// Predict.
    Predict(PredictArguments),
    /// Hold new reviews against those a model knows.
    Drift(DriftArguments),
    /// Compare models on the same reviews.
    Compare(CompareArguments),
    /// List runs.
    Runs(RunsArguments),
    /// List registered models.
    Models(ModelsArguments),
    /// Write a model or a study for another tool.
    Export(ExportArguments),
    /// Bring runs and models to a tracking server.
    Push(PushArguments),
    /// Write a report of runs.
    Report(ReportArguments),
    /// Take over another tool's studies.
    Import(ImportArguments),
    /// Answer requests.
    Serve(ServeArguments),
    /// Ask whether a server is ready.
    Health(HealthArguments),
    /// Run flows.
    Flow(FlowArguments),
}

/// How to train.
#[derive(Debug, PartialEq)]
pub struct TrainArguments {
    /// The files of reviews.
    pub files: Vec<PathBuf>,
    /// Columns that are not to be guessed.
    pub columns: ColumnNames,
    /// How rows are parted.
    pub split: SplitSpec,
    /// What is to be mended.
    pub fixes: Vec<FixWord>,
    /// How scores become answers.
    pub decision: DecisionWords,
    /// Models in the order they are searched.
    pub models: Vec<ModelKind>,
    /// A study with a name.
    pub preset: Option<StudyPreset>,
    /// Trials for each model, where not the preset's.
    pub n_trials: Option<u32>,
    /// Minutes after which no trial is waited for.
    pub minutes: Option<f64>,
    /// How settings are drawn, where not as the preset does.
    pub sampler: Option<SamplerSpec>,
    /// What settings are compared by.
    pub metric: Metric,
    /// What trials are pruned by.
    pub pruner: PrunerSpec,
    /// Everything random derives from it.
    pub seed: u64,
    /// Threads.
    pub n_workers: usize,
    /// The project file.
    pub out: PathBuf,
    /// The project whose study goes on.
    pub resume: Option<PathBuf>,
    /// Which of its studies, by name or id; else the last.
    pub study: Option<String>,
    /// Print JSON.
    pub json: bool,
}

/// What to audit.
#[derive(Debug, PartialEq)]
pub struct AuditArguments {
    /// The files of reviews.
    pub files: Vec<PathBuf>,
    /// Columns that are not to be guessed.
    pub columns: ColumnNames,
    /// How rows are parted.
    pub split: SplitSpec,
    /// Print JSON.
    pub json: bool,
}

/// Which runs to list.
#[derive(Debug, PartialEq)]
pub struct RunsArguments {
    /// The project file.
    pub model: PathBuf,
    /// Those that it means.
    pub filter: String,
    /// In this order.
    pub order: String,
    /// At most so many.
    pub max: usize,
    /// Print JSON.
    pub json: bool,
}

/// The command that `words` (without the program's name) ask for.
///
/// # Errors
/// At the first word that is not understood, with what is.
pub fn parse(words: impl Iterator<Item = OsString>) -> Result<Command, Failure> {
    let mut parser = Parser::from_args(words);
    let parsed = match parser.next() {
        Ok(Some(Arg::Value(command))) if command == "train" => parse_train(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "predict" => parse_predict(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "audit" => parse_audit(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "drift" => parse_drift(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "compare" => parse_compare(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "runs" => parse_runs(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "models" => parse_models(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "export" => parse_export(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "push" => parse_push(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "report" => parse_report(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "import" => parse_import(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "serve" => parse_serve(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "health" => parse_health(&mut parser),
        Ok(Some(Arg::Value(command))) if command == "flow" => parse_flow(&mut parser),
        Ok(Some(Arg::Long("help") | Arg::Short('h'))) => Ok(help()),
        Ok(Some(Arg::Long("version") | Arg::Short('V'))) => Ok(version()),
        Ok(Some(Arg::Value(command))) => {
            Err(format!("there is no command '{}'", command.to_string_lossy()).into())
        }
        Ok(Some(other)) => Err(other.unexpected()),
        Ok(None) => {
            let commands = "train, audit, predict, drift, compare, runs, models, report, export, import, serve, health or flow";
            Err(format!("a command is missing: {commands}").into())
        }
        Err(error) => Err(error),
    };
    parsed.map_err(|error| Failure::Wrong(format!("{error}; `reviewlab --help` lists what there is.")))
}

fn help() -> Command {
    Command::Say(HELP.to_owned())
}

fn version() -> Command {
    Command::Say(format!("reviewlab {}\n", env!("CARGO_PKG_VERSION")))
}

fn parse_train(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut arguments = TrainArguments {
        files: Vec::new(),
        columns: ColumnNames::default(),
        split: SplitSpec::reference(),
        fixes: Vec::new(),
        decision: DecisionWords::default(),
        models: ModelKind::ALL.to_vec(),
        preset: None,
        n_trials: None,
        minutes: None,
        sampler: None,
        metric: Metric::default(),
        pruner: PrunerSpec::None,
        seed: DEFAULT_SEED,
        n_workers: std::thread::available_parallelism().map_or(1, usize::from).min(MAX_WORKERS),
        out: DEFAULT_PROJECT.into(),
        resume: None,
        study: None,
        json: false,
    };
    let mut split = SplitWords::default();
    while let Some(option) = next_option(parser, &mut files)? {
        if arguments.columns.take(&option, parser)? || split.take(&option, parser)? {
            continue;
        }
        if arguments.decision.take(&option, parser)? {
            continue;
        }
        match option.as_str() {
            "fix" => arguments.fixes = fix_words(&parser.value()?.string()?)?,
            "models" => arguments.models = models(&parser.value()?.string()?)?,
            "trials" => {
                arguments.n_trials = Some(bounded(parser, "--trials", MAX_TRIALS as usize)? as u32);
            }
            "preset" => arguments.preset = Some(preset(&parser.value()?.string()?)?),
            "sampler" => arguments.sampler = Some(sampler(&parser.value()?.string()?)?),
            "metric" => arguments.metric = metric(&parser.value()?.string()?)?,
            "pruner" => arguments.pruner = pruner(&parser.value()?.string()?)?,
            "minutes" => arguments.minutes = Some(minutes(parser.value()?.parse()?)?),
            "seed" => arguments.seed = parser.value()?.parse()?,
            "workers" => arguments.n_workers = bounded(parser, "--workers", MAX_WORKERS)?,
            "out" => arguments.out = parser.value()?.into(),
            "resume" => arguments.resume = Some(parser.value()?.into()),
            "study" => arguments.study = Some(parser.value()?.string()?),
            "json" => arguments.json = true,
            "help" => return Ok(help()),
            _ => return Err(Arg::Long(&option).unexpected()),
        }
    }
    if arguments.study.is_some() && arguments.resume.is_none() {
        return Err("--study names a study of a project: give that by --resume PROJECT".into());
    }
    arguments.split = split.split(&arguments.columns)?;
    arguments.files = some(files, "a file is missing: reviewlab train FILE")?;
    Ok(Command::Train(Box::new(arguments)))
}

fn some(files: Vec<PathBuf>, missing: &'static str) -> Result<Vec<PathBuf>, lexopt::Error> {
    if files.is_empty() { Err(missing.into()) } else { Ok(files) }
}

/// The name of the next option, `-h` being `help`; words that belong to none are files.
fn next_option(parser: &mut Parser, files: &mut Vec<PathBuf>) -> Result<Option<String>, lexopt::Error> {
    while let Some(word) = parser.next()? {
        match word {
            Arg::Long(option) => return Ok(Some(option.to_owned())),
            Arg::Short('h') => return Ok(Some("help".to_owned())),
            Arg::Value(path) => files.push(path.into()),
            other => return Err(other.unexpected()),
        }
    }
    Ok(None)
}

fn parse_audit(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let mut files: Vec<PathBuf> = Vec::new();
    let (mut columns, mut split, mut json) = (ColumnNames::default(), SplitWords::default(), false);
    while let Some(option) = next_option(parser, &mut files)? {
        if columns.take(&option, parser)? || split.take(&option, parser)? {
            continue;
        }
        match option.as_str() {
            "json" => json = true,
            "help" => return Ok(help()),
            _ => return Err(Arg::Long(&option).unexpected()),
        }
    }
    let split = split.split(&columns)?;
    let files = some(files, "a file is missing: reviewlab audit FILE")?;
    Ok(Command::Audit(AuditArguments { files, columns, split, json }))
}

fn parse_runs(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let mut projects: Vec<PathBuf> = Vec::new();
    let mut arguments = RunsArguments {
        model: PathBuf::new(),
        filter: String::new(),
        order: String::new(),
        max: MAX_RUNS,
        json: false,
    };
    while let Some(option) = next_option(parser, &mut projects)? {
        match option.as_str() {
            "filter" => arguments.filter = parser.value()?.string()?,
            "order-by" => arguments.order = parser.value()?.string()?,
            "max" => arguments.max = bounded(parser, "--max", MAX_RUNS)?,
            "json" => arguments.json = true,
            "help" => return Ok(help()),
            _ => return Err(Arg::Long(&option).unexpected()),
        }
    }
    arguments.model = only(&projects, "a project file is missing: reviewlab runs PROJECT")?;
    Ok(Command::Runs(arguments))
}

fn only(projects: &[PathBuf], missing: &'static str) -> Result<PathBuf, lexopt::Error> {
    match projects {
        [project] => Ok(project.clone()),
        [] => Err(missing.into()),
        [_, second, ..] => Err(Arg::Value(second.clone().into()).unexpected()),
    }
}

fn bounded(parser: &mut Parser, name: &str, most: usize) -> Result<usize, lexopt::Error> {
    let number: usize = parser.value()?.parse()?;
    if number == 0 || number > most {
        return Err(format!("{name} {number} is not between 1 and {most}").into());
    }
    Ok(number)
}

/// Models by their short names, each once, in the order they are searched.
fn models(list: &str) -> Result<Vec<ModelKind>, lexopt::Error> {
    let mut found = Vec::new();
    for word in list.split(',') {
        found.push(match word.trim().to_lowercase().as_str() {
            "lr" => ModelKind::LogisticRegression,
            "nb" => ModelKind::MultinomialNb,
            "svm" => ModelKind::LinearSvc,
            "cnb" => ModelKind::ComplementNb,
            "rf" => ModelKind::RandomForest,
            _ => return Err(format!("--models knows lr, nb, svm, cnb and rf, not '{word}'").into()),
        });
    }
    Ok(ModelKind::EVERY.into_iter().filter(|kind| found.contains(kind)).collect())
}

/// A preset by its name, in small letters and with `-` for a space.
fn preset(word: &str) -> Result<StudyPreset, lexopt::Error> {
    let name = |preset: &StudyPreset| preset.name().to_lowercase().replace(' ', "-");
    StudyPreset::ALL.into_iter().find(|preset| name(preset) == word).ok_or_else(|| {
        let names: Vec<String> = StudyPreset::ALL.iter().map(name).collect();
        format!("--preset knows {}, not '{word}'", names.join(", ")).into()
    })
}

fn sampler(word: &str) -> Result<SamplerSpec, lexopt::Error> {
    Ok(match word {
        "tpe" => SamplerSpec::grouped(),
        "tpe-independent" => SamplerSpec::TpeIndependent { n_startup_trials: 10, n_ei_candidates: 24 },
        "random" => SamplerSpec::Random,
        "grid" => SamplerSpec::Grid { n_points: GRID_POINTS },
        "quasi-random" => SamplerSpec::QuasiRandom,
        _ => {
            let known = "tpe, tpe-independent, random, grid and quasi-random";
            return Err(format!("--sampler knows {known}, not '{word}'").into());
        }
    })
}

fn metric(word: &str) -> Result<Metric, lexopt::Error> {
    let found = Metric::ALL.into_iter().find(|metric| metric.as_str() == word);
    found.ok_or_else(|| {
        let known = Metric::ALL.map(Metric::as_str).join(", ");
        format!("--metric knows {known}, not '{word}'").into()
    })
}

fn pruner(word: &str) -> Result<PrunerSpec, lexopt::Error> {
    Ok(match word {
        "none" => PrunerSpec::None,
        "median" => PrunerSpec::median(),
        "wilcoxon" => PrunerSpec::wilcoxon(),
        "halving" => PrunerSpec::halving(),
        _ => return Err(format!("--pruner knows none, median, wilcoxon and halving, not '{word}'").into()),
    })
}

fn minutes(minutes: f64) -> Result<f64, lexopt::Error> {
    if minutes > 0.0 && minutes <= MAX_MINUTES {
        return Ok(minutes);
    }
    Err(format!("--minutes {minutes} is not above 0 and at most {MAX_MINUTES}").into())
}

#[cfg(test)]
mod tests {
    use engine::dataset::LabelId;
    use engine::pipeline::{AbstainRule, CalibrationMethod, ThresholdGoal};
    use engine::split::SplitKind;

    use super::*;

    fn parsed(line: &[&str]) -> Result<Command, String> {
        parse(line.iter().map(OsString::from)).map_err(|failure| match failure {
            Failure::Wrong(sentence) | Failure::Fault(sentence) => sentence,
        })
    }

    #[track_caller]
    fn check_wrong(line: &[&str], expected: &str) {
        let sentence = parsed(line).expect_err("the line is wrong");
        assert!(sentence.starts_with(expected), "{sentence}");
    }

    #[test]
    fn training_needs_a_file_and_has_defaults() {
        let Ok(Command::Train(arguments)) = parsed(&["train", "a.csv"]) else { panic!("it is a training") };
        assert_eq!((arguments.n_trials, arguments.seed, arguments.json), (None, 42, false));
        assert_eq!(arguments.models, ModelKind::ALL);
        assert_eq!(arguments.out, PathBuf::from("project.reviewlab"));
        check_wrong(&["train"], "a file is missing");
    }

    #[test]
    fn models_are_searched_in_one_order_however_they_are_listed() {
        let Ok(Command::Train(arguments)) = parsed(&["train", "--models", "svm,lr,svm", "a.csv"]) else {
            panic!("it is a training")
        };
        assert_eq!(arguments.models, [ModelKind::LogisticRegression, ModelKind::LinearSvc]);
    }

    #[track_caller]
    fn split_of(words: &[&str]) -> SplitSpec {
        let Ok(Command::Train(arguments)) = parsed(&[&["train", "a.csv"], words].concat()) else {
            panic!("it is a training")
        };
        arguments.split
    }

    #[test]
    fn rows_are_parted_as_the_words_say() {
        let reference = SplitSpec::reference();
        assert_eq!(split_of(&[]), reference);
        assert_eq!(split_of(&["--split", "repeated"]), SplitSpec { n_repeats: 5, ..reference.clone() });
        let twice = split_of(&["--repeats", "2", "--split", "grouped", "--folds", "3"]);
        assert_eq!((twice.kind, twice.n_repeats, twice.n_folds), (SplitKind::Grouped, 2, 3));
        assert_eq!(split_of(&["--split", "grouped", "--group-column", "who"]).kind, SplitKind::ByGroup);
        assert_eq!(split_of(&["--split", "time", "--date-column", "when"]).kind, SplitKind::ByTime);
        check_wrong(&["train", "a", "--split", "odd"], "--split knows stratified, repeated, plain, grouped");
        check_wrong(&["train", "a", "--split", "time", "--repeats", "2"], "folds by time come out the same");
        check_wrong(&["train", "a", "--folds", "1"], "1 folds were asked for: choose 2 to 20");
        check_wrong(&["train", "a", "--repeats", "21"], "--repeats 21 is not between 1 and 20");
        check_wrong(&["train", "a", "--group-column", "who"], "--group-column parts rows by it");
    }

    #[test]
    fn answers_are_made_as_the_words_say() {
        let line = [
            "train",
            "a.csv",
            "--calibrate",
            "isotonic",
            "--threshold",
            "precision:0.9:bad",
            "--abstain",
            "0.05",
        ];
        let Ok(Command::Train(arguments)) = parsed(&line) else { panic!("a training") };
        let spec =
            arguments.decision.for_classes(&["bad".into(), "good".into()]).expect("there is such a class");
        assert_eq!(spec.calibration, CalibrationMethod::Isotonic);
        assert_eq!(spec.threshold, ThresholdGoal::MinPrecision { class: LabelId(0), precision: 0.9 });
        assert_eq!(spec.abstain, AbstainRule::Share { share: 0.05 });
        let error = arguments
            .decision
            .for_classes(&["sad".into(), "happy".into()])
            .expect_err("there is no such class");
        assert_eq!(error, "--threshold names the class 'bad': the classes are 'sad', 'happy'.");
        let Ok(Command::Train(costly)) = parsed(&["train", "a", "--threshold", "costs:1,5"]) else {
            panic!("a training")
        };
        let costs = vec![vec![0.0, 1.0], vec![5.0, 0.0]];
        assert_eq!(costly.decision.spec.threshold, ThresholdGoal::Cost { costs });
        check_wrong(
            &["train", "a", "--calibrate", "sigmoid"],
            "--calibrate knows none, platt and isotonic, not",
        );
        check_wrong(&["train", "a", "--threshold", "0.5"], "--threshold knows own, macro-f1, precision:0.9");
        check_wrong(&["train", "a", "--threshold", "precision:2"], "a precision of 2 cannot be asked for");
        check_wrong(&["train", "a", "--threshold", "costs:1,-5"], "costs are a table of two rows");
        check_wrong(&["train", "a", "--abstain", "1"], "a share of 1 cannot be left unanswered");
    }

    #[test]
    fn wrong_words_are_named() {
        check_wrong(&[], "a command is missing");
        check_wrong(&["tarin"], "there is no command 'tarin'");
        check_wrong(&["runs", "a", "b"], "unexpected argument \"b\"");
        check_wrong(&["train", "a", "--trails", "3"], "invalid option '--trails'");
        check_wrong(&["train", "a", "--trials", "0"], "--trials 0 is not between 1 and");
        check_wrong(&["train", "a", "--workers", "300"], "--workers 300 is not between 1 and 256");
        check_wrong(&["train", "a", "--minutes", "0"], "--minutes 0 is not above 0 and at most 10080");
        check_wrong(
            &["train", "a", "--preset", "slow"],
            "--preset knows fast, balanced, thorough, reference, scheduled-job, not 'slow'",
        );
        check_wrong(
            &["train", "a", "--sampler", "cma"],
            "--sampler knows tpe, tpe-independent, random, grid",
        );
        check_wrong(
            &["train", "a", "--metric", "auc"],
            "--metric knows f1_macro, accuracy, balanced_accuracy, f1_weighted, mcc, roc_auc, average_precision, log_loss, brier, not 'auc'",
        );
        check_wrong(&["train", "a", "--seed", "x"], "cannot parse argument \"x\"");
        check_wrong(
            &["train", "a", "--models", "bert"],
            "--models knows lr, nb, svm, cnb and rf, not 'bert'",
        );
        check_wrong(&["predict", "text"], "--model is missing");
        check_wrong(&["predict", "--model", "models:/a", "text"], "'models:/a' is no address of a model");
        check_wrong(&["predict", "--model", "p", "--project", "q", "text"], "give --project with an address");
        check_wrong(&["models"], "a project file is missing: reviewlab models PROJECT");
        check_wrong(&["export", "--model", "p"], "--format is missing: mlflow");
        check_wrong(
            &["export", "--format", "pickle", "--model", "p"],
            "--format knows mlflow, onnx, sklearn, html, npm, optuna, mlruns, prefect, not 'pickle'",
        );
        check_wrong(&["predict", "--model", "p", "--file", "f", "text"], "give texts or --file, not both");
        check_wrong(&["serve", "p"], "unexpected argument \"p\"");
        check_wrong(
            &["serve", "--listen", "8000"],
            "--listen takes an address and a port, such as 127.0.0.1:8000, not '8000'",
        );
        check_wrong(
            &["serve", "--token", "short"],
            "a token has 16 to 512 letters, digits and signs, without spaces",
        );
        check_wrong(
            &["serve", "--token", "0123456789abcdef", "--token-file", "t"],
            "give --token or --token-file",
        );
        check_wrong(
            &["serve", "--only-host", "lab:8000"],
            "--only-host takes a name without a port, such as lab.example, not 'lab:8000'",
        );
        check_wrong(
            &["health", "--url", "https://a.b"],
            "--url takes an address such as http://127.0.0.1:8000",
        );
    }

    #[test]
    fn a_server_listens_on_loopback_unless_told_otherwise() {
        let Ok(Command::Serve(arguments)) = parsed(&["serve", "--project", "p"]) else { panic!("a server") };
        assert!(arguments.listen.ip().is_loopback());
        assert_eq!((arguments.listen.port(), arguments.project), (8000, PathBuf::from("p")));
        let Ok(Command::Serve(arguments)) = parsed(&["serve", "--listen", "[::]:80"]) else {
            panic!("a server")
        };
        assert_eq!(
            (arguments.listen.to_string().as_str(), arguments.project),
            ("[::]:80", DEFAULT_PROJECT.into())
        );
    }

    #[test]
    fn a_model_is_a_projects_or_has_an_address() {
        let meant = |line: &[&str]| match parsed(line) {
            Ok(Command::Predict(arguments)) => {
                (arguments.project, arguments.address.map(|address| address.to_string()))
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(meant(&["predict", "--model", "p", "a"]), ("p".into(), None));
        assert_eq!(meant(&["predict", "--project", "p", "a"]), ("p".into(), None));
        let champion = || Some("models:/shop@champion".to_owned());
        let line = ["predict", "--model", "models:/shop@champion", "a"];
        assert_eq!(meant(&line), (DEFAULT_PROJECT.into(), champion()));
        let line = ["predict", "--model", "models:/shop@champion", "--project", "p", "a"];
        assert_eq!(meant(&line), ("p".into(), champion()));
    }

    #[test]
    fn texts_come_from_one_place() {
        let texts = |line: &[&str]| match parsed(line) {
            Ok(Command::Predict(arguments)) => arguments.texts,
            other => panic!("{other:?}"),
        };
        assert_eq!(texts(&["predict", "--model", "p", "a", "b"]), Texts::Given(vec!["a".into(), "b".into()]));
        assert_eq!(texts(&["predict", "--model", "p", "--file", "f"]), Texts::File("f".into()));
        assert_eq!(texts(&["predict", "--model", "p", "--file", "-"]), Texts::StandardInput);
        assert_eq!(texts(&["predict", "--model", "p"]), Texts::StandardInput);
    }
}
