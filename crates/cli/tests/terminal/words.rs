//! What the program says about itself, and its summary for people.

use expect_test::expect;

use crate::run::{Terminal, sample};

#[test]
#[allow(clippy::too_many_lines, reason = "the whole help is one text")]
fn help_lists_every_option() {
    let help = Terminal::new().must(&["--help"]).out;
    expect![[r#"
        reviewlab: review sentiment, trained and served on this machine

          reviewlab train FILE... [OPTIONS]
          reviewlab audit FILE... [OPTIONS]
          reviewlab predict --model MODEL [--project PROJECT] [TEXT... | --file FILE] [--json]
          reviewlab predict FILE... --out OUT --model MODEL [--project PROJECT] [OPTIONS] [--json]
          reviewlab drift --model MODEL [--project PROJECT] --reference OLD NEW [--html FILE] [--profile FILE] [--json]
          reviewlab compare --on FILE [--project PROJECT] MODEL MODEL... [--margin M] [--seed N] [--json]
          reviewlab runs PROJECT [--filter FILTER] [--order-by KEYS] [--max N] [--json]
          reviewlab models PROJECT [--json]
          reviewlab report RUN... [--project PROJECT] [--out FILE]
          reviewlab export --format FORMAT --model MODEL [--project PROJECT] [--out FOLDER]
          reviewlab export --format optuna [--project PROJECT] [--study STUDY] [--out FILE]
          reviewlab export prefect DEPLOYMENT [--project PROJECT] [--out FOLDER]
          reviewlab export --format mlruns [--project PROJECT] [--out FOLDER]
          reviewlab push --tracking-uri URL [--project PROJECT]
          reviewlab import STUDY.log [--project PROJECT] [--metric NAME] [--as MODEL] [--json]
          reviewlab serve [--project PROJECT] [--listen ADDRESS] [--site DIR] [--token TOKEN] [--only-host NAME] [--flows] [--json]
          reviewlab health [--url URL] [--json]
          reviewlab flow run|serve|deploy|list|runs|events|logs|automate|automations|forget [NAME] [--project PROJECT] [OPTIONS]

        train reads reviews, finds the columns, tunes the models, prints a summary and writes a project file that the
        page opens, too (Settings, Project file). FILE is CSV, TSV or JSON lines, or those in a .gz or .zip; several files
        are appended by the names of their columns.

          --text COL          header of the column that holds the reviews
          --rating COL        header of the column that holds ratings or labels
          --title-column COL  header of a column that is joined before the reviews
          --date-column COL   header of the column that holds dates
          --group-column COL  header of a column whose reviews belong together (with --split grouped)
          --models LIST       lr, nb, svm, cnb, rf: which models to tune (default lr,nb,svm)
          --preset NAME       fast, balanced, thorough, reference or scheduled-job: 20, 200, 1000 or 20 trials a model,
                              or one setting
          --trials N          settings tried for each model (default the preset's, else 20)
          --minutes N         after so many minutes no trial is waited for
          --metric NAME       f1_macro, accuracy, balanced_accuracy, f1_weighted, mcc, roc_auc, average_precision,
                                log_loss or brier: what settings are compared by (default f1_macro)
          --pruner NAME       none, median, wilcoxon or halving: when a trial is given up (default none)
          --sampler NAME      tpe, tpe-independent, random, grid or quasi-random: how settings are drawn
          --split KIND        which reviews test and which fold holds which out (default stratified):
                                stratified  by chance, each class parted alike
                                repeated    the same, with the folds drawn several times
                                plain       by chance alone
                                grouped     equal cleaned texts, or those of one group, stay on one side
                                time        what came last tests
          --folds N           folds of the training part (default 5)
          --repeats N         how often the folds are drawn (default 1, with --split repeated 5)
          --calibrate HOW     probabilities learned from held-out scores: none, platt, isotonic (default none)
          --threshold GOAL    where two classes are parted, learned from held-out scores (default own):
                                own              the model's own cut
                                macro-f1         the highest macro F1
                                precision:P      as many of the second class as a precision of P allows;
                                precision:P:CLASS  the same for a class by its name
                                costs:A,B        least cost, where a review of the first class taken for the second
                                                 costs A, and the other way round B
          --abstain SHARE     leaves the most doubtful share of texts unanswered, such as 0.05
          --fix LIST          what an audit found, mended first: its names, such as boilerplate,same-text; with
                              ignore: before a name it is noted as seen and left as it is
          --seed N            same file, settings and seed: same numbers (default 42)
          --workers N         threads (default: one a processor)
          --resume PROJECT    goes on with that project's last study of the same file, stopped or done: with --trials to so
                              many trials, else as it was asked; the result is that of one study never stopped
          --study NAME        which of the project's studies --resume goes on with, by name or id (default its last)
          --out FILE          the project file; what it holds already stays (default project.reviewlab)
          --json              prints the summary as JSON instead of a table

        audit says what is wrong with a file: what was found, in how many rows, examples, what it does to the score,
        and what --fix would do about it. It takes the options of train that name columns and part rows, and --json.

        predict says what a model thinks of texts: those given, one a line of --file, or one a line of the standard input.

          --model MODEL       a project file, whose newest champion answers, else the version registered last, else the best
                              fit; or an address: models:/NAME/3, models:/NAME@champion, models:/NAME/Production,
                              models:/NAME/latest, runs:/ID/model
          --project PROJECT   the project file that an address is looked up in (default project.reviewlab)
          --file FILE         texts, one a line; - is the standard input
          --json              prints one JSON array

        With --out its words are files, read as train reads them: their rows come out with label, probability and the words that
        did most, as CSV, or as JSON lines where OUT ends in .jsonl. Where a column holds labels the answers are measured by them.

          --out OUT           the file that is written
          --text COL, --rating COL, --title-column COL, --group-column COL
                              columns that are not to be found out
          --json              prints what the answers add up to as JSON

        drift says whether new reviews are still of the kind that a model knows: each column, words and texts, tested with the
        others in mind, and how good the model's answers are likely to be without labels. It takes --model and --project as
        predict does. Columns are found by the names they had in training; labels are used where there are some. Drift that it
        finds is written into the project as an event, which automations listen to.

          --reference OLD     the file the model was trained on, of which the reviews that tested it count, or other reviews
                              that it never saw, or a profile that --profile wrote
          --html FILE         writes the report as one HTML file
          --profile FILE      writes what the reference looks like, in counts without any text, to be shared
          --json              prints the report as JSON

        compare asks two models or more, by their addresses, about the same labelled reviews: McNemar's exact test and a paired
        bootstrap of macro F1 for each pair, as many as there are in mind (Holm), and which are as good as equal. Of a file that
        one of them was trained on, only the reviews count that tested it.

          --on FILE           reviews with labels, in columns named as in training
          --margin M          differences in macro F1 up to M are none (default 0.01)
          --seed N            what the resamples derive from (default 42)
          --json              prints the comparison as JSON

        runs lists a project's studies, trials and fits, newest first.

          --filter FILTER     those it means: MLflow's filters, and OR, NOT, parentheses, IN, IS NULL, dates and words, such as
                              "metrics.test_f1 > 0.8 AND (params.model = LinearSVC OR created > now - 2d)"
          --order-by KEYS     another order, such as "metrics.test_f1 DESC, run_name"
          --max N             at most so many
          --json              prints their records as one JSON array

        models lists a project's registered models: every version with its aliases, stage and scores, newest first.

          --json              prints one JSON array

        serve answers requests until SIGTERM or Ctrl-C, and then those in flight: POST api/predict, GET api/models and
        api/openapi.json, GET health and metrics (Prometheus), and the page itself. The project file is followed: where it is
        replaced, the new models answer; where it cannot be read, the old ones do, and health says so.

          --project PROJECT   the project file (default project.reviewlab); one that is not there yet is waited for
          --listen ADDRESS    address and port (default 127.0.0.1:8000, which this machine alone can reach)
          --site DIR          the page, as `cargo xtask dist` writes it
          --token TOKEN       asked for by api and metrics, as "Authorization: Bearer TOKEN"; 16 characters or more
          --token-file FILE   the same from a file's first line, which the list of processes does not show
          --only-host NAME    answers to this name and those of this machine alone; may be given more than once
          --flows             also runs what is due in the project, as flow serve does; a run that the end cuts off goes on at
                              the next beginning
          --json              prints what happens as lines of JSON

        health asks a server whether a model answers: exit code 0 if so, else 1.

          --url URL           the server (default http://127.0.0.1:8000)
          --json              prints its answer

        flow runs the tasks from stored reviews to a model that answers, now or when they are due. What a run has finished is
        on disk; a run that was cut off goes on from there when flow is next run, and no task is done twice.

          flow run NAME       runs a deployment or a flow now; ready-made: retrain (the scheduled job's setting on the newest
                              reviews), retune (a search), "score folder" (new files of a folder get results beside them,
                              NAME.scored.csv, and are held against what the model was tested on) and monitor (the same for
                              the newest reviews of the project)
          flow deploy NAME    keeps a flow with its schedule; once more changes it
          flow serve          runs what is due until Ctrl-C
          flow list           deployments with their next five times, and the latest runs
          flow runs           runs with state, time and reason, the latest first
          flow events         what happened: states, versions, metrics, drift, automations
          flow logs [RUN]     what a run said, the last one where none is named
          flow automate NAME  keeps an automation: when something happens, or does not, something is done while flow serve runs
          flow automations    lists them
          flow forget NAME    takes one out of use

          --project PROJECT   the project file with the reviews (default project.reviewlab)
          --flow NAME         which flow is deployed (default retrain)
          --dataset NAME      which reviews, the newest of that name (default: those used last)
          --model-name NAME   the registered model that is kept up to date (default reviews)
          --folder DIR        whose new CSV and TSV files "score folder" scores; nothing in it is written over
          --every TIME        runs are due so long after one another: 90s, 5m, 1h, 2d
          --cron EXPRESSION   runs are due at the times of a calendar, such as "0 9 * * mon-fri" or @hourly
          --zone NAME         whose clocks cron and days follow, such as Europe/Berlin (default: this machine's)
          --catch-up WHICH    of missed runs: latest (default), skip or all
          --at-a-time N       most runs of the deployment at a time (default 1)
          --overflow HOW      one more than that: queue (default) or cancel
          --for SECONDS       how long serve runs
          --max N, --state NAME, --level LEVEL
                              at most so many runs or events; runs in a state; lines of a level and above
          --when EVENT        what an automation acts on: state:Failed,Crashed@DEPLOYMENT, drift:MODEL, version:MODEL,
                              metric:f1_macro<0.8@MODEL; without @DEPLOYMENT and MODEL it is of any
          --unless EVENT      the same, where it acts because it did not happen --within a time
          --threshold N       how often it has to happen (default 1)
          --within TIME       within which time (default: whenever)
          --then ACTION       what is done, once or more: run:DEPLOYMENT, pause:DEPLOYMENT, alias:MODEL@ALIAS, notify:TEXT
          --workers N         threads (default: one a processor)
          --json              prints JSON

        report writes one HTML file that opens without anything else and prints well: of a study all its models and trials, of a
        fit its scores, slices and limits, of several runs what differs, and which is better by more than luck. RUN is a run's
        id or name, or an address as for predict.

          --project PROJECT   the project file (default project.reviewlab)
          --out FILE          the file that is made (default report.html)

        export writes a model as a folder, or studies as a file, that another tool loads, without a pickle. MODEL is as for predict.

          --format FORMAT     for which tool:
                                mlflow  mlflow.pyfunc.load_model("FOLDER") cleans, vectorises and predicts as predict does;
                                        mlflow.onnx.load_model("FOLDER") gives the ONNX model in it
                                onnx    model.onnx, from cleaned text to label and probabilities, by standard operators;
                                        the cleaning as Python, and answers that it is checked against
                                sklearn scikit-learn's Pipeline with what was learned, which predict.py answers by; train.py
                                        fits the same anew from the file and checks itself
                                html    one page that opens from a disk, answers and explains as you type, and scores a CSV
                                npm     a package with types, the web component review-sentiment, the model and a check
                                optuna  a journal file of the project's studies, each search a study of Optuna's
                                prefect a deployment as a Python project that Prefect 3 runs: `export prefect DEPLOYMENT`, with
                                        its tasks, schedules, and runs and versions in MLflow
                                mlruns  every run with its parameters, metrics, tags, notes, files and models as MLflow's file
                                        store, which mlflow migrate-filestore takes into a database
          --site DIR          the folder of a built site, whose small program goes with html and npm
          --out FOLDER        what is made (default mlflow-model, onnx-model, sklearn-model, sentiment.html, review-sentiment,
                              study.log, mlflow-runs or prefect-project)
          --study STUDY       one study, by its name or id, instead of all of the project

        push brings runs, models, versions and aliases to a running tracking server of MLflow's, each once: what is there stays, and
        what a push left half is begun anew. The environment's MLFLOW_TRACKING_TOKEN is sent as a bearer token.

          --tracking-uri URL  the server's address, such as http://127.0.0.1:5000
          --project PROJECT   the project file (default project.reviewlab)

        import takes the studies of Optuna's journal files into a project, with all that the page draws of them. The same study is
        taken once.

          --project PROJECT   the project file (default project.reviewlab)
          --metric NAME       what is measured, where the journal does not say so: as for train
          --as MODEL          lr, nb, svm, cnb or rf: which model is tuned, where the names of its parameters do not say so
          --json              prints what was taken as JSON

          -h, --help          this text
          -V, --version       the version

        Ctrl-C stops a training and keeps what finished. Exit code: 0 done, 1 the data or the arguments are wrong
        (one sentence says how), 2 an internal fault.
    "#]]
    .assert_eq(&help);
    for words in [["train", "--help"], ["predict", "-h"]] {
        assert_eq!(Terminal::new().must(&words).out, help);
    }
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(
        Terminal::new().must(&["--version"]).out,
        format!("reviewlab {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn wrong_arguments_end_with_code_one_and_one_line() {
    for words in [vec![], vec!["train"], vec!["train", "a.csv", "--trails", "1"], vec!["predict", "good"]] {
        let said = Terminal::new().run(&words);
        assert_eq!(
            (said.code, said.err.lines().count(), said.out.as_str()),
            (Some(1), 1, ""),
            "{}",
            said.err
        );
    }
}

#[test]
fn the_summary_says_scores_times_sizes_and_words() {
    let terminal = Terminal::new();
    let said = terminal.must(&["train", sample().to_str().unwrap(), "--trials", "3"]);
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].contains("of 3000 rows used: "), "{}", said.out);
    for (line, name) in lines[2..5].iter().zip(["LogisticRegression", "MultinomialNB", "LinearSVC"]) {
        assert!(line.starts_with(name) && line.contains(" ± ") && line.ends_with(" KB"), "{line}");
    }
    assert_eq!(lines.iter().filter(|line| line.starts_with("best: ")).count(), 1, "{}", said.out);
    assert_eq!(said.out.matches(" of 100 unhappy reviews.").count(), 3, "{}", said.out);
    assert_eq!(said.err, "", "no progress where nobody looks");
}
