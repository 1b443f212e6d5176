//! A file of an export: its place and what is in it.

/// A text file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// Its place in the export, parts divided by `/`.
    pub path: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub text: String,
}

impl ExportFile {
    pub(crate) fn new(path: &str, media_type: &'static str, text: String) -> Self {
        Self { path: path.to_owned(), media_type, text }
    }
}
