//! How far each stage of 100,000 reviews is from the least it could take, natively with one thread.
//! In: synthetic reviews. Out: a table in Markdown: medians, the bytes that a stage must touch over the speed of memory,
//! and how many times as long it takes. Never: a bound; no stage is asked to reach its floor.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::figure::{Figure, median};
use super::peer::Peer;
use super::program::{Program, number, word};
use super::{Settings, shared};

const N_ROWS: u32 = 100_000;
const MB: f64 = 1e6;

/// Measures all stages.
///
/// # Errors
/// Where the program fails.
pub fn run(settings: &Settings) -> Result<Vec<Figure>> {
    let Some(shared) = shared() else { return Ok(Vec::new()) };
    let (peer, program) = (Peer::set_up(&shared)?, Program::build()?);
    let reviews = peer.synthetic_reviews(N_ROWS)?;
    let mut rounds: Vec<Value> = Vec::new();
    for _ in 0..settings.rounds {
        rounds.push(program.measure(["floor", word(&reviews)?])?);
    }
    let of_rounds = |read: &dyn Fn(&Value) -> Result<f64>| -> Result<f64> {
        Ok(median(&rounds.iter().map(read).collect::<Result<Vec<f64>>>()?))
    };
    let speed = of_rounds(&|round| number(round, "bytes_a_second"))?;
    println!("one core reads {:.1} GB a second of memory", speed / 1e9);
    println!("| stage | s | must touch, MB | floor, s | times the floor |");
    println!("|---|---:|---:|---:|---:|");
    let mut figures = Vec::new();
    let stages = rounds[0]["stages"].as_array().context("the stages")?;
    for (place, stage) in stages.iter().enumerate() {
        let name = stage["stage"].as_str().context("a stage's name")?;
        let seconds = of_rounds(&|round| number(&round["stages"][place], "seconds"))?;
        let n_bytes = number(stage, "bytes")?;
        let floor_s = n_bytes / speed;
        println!("| {name} | {seconds:.4} | {:.1} | {floor_s:.4} | {:.1} |", n_bytes / MB, seconds / floor_s);
        figures.push(Figure::shown(&format!("floor {name}"), seconds / floor_s, "times the floor"));
    }
    Ok(figures)
}
