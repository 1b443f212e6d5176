//! A file's bytes in, the same rows out with class, probability and the words that did most.
//!
//! Rows go through one after another: nothing of them is held but the bytes that are not yet taken. A row without a
//! text goes through without an answer; one that cannot be read is left out and counted. Cells that a spreadsheet would
//! take for a formula begin with an apostrophe in CSV.

use json::{FromJson, ToJson};

use super::{FittedPipeline, Prediction, Predictor};
use crate::dataset::{LabelId, LabelMapping, NamedColumn, check_column};
use crate::table::{FileError, Row, TableFormat, TableReader, is_missing, push_row, safe_cell};

/// Words told of each row.
const N_WORDS: usize = 5;
/// Headers of what is added; where the file has one of that name already, `.1` and so on follows, as pandas does.
const ADDED: [&str; 4] = ["predicted", "probability", "unsure", "top_words"];

/// How the rows come out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum OutputKind {
    /// As CSV.
    #[default]
    Csv,
    /// As a JSON object a line, every cell of the file as text.
    JsonLines,
}

/// Which columns of a file are what.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct FileColumns {
    /// Encoding and delimiter.
    pub format: TableFormat,
    /// The texts.
    pub text: NamedColumn,
    /// Titles, which stand before the texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<NamedColumn>,
    /// What answers are counted by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<NamedColumn>,
    /// Labels, and which of them means which class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<(NamedColumn, LabelMapping)>,
}

/// A row that went through.
#[derive(Clone, Copy, Debug)]
pub struct AnsweredRow<'a> {
    /// Row number in the file, as pandas counts.
    pub record: u64,
    /// Its text, the title before it, and the answer; none where there is no text.
    pub answered: Option<(&'a str, &'a Prediction)>,
    /// Its group, where a column of groups was named.
    pub group: Option<&'a str>,
    /// Where a column of labels was named: the class of its label, none where that is none of the model's.
    pub truth: Option<Option<LabelId>>,
}

/// Answers the rows of a file, from chunks of any size.
pub struct FileAnswers {
    reader: TableReader,
    rows: Rows,
    is_header_done: bool,
}

impl std::fmt::Debug for FileAnswers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileAnswers").field("n_rows", &self.rows.n_rows).finish_non_exhaustive()
    }
}

impl FileAnswers {
    /// By this pipeline.
    ///
    /// # Errors
    /// `CannotClean` where this build cannot run it.
    pub fn new(columns: &FileColumns, pipeline: FittedPipeline, kind: OutputKind) -> Result<Self, FileError> {
        let classes = columns.label.as_ref().map(|(_, mapping)| {
            let place = |class: &String| pipeline.labels.iter().position(|label| label == class);
            mapping.classes.iter().map(|class| place(class).map(|at| LabelId(at as u8))).collect()
        });
        let predictor =
            Predictor::new(pipeline).map_err(|error| FileError::CannotClean { reason: error.to_string() })?;
        Ok(Self {
            reader: TableReader::new(&columns.format),
            rows: Rows {
                columns: columns.clone(),
                classes: classes.unwrap_or_default(),
                predictor,
                kind,
                names: Vec::new(),
                n_rows: 0,
                text: String::new(),
                out: Vec::new(),
                waiting: Vec::new(),
            },
            is_header_done: false,
        })
    }

    /// Class names, in label order.
    pub fn labels(&self) -> &[String] {
        &self.rows.predictor.pipeline().labels
    }

    /// Takes the next bytes and shows `on_row` each row that went through; the bytes that come out.
    ///
    /// # Errors
    /// `TooLarge`, `TooManyColumns`, `NoSuchColumn`.
    pub fn push(
        &mut self,
        chunk: &[u8],
        on_row: &mut dyn FnMut(AnsweredRow<'_>),
    ) -> Result<Vec<u8>, FileError> {
        let rows = &mut self.rows;
        let is_header_done = self.is_header_done;
        self.reader.push(chunk, &mut |row| rows.take(&row, is_header_done, on_row))?;
        if !self.is_header_done
            && let Some(header) = self.reader.header()
        {
            self.rows.begin(header, on_row)?;
            self.is_header_done = true;
        }
        Ok(std::mem::take(&mut self.rows.out))
    }

    /// The last rows, and how many could not be read.
    ///
    /// # Errors
    /// Those of `push`, and `Empty`, `NoRows`.
    pub fn finish(self, on_row: &mut dyn FnMut(AnsweredRow<'_>)) -> Result<(Vec<u8>, u64), FileError> {
        let Self { reader, mut rows, is_header_done } = self;
        let read = reader.finish(&mut |row| rows.take(&row, is_header_done, on_row))?;
        if !is_header_done {
            rows.begin(&read.header, on_row)?;
        }
        if read.n_rows == 0 {
            return Err(FileError::NoRows);
        }
        Ok((rows.out, read.issues.n))
    }
}

struct Rows {
    columns: FileColumns,
    /// The pipeline's class for each class of the labels' mapping.
    classes: Vec<Option<LabelId>>,
    predictor: Predictor,
    kind: OutputKind,
    /// Headers of what comes out, as keys of JSON where that is written.
    names: Vec<String>,
    n_rows: u64,
    text: String,
    out: Vec<u8>,
    /// Rows that came before the header could be looked at: those of the first chunk.
    waiting: Vec<(u64, Vec<String>)>,
}

impl Rows {
    fn take(&mut self, row: &Row<'_>, is_header_done: bool, on_row: &mut dyn FnMut(AnsweredRow<'_>)) {
        let cells: Vec<&str> = row.cells().collect();
        match is_header_done {
            true => self.put(row.mark.record, &cells, on_row),
            false => self.waiting.push((row.mark.record, cells.into_iter().map(str::to_owned).collect())),
        }
    }

    /// Checks the columns, writes the header and the rows that waited for it.
    fn begin(&mut self, header: &[String], on_row: &mut dyn FnMut(AnsweredRow<'_>)) -> Result<(), FileError> {
        let FileColumns { text, title, group, label, .. } = &self.columns;
        let others = [title.as_ref(), group.as_ref(), label.as_ref().map(|(named, _)| named)];
        for named in std::iter::once(text).chain(others.into_iter().flatten()) {
            check_column(header, named.column as usize, &named.name)?;
        }
        let mut names = header.to_vec();
        for added in ADDED {
            let name = distinct(added, &names);
            names.push(name);
        }
        match self.kind {
            OutputKind::Csv => {
                let cells: Vec<_> = names.iter().map(|name| safe_cell(name)).collect();
                push_row(&mut self.out, cells.iter().map(|cell| &**cell));
            }
            OutputKind::JsonLines => names = names.iter().map(json::to_string).collect(),
        }
        self.names = names;
        for (record, cells) in std::mem::take(&mut self.waiting) {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            self.put(record, &cells, on_row);
        }
        Ok(())
    }

    fn put(&mut self, record: u64, cells: &[&str], on_row: &mut dyn FnMut(AnsweredRow<'_>)) {
        self.n_rows += 1;
        let cell = |named: &NamedColumn| cells.get(named.column as usize).copied().unwrap_or("");
        let group = self.columns.group.as_ref().map(cell);
        let truth = self.columns.label.as_ref().map(|(named, mapping)| {
            let class = mapping.class_of(cell(named))?;
            self.classes.get(usize::from(class.0)).copied().flatten()
        });
        let text = cell(&self.columns.text);
        if is_missing(text) {
            self.write(cells, None);
            return on_row(AnsweredRow { record, answered: None, group, truth });
        }
        let title = self.columns.title.as_ref().map_or("", cell);
        let mut joined = std::mem::take(&mut self.text);
        joined.clear();
        if !is_missing(title) {
            joined.push_str(title);
            joined.push(' ');
        }
        joined.push_str(text);
        let (answer, words) = self.predictor.answer_with_terms(&joined, N_WORDS);
        let words: Vec<(String, f64)> =
            words.into_iter().map(|(term, value)| (term.to_owned(), value)).collect();
        self.write(cells, Some((&answer, &words)));
        on_row(AnsweredRow { record, answered: Some((&joined, &answer)), group, truth });
        self.text = joined;
    }

    fn write(&mut self, cells: &[&str], answered: Option<(&Prediction, &[(String, f64)])>) {
        let labels = &self.predictor.pipeline().labels;
        let class = answered.map(|(answer, _)| usize::from(answer.label));
        let label = class.and_then(|class| labels.get(class)).map_or("", String::as_str);
        let share =
            answered.zip(class).and_then(|((answer, _), class)| answer.probabilities.get(class).copied());
        let is_unsure = answered.is_some_and(|(answer, _)| answer.abstains);
        let words = answered.map_or(&[][..], |(_, words)| words);
        match self.kind {
            OutputKind::Csv => {
                let told: Vec<String> =
                    words.iter().map(|(term, value)| format!("{term} {value:+.4}")).collect();
                let share = share.map_or_else(String::new, |share| format!("{share:.6}"));
                let unsure = if answered.is_none() {
                    ""
                } else if is_unsure {
                    "yes"
                } else {
                    "no"
                };
                let added = [label.to_owned(), share, unsure.to_owned(), told.join("; ")];
                let own = cells.iter().map(|cell| safe_cell(cell));
                let all: Vec<_> = own.chain(added.iter().map(|cell| safe_cell(cell))).collect();
                push_row(&mut self.out, all.iter().map(|cell| &**cell));
            }
            OutputKind::JsonLines => {
                let (own, added) = self.names.split_at(self.names.len() - ADDED.len());
                let mut line = String::from("{");
                for (place, name) in own.iter().enumerate() {
                    let cell = cells.get(place).copied().unwrap_or("");
                    line.push_str(&format!("{name}:{},", json::to_string(cell)));
                }
                let told = words.iter().map(|(term, value)| {
                    format!("{{\"term\":{},\"value\":{}}}", json::to_string(term), json::to_string(value))
                });
                let told: Vec<String> = told.collect();
                let null = || "null".to_owned();
                let values = [
                    class.map_or_else(null, |_| json::to_string(label)),
                    share.map_or_else(null, |share| json::to_string(&share)),
                    class.map_or_else(null, |_| is_unsure.to_string()),
                    format!("[{}]", told.join(",")),
                ];
                let pairs: Vec<String> =
                    added.iter().zip(values).map(|(name, value)| format!("{name}:{value}")).collect();
                line.push_str(&pairs.join(","));
                line.push_str("}\n");
                self.out.extend_from_slice(line.as_bytes());
            }
        }
    }
}

/// A name that none of `names` is.
fn distinct(name: &str, names: &[String]) -> String {
    let is_free = |candidate: &String| !names.contains(candidate);
    let later = (1..).map(|number: usize| format!("{name}.{number}"));
    std::iter::once(name.to_owned()).chain(later).find(is_free).expect("there are more numbers than names")
}
