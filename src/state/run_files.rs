//! The files of a run as texts: what MLflow would show beside it, made of its record. Pure.

use engine::num::ContentHash;
use export::{ExportFile, confusion_svg};
use track::run::{Artifact, Run, RunSpec};

use super::fit_report::{FitReport, PartReport};
use super::format;

/// A file of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes.
    pub n_bytes: u64,
    /// Hash of its bytes.
    pub sha256: ContentHash,
    /// What is in it.
    pub content: Content,
}

/// What is in a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A text that can be shown.
    Text(String),
    /// Bytes in the store.
    Stored(Artifact),
}

/// All files of a run; `of_model` are those made of its model, `report` is what its fit says, once that is known.
pub fn files_of(run: &Run, of_model: &[ExportFile], report: Option<&FitReport>) -> Vec<RunFile> {
    let mut files: Vec<RunFile> = run.artifacts.iter().map(stored).collect();
    let shown = |file: &ExportFile| Some(text(&file.path, file.media_type, file.text()?.to_owned()));
    files.extend(of_model.iter().filter_map(shown));
    if let Some(spec) = spec_of(run) {
        files.push(text("spec.json", "application/json", spec));
    }
    files.push(text("run.json", "application/json", pretty(&json::to_string(run))));
    if let Some(report) = report {
        files.extend(of_report(report));
    }
    files
}

/// The exact instructions, as JSON; none of a trial, whose study and settings say them.
pub fn spec_of(run: &Run) -> Option<String> {
    match run.spec.as_ref()? {
        RunSpec::Study(study) => Some(pretty(&json::to_string(study))),
        RunSpec::Pipeline(pipeline) => Some(pretty(&json::to_string(pipeline))),
    }
}

fn stored(artifact: &Artifact) -> RunFile {
    RunFile {
        name: artifact.name.clone(),
        media_type: artifact.media_type.clone(),
        n_bytes: artifact.bytes,
        sha256: artifact.sha256,
        content: Content::Stored(artifact.clone()),
    }
}

fn text(name: &str, media_type: &str, content: String) -> RunFile {
    RunFile {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        n_bytes: content.len() as u64,
        sha256: ContentHash::of(content.as_bytes()),
        content: Content::Text(content),
    }
}

fn of_report(report: &FitReport) -> Vec<RunFile> {
    let mut files: Vec<RunFile> =
        report.parts.iter().flat_map(|part| of_part(&report.classes, part)).collect();
    if let Some(terms) = &report.terms {
        let lines = report.classes.iter().zip(terms).flat_map(|(class, terms)| {
            terms.iter().map(|(term, weight)| vec![class.clone(), term.clone(), weight.to_string()])
        });
        let head = ["class", "term", "weight"].map(str::to_owned).to_vec();
        let lines: Vec<Vec<String>> = std::iter::once(head).chain(lines).collect();
        files.push(text("strongest_terms.csv", "text/csv", format::csv(lines.iter().map(Vec::as_slice))));
    }
    files
}

/// What is said of some rows.
fn of_part(names: &[String], report: &PartReport) -> Vec<RunFile> {
    let name = |name: &str| format!("{}{name}", report.part.file_prefix());
    let classes: Vec<String> = names.iter().map(json::to_string).collect();
    let rows: Vec<String> = report
        .confusion
        .iter()
        .map(|row| format!("    [{}]", row.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")))
        .collect();
    let confusion = format!(
        "{{\n  \"classes\": [{}],\n  \"true_by_predicted\": [\n{}\n  ]\n}}\n",
        classes.join(", "),
        rows.join(",\n")
    );
    let mut files = vec![
        text(&name("confusion_matrix.json"), "application/json", confusion),
        text(&name("confusion_matrix.svg"), "image/svg+xml", confusion_svg(names, &report.confusion)),
    ];
    let curve = |heads: [&str; 3],
                 of: fn(
        &(String, super::fit_report::Curve, super::fit_report::Curve),
    ) -> &super::fit_report::Curve| {
        let head = heads.map(str::to_owned).to_vec();
        let points = report.curves.iter().flat_map(|curve| {
            of(curve).iter().map(|(x, y)| vec![curve.0.clone(), x.to_string(), y.to_string()])
        });
        let lines: Vec<Vec<String>> = std::iter::once(head).chain(points).collect();
        format::csv(lines.iter().map(Vec::as_slice))
    };
    let roc = curve(["class", "false_positive_rate", "true_positive_rate"], |curve| &curve.1);
    files.push(text(&name("roc_curve.csv"), "text/csv", roc));
    let precision = curve(["class", "recall", "precision"], |curve| &curve.2);
    files.push(text(&name("precision_recall_curve.csv"), "text/csv", precision));
    files
}

/// Compact JSON with a line for each value.
pub fn pretty(compact: &str) -> String {
    let mut out = String::with_capacity(compact.len() * 2);
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut is_escaped = false;
    let mut characters = compact.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(c) = characters.next() {
        if in_text {
            out.push(c);
            in_text = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                in_text = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                if characters.peek().is_some_and(|next| matches!(next, '}' | ']')) {
                    out.extend(characters.next());
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c => out.push(c),
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::super::fit_report::Part;
    use super::*;

    #[test]
    fn json_has_a_line_for_each_value() {
        for (compact, expected) in [
            (r#"{"a":1,"b":[],"c":{}}"#, "{\n  \"a\": 1,\n  \"b\": [],\n  \"c\": {}\n}\n"),
            (r#"["a,{\"b\":1}",2]"#, "[\n  \"a,{\\\"b\\\":1}\",\n  2\n]\n"),
            (r#""\\""#, "\"\\\\\"\n"),
        ] {
            assert_eq!(pretty(compact), expected);
        }
    }

    #[test]
    fn what_a_fit_says_is_in_files() {
        let report = FitReport {
            classes: vec!["bad".into(), "go\"od".into()],
            parts: [Part::HeldOut, Part::Test]
                .map(|part| PartReport {
                    part,
                    n_rows: 10,
                    confusion: vec![vec![4, 1], vec![2, 3]],
                    curves: vec![("go\"od".into(), vec![(0.0, 0.0), (1.0, 1.0)], vec![(1.0, 0.5)])],
                })
                .to_vec(),
            terms: Some(vec![vec![("broken".into(), 1.5)], Vec::new()]),
        };
        let files = of_report(&report);
        let of = |name: &str| match files.iter().find(|file| file.name == name).map(|file| &file.content) {
            Some(Content::Text(text)) => text.clone(),
            other => panic!("{name}: {other:?}"),
        };
        let confusion = of("confusion_matrix.json");
        assert!(confusion.contains("[\"bad\", \"go\\\"od\"]") && confusion.contains("[4, 1],\n    [2, 3]"));
        assert!(of("confusion_matrix.svg").contains(">go&quot;od</text>"));
        assert_eq!(of("test_confusion_matrix.json"), confusion);
        assert!(of("test_precision_recall_curve.csv").ends_with("1,0.5\r\n"));
        assert!(of("roc_curve.csv").starts_with("class,false_positive_rate,true_positive_rate\r\n"));
        assert_eq!(of("strongest_terms.csv"), "class,term,weight\r\nbad,broken,1.5\r\n");
    }
}
