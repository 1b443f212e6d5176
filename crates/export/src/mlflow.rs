//! A fitted pipeline in, the folder that `mlflow.pyfunc.load_model` loads out: weights as JSON, a module that predicts by
//! them, and what MLflow wants to know beside.

use engine::num::ContentHash;
use engine::pipeline::FittedPipeline;
use json::{FromJson, ToJson};

use crate::card::ModelCard;
use crate::date::utc;
use crate::file::ExportFile;
use crate::onnx::onnx_model;
use crate::python_model::{ExportError, REVIEW_ANSWER, REVIEW_TEXT, model_json, packages};

/// The MLflow whose files these are.
pub const MLFLOW_VERSION: &str = "3.17.2";
/// The Python that is asked for.
pub const PYTHON_VERSION: &str = "3.11.0";
/// What loads the model, in the folder `code`.
const LOADER: &str = include_str!("python/review_model.py");
const MODULE: &str = "review_model";
const YAML: &str = "application/yaml";
const JSON: &str = "application/json";
const PLAIN: &str = "text/plain";
/// The ONNX whose file format `model.onnx` has, for the flavour of that name.
const ONNX_VERSION: &str = "1.20.0";
/// Texts of the input example.
const EXAMPLES: [&str; 2] =
    ["Great sound, and it arrived early.", "Broken after a week: I want my money back."];
/// Characters of a model's id.
const UUID_CHARS: usize = 32;

/// What is known of a model beside what it learned.
#[derive(Clone, Debug, PartialEq, Eq, ToJson, FromJson)]
pub struct ModelFacts {
    /// Hash of its file.
    pub pipeline: ContentHash,
    /// The run that fitted it; empty where that is not known.
    pub run: String,
    /// When it was fitted, in milliseconds since 1970.
    pub made_ms: u64,
    /// Size of its file in bytes.
    pub n_bytes: u64,
}

/// Every file of the folder.
///
/// # Errors
/// Where Python would clean or cut texts otherwise.
pub fn model_folder(
    pipeline: &FittedPipeline,
    facts: &ModelFacts,
    card: &ModelCard,
) -> Result<Vec<ExportFile>, ExportError> {
    let weights = model_json(pipeline)?;
    let row = |text: &&str| format!("[{}]", json::to_string(&(*text).to_owned()));
    let texts: Vec<String> = EXAMPLES.iter().map(row).collect();
    let example = format!("{{\"columns\": [\"text\"], \"data\": [{}]}}", texts.join(", "));
    let mut files = about_model(pipeline, facts);
    files.extend([
        card.file(),
        ExportFile::new("data/model.json", JSON, weights),
        ExportFile::binary("data/model.onnx", onnx_model(pipeline)?),
        ExportFile::new(&format!("code/{MODULE}.py"), "text/x-python", LOADER.to_owned()),
        ExportFile::new("code/review_answer.py", "text/x-python", REVIEW_ANSWER.to_owned()),
        ExportFile::new("code/review_text.py", "text/x-python", REVIEW_TEXT.to_owned()),
        ExportFile::new("input_example.json", JSON, format!("{example}\n")),
        ExportFile::new("serving_input_example.json", JSON, format!("{{\"dataframe_split\": {example}}}\n")),
    ]);
    Ok(files)
}

/// The files of the folder that say what the model is and what it needs.
pub fn about_model(pipeline: &FittedPipeline, facts: &ModelFacts) -> Vec<ExportFile> {
    vec![
        ExportFile::new("MLmodel", YAML, ml_model(pipeline, facts)),
        ExportFile::new("conda.yaml", YAML, conda(pipeline)),
        ExportFile::new("python_env.yaml", YAML, python_env()),
        ExportFile::new("requirements.txt", PLAIN, requirements(pipeline).join("\n") + "\n"),
    ]
}

fn requirements(pipeline: &FittedPipeline) -> Vec<String> {
    let own = packages(&pipeline.cleaning).into_iter().map(str::to_owned);
    std::iter::once(format!("mlflow=={MLFLOW_VERSION}")).chain(own).collect()
}

fn ml_model(pipeline: &FittedPipeline, facts: &ModelFacts) -> String {
    let uuid: String = facts.pipeline.to_string().chars().take(UUID_CHARS).collect();
    let lines = [
        "flavors:".to_owned(),
        "  onnx:".to_owned(),
        "    code: null".to_owned(),
        "    data: data/model.onnx".to_owned(),
        format!("    onnx_version: {ONNX_VERSION}"),
        "    providers:".to_owned(),
        "    - CPUExecutionProvider".to_owned(),
        "  python_function:".to_owned(),
        "    code: code".to_owned(),
        "    data: data/model.json".to_owned(),
        "    env:".to_owned(),
        "      conda: conda.yaml".to_owned(),
        "      virtualenv: python_env.yaml".to_owned(),
        format!("    loader_module: {MODULE}"),
        format!("    python_version: {PYTHON_VERSION}"),
        "metadata:".to_owned(),
        format!("  engine_version: {}", json::to_string(&pipeline.engine_version)),
        format!("  model_sha256: {}", facts.pipeline),
        format!("  reviewlab_run: {}", json::to_string(&facts.run)),
        format!("mlflow_version: {MLFLOW_VERSION}"),
        format!("model_size_bytes: {}", facts.n_bytes),
        format!("model_uuid: {uuid}"),
        "saved_input_example_info:".to_owned(),
        "  artifact_path: input_example.json".to_owned(),
        "  pandas_orient: split".to_owned(),
        "  serving_input_path: serving_input_example.json".to_owned(),
        "  type: dataframe".to_owned(),
        "signature:".to_owned(),
        "  inputs: '[{\"type\": \"string\", \"name\": \"text\", \"required\": true}]'".to_owned(),
        format!("  outputs: {}", quoted(&outputs(pipeline))),
        "  params: null".to_owned(),
        format!("utc_time_created: '{}'\n", utc(facts.made_ms)),
    ];
    lines.join("\n")
}

/// The columns that come out, as MLflow's signatures say it.
fn outputs(pipeline: &FittedPipeline) -> String {
    let column = |kind: &str, name: String| {
        format!("{{\"type\": \"{kind}\", \"name\": {}, \"required\": true}}", json::to_string(&name))
    };
    let label = column("string", "label".to_owned());
    let of_classes = pipeline.labels.iter().map(|label| column("double", format!("probability_{label}")));
    let unsure = pipeline.abstain.map(|_| column("boolean", "unsure".to_owned()));
    let all: Vec<String> = std::iter::once(label).chain(of_classes).chain(unsure).collect();
    format!("[{}]", all.join(", "))
}

/// A text as YAML's single-quoted scalar.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn conda(pipeline: &FittedPipeline) -> String {
    let packages: String = requirements(pipeline).iter().map(|line| format!("  - {line}\n")).collect();
    format!(
        "channels:\n- conda-forge\ndependencies:\n- python={PYTHON_VERSION}\n- pip\n- pip:\n{packages}name: mlflow-env\n"
    )
}

fn python_env() -> String {
    format!(
        "python: {PYTHON_VERSION}\nbuild_dependencies:\n- pip\n- setuptools\n- wheel\ndependencies:\n- -r requirements.txt\n"
    )
}

#[cfg(test)]
mod tests {
    use engine::features::{FittedVectorizer, VectorizerSpec};
    use engine::models::{FittedModel, ModelKind};
    use engine::pipeline::Calibration;
    use engine::text::{CleanStep, reference_cleaning};

    use super::*;
    use crate::{CardFacts, coefficients_csv};

    fn pipeline(cleaning: Vec<CleanStep>) -> FittedPipeline {
        let spec = VectorizerSpec::tf_idf((1, 1));
        let features =
            FittedVectorizer { spec, terms: vec!["bad".into(), "good".into()], idf: vec![1.5, 1.25] };
        FittedPipeline {
            engine_version: "0.1.0".into(),
            cleaning,
            features,
            model: FittedModel::Linear {
                kind: ModelKind::LogisticRegression,
                coef: vec![-2.0, 1.0],
                intercept: vec![0.5],
            },
            calibration: Calibration::Own,
            threshold: 0.0,
            abstain: None,
            labels: vec!["it's bad".into(), "good".into()],
        }
    }

    fn facts() -> ModelFacts {
        ModelFacts {
            pipeline: ContentHash::of(b"it"),
            run: "01AB".into(),
            made_ms: 1_790_000_000_123,
            n_bytes: 9,
        }
    }

    fn of(files: &[ExportFile], path: &str) -> String {
        files.iter().find(|file| file.path == path).and_then(ExportFile::text).expect(path).to_owned()
    }

    #[test]
    fn a_model_folder_holds_what_mlflow_loads() {
        let pipeline = pipeline(reference_cleaning());
        let card = ModelCard::new(&CardFacts::of(&pipeline));
        let files = model_folder(&pipeline, &facts(), &card).expect("every step has a twin");
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "MLmodel",
                "conda.yaml",
                "python_env.yaml",
                "requirements.txt",
                "MODEL_CARD.md",
                "data/model.json",
                "data/model.onnx",
                "code/review_model.py",
                "code/review_answer.py",
                "code/review_text.py",
                "input_example.json",
                "serving_input_example.json"
            ]
        );
        let model = of(&files, "MLmodel");
        assert!(
            model.contains("    loader_module: review_model\n") && model.contains("model_size_bytes: 9\n")
        );
        assert!(model.contains("\"name\": \"probability_it''s bad\""), "{model}");
        assert!(model.ends_with("utc_time_created: '2026-09-21 14:13:20.123000'\n"), "{model}");
        assert_eq!(of(&files, "requirements.txt"), "mlflow==3.17.2\nemoji==2.16.0\nnltk==3.10.4\n");
        let weights = of(&files, "data/model.json");
        assert!(
            weights.contains("\"coef\":[[-2.0,1.0]]")
                && weights.contains("\"probabilities\":\"one_vs_rest\""),
            "{weights}"
        );
        assert!(!weights.contains("\"not\""), "a stop word that is kept is not removed");
    }

    #[test]
    fn only_what_is_needed_is_required() {
        let files = about_model(&pipeline(vec![CleanStep::Lowercase]), &facts());
        assert_eq!(of(&files, "requirements.txt"), "mlflow==3.17.2\n");
    }

    #[test]
    fn a_step_without_a_twin_is_refused_by_name() {
        let pipeline = pipeline(vec![CleanStep::UnescapeHtml]);
        let refused = model_folder(&pipeline, &facts(), &ModelCard::new(&CardFacts::of(&pipeline)));
        assert_eq!(refused, Err(ExportError::Step { step: "'unescape HTML'" }));
    }

    #[test]
    fn coefficients_are_a_table() {
        let mut hostile = pipeline(Vec::new());
        hostile.features.terms[0] = "=cmd|x".into();
        hostile.labels[1] = "@good".into();
        let csv = coefficients_csv(&hostile).expect("it has weights");
        assert_eq!(csv, "term,class,weight,idf\r\n'=cmd|x,'@good,-2,1.5\r\ngood,'@good,1,1.25\r\n");
        let csv = coefficients_csv(&pipeline(Vec::new())).expect("it has weights");
        assert_eq!(csv, "term,class,weight,idf\r\nbad,good,-2,1.5\r\ngood,good,1,1.25\r\n");
    }
}
