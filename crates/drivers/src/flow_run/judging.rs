//! A new fit beside the champion. Where both were held to the same reviews already, their scores are compared; else the
//! champion answers the reviews that were held out from the new one, but for those that it has learned from.

use engine::num::ContentHash;
use jobs::{
    Answer, CompareFits, FitBlobs, FitsCompared, HeldOutOutput, JobError, MeasureHeldOut, Request, Rescore,
    RescoreOutput, Session,
};

use crate::pass::{PassDriver, RescoreRows};
use crate::protocol::{Command, Driver, Event};

use super::asking::Asking;

/// Numbers of tickets that one phase has: more than it gives out.
const TICKETS_PER_PHASE: u64 = 1 << 32;

/// Whom a new fit is held against.
#[derive(Clone, Debug)]
pub(super) enum Against {
    /// Nobody: there is no champion, or it is the same model.
    Nobody,
    /// A fit of the same data, whose scores are kept. If they are of other reviews, it answers these.
    Kept(FitBlobs, Option<Rescore>),
    /// A model that answers the reviews.
    Answers(Rescore),
    /// One that cannot be compared.
    Cannot(String),
}

/// What is known when all is answered.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    /// How the new fit predicts held-out reviews: those that the champion answered, where it answered some.
    pub new: Option<Result<HeldOutOutput, String>>,
    /// How the champion compares; none where there is none.
    pub champion: Option<Result<Compared, String>>,
    /// What came of the champion's answers to reviews that it had not been held to.
    pub rescored: Option<RescoreOutput>,
}

/// The champion on the same reviews.
#[derive(Clone, Debug)]
pub(super) struct Compared {
    pub champion: HeldOutOutput,
    pub difference: FitsCompared,
}

#[derive(Debug)]
enum Phase {
    /// Kept scores are asked about.
    Kept(Asking),
    /// The champion answers.
    Answering(Box<PassDriver<RescoreRows>>),
    /// Its scores are asked about.
    Both(Asking),
    Done,
}

/// Asks all there is to ask of a new fit.
#[derive(Debug)]
pub(super) struct Judging {
    new: FitBlobs,
    /// What is done if kept scores do not do.
    rescore: Option<Rescore>,
    /// Who does it.
    champion: Option<ContentHash>,
    file: (Session, u64),
    phase: Phase,
    n_phases: u64,
    judged: Judged,
    is_stopped: bool,
}

impl Judging {
    /// Of `new` against a champion; `file`: the pass's first session and the file's size.
    pub fn new(new: FitBlobs, against: Against, file: (Session, u64)) -> Self {
        let mut questions: Vec<Request> = vec![MeasureHeldOut { fit: new, is_test: false }.into()];
        let mut judged = Judged::default();
        let rescore = match against {
            Against::Nobody => None,
            Against::Kept(old, rescore) => {
                questions.extend(both(new, old));
                rescore
            }
            Against::Answers(rescore) => Some(rescore),
            Against::Cannot(reason) => {
                judged.champion = Some(Err(reason));
                None
            }
        };
        let phase = Phase::Kept(Asking::new(questions));
        let champion = rescore.as_ref().map(|rescore| rescore.pipeline);
        Self { new, rescore, champion, file, phase, n_phases: 0, judged, is_stopped: false }
    }

    /// What was found out.
    pub fn judged(&self) -> &Judged {
        &self.judged
    }

    fn driver(&mut self) -> Option<&mut dyn Driver> {
        match &mut self.phase {
            Phase::Kept(asking) | Phase::Both(asking) => Some(asking),
            Phase::Answering(pass) => Some(pass.as_mut()),
            Phase::Done => None,
        }
    }

    /// Goes to the next phase where one is over; whether it was.
    fn go_on(&mut self) -> bool {
        if self.driver().is_none_or(|driver| !driver.is_finished()) {
            return false;
        }
        let over = std::mem::replace(&mut self.phase, Phase::Done);
        self.n_phases += 1;
        if self.is_stopped {
            return true;
        }
        match over {
            Phase::Kept(asking) => self.take_kept(asking.answers()),
            Phase::Answering(mut pass) => match pass.take_outcome() {
                Some(Ok(output)) => self.take_answers(output),
                Some(Err(error)) => self.judged.champion = Some(Err(error.to_string())),
                None => self.judged.champion = Some(Err("It did not come to an end.".to_owned())),
            },
            Phase::Both(asking) => {
                let mut answers = asking.answers().iter();
                self.judged.new = answers.next().map(held_out);
                self.judged.champion = compared(answers.as_slice());
            }
            Phase::Done => {}
        }
        true
    }

    fn take_kept(&mut self, answers: &[Result<Answer, JobError>]) {
        let mut answers = answers.iter();
        self.judged.new = answers.next().map(held_out);
        if let Some(champion) = compared(answers.as_slice()) {
            self.judged.champion = Some(champion);
        }
        if !matches!(self.judged.champion, Some(Ok(_)))
            && let Some(answers) = self.rescore.take()
        {
            let (session, n_bytes) = self.file;
            let pass = PassDriver::over(RescoreRows { answers }, session, n_bytes);
            self.phase = Phase::Answering(Box::new(pass));
        }
    }

    fn take_answers(&mut self, output: RescoreOutput) {
        self.judged.rescored = Some(output);
        if output.n_rows == 0 {
            let n_rows = output.n_learned;
            let reason = format!("It has learned from all {n_rows} reviews that were held out.");
            self.judged.champion = Some(Err(reason));
            return;
        }
        let Some(champion) = self.champion else { return };
        let new = FitBlobs { out_of_fold: output.own.hash, ..self.new };
        let old = FitBlobs { pipeline: champion, out_of_fold: output.other.hash };
        let mut questions: Vec<Request> = vec![MeasureHeldOut { fit: new, is_test: false }.into()];
        questions.extend(both(new, old));
        self.phase = Phase::Both(Asking::new(questions));
    }
}

fn both(new: FitBlobs, old: FitBlobs) -> [Request; 2] {
    let interval = engine::metrics::IntervalSpec::usual(0);
    [
        MeasureHeldOut { fit: old, is_test: false }.into(),
        CompareFits { first: new, second: old, interval, n_most: 0 }.into(),
    ]
}

fn held_out(answer: &Result<Answer, JobError>) -> Result<HeldOutOutput, String> {
    match answer {
        Ok(Answer::HeldOut(output)) => Ok(output.clone()),
        Err(error) => Err(error.to_string()),
        Ok(_) => Err("A worker gave another answer than was asked for.".to_owned()),
    }
}

/// What the two answers about a champion come to; none where nothing was asked.
fn compared(answers: &[Result<Answer, JobError>]) -> Option<Result<Compared, String>> {
    let (first, second) = (answers.first()?, answers.get(1)?);
    Some(held_out(first).and_then(|champion| match second {
        Ok(Answer::Compared(difference)) => Ok(Compared { champion, difference: difference.clone() }),
        Err(error) => Err(error.to_string()),
        Ok(_) => Err("A worker gave another answer than was asked for.".to_owned()),
    }))
}

impl Driver for Judging {
    fn next(&mut self) -> Vec<Command> {
        let mut all = Vec::new();
        loop {
            let first = self.n_phases * TICKETS_PER_PHASE;
            let mut commands = self.driver().map(|driver| driver.next()).unwrap_or_default();
            commands.iter_mut().for_each(|command| command.number_from(first));
            all.extend(commands);
            if !self.go_on() {
                return all;
            }
        }
    }

    fn on(&mut self, event: Event) {
        self.is_stopped |= matches!(event, Event::Stop { .. });
        let event = event.numbered_from(self.n_phases * TICKETS_PER_PHASE);
        if let Some(driver) = self.driver() {
            driver.on(event);
        }
        self.go_on();
    }

    fn is_finished(&self) -> bool {
        matches!(self.phase, Phase::Done)
    }
}
