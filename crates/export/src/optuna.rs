//! Studies in, Optuna's journal file out, and back: a line of JSON an operation.

mod time;
mod write;
mod read;

use engine::tune::{Range, Value};

pub use read::{JournalError, MAX_JOURNAL_BYTES, read_journal};
pub use write::journal;

/// A study as Optuna knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OptunaStudy {
    /// Its name, unique in a journal.
    pub name: String,
    /// Whether less is better.
    pub is_minimised: bool,
    /// What the value is called, where it is called something.
    pub metric: Option<String>,
    /// What a person or program noted of it: name and JSON.
    pub attributes: Vec<(String, String)>,
    /// Its trials, by number.
    pub trials: Vec<OptunaTrial>,
}

/// A trial as Optuna knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OptunaTrial {
    /// How it stands.
    pub state: OptunaState,
    /// What came out.
    pub value: Option<f64>,
    /// When it began, in milliseconds since 1970.
    pub began_ms: Option<u64>,
    /// When it ended.
    pub ended_ms: Option<u64>,
    /// Names, what they may be and what they were.
    pub params: Vec<(String, Range, Value)>,
    /// Values on the way, by step.
    pub steps: Vec<(i64, f64)>,
    /// What was noted of it: name and JSON.
    pub attributes: Vec<(String, String)>,
}

/// How a trial stands, by Optuna's numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OptunaState {
    /// Under way, or left so.
    #[default]
    Running = 0,
    /// Done.
    Complete = 1,
    /// Given up for what it showed.
    Pruned = 2,
    /// It could not be evaluated.
    Failed = 3,
    /// Not begun.
    Waiting = 4,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn study() -> OptunaStudy {
        let word = |word: &str| Value::Text(word.to_owned());
        let params = vec![
            ("C".to_owned(), Range::Float { low: 0.01, high: 100.0, log: true }, Value::Float(1.3)),
            ("max_df".to_owned(), Range::FloatStep { low: 0.7, high: 0.95, step: 0.05 }, Value::Float(0.75)),
            ("min_df".to_owned(), Range::Int { low: 1, high: 9, step: 2 }, Value::Int(3)),
            ("max_features".to_owned(), Range::IntLog { low: 10, high: 1000 }, Value::Int(100)),
            ("solver".to_owned(), Range::words(&["liblinear", "lbf\"gs"]), word("lbf\"gs")),
        ];
        let trial = |state, value, attributes| OptunaTrial {
            state,
            value,
            began_ms: Some(1_790_000_000_123),
            ended_ms: Some(1_790_000_001_000),
            params: params.clone(),
            steps: vec![(0, 0.86), (1, 0.875)],
            attributes,
        };
        OptunaStudy {
            name: "calm-owl-7 LogisticRegression".to_owned(),
            is_minimised: false,
            metric: Some("f1_macro".to_owned()),
            attributes: vec![("dataset_sha256".to_owned(), "\"ab\"".to_owned())],
            trials: vec![
                trial(OptunaState::Complete, Some(0.8675), vec![("fit_time".to_owned(), "0.25".to_owned())]),
                trial(OptunaState::Pruned, None, Vec::new()),
                trial(OptunaState::Failed, None, Vec::new()),
            ],
        }
    }

    #[test]
    fn a_journal_reads_as_it_was_written() {
        let studies = [study(), OptunaStudy { name: "other".into(), is_minimised: true, ..study() }];
        let text = journal(&studies);
        assert!(text.lines().all(|line| json::Document::parse(line).is_ok()), "{text}");
        assert_eq!(read_journal(text.as_bytes()), Ok(studies.to_vec()));
    }

    #[test]
    fn a_distribution_stands_as_text_in_its_line() {
        let text = journal(&[study()]);
        let of_c = r#""C":"{\"name\":\"FloatDistribution\",\"attributes\":{\"step\":null,\"low\":0.01,\"high\":100.0,\"log\":true}}""#;
        assert!(text.contains(of_c), "{text}");
        assert!(text.contains(r#""solver":1"#), "a choice is told by its place");
        assert!(text.contains("\"datetime_start\":\"2026-09-21T14:13:20.123000+00:00\""), "{text}");
        assert!(!text.contains("\"value\":null"), "a trial without a value has none");
    }

    #[test]
    fn what_optuna_writes_bit_by_bit_is_read() {
        let text = concat!(
            r#"{"op_code":0,"worker_id":"w","study_name":"s","directions":[1]}"#,
            "\n",
            r#"{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":"2026-11-21T11:00:00.5+01:00"}"#,
            "\n",
            r#"{"op_code":5,"worker_id":"w","trial_id":0,"param_name":"alpha","param_value_internal":2,"distribution":"{\"name\":\"IntDistribution\",\"attributes\":{\"log\":false,\"step\":1,\"low\":1,\"high\":4}}"}"#,
            "\n",
            r#"{"op_code":7,"worker_id":"w","trial_id":0,"step":3,"intermediate_value":0.5}"#,
            "\n",
            r#"{"op_code":6,"worker_id":"w","trial_id":0,"state":1,"values":[0.25],"datetime_complete":"2026-11-21T10:00:01Z"}"#,
            "\n",
        );
        let studies = read_journal(text.as_bytes()).expect("it is a journal");
        let trial = &studies[0].trials[0];
        assert!(studies[0].is_minimised);
        assert_eq!(
            (trial.state, trial.value, &trial.steps[..]),
            (OptunaState::Complete, Some(0.25), &[(3, 0.5)][..])
        );
        assert_eq!(trial.ended_ms.zip(trial.began_ms).map(|(ended, began)| ended - began), Some(500));
        assert_eq!(trial.params[0].2, Value::Int(2));
    }

    #[test]
    fn what_is_no_journal_is_refused_by_line() {
        let refused = |text: &str| read_journal(text.as_bytes()).unwrap_err().to_string();
        assert!(refused("a,b\n1,2\n").starts_with("line 1 is no line of an Optuna journal"));
        assert!(refused("{\"op_code\":11}\n").contains("operation 11"));
        assert!(
            refused("{\"op_code\":7,\"trial_id\":4,\"step\":0,\"intermediate_value\":1}\n")
                .contains("line 1")
        );
        assert_eq!(refused(""), "there is no study in it");
        assert!(
            refused("{\"op_code\":0,\"study_name\":\"s\",\"directions\":[1,2]}\n").contains("2 objectives")
        );
    }
}
