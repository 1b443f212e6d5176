//! Cleaning alone, ours in one thread and NLTK's, each text of the real file five times.
//! In: the real file. Out: seconds of both. Never: texts that the two clean differently.

use anyhow::{Result, ensure};

use super::figure::{Figure, Sides};
use super::peer::Peer;
use super::program::{Program, number, word};
use super::{Settings, shared};

const AT_LEAST: f64 = 200.0;

/// Runs both in turn.
///
/// # Errors
/// Where one of them fails, or they do not agree.
pub fn run(settings: &Settings) -> Result<Vec<Figure>> {
    let Some(shared) = shared() else { return Ok(Vec::new()) };
    let (peer, program) = (Peer::set_up(&shared)?, Program::build()?);
    let reviews = peer.reviews();
    let mut sides = Sides::default();
    for _ in 0..settings.rounds {
        let (theirs, ours) = (peer.cleaning(&reviews)?, program.measure(["cleaning", word(&reviews)?])?);
        ensure!(theirs["sha256"] == ours["sha256"], "the cleaned texts differ: {ours} and {theirs}");
        sides.push(number(&ours, "seconds")?, number(&theirs, "seconds")?);
    }
    Ok(vec![sides.figure("cleaning", "NLTK", AT_LEAST)])
}
