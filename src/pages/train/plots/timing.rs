//! When each trial was under way, and how it ended.

use drivers::LONGEST_PAUSE_MS;
use engine::num::stable_sort;
use engine::tune::{Trial, TrialOutcome};

use super::figure::{Choice, Figure, Kind, Picture, no_trial_yet};
use crate::charts::scene::Ink;
use crate::charts::timeline::{MAX_LANES, Piece, lanes};
use crate::charts::twin::{Column, Twin};
use crate::state::format;
use crate::state::study_plots::{StudyTrials, item_of};

/// Timeline.
pub const KIND: Kind = Kind { name: "Timeline", figure, twin };

fn ink(trial: &Trial) -> Ink {
    match trial.outcome {
        TrialOutcome::Complete { .. } => Ink::Positive,
        TrialOutcome::Pruned { .. } => Ink::Neutral,
        TrialOutcome::Failed { .. } => Ink::Negative,
    }
}

fn word(trial: &Trial) -> &'static str {
    match trial.outcome {
        TrialOutcome::Complete { .. } => "finished",
        TrialOutcome::Pruned { .. } => "given up",
        TrialOutcome::Failed { .. } => "failed",
    }
}

/// Trials by their beginnings, in milliseconds from the first.
fn pieces(trials: &StudyTrials) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (search, own) in trials.searches.iter().enumerate() {
        for (trial, ended) in own.trials.iter().zip(&own.ended) {
            let ended_ms = ended.0 as f64;
            let begun_ms = ended_ms - trial.elapsed_ms.max(0.0);
            pieces.push(Piece { begun_ms, ended_ms, ink: ink(trial), item: item_of(search, trial) });
        }
    }
    let first = pieces.iter().map(|piece| piece.begun_ms).fold(f64::INFINITY, f64::min);
    for piece in &mut pieces {
        piece.begun_ms -= first;
        piece.ended_ms -= first;
    }
    stable_sort(&mut pieces, |a, b| a.begun_ms.total_cmp(&b.begun_ms));
    without_pauses(&mut pieces);
    pieces
}

/// Takes out the times in which nobody worked at the study: between a stop, or the tab's end, and the next go.
fn without_pauses(pieces: &mut [Piece]) {
    let (mut worked_until, mut taken_out) = (0.0_f64, 0.0);
    for piece in pieces {
        let pause = piece.begun_ms - worked_until;
        if pause > LONGEST_PAUSE_MS as f64 {
            taken_out += pause;
        }
        worked_until = worked_until.max(piece.ended_ms);
        piece.begun_ms -= taken_out;
        piece.ended_ms -= taken_out;
    }
}

fn figure(trials: &StudyTrials, _: &Choice) -> Result<Figure, String> {
    let pieces = pieces(trials);
    let end_ms = pieces.iter().map(|piece| piece.ended_ms).fold(0.0, f64::max);
    if pieces.is_empty() {
        return Err(no_trial_yet());
    }
    let n_lanes = lanes(&pieces).iter().max().map_or(0, |lane| lane + 1);
    let hidden =
        if n_lanes > MAX_LANES { format!(" The first {MAX_LANES} are drawn.") } else { String::new() };
    let says = format!(
        "{} in {}, at most {} at a time: a lane for each.{hidden}",
        format::counted(pieces.len() as u64, "trial", "trials"),
        format::duration(end_ms),
        n_lanes
    );
    let mut legend = Vec::new();
    for (_, trial) in trials.all() {
        let entry = (ink(trial), word(trial).to_owned());
        if !legend.contains(&entry) {
            legend.push(entry);
        }
    }
    Ok(Figure { says, picture: Picture::Timeline(pieces), legend })
}

fn twin(trials: &StudyTrials, _: &Choice) -> Twin {
    let pieces = pieces(trials);
    let lanes = lanes(&pieces);
    let columns = vec![
        Column::words("Trial"),
        Column::numbers("Lane"),
        Column::numbers("Begun (s)"),
        Column::numbers("Took (s)"),
        Column::words("Ending"),
    ];
    let row = |(piece, lane): (&Piece, usize)| {
        let (_, trial) = trials.trial(piece.item)?;
        let seconds = |milliseconds: f64| format!("{:.3}", milliseconds / 1000.0);
        let took = piece.ended_ms - piece.begun_ms;
        let name = trials.name(piece.item);
        Some(vec![
            name,
            (lane + 1).to_string(),
            seconds(piece.begun_ms),
            seconds(took),
            word(trial).to_owned(),
        ])
    };
    Twin { columns, rows: pieces.iter().zip(lanes).filter_map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{study, two_models};
    use super::*;

    #[test]
    fn trials_of_two_searches_at_the_same_time_take_two_lanes() {
        let figure = figure(&two_models(), &Choice::default()).unwrap();
        assert_eq!(figure.says, "7 trials in 40 ms, at most 2 at a time: a lane for each.");
        let words: Vec<&str> = figure.legend.iter().map(|(_, word)| word.as_str()).collect();
        assert_eq!(words, ["finished", "given up", "failed"]);
    }

    #[test]
    fn a_night_between_two_goes_takes_no_room() {
        let piece = |begun_ms: f64, ended_ms: f64| Piece { begun_ms, ended_ms, ink: Ink::Positive, item: 0 };
        let mut pieces = [piece(0.0, 10.0), piece(5.0, 20.0), piece(90_000_020.0, 90_000_030.0)];
        without_pauses(&mut pieces);
        assert_eq!((pieces[2].begun_ms, pieces[2].ended_ms), (20.0, 30.0));
        assert_eq!((pieces[1].begun_ms, pieces[1].ended_ms), (5.0, 20.0));
    }

    #[test]
    fn the_table_has_times_from_the_first_beginning() {
        let rows = twin(&two_models(), &Choice::default()).rows;
        assert_eq!(rows[0], ["Logistic regression, trial 1", "1", "0.000", "0.010", "finished"]);
        assert_eq!(rows.len(), 7);
        assert!(figure(&study(), &Choice::default()).is_err());
    }
}
