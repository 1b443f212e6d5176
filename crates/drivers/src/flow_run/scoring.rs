//! New files of a folder, answered one after another by a registered model.

use std::collections::VecDeque;

use engine::dataset::{DatasetRecipe, NamedColumn, guess_roles};
use engine::num::ContentHash;
use engine::pipeline::{FileColumns, OutputKind};
use engine::table::{FileError, TableSummary};
use flow::ToScore;
use jobs::{PredictFile, PredictOutput, Session};
use track::flow::ScoredFile;

use crate::pass::{AnswerRows, AnswersDriver, PassError, SESSIONS_PER_PASS, ScanDriver};
use crate::protocol::{Command, Driver, Event};

/// Numbers of tickets that one pass has: more than it gives out.
const TICKETS_PER_PASS: u64 = 1 << 32;

#[derive(Debug)]
enum Pass {
    Scan(Box<ScanDriver>),
    Answer(Box<AnswersDriver>),
}

/// Answers files.
#[derive(Debug)]
pub(super) struct Scoring {
    pipeline: ContentHash,
    recipe: DatasetRecipe,
    /// Whether rows are kept for a look at drift.
    keeps_rows: bool,
    waiting: VecDeque<(ToScore, u64)>,
    /// The file that is being answered, and where its bytes begin among the executor's.
    at: Option<(ToScore, u64, Pass)>,
    next_session: u64,
    n_passes: u64,
    scored: Vec<ScoredFile>,
    is_stopped: bool,
}

impl Scoring {
    /// Of these files, whose bytes stand one after another from `first_byte` on among the executor's; with sessions from
    /// `first` on, two passes for each.
    pub fn new(
        (pipeline, recipe): (ContentHash, DatasetRecipe),
        files: &[ToScore],
        (first_byte, first): (u64, Session),
        keeps_rows: bool,
    ) -> Self {
        let mut start = first_byte;
        let mut waiting = VecDeque::new();
        for file in files {
            waiting.push_back((file.clone(), start));
            start += file.file.n_bytes;
        }
        Self {
            pipeline,
            recipe,
            keeps_rows,
            waiting,
            at: None,
            next_session: first.0,
            n_passes: 0,
            scored: Vec::new(),
            is_stopped: false,
        }
    }

    /// What became of the files, in order.
    pub fn scored(&self) -> &[ScoredFile] {
        &self.scored
    }

    fn session(&mut self) -> Session {
        let session = Session(self.next_session);
        self.next_session += SESSIONS_PER_PASS;
        self.n_passes += 1;
        session
    }

    /// Goes on to the next pass where one is over; whether it was.
    fn go_on(&mut self) -> bool {
        if self.is_stopped {
            let is_over = self.driver().is_none_or(|driver| driver.is_finished());
            let had_any = self.at.is_some();
            if is_over {
                self.at = None;
                self.waiting.clear();
            }
            return is_over && had_any;
        }
        match self.at.take() {
            None => {
                let Some((file, start)) = self.waiting.pop_front() else { return false };
                let session = self.session();
                let scan = ScanDriver::new(session, file.file.n_bytes);
                self.at = Some((file, start, Pass::Scan(Box::new(scan))));
                true
            }
            Some((file, start, Pass::Scan(mut scan))) if scan.is_finished() => {
                let table = scan.take_outcome().unwrap_or(Err(PassError::Stopped));
                let columns = match table {
                    Ok(table) => columns_of(&table, &self.recipe),
                    // Reviews alone, which can be scored though not be learned from.
                    Err(PassError::File(FileError::OneColumn { name })) => Ok(FileColumns {
                        text: NamedColumn { column: 0, name },
                        format: self.recipe.format.clone(),
                        title: None,
                        group: None,
                        label: None,
                    }),
                    Err(error) => Err(error.to_string()),
                };
                match columns {
                    Ok(columns) => {
                        let keep_texts = self.keeps_rows.then_some(true);
                        let kind = OutputKind::Csv;
                        let answers = PredictFile { pipeline: self.pipeline, columns, kind, keep_texts };
                        let session = self.session();
                        let pass = AnswersDriver::new(session, file.file.n_bytes, AnswerRows { answers });
                        self.at = Some((file, start, Pass::Answer(Box::new(pass))));
                    }
                    Err(reason) => self.scored.push(unscored(file, reason)),
                }
                true
            }
            Some((file, _, Pass::Answer(mut pass))) if pass.is_finished() => {
                let output = pass.take_outcome().unwrap_or(Err(PassError::Stopped));
                self.scored.push(match output {
                    Ok(output) => done(file, &output),
                    Err(error) => unscored(file, error.to_string()),
                });
                true
            }
            at => {
                self.at = at;
                false
            }
        }
    }

    fn driver(&mut self) -> Option<&mut dyn Driver> {
        match &mut self.at.as_mut()?.2 {
            Pass::Scan(scan) => Some(scan.as_mut()),
            Pass::Answer(pass) => Some(pass.as_mut()),
        }
    }
}

impl Driver for Scoring {
    fn next(&mut self) -> Vec<Command> {
        let mut all = Vec::new();
        loop {
            let (first, start) = (self.n_passes * TICKETS_PER_PASS, self.at.as_ref().map_or(0, |at| at.1));
            let mut commands = self.driver().map(|driver| driver.next()).unwrap_or_default();
            for command in &mut commands {
                command.number_from(first);
                if let Command::Run { input: Some(input), .. } = command {
                    (input.start, input.end) = (input.start + start, input.end + start);
                }
            }
            all.extend(commands);
            if !self.go_on() {
                return all;
            }
        }
    }

    fn on(&mut self, event: Event) {
        self.is_stopped |= matches!(event, Event::Stop { .. });
        let event = event.numbered_from(self.n_passes * TICKETS_PER_PASS);
        if let Some(driver) = self.driver() {
            driver.on(event);
        }
    }

    fn is_finished(&self) -> bool {
        self.at.is_none() && (self.waiting.is_empty() || self.is_stopped)
    }
}

fn done(ToScore { file, result }: ToScore, output: &PredictOutput) -> ScoredFile {
    ScoredFile {
        file,
        result,
        n_rows: output.tally.n_rows,
        parts: output.parts.iter().map(|part| part.hash).collect(),
        rows: output.kept_parts.iter().map(|part| part.hash).collect(),
        is_written: false,
        reason: String::new(),
    }
}

fn unscored(ToScore { file, .. }: ToScore, reason: String) -> ScoredFile {
    ScoredFile { file, reason, ..ScoredFile::default() }
}

/// Which columns are what: those called as in training, else what looks like texts.
pub(super) fn columns_of(table: &TableSummary, recipe: &DatasetRecipe) -> Result<FileColumns, String> {
    let named = |name: &str| {
        let column = table.columns.iter().position(|column| column.name == name)?;
        Some(NamedColumn { column: column as u32, name: name.to_owned() })
    };
    let at = |column: u32| NamedColumn { column, name: table.columns[column as usize].name.clone() };
    let guessed = || guess_roles(table).ok().map(|roles| at(roles.text_column));
    let only = || (table.columns.len() == 1).then(|| at(0));
    let text = named(&recipe.text_name).or_else(guessed).or_else(only).ok_or_else(|| {
        format!(
            "There is no column '{}', which held the reviews in training, nor another of texts: rename the column that holds them.",
            engine::quote::Quoted(&recipe.text_name)
        )
    })?;
    let label = named(&recipe.label_name).filter(|label| label.column != text.column);
    let title = recipe.extra.title.as_ref().and_then(|title| named(&title.name));
    Ok(FileColumns {
        format: table.format.clone(),
        title: title.filter(|title| title.column != text.column),
        text,
        group: None,
        label: label.map(|label| (label, recipe.mapping.clone())),
    })
}

/// The columns of the data themselves.
pub(super) fn own_columns(recipe: &DatasetRecipe) -> FileColumns {
    let text = NamedColumn { column: recipe.text_column, name: recipe.text_name.clone() };
    let label = NamedColumn { column: recipe.label_column, name: recipe.label_name.clone() };
    FileColumns {
        format: recipe.format.clone(),
        text,
        title: recipe.extra.title.clone(),
        group: None,
        label: Some((label, recipe.mapping.clone())),
    }
}
