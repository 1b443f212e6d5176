//! Classes that come, go and are renamed in, the recipe that follows out: ratings and corrected labels keep their class
//! under its new number.

use engine::dataset::{Fix, LabelId, LabelRule, MAX_CLASSES, MIN_CLASSES};

use super::Draft;
use crate::state::class_names::new_class;

impl Draft {
    /// Another class, between those there are or after them. At `MAX_CLASSES` nothing changes.
    pub fn add_class(&mut self) {
        let classes = &mut self.recipe.mapping.classes;
        if classes.is_empty() || classes.len() >= MAX_CLASSES {
            return;
        }
        let (place, name) = new_class(classes);
        classes.insert(place, name);
        self.renumber(|class| Some(if usize::from(class.0) >= place { LabelId(class.0 + 1) } else { class }));
    }

    /// A class is gone; its ratings are left out. At `MIN_CLASSES` nothing changes.
    pub fn remove_class(&mut self, class: LabelId) {
        let classes = &mut self.recipe.mapping.classes;
        if classes.len() <= MIN_CLASSES || usize::from(class.0) >= classes.len() {
            return;
        }
        classes.remove(usize::from(class.0));
        self.renumber(|known| match known.cmp(&class) {
            std::cmp::Ordering::Less => Some(known),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(LabelId(known.0 - 1)),
        });
    }

    /// A class is called otherwise. `problem` tells where the name will not do.
    pub fn rename_class(&mut self, class: LabelId, name: String) {
        if let Some(known) = self.recipe.mapping.classes.get_mut(usize::from(class.0)) {
            *known = name;
        }
    }

    fn renumber(&mut self, new: impl Fn(LabelId) -> Option<LabelId>) {
        match &mut self.recipe.mapping.rule {
            LabelRule::Ratings { classes } => keep_renumbered(classes, &new),
            LabelRule::Words { classes } => keep_renumbered(classes, &new),
        }
        for fix in &mut self.recipe.fixes {
            if let Fix::Relabel { labels } = fix {
                keep_renumbered(labels, &new);
            }
        }
        self.recipe.fixes.retain(|fix| !matches!(fix, Fix::Relabel { labels } if labels.is_empty()));
    }
}

fn keep_renumbered<T>(classes: &mut Vec<(T, LabelId)>, new: &impl Fn(LabelId) -> Option<LabelId>) {
    classes.retain_mut(|(_, class)| match new(*class) {
        Some(new) => {
            *class = new;
            true
        }
        None => false,
    });
}
