//! Logistic regression and linear SVM on the matrix of 100,000 reviews, ours and LIBLINEAR's, one thread each.
//! In: synthetic reviews. Out: seconds of both fits. Never: a fit of either side that is further from the minimum than is
//! asked of both, nor one of theirs that is nearer than it need be.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use std::path::Path;

use super::figure::{Figure, Sides, spread};
use super::liblinear::{Liblinear, Task};
use super::peer::Peer;
use super::program::{Program, number, word};
use super::{Settings, shared};
use crate::workspace;

const N_ROWS: u32 = 100_000;
const AT_LEAST: f64 = 1.5;
/// How far above the minimum an objective may be, relatively. The minimum is where our fit ends that the product makes,
/// a million times nearer.
const GAP: f64 = 1e-6;
/// LIBLINEAR's own default, from which its tolerance is tightened.
const FIRST_TOLERANCE: f64 = 0.01;
/// By how much at a time: the finer, the less is it asked for more than it need give.
const TIGHTENED_BY: f64 = 0.5;
const LAST_TOLERANCE: f64 = 1e-9;
/// Our models and LIBLINEAR's numbers for them.
const SOLVERS: [(&str, &str); 2] = [("LogisticRegression", "0"), ("LinearSVC", "2")];

/// Runs both in turn.
///
/// # Errors
/// Where one of them fails, or LIBLINEAR comes nowhere near the minimum.
pub fn run(settings: &Settings) -> Result<Vec<Figure>> {
    let Some(shared) = shared() else { return Ok(Vec::new()) };
    let Some(liblinear) = Liblinear::ensure()? else { return Ok(Vec::new()) };
    let (peer, program) = (Peer::set_up(&shared)?, Program::build()?);
    let reviews = peer.synthetic_reviews(N_ROWS)?;
    let folder = workspace::target_dir().join("bench-data");
    let (matrix, model) = (folder.join("matrix.txt"), folder.join("liblinear-model.txt"));
    let gap = GAP.to_string();
    let first = program.measure(["solvers", word(&reviews)?, "--gap", &gap, "--matrix", word(&matrix)?])?;
    let weights = [number(&first, "weight_of_unhappy")?, number(&first, "weight_of_happy")?];
    let mut figures = Vec::new();
    for (name, solver) in SOLVERS {
        let ours = fit_of(&first, name)?;
        let minimum = number(ours, "minimum")?;
        let reached = number(ours, "objective")? / minimum - 1.0;
        println!("{name}: {reached:.1e} above the minimum");
        ensure!(reached <= GAP, "our fit of {name} ends {reached:e} above the minimum, not within {GAP}");
        let task = Task { solver, c: number(ours, "C")?, weights, matrix: &matrix, model: &model };
        let gap_of = |fitted: &Path| {
            let theirs = program.measure(["gap", word(&reviews)?, name, word(fitted)?])?;
            Ok(number(&theirs, "objective")? / minimum - 1.0)
        };
        let tolerance = tolerance(&liblinear, &task, gap_of)?;
        let (mut sides, mut to_minimum) = (Sides::default(), Vec::new());
        for _ in 0..settings.rounds {
            let theirs = liblinear.seconds(&task, tolerance)?;
            let measured = program.measure(["solvers", word(&reviews)?, "--gap", &gap])?;
            let ours = fit_of(&measured, name)?;
            sides.push(number(ours, "seconds")?, theirs);
            to_minimum.push(number(ours, "seconds_to_minimum")?);
        }
        let peer = format!("liblinear-train -s {solver} -e {tolerance}");
        println!("{name} as near the minimum as the product goes: {}", spread(&to_minimum));
        figures.push(sides.figure(&format!("solvers, {name}"), &peer, AT_LEAST));
    }
    Ok(figures)
}

fn fit_of<'a>(measured: &'a Value, name: &str) -> Result<&'a Value> {
    let mut fits = measured["fits"].as_array().into_iter().flatten();
    fits.find(|fit| fit["model"] == name).with_context(|| format!("{name} was not fitted"))
}

/// The loosest tolerance tried at which LIBLINEAR comes near enough.
fn tolerance(liblinear: &Liblinear, task: &Task<'_>, gap: impl Fn(&Path) -> Result<f64>) -> Result<f64> {
    let mut tolerance = FIRST_TOLERANCE;
    while tolerance > LAST_TOLERANCE {
        liblinear.seconds(task, tolerance)?;
        let reached = gap(task.model)?;
        println!("-s {} -e {tolerance}: {reached:.1e} above the minimum", task.solver);
        if reached <= GAP {
            return Ok(tolerance);
        }
        tolerance *= TIGHTENED_BY;
    }
    bail!("LIBLINEAR does not come within {GAP} of the minimum")
}
