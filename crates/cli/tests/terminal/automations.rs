//! Automations, events, runs and logs in the terminal.

use crate::run::Terminal;

fn project() -> Terminal {
    let terminal = Terminal::new();
    terminal.summary(&["--trials", "1", "--models", "nb"]);
    terminal
}

#[test]
fn what_happened_while_nothing_served_is_heard_once() {
    let terminal = project();
    let said = terminal.must(&["flow", "deploy", "again", "--flow", "monitor"]);
    assert!(said.out.starts_with("again: flow monitor, run when it is asked for"), "{}", said.out);
    let line = ["flow", "automate", "tell", "--when", "version:reviews", "--then", "notify:a version came"];
    let said =
        terminal.must(&[&line[..], &["--then", "run:again", "--then", "alias:reviews@newest"]].concat());
    let expected = "tell: when a version of reviews is registered: say \"a version came\", run again, let newest of reviews be the newest version\n";
    assert_eq!(said.out, expected);
    assert_eq!(terminal.must(&["flow", "automations"]).out, expected);
    // Nobody listens while this is run.
    terminal.must(&["flow", "run", "retrain"]);
    let said = terminal.must(&["flow", "serve", "--for", "1"]);
    assert!(
        said.err.contains("tell: a version came") && said.out.contains("check drift"),
        "{}{}",
        said.out,
        said.err
    );
    let runs = terminal.must(&["flow", "runs"]).out;
    assert_eq!(runs.lines().count(), 2, "{runs}");
    let events = terminal.must(&["flow", "events"]).out;
    for name in ["automation.fired", "model-version.registered", "flow-run.Completed", "metric.measured"] {
        assert!(events.contains(name), "{name} in {events}");
    }
    // A second serving has heard it already.
    let said = terminal.must(&["flow", "serve", "--for", "1"]);
    assert!(!said.err.contains("a version came"), "{}", said.err);
    let logs = terminal.must(&["flow", "logs"]).out;
    assert!(logs.contains("check drift") && logs.contains("The run is Completed."), "{logs}");
    assert!(!terminal.must(&["flow", "logs", "--level", "error"]).out.contains("INFO"));
    assert_eq!(terminal.must(&["flow", "forget", "tell"]).out, "tell is forgotten.\n");
    assert_eq!(terminal.must(&["flow", "automations"]).out, "");
}

#[test]
fn what_cannot_be_automated_is_said() {
    let terminal = project();
    let refused = |line: &[&str]| {
        let said = terminal.run(line);
        assert_eq!(said.code, Some(1));
        said.err
    };
    let base = ["flow", "automate", "a", "--when", "state:failed"];
    let said = refused(&[&base[..], &["--then", "run:nothing"]].concat());
    assert!(said.contains("There is no deployment 'nothing'"), "{said}");
    terminal.must(&["flow", "deploy", "d"]);
    let said = refused(&[&base[..], &["--then", "run:d"]].concat());
    assert!(said.contains("it runs the deployment whose runs it listens to"), "{said}");
    let said = refused(&[
        "flow",
        "automate",
        "a",
        "--unless",
        "state:completed@d",
        "--within",
        "10",
        "--then",
        "notify:x",
    ]);
    assert!(said.contains("'within' is 60 to"), "{said}");
    assert!(refused(&["flow", "forget", "a"]).contains("There is no automation 'a'."));
    assert!(refused(&["flow", "logs", "no-such-run"]).contains("There is no flow run 'no-such-run'"));
}

#[test]
fn drift_that_is_found_by_hand_is_heard() {
    let terminal = project();
    terminal.must(&["flow", "run", "retrain"]);
    let line =
        ["flow", "automate", "alarm", "--when", "drift:reviews", "--then", "notify:other reviews came"];
    terminal.must(&line);
    let rows = |begin: &str, n_rows: usize| {
        let row = |row: usize| format!("{begin} number {row},{}\n", 1 + 4 * (row % 2));
        "Review text,Rating\n".to_owned() + &(0..n_rows).map(row).collect::<String>()
    };
    let known = terminal.file("known.csv", rows("great and easy to use", 400));
    let same = terminal.file("same.csv", rows("great and easy to use", 300));
    let other =
        terminal.file("other.csv", rows("zorp blick quux and then forty words of something else", 300));
    let base = ["drift", "--model", "project.reviewlab", "--reference", known.to_str().unwrap()];
    let drift = |batch: &std::path::Path| {
        terminal.must(&[&base[..], &[batch.to_str().unwrap(), "--json"]].concat());
        let events = terminal.must(&["flow", "events"]).out;
        events.lines().filter(|line| line.contains("drift.found")).count()
    };
    assert_eq!(drift(&same), 0, "nothing differs");
    assert_eq!(drift(&other), 1);
    let said = terminal.must(&["flow", "serve", "--for", "1"]);
    assert!(said.err.contains("alarm: other reviews came"), "{}", said.err);
    // A project that another program writes is left alone.
    let lock = std::fs::File::create(terminal.path("project.reviewlab.lock")).unwrap();
    lock.lock().unwrap();
    let said = terminal.must(&[&base[..], &[other.to_str().unwrap()]].concat());
    assert!(said.err.contains("its automations are not told of the drift"), "{}", said.err);
}
