//! Pipelines as files: the same bits again, damaged and newer ones refused, the first version still read.

use engine::pipeline::{FittedPipeline, PipelineFileError, Predictor};

use super::{fit, models, reviews};

#[test]
fn a_saved_pipeline_predicts_the_same_bits() {
    for n_classes in [2, 3] {
        for model in models() {
            let pipeline = fit(&reviews(240, u64::from(n_classes)), n_classes, model).pipeline;
            let read = FittedPipeline::from_bytes(&pipeline.to_bytes()).unwrap();
            assert_eq!(read, pipeline);
            let (mut before, mut after) = (Predictor::new(pipeline).unwrap(), Predictor::new(read).unwrap());
            for text in ["good racket", "broke, want refund", ""] {
                assert_eq!(before.predict(text), after.predict(text));
            }
        }
    }
}

#[test]
fn a_damaged_or_newer_file_is_refused() {
    let bytes = fit(&reviews(240, 2), 2, models()[2].clone()).pipeline.to_bytes();
    for place in (0..bytes.len()).step_by(3) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x41;
        assert!(FittedPipeline::from_bytes(&damaged).is_err(), "byte {place}");
        assert!(FittedPipeline::from_bytes(&bytes[..place]).is_err(), "cut at {place}");
    }
    let mut newer = bytes.clone();
    newer[8] = 200;
    let newer = FittedPipeline::from_bytes(&newer).unwrap_err();
    assert_eq!(newer, PipelineFileError::Newer { found: 200, known: engine::pipeline::PIPELINE_SCHEMA });
    assert_eq!(FittedPipeline::from_bytes(b"text,rating\n").unwrap_err(), PipelineFileError::NotAPipeline);
}

/// `testdata/pipeline_1.rlpipe` was written by schema 1 (`REVIEWLAB_BLESS=1` writes it where it is missing);
/// every later version must read it to these predictions.
#[test]
fn the_first_versions_file_is_still_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/pipeline_1.rlpipe");
    if std::env::var_os("REVIEWLAB_BLESS").is_some() && !std::path::Path::new(path).exists() {
        std::fs::write(path, fit(&reviews(240, 2), 2, models()[2].clone()).pipeline.to_bytes()).unwrap();
    }
    let mut predictor =
        Predictor::new(FittedPipeline::from_bytes(&std::fs::read(path).unwrap()).unwrap()).unwrap();
    let answers: Vec<_> = ["Good racket!", "it broke, I want a refund", ""]
        .map(|text| predictor.predict(text))
        .iter()
        .map(|answer| format!("{} {:.12} {:.12}", answer.label, answer.scores[0], answer.probabilities[1]))
        .collect();
    expect_test::expect![[r#"
        0 -0.566319715568 0.193096167315
        1 0.196339137174 0.628596247514
        0 -0.207345639648 0.375369425000"#]]
    .assert_eq(&answers.join("\n"));
}
