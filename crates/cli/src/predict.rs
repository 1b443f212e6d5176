//! `reviewlab predict`: texts in; class, probability and the words that decided out.
//! In: a project file, texts. Out: lines or JSON on the standard output. Never: a model trained again.

use engine::pipeline::{Explanation, Predictor};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Read as _;

use crate::arguments::{PredictArguments, Texts};
use crate::failure::Failure;
use crate::predict_file;
use crate::project::Project;
use crate::pump::print;

/// Words shown for each text.
const MAX_WORDS: usize = 6;

#[derive(Serialize)]
struct Answer<'a> {
    text: &'a str,
    label: &'a str,
    probability: f64,
    probabilities: BTreeMap<&'a str, f64>,
    /// Too close to call, by the model's band: `label` is what it would have been.
    abstains: bool,
    /// The class that positive values speak for.
    toward: &'a str,
    words: Vec<Word>,
}

#[derive(Serialize)]
struct Word {
    term: String,
    value: f64,
}

/// Predicts.
///
/// # Errors
/// Where project or texts cannot be read, or the project holds no model.
pub fn run(arguments: &PredictArguments) -> Result<(), Failure> {
    let model = Project::open(&arguments.project)?.model(arguments.address.as_ref())?;
    if let Texts::Rows(file) = &arguments.texts {
        return predict_file::run(file, &model, arguments.json);
    }
    let labels = model.pipeline.labels.clone();
    let mut predictor = Predictor::new(model.pipeline)?;
    let texts = texts(&arguments.texts)?;
    if texts.is_empty() {
        return Err(Failure::wrong("There is no text: give one, or lines in --file."));
    }
    let explained: Vec<Explanation> = texts.iter().map(|text| predictor.explain(text)).collect();
    let answers: Vec<Answer> =
        texts.iter().zip(explained).map(|(text, explanation)| answer(text, explanation, &labels)).collect();
    if arguments.json {
        let json = serde_json::to_string_pretty(&answers);
        let json = json.map_err(|error| Failure::Fault(format!("answers cannot be written: {error}")))?;
        return print(&format!("{json}\n"));
    }
    eprintln!("model: {}", model.name);
    print(&answers.iter().map(line).collect::<String>())
}

fn texts(from: &Texts) -> Result<Vec<String>, Failure> {
    let lines = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Failure::wrong(format!("The texts are not UTF-8 (byte {at}): save them as UTF-8."))
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        Ok(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect())
    };
    match from {
        Texts::Given(texts) => Ok(texts.clone()),
        Texts::Rows(_) => Ok(Vec::new()),
        Texts::File(path) => lines(std::fs::read(path).map_err(|error| Failure::file(path, &error))?),
        Texts::StandardInput => {
            let mut bytes = Vec::new();
            let read = std::io::stdin().read_to_end(&mut bytes);
            read.map_err(|error| Failure::wrong(format!("the standard input cannot be read: {error}.")))?;
            lines(bytes)
        }
    }
}

fn answer<'a>(text: &'a str, explanation: Explanation, labels: &'a [String]) -> Answer<'a> {
    let Explanation { prediction, toward, contributions, .. } = explanation;
    let name = |class: usize| labels.get(class).map_or("?", String::as_str);
    let class = usize::from(prediction.label);
    Answer {
        text,
        label: name(class),
        probability: prediction.probabilities.get(class).copied().unwrap_or(0.0),
        probabilities: prediction
            .probabilities
            .iter()
            .enumerate()
            .map(|(class, p)| (name(class), *p))
            .collect(),
        abstains: prediction.abstains,
        toward: name(usize::from(toward)),
        words: contributions
            .into_iter()
            .take(MAX_WORDS)
            .map(|c| Word { term: c.term, value: c.value })
            .collect(),
    }
}

/// `positive 93 %  +good +not bad -late  The text`, and `unsure, positive 52 %  …` where it is too close to call.
fn line(answer: &Answer<'_>) -> String {
    let words: Vec<String> = answer
        .words
        .iter()
        .map(|word| format!("{}{}", if word.value < 0.0 { '-' } else { '+' }, word.term))
        .collect();
    let percent = (answer.probability * 100.0).round();
    let unsure = if answer.abstains { "unsure, " } else { "" };
    format!("{unsure}{} {percent} %  {}\t{}\n", answer.label, words.join(", "), answer.text)
}
