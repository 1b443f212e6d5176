//! The project file: what a training leaves, what the next one adds, what predicting finds.

use serde_json::Value;
use storage::{Batch, Order, ProjectFileStore, Query, Store as _};
use track::id::Millis;
use track::record::{Collection, Record};
use track::registry::{CHAMPION, Registry, RegistryChange, Stage};
use track::run::{ParamValue, RunKind, RunState};

use crate::run::{Terminal, sample, timeless};

fn studies(terminal: &Terminal) -> Vec<RunState> {
    pollster::block_on(async {
        let store = ProjectFileStore::open(terminal.path("project.reviewlab")).await.unwrap();
        let runs = store.list(&Query::RunsOfKind(RunKind::Study), Order::Ascending, 100).await.unwrap();
        let state = |record: &Record| match record {
            Record::Run(run) => run.state.clone(),
            other => panic!("{other:?} is no run"),
        };
        runs.iter().map(state).collect()
    })
}

#[test]
fn a_second_training_adds_to_the_project() {
    let terminal = Terminal::new();
    terminal.summary(&["--trials", "2", "--models", "nb"]);
    terminal.summary(&["--trials", "2", "--models", "lr"]);
    assert_eq!(studies(&terminal), [RunState::Finished, RunState::Finished]);
    let n_experiments = pollster::block_on(async {
        let store = ProjectFileStore::open(terminal.path("project.reviewlab")).await.unwrap();
        store.count(&Query::All(Collection::Experiments)).await.unwrap()
    });
    assert_eq!(n_experiments, 1, "both belong to the experiment named after the file");
}

#[test]
fn a_study_goes_on_to_more_trials_as_if_it_had_been_asked_for_them() {
    let (whole, parted) = (Terminal::new(), Terminal::new());
    let expected = timeless(whole.summary(&["--trials", "14", "--models", "nb,lr"]));
    parted.summary(&["--trials", "5", "--models", "nb,lr"]);
    let found = timeless(parted.summary(&["--resume", "project.reviewlab", "--trials", "14"]));
    assert_eq!(found["models"], expected["models"]);
    assert_eq!(studies(&parted), [RunState::Finished]);
    let other = parted.file("other.csv", "Review text,Rating\ngood one,5\nbad one,1\n");
    let said = parted.run(&["train", other.to_str().unwrap(), "--resume", "project.reviewlab"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("The file is another than study"), "{}", said.err);
}

#[test]
fn a_study_that_is_not_the_last_goes_on_by_its_name() {
    let terminal = Terminal::new();
    terminal.summary(&["--trials", "2", "--models", "nb"]);
    let names = || {
        pollster::block_on(async {
            let store = ProjectFileStore::open(terminal.path("project.reviewlab")).await.unwrap();
            let studies = store.list(&Query::RunsOfKind(RunKind::Study), Order::Ascending, 9).await.unwrap();
            let name = |record: Record| match record {
                Record::Run(run) => (run.name, run.params.get("n_trials").cloned()),
                _ => unreachable!("runs were asked for"),
            };
            studies.into_iter().map(name).collect::<Vec<_>>()
        })
    };
    let (first, _) = names().remove(0);
    terminal.summary(&["--trials", "2", "--models", "lr"]);
    terminal.summary(&["--resume", "project.reviewlab", "--study", &first, "--trials", "4"]);
    let n_trials: Vec<_> = names().into_iter().map(|(_, n_trials)| n_trials).collect();
    assert_eq!(n_trials, [Some(ParamValue::Int(4)), Some(ParamValue::Int(2))]);
    let reviews = sample();
    let reviews = reviews.to_str().unwrap();
    let said =
        terminal.run(&["train", reviews, "--resume", "project.reviewlab", "--study", "no-such-study-1"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("no study 'no-such-study-1': its newest are"), "{}", said.err);
    let said = terminal.run(&["train", reviews, "--study", &first]);
    assert!(said.err.contains("give that by --resume PROJECT"), "{}", said.err);
}

#[test]
fn predicting_tells_praise_from_blame() {
    let terminal = Terminal::new();
    terminal.summary(&["--trials", "3"]);
    let texts = [
        "waste of money, broke in two days, never buying again",
        "very good quality, not bad at all, loved it",
    ];
    let words = [&["predict", "--model", "project.reviewlab", "--json"], texts.as_slice()].concat();
    let answers: Value = serde_json::from_str(&terminal.must(&words).out).unwrap();
    assert_eq!([&answers[0]["label"], &answers[1]["label"]], ["negative", "positive"]);
    for answer in answers.as_array().unwrap() {
        let sum: f64 = answer["probabilities"].as_object().unwrap().values().filter_map(Value::as_f64).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{answer}");
        assert!(!answer["words"].as_array().unwrap().is_empty());
    }
    terminal.file("texts.txt", texts.join("\n\n"));
    let from_file =
        terminal.must(&["predict", "--model", "project.reviewlab", "--json", "--file", "texts.txt"]);
    assert_eq!(serde_json::from_str::<Value>(&from_file.out).unwrap(), answers);
    let lines = terminal.must(&["predict", "--model", "project.reviewlab", "--file", "texts.txt"]).out;
    assert!(lines.starts_with("negative "), "{lines}");
    assert_eq!(lines.lines().count(), 2);
}

#[cfg(unix)]
#[test]
fn an_interruption_keeps_what_finished() {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::{Command, Stdio};

    let terminal = Terminal::new();
    let sample = sample();
    let words = ["train", sample.to_str().unwrap(), "--trials", "100000", "--models", "lr"];
    let mut training =
        terminal.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(training.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    assert!(first.contains("rows used"), "{first}");
    let killed = Command::new("kill").args(["-INT", &training.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let mut err = String::new();
    training.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert!(err.contains("stopped after"), "{err}");
    assert_eq!(training.wait().unwrap().code(), Some(0));
    assert_eq!(studies(&terminal), [RunState::Killed]);
}

#[test]
fn runs_are_found_by_a_filter_and_in_an_order() {
    let terminal = Terminal::new();
    terminal.summary(&["--trials", "3", "--models", "nb,lr"]);
    let listed = |words: &[&str]| {
        let words = [&["runs", "project.reviewlab"], words].concat();
        terminal.must(&words).out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(listed(&[]).len(), 1 + 6 + 2 + 1, "a head, trials, fits and the study");
    let trials = listed(&[
        "--filter",
        "kind = trial AND params.model = 'MultinomialNB'",
        "--order-by",
        "cv_f1_macro DESC",
    ]);
    let scores: Vec<f64> =
        trials[1..].iter().map(|line| line.split_whitespace().last().unwrap().parse().unwrap()).collect();
    assert_eq!(scores.len(), 3);
    assert!(scores.is_sorted_by(|a, b| a >= b), "{trials:?}");
    let words = ["runs", "project.reviewlab", "--filter", "kind = study", "--json", "--max", "1"];
    let json: Value = serde_json::from_str(&terminal.must(&words).out).unwrap();
    assert_eq!((json.as_array().unwrap().len(), &json[0]["kind"]), (1, &Value::from("study")));
    let said = terminal.run(&["runs", "project.reviewlab", "--filter", "metrics.f1 > 'high'"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("metrics.f1 is a number") && said.err.contains("^^^^^^"), "{}", said.err);
}

/// Registers the two fits of a training as versions 1 and 2 of `shop`, and makes version 1 the champion.
fn register_two(terminal: &Terminal) {
    pollster::block_on(async {
        let store = ProjectFileStore::open(terminal.path("project.reviewlab")).await.unwrap();
        let fits = store.list(&Query::RunsOfKind(RunKind::Fit), Order::Ascending, 100).await.unwrap();
        let mut registry = Registry::default();
        let mut records = Vec::new();
        let mut write = |registry: &mut Registry, change: RegistryChange| {
            let event = registry.event(change, ("me", "a try"), Millis(1), [0; 10]).unwrap();
            registry.apply(&event);
            records.push(Record::Registry(event));
        };
        for fit in fits {
            let Record::Run(fit) = fit else { panic!("a run") };
            let change = registry.register("shop", fit.id, fit.artifacts[0].sha256).unwrap();
            write(&mut registry, change);
        }
        let crowned = registry.set_alias("shop", CHAMPION, 1).unwrap();
        write(&mut registry, crowned);
        let staged = registry.set_stage("shop", 2, Stage::Staging, true).unwrap();
        write(&mut registry, staged);
        store.write(Batch { records, blobs: Vec::new() }).await.unwrap();
        store.save(Millis(2)).await.unwrap();
    });
}

#[test]
fn registered_models_are_listed_and_answer_by_their_addresses() {
    let terminal = Terminal::new();
    terminal.summary(&["--trials", "2", "--models", "lr,nb"]);
    assert_eq!(terminal.must(&["models", "project.reviewlab"]).out, "No model is registered.\n");
    register_two(&terminal);
    let listed = terminal.must(&["models", "project.reviewlab"]).out;
    let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0][..4], ["address", "aliases", "stage", "model"]);
    assert_eq!(lines[1][..4], ["models:/shop/2", "-", "Staging", "MultinomialNB"]);
    assert_eq!(lines[2][..4], ["models:/shop/1", "champion", "None", "LogisticRegression"]);
    let json = terminal.must(&["models", "project.reviewlab", "--json"]).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[1]["aliases"], serde_json::json!(["champion"]));
    assert!(json[0]["metrics"]["cv_f1_macro"].as_f64().is_some_and(|score| score > 0.5));
    let run = json[0]["run"].as_str().unwrap();
    let of_run = format!("runs:/{run}/model");
    for (model, expected) in [
        ("project.reviewlab", "model: shop version 1\n"),
        ("models:/shop@champion", "model: shop version 1\n"),
        ("models:/shop/2", "model: shop version 2\n"),
        ("models:/shop/staging", "model: shop version 2\n"),
        ("models:/shop/latest", "model: shop version 2\n"),
    ] {
        assert_eq!(terminal.must(&["predict", "--model", model, "very good"]).err, expected, "{model}");
    }
    let answers = |model: &str| terminal.must(&["predict", "--model", model, "--json", "very good"]).out;
    assert_eq!(answers(&of_run), answers("models:/shop/2"));
    assert_ne!(answers(&of_run), answers("models:/shop/1"));
    let said = terminal.run(&["predict", "--model", "models:/shop@best", "very good"]);
    assert_eq!(said.code, Some(1));
    let sentence = "reviewlab: project.reviewlab: no version of 'shop' has the alias best.\n";
    assert_eq!(said.err, sentence);
}

const SHOPS: &str = "id,comment,shop,stars\n1,\"waste of money, broke in two days\",a,1\n2,=very good quality and loved it,b,5\n\
                     3,,a,3\n4,worst product I ever bought,a,5\n";

#[test]
fn the_rows_of_a_file_come_out_with_their_answers() {
    let terminal = Terminal::new();
    terminal.summary(&["--trials", "2", "--models", "nb"]);
    terminal.file("shops.csv", SHOPS);
    let predict = |words: &[&str]| {
        let words = [&["predict", "shops.csv", "--model", "project.reviewlab"], words].concat();
        terminal.run(&words)
    };
    let said = predict(&["--out", "scored.csv", "--group-column", "shop", "--text", "comment"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.starts_with("3 rows answered\n"), "{}", said.out);
    assert!(said.out.contains("1 rows without a text went through unanswered"), "{}", said.out);
    let scored = std::fs::read_to_string(terminal.path("scored.csv")).unwrap();
    let lines: Vec<&str> = scored.lines().collect();
    assert_eq!(lines[0], "id,comment,shop,stars,predicted,probability,unsure,top_words");
    assert_eq!(lines.len(), 5);
    assert!(lines[1].starts_with("1,\"waste of money, broke in two days\",a,1,negative,0."), "{}", lines[1]);
    assert!(lines[2].starts_with("2,'=very good quality and loved it,b,5,positive,0."), "{}", lines[2]);
    assert_eq!(lines[3], "3,,a,3,,,,");
    let said = predict(&["--out", "scored.jsonl", "--text", "comment", "--json"]);
    let tally: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&tally["n_rows"], &tally["n_without_text"]), (&Value::from(3), &Value::from(1)));
    assert!(tally["metrics"]["confusion"].is_array(), "stars are labels: {tally}");
    let scored = std::fs::read_to_string(terminal.path("scored.jsonl")).unwrap();
    let rows: Vec<Value> = scored.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&rows[1]["comment"], &rows[1]["predicted"]),
        (&"=very good quality and loved it".into(), &"positive".into())
    );
    assert!(rows[2]["predicted"].is_null() && rows[0]["top_words"][0]["term"].is_string());
    terminal.file("texts.csv", "comment\nwaste of money, it broke\nvery good quality and loved it\n");
    let words = ["predict", "texts.csv", "--model", "project.reviewlab", "--out", "texts-scored.csv"];
    terminal.must(&words);
    let scored = std::fs::read_to_string(terminal.path("texts-scored.csv")).unwrap();
    let starts = scored.lines().zip([
        "comment,predicted,",
        "\"waste of money, it broke\",negative,0.",
        "very good quality and loved it,positive,0.",
    ]);
    assert_eq!(scored.lines().count(), 3);
    starts.for_each(|(line, start)| assert!(line.starts_with(start), "{line}"));
    let said = predict(&["--out", "scored.csv", "--text", "remark"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("There is no column 'remark'"), "{}", said.err);
    assert!(!terminal.path("scored.csv.partial").exists());
}
