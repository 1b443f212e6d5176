//! What guessing scores on the study's folds: asked once, beside the first trials; a study goes on without it.

use engine::stats;
use engine::tune::Guesses;
use jobs::{Answer, Job, MeasureGuessing};
use track::record::Record;
use track::run::{Run, RunState};

use super::{MAX_LOSSES, StudyDriver};
use crate::protocol::{Command, Ticket};
use crate::records::{StudyPlan, guess_metrics, study_run};
use crate::summary::{CvMetric, Guess};

/// How far the question is.
#[derive(Debug, Default)]
pub(super) struct Guessing {
    ticket: Option<Ticket>,
    is_asked: bool,
    n_losses: u32,
    /// What it scores.
    pub guesses: Option<Guesses>,
}

impl Guessing {
    /// Whether an answer is waited for.
    pub fn is_open(&self) -> bool {
        self.ticket.is_some()
    }

    /// Whether this is its ticket, which is taken.
    pub fn take(&mut self, ticket: Ticket) -> bool {
        self.ticket.take_if(|own| *own == ticket).is_some()
    }

    /// Nothing more is asked; the ticket under way, if any.
    pub fn give_up(&mut self) -> Option<Ticket> {
        self.is_asked = true;
        self.ticket.take()
    }

    /// Its worker died: it is asked again, unless that was so often.
    pub fn lost(&mut self) {
        self.n_losses += 1;
        self.is_asked = self.n_losses >= MAX_LOSSES;
    }
}

impl StudyDriver {
    /// The question, where it was not asked yet.
    pub(super) fn ask_guess(&mut self) -> Option<Command> {
        if std::mem::replace(&mut self.guessing.is_asked, true) {
            return None;
        }
        let ticket = self.new_ticket();
        self.guessing.ticket = Some(ticket);
        let StudyPlan { counts, study, .. } = &self.plan;
        let (split, metric) = (study.split.clone(), study.metric);
        let job = MeasureGuessing { counts: *counts, split, metric };
        Some(Command::Run { ticket, job: job.into(), input: None })
    }

    /// The answer is stored with the study.
    pub(super) fn guessed(&mut self, answer: Answer) {
        if let Ok(output) = <MeasureGuessing as Job>::Output::try_from(answer) {
            self.guessing.guesses = output.guesses;
            let run = self.own_run(study_run(&self.plan, RunState::Running, None, None));
            self.outbox.put(Record::Run(run));
            self.show();
        }
    }

    /// As it is shown.
    pub(super) fn guess(&self) -> Option<Guess> {
        let Guesses { fold_f1_macro, fold_scores, test } = self.guessing.guesses.as_ref()?;
        let metric = self.plan.study.metric;
        Some(Guess {
            cv_f1_macro: stats::mean(fold_f1_macro)?,
            cv_f1_std: stats::population_sd(fold_f1_macro)?,
            fold_f1_macro: fold_f1_macro.clone(),
            cv_metric: CvMetric::of(metric, fold_scores),
            test: test
                .filter(|_| metric.is_usual() || !fold_scores.is_empty())
                .map(|test| metric.signed(test)),
        })
    }

    /// The study's own record with what is known of guessing.
    pub(super) fn own_run(&self, mut run: Run) -> Run {
        run.metrics.extend(self.guess().as_ref().map(guess_metrics).unwrap_or_default());
        run
    }
}
