//! What `drift` and `compare` are asked: words in, arguments out. Never: an address that cannot be read.

use lexopt::{Arg, Parser, ValueExt as _};
use std::path::PathBuf;
use track::registry::ModelUri;
use watch::compare::USUAL_MARGIN;

use super::models::meant;
use super::{Command, help};

/// What to hold against what.
#[derive(Debug, PartialEq)]
pub struct DriftArguments {
    /// The project file.
    pub project: PathBuf,
    /// The model in it; none for what answers by itself.
    pub address: Option<ModelUri>,
    /// The reviews it was trained and tested on, or a profile of them.
    pub reference: PathBuf,
    /// The new reviews.
    pub batch: PathBuf,
    /// Where the reference's profile goes.
    pub profile: Option<PathBuf>,
    /// Where the report goes as HTML.
    pub html: Option<PathBuf>,
    /// Print JSON.
    pub json: bool,
}

/// What to compare on what.
#[derive(Debug, PartialEq)]
pub struct CompareArguments {
    /// The project file.
    pub project: PathBuf,
    /// The models in it.
    pub addresses: Vec<ModelUri>,
    /// Reviews with labels.
    pub reviews: PathBuf,
    /// Differences in macro F1 up to this are none.
    pub margin: f64,
    /// What the resamples derive from.
    pub seed: u64,
    /// Print JSON.
    pub json: bool,
}

/// `reviewlab compare`.
pub fn parse_compare(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let (mut project, mut reviews, mut json) = (None, None, false);
    let (mut margin, mut seed) = (USUAL_MARGIN, super::DEFAULT_SEED);
    let mut addresses: Vec<ModelUri> = Vec::new();
    while let Some(word) = parser.next()? {
        match word {
            Arg::Long("project") => project = Some(PathBuf::from(parser.value()?)),
            Arg::Long("on") => reviews = Some(PathBuf::from(parser.value()?)),
            Arg::Long("margin") => margin = parser.value()?.parse()?,
            Arg::Long("seed") => seed = parser.value()?.parse()?,
            Arg::Long("json") => json = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(help()),
            Arg::Value(address) => {
                let address = address.string()?.parse::<ModelUri>();
                addresses.push(address.map_err(|error| lexopt::Error::Custom(error.into()))?);
            }
            other => return Err(other.unexpected()),
        }
    }
    let reviews = reviews
        .ok_or_else(|| lexopt::Error::Custom("--on is missing: a file of reviews with labels".into()))?;
    let project = project.unwrap_or_else(|| super::DEFAULT_PROJECT.into());
    Ok(Command::Compare(CompareArguments { project, addresses, reviews, margin, seed, json }))
}

/// `reviewlab drift`.
pub fn parse_drift(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let (mut model, mut project, mut reference) = (None, None, None);
    let (mut profile, mut html, mut json) = (None, None, false);
    let mut batches: Vec<PathBuf> = Vec::new();
    while let Some(word) = parser.next()? {
        match word {
            Arg::Long("model") => model = Some(parser.value()?),
            Arg::Long("project") => project = Some(PathBuf::from(parser.value()?)),
            Arg::Long("reference") => reference = Some(PathBuf::from(parser.value()?)),
            Arg::Long("profile") => profile = Some(PathBuf::from(parser.value()?)),
            Arg::Long("html") => html = Some(PathBuf::from(parser.value()?)),
            Arg::Long("json") => json = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(help()),
            Arg::Value(path) => batches.push(path.into()),
            other => return Err(other.unexpected()),
        }
    }
    let missing = "--reference is missing: the reviews the model was trained on, or a profile of them";
    let reference = reference.ok_or_else(|| lexopt::Error::Custom(missing.into()))?;
    let batch =
        super::only(&batches, "a file of new reviews is missing: reviewlab drift --reference OLD NEW")?;
    let (project, address) = meant(model, project)?;
    Ok(Command::Drift(DriftArguments { project, address, reference, batch, profile, html, json }))
}
