//! An audit of a file: one pass finds what is wrong, and for boilerplate another each tells what stripping it does.
//!
//! What boilerplate does to the score cannot be told from predictions of reviews that have it, so the file is read
//! again without it, and the same setting is evaluated on both readings.

use engine::audit::{Audit, AuditFix, Effect, Finding, FindingKind};
use jobs::Session;

use crate::pass::{AuditFile, PassDriver, PassError, PassProgress, SESSIONS_PER_PASS};
use crate::protocol::{Command, Driver, Event};

/// Passes of one audit at most: the look, and one for boilerplate at each edge.
const MAX_PASSES: u64 = 3;
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
    /// The finding that the pass under way measures.
    measured: usize,
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
            measured: 0,
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
                if let (Some(finding), Some((f1_macro, f1_macro_without))) =
                    (audit.findings.get_mut(self.measured), scores)
                {
                    finding.effect = Some(Effect { f1_macro, f1_macro_without });
                }
                self.go_on(audit, self.measured + 1);
            }
            // What was found holds, whether or not one effect of it can be told: without it nothing may be left.
            (Some(audit), Err(PassError::File(_))) => self.go_on(audit, self.measured + 1),
            (_, Err(error)) => self.outcome = Some(Err(error)),
        }
    }

    /// Begins to measure the first of the findings from number `from` on that asks for it, or ends.
    fn go_on(&mut self, audit: Audit, from: usize) {
        let measurable =
            (from..audit.findings.len()).find_map(|place| Some((place, step_of(&audit.findings[place])?)));
        let (Some((place, fix)), true) = (measurable, audit.held_out_f1.is_some()) else {
            self.outcome = Some(Ok(audit));
            return;
        };
        let mut file = self.file.clone();
        fix.apply_to_recipe(&mut file.recipe);
        if let Some(pipeline) = &mut file.pipeline {
            pipeline.cleaning.clone_from(&file.recipe.cleaning);
        }
        self.pass = PassDriver::over(file, Session(self.next_session), self.total_bytes);
        self.next_session += SESSIONS_PER_PASS;
        self.measured = place;
        self.audit = Some(audit);
    }
}

/// The fix whose effect is measured by another pass.
fn step_of(finding: &Finding) -> Option<AuditFix> {
    let is_boilerplate = matches!(finding.kind, FindingKind::Boilerplate { .. });
    finding.fix.clone().filter(|_| is_boilerplate && finding.effect.is_none())
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
