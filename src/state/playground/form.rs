//! A cleaning as it is put together: steps in order, switched, moved, added and taken away. Pure.

use engine::text::{CleanStep, Cleaner, Piece, Stage};

use super::steps::{MAX_FORM_STEPS, StepForm, StepKind};

/// Longest text that is looked at step by step, in characters.
pub const MAX_TEXT_CHARS: usize = 20_000;

/// Steps in the order they are run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CleaningForm {
    steps: Vec<StepForm>,
    next_id: u32,
}

/// What one step does to the text looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageView {
    /// The step's `StepForm::id`.
    pub id: u32,
    /// The text before it, and what becomes of its parts.
    pub pieces: Vec<Piece>,
    /// It changes something.
    pub is_changed: bool,
    /// The text after it.
    pub after: String,
}

impl CleaningForm {
    /// The steps of a recipe, all switched on.
    pub fn of(steps: &[CleanStep]) -> Self {
        let forms: Vec<StepForm> = (0..).zip(steps).map(|(id, step)| StepForm::of(id, step)).collect();
        Self { next_id: forms.len() as u32, steps: forms }
    }

    /// All steps, in order.
    pub fn steps(&self) -> &[StepForm] {
        &self.steps
    }

    /// The step of this id.
    pub fn step(&self, id: u32) -> Option<&StepForm> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// Where a step stands, from 0.
    pub fn place(&self, id: u32) -> Option<usize> {
        self.steps.iter().position(|step| step.id == id)
    }

    /// Whether another step can be added.
    pub fn has_room(&self) -> bool {
        self.steps.len() < MAX_FORM_STEPS
    }

    /// Adds a step before the first that is usually run after it.
    pub fn add(&mut self, kind: StepKind) {
        if !self.has_room() {
            return;
        }
        let usual = |kind: StepKind| StepKind::ALL.iter().position(|known| *known == kind);
        let place = self.steps.iter().position(|step| usual(step.kind) > usual(kind));
        let step = StepForm::new(self.next_id, kind);
        self.next_id += 1;
        self.steps.insert(place.unwrap_or(self.steps.len()), step);
    }

    /// Takes a step away.
    pub fn remove(&mut self, id: u32) {
        self.steps.retain(|step| step.id != id);
    }

    /// Switches a step on or off.
    pub fn switch(&mut self, id: u32, is_on: bool) {
        self.change(id, |step| step.is_on = is_on);
    }

    /// Puts `value` into a field of a step.
    pub fn fill(&mut self, id: u32, field: usize, value: String) {
        self.change(id, |step| {
            if let Some(filled) = step.values.get_mut(field) {
                *filled = value;
            }
        });
    }

    /// Puts a step at a place, from 0; the others keep their order.
    pub fn put(&mut self, id: u32, place: usize) {
        if let Some(from) = self.place(id) {
            let step = self.steps.remove(from);
            self.steps.insert(place.min(self.steps.len()), step);
        }
    }

    fn change(&mut self, id: u32, change: impl FnOnce(&mut StepForm)) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.id == id) {
            change(step);
        }
    }

    /// The steps that are switched on; none where one of them cannot be run, which is said beside its field.
    pub fn cleaning(&self) -> Option<Vec<CleanStep>> {
        self.steps.iter().filter(|step| step.is_on).map(|step| step.check().ok()).collect()
    }

    /// The ids of the steps that are switched on.
    pub fn ids_on(&self) -> Vec<u32> {
        self.steps.iter().filter(|step| step.is_on).map(|step| step.id).collect()
    }

    /// The text before and after each step that is switched on and can be run.
    pub fn stages(&self, text: &str) -> Vec<StageView> {
        let runnable = self
            .steps
            .iter()
            .filter(|step| step.is_on)
            .filter_map(|step| Some((step.id, step.check().ok()?)));
        let (ids, steps): (Vec<u32>, Vec<CleanStep>) = runnable.unzip();
        // Each was run alone when it was checked.
        let Ok(cleaner) = Cleaner::new(&steps) else { return Vec::new() };
        let text: String = text.chars().take(MAX_TEXT_CHARS).collect();
        ids.into_iter().zip(cleaner.stages(&text)).map(|(id, stage)| stage_view(id, stage)).collect()
    }
}

fn stage_view(id: u32, stage: Stage) -> StageView {
    let is_changed = stage.pieces.iter().any(|piece| !matches!(piece, Piece::Kept(_)));
    StageView { id, pieces: stage.pieces, is_changed, after: stage.after }
}

#[cfg(test)]
mod tests {
    use engine::text::reference_cleaning;

    use super::*;

    fn kinds(form: &CleaningForm) -> Vec<StepKind> {
        form.steps().iter().map(|step| step.kind).collect()
    }

    #[test]
    fn a_step_is_added_where_it_is_usually_run() {
        let mut form = CleaningForm::of(&reference_cleaning());
        let n_before = form.steps().len();
        form.add(StepKind::RemoveSuffix);
        assert_eq!(form.steps().len(), n_before + 1);
        let place = kinds(&form).iter().position(|kind| *kind == StepKind::RemoveSuffix);
        let letters = kinds(&form).iter().position(|kind| *kind == StepKind::KeepLetters);
        assert!(place < letters, "{:?}", kinds(&form));
        let mut empty = CleaningForm::default();
        empty.add(StepKind::Stem);
        empty.add(StepKind::Lowercase);
        empty.add(StepKind::Stem);
        assert_eq!(kinds(&empty), [StepKind::Lowercase, StepKind::Stem, StepKind::Stem]);
        assert_ne!(empty.steps()[1].id, empty.steps()[2].id);
    }

    #[test]
    fn steps_are_moved_switched_and_taken_away() {
        let mut form =
            CleaningForm::of(&[CleanStep::Lowercase, CleanStep::RemoveEmoji, CleanStep::KeepLetters]);
        form.put(2, 0);
        form.put(0, 9);
        assert_eq!(kinds(&form), [StepKind::KeepLetters, StepKind::RemoveEmoji, StepKind::Lowercase]);
        form.switch(1, false);
        assert_eq!(form.cleaning(), Some(vec![CleanStep::KeepLetters, CleanStep::Lowercase]));
        form.remove(2);
        form.remove(77);
        assert_eq!(form.cleaning(), Some(vec![CleanStep::Lowercase]));
        form.switch(1, true);
        assert_eq!(form.cleaning(), Some(vec![CleanStep::RemoveEmoji, CleanStep::Lowercase]));
    }

    #[test]
    fn a_step_that_cannot_be_run_is_left_out_of_the_stages_and_stops_the_cleaning() {
        let mut form = CleaningForm::of(&[CleanStep::Lowercase]);
        form.add(StepKind::RemoveSuffix);
        assert_eq!(form.cleaning(), None);
        assert_eq!(form.stages("Nice READ MORE").iter().map(|stage| stage.id).collect::<Vec<_>>(), [0]);
        form.fill(1, 0, "read more".into());
        let stages = form.stages("Nice READ MORE");
        assert_eq!(stages.iter().map(|stage| stage.is_changed).collect::<Vec<_>>(), [true, true]);
        assert_eq!(stages[1].pieces, [Piece::Kept("nice ".into()), Piece::Dropped("read more".into())],);
    }

    #[test]
    fn there_are_no_more_steps_than_a_recipe_takes() {
        let mut form = CleaningForm::default();
        (0..MAX_FORM_STEPS + 5).for_each(|_| form.add(StepKind::Lowercase));
        assert_eq!(form.steps().len(), MAX_FORM_STEPS);
        assert!(form.cleaning().is_some() && !form.has_room());
    }
}
