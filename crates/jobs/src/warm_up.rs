//! Jobs on made-up reviews, done by a worker that nobody needs yet, step by step.
//!
//! A browser compiles a program twice: in a hurry when a part of it first runs, and once more, to code some times as
//! fast, when that part has run for long enough. A worker that has been through the jobs of a study once finds that
//! behind it when a file comes. What comes of these jobs is dropped.

use engine::dataset::{DatasetRecipe, Fix, LabelMapping, RECIPE_SCHEMA};
use engine::metrics::IntervalSpec;
use engine::models::ModelKind;
use engine::table::{Encoding, TableFormat};
use engine::text::reference_cleaning;
use engine::tune::{Setting, StudySpec, Trial, best_trial};

use crate::codec::{decode_request, encode_answer, encode_request};
use crate::request::{
    AdvanceStudy, Answer, FitFinal, Pass, ReadChunk, ReadOutput, Request, ScanChunk, Session,
};
use crate::worker::Worker;

/// Made-up reviews: enough that a job is most of its message.
const N_REVIEWS: u32 = 1_500;
/// Most words of one.
const MAX_WORDS: u32 = 24;
const N_WORDS: u32 = 700;
const STARS: [f64; 5] = [1.0, 2.0, 3.0, 4.0, 5.0];
const LAST_NEGATIVE: f64 = 2.0;
/// Trials of a search until it begins anew.
const N_TRIALS: u32 = 20;
/// A message that comes waits for about this long.
const SLICE_MS: f64 = 5.0;
/// How long passes over the file are made, a search is advanced, and a pipeline is fitted.
const PASS_MS: f64 = 60.0;
const SEARCH_MS: f64 = 90.0;
const FIT_MS: f64 = 30.0;

/// The jobs that are left.
pub struct WarmUp {
    worker: Worker,
    file: Vec<u8>,
    study: StudySpec,
    stage: Stage,
    /// In this stage, so far.
    spent_ms: f64,
    n_passes: u64,
    read: Option<ReadOutput>,
    trials: Vec<Trial>,
    best: Option<Setting>,
}

#[derive(Clone, Copy)]
enum Stage {
    Scan,
    Read,
    /// A search of the study by its number.
    Search(usize),
    Fit(usize),
}

impl Default for WarmUp {
    fn default() -> Self {
        Self {
            worker: Worker::default(),
            file: made_up_reviews(),
            study: StudySpec::reference(&ModelKind::ALL, N_TRIALS, 0),
            stage: Stage::Scan,
            spent_ms: 0.0,
            n_passes: 0,
            read: None,
            trials: Vec::new(),
            best: None,
        }
    }
}

impl WarmUp {
    /// Does the next job; whether there is another one. `clock` gives milliseconds from any beginning.
    pub fn step(&mut self, clock: &mut dyn FnMut() -> f64) -> bool {
        let begun = clock();
        let Some(answer) = self.request().and_then(|request| self.answer(&request, clock)) else {
            return false;
        };
        self.spent_ms += (clock() - begun).max(0.0);
        match answer {
            Answer::Read(Pass::Done(output)) => self.read = Some(output),
            Answer::Study(advance) => {
                self.trials.extend(advance.trials);
                self.best = best_trial(&self.trials).map(|trial| trial.setting.clone());
                if self.trials.len() >= N_TRIALS as usize {
                    self.trials.clear();
                }
            }
            _ => {}
        }
        self.go_on()
    }

    fn request(&self) -> Option<Request> {
        let (session, total_bytes) = (Session(self.n_passes), self.file.len() as u64);
        Some(match self.stage {
            Stage::Scan => {
                ScanChunk { session, offset: 0, total_bytes, format: None, of_texts: false }.into()
            }
            Stage::Read => {
                let (recipe, counting) = (recipe(), self.study.counting());
                ReadChunk { session, offset: 0, total_bytes, recipe, counting }.into()
            }
            Stage::Search(search) => AdvanceStudy {
                counts: vec![self.read.as_ref()?.counts.hash],
                study: self.study.clone(),
                search,
                history: Vec::new(),
                finished: self.trials.clone(),
                slice_ms: SLICE_MS,
            }
            .into(),
            Stage::Fit(search) => FitFinal {
                counts: self.read.as_ref()?.counts.hash,
                terms: self.read.as_ref()?.terms.hash,
                split: self.study.split.clone(),
                pipeline: self.study.searches[search].pipeline(self.best.as_ref()?),
                labels: recipe().mapping.classes,
                decision: self.study.decision.clone(),
                interval: IntervalSpec::usual(0),
            }
            .into(),
        })
    }

    /// By the way that a job takes in a worker: its words are part of it.
    fn answer(&mut self, request: &Request, clock: &mut dyn FnMut() -> f64) -> Option<Answer> {
        let request = decode_request(&encode_request(request)).ok()?;
        let input = if request.session().is_some() { self.file.as_slice() } else { &[] };
        let (answer, _) = self.worker.run(request, input, clock).ok()?;
        let answered = Ok(answer);
        encode_answer(&answered);
        answered.ok()
    }

    fn go_on(&mut self) -> bool {
        self.n_passes += 1;
        let lasts_ms = match self.stage {
            Stage::Scan | Stage::Read => PASS_MS,
            Stage::Search(_) => SEARCH_MS,
            Stage::Fit(_) => FIT_MS,
        };
        if self.spent_ms < lasts_ms {
            return true;
        }
        self.spent_ms = 0.0;
        self.stage = match self.stage {
            Stage::Scan => Stage::Read,
            Stage::Read => Stage::Search(0),
            Stage::Search(search) => Stage::Fit(search),
            Stage::Fit(search) if search + 1 < self.study.searches.len() => {
                self.trials.clear();
                Stage::Search(search + 1)
            }
            Stage::Fit(_) => return false,
        };
        true
    }
}

fn recipe() -> DatasetRecipe {
    DatasetRecipe {
        schema: RECIPE_SCHEMA,
        format: TableFormat::new(Encoding::Utf8, ','),
        text_column: 0,
        text_name: "Text".to_owned(),
        label_column: 1,
        label_name: "Stars".to_owned(),
        extra: Default::default(),
        mapping: LabelMapping::from_threshold(&STARS, LAST_NEGATIVE),
        keep_missing: false,
        cleaning: reference_cleaning(),
        fixes: vec![Fix::DropRepeats],
    }
}

/// A file whose words lean to one side or the other, with numbers and dates beside them.
fn made_up_reviews() -> Vec<u8> {
    let mut state = 1_u64;
    let mut below = |n: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(n)) as u32
    };
    let mut file = String::from("Text,Stars,Month,Votes\n");
    for row in 0..N_REVIEWS {
        let stars = 1 + below(5);
        file.push('"');
        for nth in 0..1 + below(MAX_WORDS) {
            // Frequent words are many times as frequent as rare ones; a third of all lean.
            let word = below(N_WORDS) * below(N_WORDS) / N_WORDS;
            let leant = word - word % 3 + if stars > 2 { 1 } else { 2 };
            push_word(&mut file, if below(3) == 0 { leant } else { word });
            file.push_str(if nth % 7 == 6 { ". " } else { " " });
        }
        file.push_str(&format!("Really\",{stars},Feb {},{}.0\n", 2010 + row % 12, below(40)));
    }
    file.into_bytes()
}

/// The word of a number: its digits as syllables, with an ending as English has.
fn push_word(file: &mut String, number: u32) {
    const SYLLABLES: [&str; 9] = ["ba", "ro", "mi", "te", "lu", "sha", "gre", "no", "qui"];
    const ENDINGS: [&str; 5] = ["", "s", "ing", "ed", "ly"];
    let (mut rest, n_syllables) = (number, SYLLABLES.len() as u32);
    while rest > 0 {
        file.push_str(SYLLABLES[(rest % n_syllables) as usize]);
        rest /= n_syllables;
    }
    file.push_str(ENDINGS[number as usize % ENDINGS.len()]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_through_all_stages_and_ends() {
        let mut warm_up = WarmUp::default();
        let mut time = 0.0;
        let mut clock = || {
            time += 1.0;
            time
        };
        let mut seen = [0; 4];
        loop {
            let stage = warm_up.stage;
            let goes_on = warm_up.step(&mut clock);
            seen[match stage {
                Stage::Scan => 0,
                Stage::Read => 1,
                Stage::Search(_) => 2,
                Stage::Fit(_) => 3,
            }] += 1;
            if !goes_on {
                break;
            }
        }
        assert!(seen.iter().all(|&n| n > 0), "{seen:?}");
        assert!(matches!(warm_up.stage, Stage::Fit(2)), "the last model was fitted, too");
    }

    #[test]
    fn its_reviews_can_be_learned_from() {
        let mut warm_up = WarmUp { stage: Stage::Read, ..WarmUp::default() };
        warm_up.step(&mut || 0.0);
        let read = warm_up.read.expect("the file was read");
        assert!(read.n_terms > 300, "{} terms", read.n_terms);
        assert!(read.summary.class_counts.iter().all(|&n| n > 200), "{:?}", read.summary.class_counts);
    }
}
