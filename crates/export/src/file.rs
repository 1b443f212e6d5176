//! A file of an export: its place and what is in it.

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// Its place in the export, parts divided by `/`.
    pub path: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl ExportFile {
    /// A text file.
    pub fn new(path: &str, media_type: &'static str, text: String) -> Self {
        Self { path: path.to_owned(), media_type, bytes: text.into_bytes() }
    }

    /// A file of bytes.
    pub fn binary(path: &str, bytes: Vec<u8>) -> Self {
        Self { path: path.to_owned(), media_type: "application/octet-stream", bytes }
    }

    /// What is in it as text; nothing where it is none.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}
