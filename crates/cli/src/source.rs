//! The reviews on disk: one file as it is, or the table that packed or several files become.
//! In: paths. Out: bytes. Never: the whole file where a part is asked for.

use drivers::Input;
use engine::intake::{Given, Intake, Join, MAGIC_BYTES, TakenIn, is_packed};
use engine::table::FileError;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use track::dataset::Original;

use crate::failure::Failure;

/// Bytes of a packed file that are looked at at a time.
const PIECE_BYTES: u64 = 1 << 20;

/// An open table.
pub struct Source {
    name: String,
    bytes: Bytes,
    originals: Vec<(Original, Vec<u8>)>,
    /// Files whose bytes follow, and where each begins.
    more: Vec<(u64, OpenFile)>,
}

enum Bytes {
    OfFile(OpenFile),
    Made(Vec<u8>),
}

impl Source {
    /// The reviews in these files.
    ///
    /// # Errors
    /// Where one cannot be opened or is a folder, or no table comes out of them.
    pub fn open(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for path in paths {
            files.push(OpenFile::open(path)?);
        }
        if let [file] = files.as_mut_slice() {
            let end = file.n_bytes.min(MAGIC_BYTES as u64);
            if !is_packed(&file.name(), &file.bytes(Input { start: 0, end })?) {
                let file = files.remove(0);
                let (name, originals) = (file.name(), Vec::new());
                return Ok(Self { name, bytes: Bytes::OfFile(file), originals, more: Vec::new() });
            }
        }
        let join = if files.len() > 1 { Join::ByName } else { Join::AsItIs };
        let (table, taken) = match take_in(&mut files, join)? {
            Err(FileError::MustBeJoined) => take_in(&mut files, Join::ByName)??,
            taken => taken?,
        };
        for found in taken.tables.iter().filter(|found| found.issues.n > 0) {
            eprintln!("{}: {} rows cannot be read and are left out.", found.name, found.issues.n);
        }
        let mut originals = Vec::new();
        for (file, hash) in files.iter_mut().zip(taken.hashes) {
            let original = Original { name: file.name(), file: hash, bytes: file.n_bytes };
            originals.push((original, file.bytes(Input { start: 0, end: file.n_bytes })?));
        }
        let name = match files.as_slice() {
            [first, second, ..] => format!("{} and {} more", first.name(), files.len() - 1)
                .replace("and 1 more", &format!("and {}", second.name())),
            _ => files.first().map(OpenFile::name).unwrap_or_default(),
        };
        Ok(Self { name, bytes: Bytes::Made(table), originals, more: Vec::new() })
    }

    /// A table that is kept already.
    pub fn of_bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), bytes: Bytes::Made(bytes), originals: Vec::new(), more: Vec::new() }
    }

    /// With the bytes of another file, as it is, after the others.
    ///
    /// # Errors
    /// Where it cannot be opened, or has another size than was seen.
    pub fn followed_by(mut self, path: &Path, n_bytes: u64) -> Result<Self, Failure> {
        let start = self.more.last().map_or(self.n_bytes(), |(start, file)| start + file.n_bytes);
        let file = OpenFile::open(path)?;
        if file.n_bytes != n_bytes {
            return Err(Failure::wrong(format!("{} changed while it was looked at.", path.display())));
        }
        self.more.push((start, file));
        Ok(self)
    }

    /// Its size.
    pub fn n_bytes(&self) -> u64 {
        match &self.bytes {
            Bytes::OfFile(file) => file.n_bytes,
            Bytes::Made(bytes) => bytes.len() as u64,
        }
    }

    /// Its name, without folders.
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// What it was made of, where it is not a file as it is.
    pub fn originals(&self) -> &[(Original, Vec<u8>)] {
        &self.originals
    }

    /// Some of its bytes.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn bytes(&mut self, input: Input) -> Result<Vec<u8>, Failure> {
        // Drivers ask for bytes of one file at a time.
        if let Some((start, file)) = self.more.iter_mut().rev().find(|(start, _)| input.start >= *start) {
            return file.bytes(Input { start: input.start - *start, end: input.end - *start });
        }
        match &mut self.bytes {
            Bytes::OfFile(file) => file.bytes(input),
            // Drivers ask for ranges within the size they were told.
            Bytes::Made(bytes) => Ok(bytes[input.start as usize..input.end as usize].to_vec()),
        }
    }

    /// All of its bytes.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn all(&mut self) -> Result<Vec<u8>, Failure> {
        let end = self.n_bytes();
        self.bytes(Input { start: 0, end })
    }
}

/// The table that the files become, or why there is none.
fn take_in(files: &mut [OpenFile], join: Join) -> Result<Result<(Vec<u8>, TakenIn), FileError>, Failure> {
    let given: Vec<Given> =
        files.iter().map(|file| Given { name: file.name(), n_bytes: file.n_bytes }).collect();
    let mut intake = match Intake::new(&given, join) {
        Ok(intake) => intake,
        Err(error) => return Ok(Err(error)),
    };
    let mut out = Vec::new();
    for file in files {
        let mut start = 0;
        while start < file.n_bytes {
            let end = file.n_bytes.min(start + PIECE_BYTES);
            if let Err(error) = intake.push(&file.bytes(Input { start, end })?) {
                return Ok(Err(error));
            }
            out.extend(intake.take_bytes());
            start = end;
        }
    }
    Ok(intake.finish().map(|taken| ([taken.head.as_slice(), &out, &taken.rest].concat(), taken)))
}

/// An open file.
struct OpenFile {
    path: PathBuf,
    file: File,
    n_bytes: u64,
}

impl OpenFile {
    fn open(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| Failure::file(path, &error))?;
        let about = file.metadata().map_err(|error| Failure::file(path, &error))?;
        if about.is_dir() {
            return Err(Failure::wrong(format!("{} is a folder: name a CSV file in it.", path.display())));
        }
        Ok(Self { path: path.to_path_buf(), file, n_bytes: about.len() })
    }

    fn name(&self) -> String {
        self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    fn bytes(&mut self, input: Input) -> Result<Vec<u8>, Failure> {
        let n_bytes = input.end - input.start;
        let mut bytes = Vec::with_capacity(usize::try_from(n_bytes).unwrap_or(0));
        let read = self
            .file
            .seek(SeekFrom::Start(input.start))
            .and_then(|_| self.file.by_ref().take(n_bytes).read_to_end(&mut bytes));
        match read {
            Ok(n_read) if n_read as u64 == n_bytes => Ok(bytes),
            Ok(_) => {
                Err(Failure::wrong(format!("{} became shorter while it was read.", self.path.display())))
            }
            Err(error) => Err(Failure::file(&self.path, &error)),
        }
    }
}
