//! What each step of a recipe does to one text: the text before it cut into what stays, what goes and what becomes
//! something else.
//!
//! For looking at; the words that a model learns from come from the other ways, and a test holds this one to them.

use super::space::is_space;
use super::steps::PreparedStep;
use super::traced::{TracedChar, apply_step, traced_chars};

/// A stretch of a text before a step, and what the step makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// It stays as it is.
    Kept(String),
    /// It goes.
    Dropped(String),
    /// It becomes something else.
    Changed {
        /// What it was; nothing where something new is put in.
        from: String,
        /// What it is.
        to: String,
    },
}

/// A text before and after one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The text before, white space between words as it is after the step.
    pub pieces: Vec<Piece>,
    /// The text after.
    pub after: String,
}

/// The stages of `text`, one a step.
pub(super) fn stages(steps: &[PreparedStep], text: &str) -> Vec<Stage> {
    let mut before = text.to_owned();
    let mut stages: Vec<Stage> = Vec::with_capacity(steps.len());
    for step in steps {
        let chars = apply_step(step, &traced_chars(&before));
        let pieces = pieces(&before, &chars);
        let after: String = chars.iter().map(|traced| traced.c).collect();
        before.clone_from(&after);
        stages.push(Stage { pieces, after });
    }
    stages
}

fn pieces(before: &str, after: &[TracedChar]) -> Vec<Piece> {
    let mut pieces = Pieces::default();
    let mut reached = 0;
    for same in after.chunk_by(|a, b| (a.start, a.end) == (b.start, b.end)) {
        let (start, end) = (same[0].start as usize, same[0].end as usize);
        let text: String = same.iter().map(|traced| traced.c).collect();
        if start < reached {
            // The rest of a stretch that was seen already, such as the space after a word.
            pieces.push(Piece::Changed { from: String::new(), to: text });
            continue;
        }
        pieces.push(Piece::Dropped(before[reached..start].to_owned()));
        let from = &before[start..end];
        match text.strip_prefix(from) {
            Some(added) => {
                pieces.push(Piece::Kept(from.to_owned()));
                pieces.push(Piece::Changed { from: String::new(), to: added.to_owned() });
            }
            None => {
                let to = text.trim_end_matches(is_space);
                pieces.push(Piece::Changed { from: from.to_owned(), to: to.to_owned() });
                pieces.push(Piece::Changed { from: String::new(), to: text[to.len()..].to_owned() });
            }
        }
        reached = end;
    }
    pieces.push(Piece::Dropped(before[reached..].to_owned()));
    pieces.done
}

/// Pieces, alike neighbours joined; white space that only moves is no change.
#[derive(Default)]
struct Pieces {
    done: Vec<Piece>,
}

impl Pieces {
    fn push(&mut self, piece: Piece) {
        let piece = match piece {
            Piece::Changed { from, to } if from.is_empty() && to.chars().all(is_space) => Piece::Kept(to),
            Piece::Dropped(text) if text.chars().all(is_space) => return,
            piece => piece,
        };
        match (self.done.last_mut(), piece) {
            (_, Piece::Kept(text)) if text.is_empty() => {}
            (Some(Piece::Kept(last)), Piece::Kept(text)) => last.push_str(&text),
            (Some(Piece::Dropped(last)), Piece::Dropped(text)) => last.push_str(&text),
            (Some(Piece::Changed { from, to }), Piece::Changed { from: next, to: into }) => {
                from.push_str(&next);
                to.push_str(&into);
            }
            (_, piece) => self.done.push(piece),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{CleanStep, Cleaner, StopWordList, reference_cleaning};

    /// Kept as it is, `-dropped-`, `(changed>into)`.
    fn spelled(stage: &Stage) -> String {
        let spell = |piece: &Piece| match piece {
            Piece::Kept(text) => text.clone(),
            Piece::Dropped(text) => format!("-{text}-"),
            Piece::Changed { from, to } => format!("({from}>{to})"),
        };
        stage.pieces.iter().map(spell).collect()
    }

    #[track_caller]
    fn check(step: CleanStep, text: &str, expected: &str) {
        let stages = Cleaner::new(&[step]).expect("a step of every build").stages(text);
        assert_eq!(stages.iter().map(spelled).collect::<Vec<_>>(), [expected], "{text:?}");
    }

    #[test]
    fn what_a_step_does_is_seen_in_the_text() {
        check(CleanStep::Lowercase, "The BOX", "(T>t)he (BOX>box)");
        check(CleanStep::Lowercase, "plain", "plain");
        check(CleanStep::RemoveEmoji, "good 👍🏽 box", "good -👍🏽- box");
        check(CleanStep::RemoveUrls, "see http://a.b now", "see -http://a.b- now");
        check(CleanStep::KeepLetters, "don't!", "don-'-t-!-");
        let list = StopWordList::NltkEnglish;
        check(
            CleanStep::RemoveStopWords { list, keep: Vec::new() },
            "the box of wood",
            "-the -box - of -wood",
        );
        check(
            CleanStep::Stem { stemmer: crate::text::Stemmer::NltkPorter },
            "running  box",
            "(running>run) box",
        );
        check(CleanStep::Lowercase, "", "");
    }

    #[test]
    fn the_last_stage_holds_the_cleaned_words() {
        let mut cleaner = Cleaner::new(&reference_cleaning()).expect("the reference's steps");
        for text in ["The boxes were NOT <b>broken</b>!", "", "👍 READ MORE", "İyi ürün, İİ"] {
            let mut cleaned = String::new();
            cleaner.clean_to(text, &mut cleaned);
            let stages = cleaner.stages(text);
            assert_eq!(stages.len(), reference_cleaning().len());
            assert_eq!(stages.last().map(|stage| stage.after.as_str()), Some(cleaned.as_str()), "{text:?}");
            let before = |stage: &Stage| -> String {
                let of = |piece: &Piece| match piece {
                    Piece::Kept(text) | Piece::Dropped(text) => text.clone(),
                    Piece::Changed { from, .. } => from.clone(),
                };
                stage.pieces.iter().map(of).collect::<String>()
            };
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            let befores = std::iter::once(text).chain(stages.iter().map(|stage| stage.after.as_str()));
            for (stage, text) in stages.iter().zip(befores) {
                assert_eq!(letters(&before(stage)), letters(text), "nothing of the text before is lost");
            }
        }
    }
}
