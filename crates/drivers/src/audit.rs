//! An audit of a file: one pass finds what is wrong, another each tells what stripping boilerplate does, and one what
//! dropping all words that give a label away does.
//!
//! What these do to the score cannot be told from predictions of reviews that have them, so the file is read again
//! without, and the same setting is evaluated on both readings.

use std::ops::Range;

use engine::audit::{Audit, Effect, Finding, FindingKind};
use jobs::Session;

use crate::pass::{AuditFile, PassDriver, PassError, PassProgress, SESSIONS_PER_PASS};
use crate::protocol::{Command, Driver, Event};

/// Passes of one audit at most: the look, one for boilerplate at each edge, one for words.
const MAX_PASSES: u64 = 4;
/// Session numbers that belong to one audit, from its first.
pub const SESSIONS_PER_AUDIT: u64 = MAX_PASSES * SESSIONS_PER_PASS;

/// Drives an audit.
#[derive(Debug)]
pub struct AuditDriver {
    file: AuditFile,
    total_bytes: u64,
    next_session: u64,
    pass: PassDriver<AuditFile>,
    /// What the first pass found.
    audit: Option<Audit>,
    /// The findings that the pass under way measures together.
    measured: Range<usize>,
    outcome: Option<Result<Audit, PassError>>,
}

impl AuditDriver {
    /// Of a file of `total_bytes`. The sessions `first` to `first + SESSIONS_PER_AUDIT - 1` are this audit's.
    pub fn new(first: Session, total_bytes: u64, file: AuditFile) -> Self {
        Self {
            pass: PassDriver::over(file.clone(), first, total_bytes),
            file,
            total_bytes,
            next_session: first.0 + SESSIONS_PER_PASS,
            audit: None,
            measured: 0..0,
            outcome: None,
        }
    }

    /// How far the pass under way is.
    pub fn progress(&self) -> PassProgress {
        self.pass.progress()
    }

    /// Whether all is found, and the pass under way measures what a fix does.
    pub fn is_measuring(&self) -> bool {
        self.audit.is_some()
    }

    /// What it gave; `None` while it runs.
    pub fn outcome(&self) -> Option<&Result<Audit, PassError>> {
        self.outcome.as_ref()
    }

    /// What it gave, for keeping; `None` while it runs, and after it was taken.
    pub fn take_outcome(&mut self) -> Option<Result<Audit, PassError>> {
        self.outcome.take()
    }

    fn pass_ended(&mut self, ended: Result<Audit, PassError>) {
        match (self.audit.take(), ended) {
            (None, Ok(audit)) => self.go_on(audit, 0),
            (Some(mut audit), Ok(without)) => {
                let scores = audit.held_out_f1.zip(without.held_out_f1);
                let effect = scores.map(|(f1_macro, f1_macro_without)| Effect { f1_macro, f1_macro_without });
                for finding in &mut audit.findings[self.measured.clone()] {
                    finding.effect = effect;
                }
                self.go_on(audit, self.measured.end);
            }
            // What was found holds, whether or not one effect of it can be told: without it nothing may be left.
            (Some(audit), Err(PassError::File(_))) => self.go_on(audit, self.measured.end),
            (_, Err(error)) => self.outcome = Some(Err(error)),
        }
    }

    /// Begins to measure the first of the findings from number `from` on that asks for it, or ends.
    fn go_on(&mut self, audit: Audit, from: usize) {
        let (Some(places), true) = (measurable(&audit.findings, from), audit.held_out_f1.is_some()) else {
            self.outcome = Some(Ok(audit));
            return;
        };
        let mut file = self.file.clone();
        for finding in &audit.findings[places.clone()] {
            finding.fix.iter().for_each(|fix| fix.apply_to_recipe(&mut file.recipe));
        }
        if let Some(pipeline) = &mut file.pipeline {
            pipeline.cleaning.clone_from(&file.recipe.cleaning);
        }
        self.pass = PassDriver::over(file, Session(self.next_session), self.total_bytes);
        self.next_session += SESSIONS_PER_PASS;
        self.measured = places;
        self.audit = Some(audit);
    }
}

/// The first findings from number `from` on whose fixes are measured by another pass: boilerplate each by itself, words
/// together.
fn measurable(findings: &[Finding], from: usize) -> Option<Range<usize>> {
    let is_unmeasured = |finding: &Finding| finding.fix.is_some() && finding.effect.is_none();
    let is_word = |finding: &Finding| matches!(finding.kind, FindingKind::Giveaway { .. });
    let is_boilerplate = |finding: &Finding| matches!(finding.kind, FindingKind::Boilerplate { .. });
    let is_meant =
        |finding: &Finding| is_unmeasured(finding) && (is_word(finding) || is_boilerplate(finding));
    let first = (from..findings.len()).find(|place| is_meant(&findings[*place]))?;
    let n_words =
        findings[first..].iter().take_while(|finding| is_unmeasured(finding) && is_word(finding)).count();
    Some(first..first + n_words.max(1))
}

impl Driver for AuditDriver {
    fn next(&mut self) -> Vec<Command> {
        self.pass.next()
    }

    fn on(&mut self, event: Event) {
        self.pass.on(event);
        if self.outcome.is_none()
            && let Some(ended) = self.pass.outcome().cloned()
        {
            self.pass_ended(ended);
        }
    }

    fn is_finished(&self) -> bool {
        self.outcome.is_some() && self.pass.is_finished()
    }
}
