//! Models for other tools.

use serde_json::Value;

use crate::run::Terminal;

#[test]
fn a_model_is_written_as_a_folder_that_mlflow_loads_and_none_is_overwritten() {
    let terminal = Terminal::new();
    terminal.summary(&["--models", "lr", "--trials", "1", "--out", "p.reviewlab"]);
    let words = ["export", "--format", "mlflow", "--model", "p.reviewlab", "--out", "model"];
    let said = terminal.must(&words).out;
    assert!(said.contains("mlflow.pyfunc.load_model(\"model\")"), "{said}");
    let read = |path: &str| std::fs::read_to_string(terminal.path("model").join(path)).expect(path);
    let card = read("MODEL_CARD.md");
    assert!(card.contains("| macro F1 | 0.") && card.contains("Kinds of reviews, the worst first"), "{card}");
    assert!(read("MLmodel").contains("loader_module: review_model"));
    assert!(read("requirements.txt").starts_with("mlflow==") && read("conda.yaml").contains("- pip:"));
    let weights: Value = serde_json::from_str(&read("data/model.json")).unwrap();
    let n_terms = weights["vectorizer"]["terms"].as_array().unwrap().len();
    assert_eq!(weights["scorer"]["coef"][0].as_array().unwrap().len(), n_terms);
    assert!(read("code/review_model.py").contains("def _load_pyfunc(path):"));
    let again = terminal.run(&words);
    assert_eq!(again.code, Some(1));
    assert_eq!(again.err.trim_end(), "reviewlab: model is there already: give another place by --out.");
}

#[test]
fn a_model_is_written_as_onnx_with_what_prepares_texts_and_checks_it() {
    let terminal = Terminal::new();
    terminal.summary(&["--models", "svm", "--trials", "1", "--abstain", "0.1", "--out", "p.reviewlab"]);
    let said = terminal.must(&["export", "--format", "onnx", "--model", "p.reviewlab"]).out;
    assert!(said.contains("python onnx-model/predict.py --check"), "{said}");
    let read = |path: &str| std::fs::read(terminal.path("onnx-model").join(path)).expect(path);
    let model = read("model.onnx");
    for name in [b"StringSplit".as_slice(), b"TfIdfVectorizer", b"unsure"] {
        assert!(model.windows(name.len()).any(|bytes| bytes == name));
    }
    let golden: Value = serde_json::from_slice(&read("golden.json")).unwrap();
    assert_eq!(golden.as_array().map(Vec::len), Some(50));
    assert!(!String::from_utf8(read("text.json")).unwrap().contains("idf"));
}

#[test]
fn a_model_is_written_as_a_page_and_as_a_package_with_the_program_of_a_site() {
    let terminal = Terminal::new();
    terminal.summary(&["--models", "lr", "--trials", "1", "--out", "p.reviewlab"]);
    let export = |format: &str, more: &[&str]| {
        let words = ["export", "--format", format, "--model", "p.reviewlab"];
        terminal.run(&[&words[..], more].concat())
    };
    let refused = |format: &str, more: &[&str], expected: &str| {
        let said = export(format, more);
        assert!(said.code == Some(1) && said.err.contains(expected), "{more:?}: {}", said.err);
    };
    refused("html", &[], "--site is missing");
    refused("onnx", &["--site", "site"], "--site goes with --format html or npm");
    refused("html", &["--site", "site"], "index.html");
    let site = terminal.path("site");
    std::fs::create_dir(&site).unwrap();
    std::fs::write(site.join("index.html"), "<script type=\"module\" data-js=\"x.js\">").unwrap();
    refused("html", &["--site", "site"], "names no program that can run this model");
    let page = "<script data-predictor=\"/reviewlab/predictor-1.wasm\" data-js=\"x.js\">";
    std::fs::write(site.join("index.html"), page).unwrap();
    std::fs::write(site.join("predictor-1.wasm"), "no program").unwrap();
    refused("npm", &["--site", "site"], "is no WebAssembly");
    let program = b"\0asm\x01\0\0\0";
    std::fs::write(site.join("predictor-1.wasm"), program).unwrap();
    let made = export("html", &["--site", "site"]);
    assert!(made.out.contains("is in sentiment.html ("), "{}", made.out);
    let page = std::fs::read_to_string(terminal.path("sentiment.html")).unwrap();
    assert!(page.contains("Content-Security-Policy") && page.contains("id=\"model\""), "{}", &page[..400]);
    let made = export("npm", &["--site", "site"]);
    assert!(made.out.ends_with("node review-sentiment/check.mjs\n"), "{}", made.out);
    let package = terminal.path("review-sentiment");
    assert_eq!(std::fs::read(package.join("predictor.wasm")).unwrap(), program);
    assert!(package.join("element.js").exists() && package.join("MODEL_CARD.md").exists());
}

#[test]
fn a_deployment_is_written_as_a_project_of_prefects() {
    let terminal = Terminal::new();
    terminal.summary(&["--models", "nb", "--trials", "1", "--out", "p.reviewlab"]);
    let cron = ["--cron", "0 3 * * *", "--zone", "Europe/Berlin", "--project", "p.reviewlab"];
    terminal.must(&[&["flow", "deploy", "nightly", "--flow", "retrain"][..], &cron].concat());
    terminal.must(&[&["flow", "deploy", "watch", "--flow", "monitor"][..], &cron].concat());
    let said = terminal.must(&["export", "prefect", "nightly", "--project", "p.reviewlab"]).out;
    assert!(said.starts_with("nightly is in prefect-project (8 files)"), "{said}");
    let read = |name: &str| std::fs::read_to_string(terminal.path("prefect-project").join(name)).expect(name);
    assert!(read("prefect.yaml").contains("cron: \"0 3 * * *\"") && read("flow.py").contains("@flow"));
    let settings: Value = serde_json::from_str(&read("settings.json")).unwrap();
    assert_eq!(settings["tasks"].as_array().map(Vec::len), Some(9));
    for (name, expected) in
        [("watch", "it fits no model by given settings"), ("no", "There is no deployment no")]
    {
        let said = terminal.run(&["export", "prefect", name, "--project", "p.reviewlab", "--out", "other"]);
        assert_eq!(said.code, Some(1));
        assert!(said.err.contains(expected), "{}", said.err);
    }
    let said = terminal.run(&["export", "prefect", "--project", "p.reviewlab"]).err;
    assert!(said.contains("a deployment is missing"), "{said}");
}

#[test]
fn answers_to_formulas_are_a_table_that_no_spreadsheet_runs() {
    let terminal = Terminal::new();
    terminal.summary(&["--models", "lr", "--trials", "1", "--out", "p.reviewlab"]);
    let file = "=cmd,Review text,@note,number\n\
                =1+1,=HYPERLINK(\"x\"),+44 1,-2.5\n-x,@SUM(A1) good,-cmd|' /C calc'!A0,+7\nfine,good,\t=1,0\n";
    std::fs::write(terminal.path("hostile.csv"), file).unwrap();
    let words =
        ["predict", "hostile.csv", "--text", "Review text", "--out", "out.csv", "--model", "p.reviewlab"];
    terminal.must(&words);
    let out = std::fs::read_to_string(terminal.path("out.csv")).unwrap();
    let cells: Vec<&str> =
        out.lines().flat_map(|line| line.split(',')).map(|cell| cell.trim_matches('"')).collect();
    let is_formula =
        |cell: &&&str| cell.starts_with(['=', '+', '-', '@', '\t']) && cell.parse::<f64>().is_err();
    assert_eq!(cells.iter().filter(is_formula).count(), 0, "{out}");
    for kept in ["'=cmd", "'@note", "'=1+1", "'+44 1", "-2.5", "+7", "'\t=1"] {
        assert!(cells.contains(&kept), "{kept:?} in {out}");
    }
}

#[test]
fn what_has_no_twin_in_python_is_named() {
    let said = Terminal::new().run(&["export", "--format", "mlflow", "--model", "nothing.reviewlab"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("nothing.reviewlab"), "{}", said.err);
}

#[test]
fn a_study_leaves_as_a_journal_and_comes_back_once() {
    let terminal = Terminal::new();
    terminal.summary(&["--models", "lr,nb", "--trials", "4", "--out", "p.reviewlab"]);
    let said = terminal.must(&["export", "--format", "optuna", "--project", "p.reviewlab"]).out;
    assert!(said.starts_with("2 searches with 8 trials are in study.log"), "{said}");
    let take = ["import", "study.log", "--project", "q.reviewlab"];
    let said = terminal.must(&take).out;
    assert!(said.starts_with("1 studies with 8 trials were taken"), "{said}");
    assert!(terminal.must(&take).out.contains("Already here: "));
    let trials = |project: &str| -> Vec<Value> {
        let filter = ["runs", project, "--json", "--filter", "kind = 'trial'"];
        serde_json::from_str(&terminal.must(&filter).out).unwrap()
    };
    let told = |run: &Value| [&run["id"], &run["params"], &run["metrics"], &run["state"]].map(Value::clone);
    let (here, there) = (trials("p.reviewlab"), trials("q.reviewlab"));
    assert_eq!(here.len(), 8);
    assert_eq!(here.iter().map(told).collect::<Vec<_>>(), there.iter().map(told).collect::<Vec<_>>());
}

#[test]
fn what_is_no_journal_or_does_not_say_what_it_is_changes_nothing() {
    let terminal = Terminal::new();
    std::fs::write(terminal.path("a.log"), "text,rating\nfine,5\n").unwrap();
    let said = terminal.run(&["import", "a.log", "--project", "q.reviewlab"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("a.log: line 1 is no line of an Optuna journal"), "{}", said.err);
    let study = "{\"op_code\":0,\"worker_id\":\"w\",\"study_name\":\"s\",\"directions\":[1]}\n";
    std::fs::write(terminal.path("b.log"), study).unwrap();
    let said = terminal.run(&["import", "b.log", "--project", "q.reviewlab"]).err;
    assert!(said.contains("does not say what it measures: say it with --metric"), "{said}");
    let said = terminal.run(&["import", "b.log", "--metric", "f1_macro", "--project", "q.reviewlab"]).err;
    assert!(said.contains("looks for small values, but macro F1 is better the other way"), "{said}");
    let said = terminal.run(&["import", "b.log", "--metric", "log_loss", "--project", "q.reviewlab"]).err;
    assert!(said.contains("say it with --as lr, nb, svm, cnb or rf"), "{said}");
    assert!(!terminal.path("q.reviewlab").exists());
}

#[test]
fn studies_runs_and_comparisons_are_reports_of_one_file() {
    let terminal = Terminal::new();
    terminal.summary(&["--models", "lr,nb", "--trials", "2", "--out", "p.reviewlab"]);
    let of = |kind: &str| -> Vec<Value> {
        let filter = format!("kind = '{kind}'");
        let words = ["runs", "p.reviewlab", "--json", "--filter", &filter];
        serde_json::from_str(&terminal.must(&words).out).unwrap()
    };
    let (studies, fits) = (of("study"), of("fit"));
    let text = |run: &Value, key: &str| run[key].as_str().unwrap().to_owned();
    let report = |addresses: &[&str], out: &str| {
        let words: Vec<&str> = ["report"]
            .iter()
            .chain(addresses)
            .chain(&["--project", "p.reviewlab", "--out", out])
            .copied()
            .collect();
        let said = terminal.must(&words).out;
        assert!(said.contains(out), "{said}");
        std::fs::read_to_string(terminal.path(out)).unwrap()
    };
    let study = report(&[&text(&studies[0], "name")], "study.html");
    assert!(study.contains("trial by trial</title>") && study.contains("Kinds of reviews, the worst first"));
    let fit = report(&[&text(&fits[0], "id")], "fit.html");
    assert!(fit.contains("Confusion matrix of the test part") && fit.contains("sample_reviews.csv"));
    let both = report(&[&text(&fits[0], "id"), &text(&fits[1], "id")], "both.html");
    assert!(both.contains("Two by two") && both.contains("Settings that differ"));
    for html in [study, fit, both] {
        assert!(html.starts_with("<!doctype html>") && !html.contains("<script") && !html.contains(" src="));
    }
    let again = terminal.run(&["report", "nobody", "--project", "p.reviewlab", "--out", "study.html"]);
    assert!(again.err.contains("study.html is there already"), "{}", again.err);
    let nobody = terminal.run(&["report", "nobody", "--project", "p.reviewlab", "--out", "new.html"]);
    assert!(nobody.err.contains("There is no run nobody in the project"), "{}", nobody.err);
}

#[test]
fn a_push_that_cannot_be_is_a_sentence() {
    let terminal = Terminal::new();
    terminal.summary(&["--models", "nb", "--trials", "1", "--out", "p.reviewlab"]);
    // Bound and let go: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = format!("http://127.0.0.1:{port}");
    for (words, expected) in [
        (&["push"][..], "--tracking-uri is missing"),
        (&["push", "--tracking-uri", "https://ml.example"], "speaks http alone"),
        (&["push", "--tracking-uri", &nobody, "--project", "none"], "none: "),
        (&["push", "--tracking-uri", &nobody, "--project", "p.reviewlab"], "cannot be reached"),
    ] {
        let said = terminal.run(words);
        assert!(said.code == Some(1) && said.err.contains(expected), "{words:?}: {}", said.err);
        assert_eq!(said.err.trim_end().lines().count(), 1);
    }
}
