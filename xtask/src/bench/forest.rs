//! A hundred trees on the reference's matrix, ours and scikit-learn's, one thread each.
//! In: the real file. Out: seconds of both fits. Never: two different matrices.

use anyhow::{Result, ensure};

use super::figure::{Figure, Sides};
use super::peer::Peer;
use super::program::{Program, number, word};
use super::{Settings, shared};

const AT_LEAST: f64 = 9.0;

/// Runs both in turn.
///
/// # Errors
/// Where one of them fails, or their matrices differ.
pub fn run(settings: &Settings) -> Result<Vec<Figure>> {
    let Some(shared) = shared() else { return Ok(Vec::new()) };
    let (peer, program) = (Peer::set_up(&shared)?, Program::build()?);
    let reviews = peer.reviews();
    let mut sides = Sides::default();
    for _ in 0..settings.rounds {
        let (theirs, ours) = (peer.forest(&reviews)?, program.measure(["forest", word(&reviews)?])?);
        for of_matrix in ["n_rows", "n_terms", "n_entries"] {
            ensure!(theirs[of_matrix] == ours[of_matrix], "the matrices differ: {ours} and {theirs}");
        }
        sides.push(number(&ours, "seconds")?, number(&theirs, "seconds")?);
    }
    Ok(vec![sides.figure("forest", "scikit-learn", AT_LEAST)])
}
