//! What `predict` and `models` are asked: words in, arguments out. Never: an address that cannot be read.

use lexopt::{Arg, Parser, ValueExt as _};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use track::registry::ModelUri;

use super::{ColumnNames, Command, DEFAULT_PROJECT, help, next_option, only};

/// Whose models to list.
#[derive(Debug, PartialEq)]
pub struct ModelsArguments {
    /// The project file.
    pub project: PathBuf,
    /// Print JSON.
    pub json: bool,
}

/// What to predict.
#[derive(Debug, PartialEq)]
pub struct PredictArguments {
    /// The project file.
    pub project: PathBuf,
    /// The model in it; none for what answers by itself.
    pub address: Option<ModelUri>,
    /// Where the texts are.
    pub texts: Texts,
    /// Print JSON.
    pub json: bool,
}

/// Where texts come from.
#[derive(Debug, PartialEq)]
pub enum Texts {
    /// The command line.
    Given(Vec<String>),
    /// Lines of a file.
    File(PathBuf),
    /// Lines of the standard input.
    StandardInput,
    /// Rows of files, which come out with the answers beside them.
    Rows(FileArguments),
}

/// A file that is answered row by row.
#[derive(Debug, PartialEq)]
pub struct FileArguments {
    /// The files of reviews.
    pub files: Vec<PathBuf>,
    /// Columns that are not to be guessed.
    pub columns: ColumnNames,
    /// What is written.
    pub out: PathBuf,
}

/// `reviewlab models`.
pub fn parse_models(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let mut projects: Vec<PathBuf> = Vec::new();
    let mut json = false;
    while let Some(option) = next_option(parser, &mut projects)? {
        match option.as_str() {
            "json" => json = true,
            "help" => return Ok(help()),
            _ => return Err(Arg::Long(&option).unexpected()),
        }
    }
    let project = only(&projects, "a project file is missing: reviewlab models PROJECT")?;
    Ok(Command::Models(ModelsArguments { project, json }))
}

/// `reviewlab predict`.
pub fn parse_predict(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let (mut model, mut project, mut file, mut json) = (None, None, None, false);
    let (mut given, mut out, mut columns) = (Vec::new(), None, ColumnNames::default());
    while let Some(word) = parser.next()? {
        match word {
            Arg::Long("model") => model = Some(parser.value()?),
            Arg::Long("project") => project = Some(PathBuf::from(parser.value()?)),
            Arg::Long("file") => file = Some(parser.value()?),
            Arg::Long("json") => json = true,
            Arg::Long("out") => out = Some(PathBuf::from(parser.value()?)),
            Arg::Long("help") | Arg::Short('h') => return Ok(help()),
            Arg::Long(option) => {
                let option = option.to_owned();
                if !columns.take(&option, parser)? {
                    return Err(Arg::Long(&option).unexpected());
                }
            }
            Arg::Value(text) => given.push(text.string()?),
            other => return Err(other.unexpected()),
        }
    }
    if out.is_none() && columns != ColumnNames::default() {
        return Err(
            "columns are named for a file that is answered row by row: say where to with --out".into()
        );
    }
    if let Some(out) = out {
        let files: Vec<PathBuf> =
            given.into_iter().map(PathBuf::from).chain(file.map(PathBuf::from)).collect();
        if files.is_empty() {
            return Err("a file is missing: reviewlab predict FILE --out OUT".into());
        }
        let (project, address) = meant(model, project)?;
        let texts = Texts::Rows(FileArguments { files, columns, out });
        return Ok(Command::Predict(PredictArguments { project, address, texts, json }));
    }
    let texts = match (file, given.is_empty()) {
        (Some(_), false) => return Err("give texts or --file, not both".into()),
        (Some(file), true) if file == "-" => Texts::StandardInput,
        (Some(file), true) => Texts::File(file.into()),
        (None, true) => Texts::StandardInput,
        (None, false) => Texts::Given(given),
    };
    let (project, address) = meant(model, project)?;
    Ok(Command::Predict(PredictArguments { project, address, texts, json }))
}

/// The project file, and the model's address in it where `--model` gives one: else `--model` is the project file.
pub(super) fn meant(
    model: Option<OsString>,
    project: Option<PathBuf>,
) -> Result<(PathBuf, Option<ModelUri>), lexopt::Error> {
    let is_address = |text: &&str| text.starts_with("models:") || text.starts_with("runs:");
    if let Some(text) = model.as_deref().and_then(OsStr::to_str).filter(is_address) {
        let address = text.parse::<ModelUri>().map_err(|error| lexopt::Error::Custom(error.into()))?;
        return Ok((project.unwrap_or_else(|| DEFAULT_PROJECT.into()), Some(address)));
    }
    match (model, project) {
        (Some(file), None) => Ok((file.into(), None)),
        (None, Some(project)) => Ok((project, None)),
        (Some(_), Some(_)) => Err("give --project with an address of a model only".into()),
        (None, None) => Err("--model is missing: a project file that holds a model, or an address".into()),
    }
}
