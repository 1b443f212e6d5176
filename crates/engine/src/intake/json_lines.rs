//! Lines of JSON in chunks of any size in, the names and cells of each object out.

use json::{Document, Writer};

use crate::table::{IssueList, MAX_ROW_BYTES, RowMark, RowReason};

const ENDINGS: [&str; 3] = [".jsonl", ".ndjson", ".json"];

/// Whether a file of that name is one.
pub(super) fn is_named_so(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let inner = lower.strip_suffix(".gz").unwrap_or(&lower);
    ENDINGS.iter().any(|ending| inner.ends_with(ending))
}

/// Names and cells of an object, in its order.
pub(super) type Fields = Vec<(String, String)>;

/// Reads a file of lines.
#[derive(Default)]
pub(super) struct JsonLines {
    line: Vec<u8>,
    /// Bytes of the current line, also where they are not kept.
    n_bytes: u64,
    mark: RowMark,
    issues: IssueList,
}

impl JsonLines {
    /// Takes the next bytes and calls `on_row` with each object.
    pub fn push<E>(
        &mut self,
        bytes: &[u8],
        on_row: &mut dyn FnMut(Fields) -> Result<(), E>,
    ) -> Result<(), E> {
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.n_bytes += part.len() as u64;
            if self.n_bytes <= MAX_ROW_BYTES as u64 {
                self.line.extend_from_slice(part);
            }
            if part.ends_with(b"\n") {
                self.end_line(on_row)?;
            }
        }
        Ok(())
    }

    /// Takes the last line and gives the lines that are no objects.
    pub fn finish<E>(mut self, on_row: &mut dyn FnMut(Fields) -> Result<(), E>) -> Result<IssueList, E> {
        self.end_line(on_row)?;
        Ok(self.issues)
    }

    fn end_line<E>(&mut self, on_row: &mut dyn FnMut(Fields) -> Result<(), E>) -> Result<(), E> {
        let line = std::mem::take(&mut self.line);
        let row = match std::str::from_utf8(&line) {
            _ if self.n_bytes > MAX_ROW_BYTES as u64 => {
                Err(RowReason::CellTooLong { most: MAX_ROW_BYTES as u32 })
            }
            Ok(text) if text.trim_matches(is_blank).is_empty() => Ok(None),
            Ok(text) => fields_of(text.trim_matches(is_blank)).map(Some),
            Err(_) => Err(RowReason::BadBytes),
        };
        // The next line takes its room.
        self.line = line;
        self.line.clear();
        let row = match row {
            Ok(None) => None,
            Ok(Some(fields)) => {
                self.mark.record += 1;
                Some(fields)
            }
            Err(reason) => {
                let mark = RowMark { line: self.mark.line + 1, ..self.mark };
                self.issues.push(mark.issue(reason));
                self.mark.record += 1;
                None
            }
        };
        self.mark.line += 1;
        self.mark.byte += std::mem::take(&mut self.n_bytes);
        row.map_or(Ok(()), on_row)
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

fn fields_of(line: &str) -> Result<Fields, RowReason> {
    let not_an_object = |reason: String| RowReason::NotAnObject { reason };
    if !line.starts_with('{') {
        return Err(not_an_object("it does not begin with {".to_owned()));
    }
    let document = Document::parse(line).map_err(|error| not_an_object(error.reason))?;
    let mut fields: Fields = Vec::new();
    for (name, value) in document.root().members() {
        let name = name.text().into_owned();
        let cell = if value.is_null() {
            String::new()
        } else if value.is_text() {
            value.text().into_owned()
        } else {
            let mut writer = Writer::default();
            value.write_again(&mut writer);
            writer.finish()
        };
        // Of values under one name the last counts, as in other readers.
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some(known) => known.1 = cell,
            None => fields.push((name, cell)),
        }
    }
    Ok(fields)
}
