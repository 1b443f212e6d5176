//! What a mark's colour means; the style sheet, or a saved file's own palette, says which it is.

use engine::models::ModelKind;

/// Most classes that have an ink of their own.
const N_CLASS_INKS: usize = engine::dataset::MAX_CLASSES;
/// Steps from low to high that have an ink of their own.
pub const N_SHADES: usize = 8;

/// What a mark's colour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// A line that values are read against.
    Axis,
    /// A faint line across the picture.
    Grid,
    /// The empty part of a bar.
    Track,
    /// A model; none for guessing.
    Model(Option<ModelKind>),
    /// Speaks for the class explained.
    Positive,
    /// Speaks against it.
    Negative,
    /// Neither.
    Neutral,
    /// A class, or one of several series, by its index.
    Class(usize),
    /// What is there but not looked at now.
    Faint,
    /// The ground that all else stands on.
    Paper,
    /// A step from low, 0, to high, `N_SHADES - 1`.
    Shade(usize),
}

impl Ink {
    /// The shade of a share from 0, low, to 1, high.
    pub fn of_share(share: f64) -> Self {
        Self::Shade(((share * N_SHADES as f64) as usize).min(N_SHADES - 1))
    }

    /// Class name in `style/charts.css`.
    pub fn class(self) -> String {
        match self {
            Self::Axis => "ink-axis".into(),
            Self::Grid => "ink-grid".into(),
            Self::Track => "ink-track".into(),
            Self::Model(Some(ModelKind::LogisticRegression)) => "ink-lr".into(),
            Self::Model(Some(ModelKind::MultinomialNb)) => "ink-nb".into(),
            Self::Model(Some(ModelKind::LinearSvc)) => "ink-svm".into(),
            Self::Model(Some(ModelKind::ComplementNb)) => "ink-cnb".into(),
            Self::Model(Some(ModelKind::RandomForest)) => "ink-forest".into(),
            Self::Model(Some(ModelKind::Dummy) | None) => "ink-dummy".into(),
            Self::Positive => "ink-positive".into(),
            Self::Negative => "ink-negative".into(),
            Self::Neutral => "ink-neutral".into(),
            Self::Class(class) => format!("ink-class-{}", class % N_CLASS_INKS),
            Self::Faint => "ink-faint".into(),
            Self::Paper => "ink-paper".into(),
            Self::Shade(step) => format!("ink-shade-{}", step % N_SHADES),
        }
    }

    /// Colour in a saved file, which has no style sheet: the light theme's.
    pub(super) fn colour(self) -> &'static str {
        const CLASSES: [&str; N_CLASS_INKS] = [
            "#c2372e", "#1b7f5a", "#3b5bdb", "#d9730d", "#8f4fbf", "#0b8f8f", "#a3761b", "#c2418c",
            "#5b6b8c", "#4f7a1f",
        ];
        const SHADES: [&str; N_SHADES] =
            ["#cfd8f6", "#b4c1ec", "#99abe1", "#7e94d7", "#627ecd", "#4767c3", "#2c51b8", "#113aae"];
        match self {
            Self::Axis => "#8b93a5",
            Self::Grid | Self::Track => "#eceef2",
            Self::Model(Some(ModelKind::LogisticRegression)) => "#3b5bdb",
            Self::Model(Some(ModelKind::MultinomialNb)) => "#0b8f8f",
            Self::Model(Some(ModelKind::LinearSvc)) => "#d9730d",
            Self::Model(Some(ModelKind::ComplementNb)) => "#a3761b",
            Self::Model(Some(ModelKind::RandomForest)) => "#4f7a1f",
            Self::Model(Some(ModelKind::Dummy) | None) | Self::Neutral => "#7a8294",
            Self::Positive => "#1b7f5a",
            Self::Negative => "#c2372e",
            Self::Class(class) => CLASSES[class % N_CLASS_INKS],
            Self::Faint => "#d5d9e2",
            Self::Paper => "#ffffff",
            Self::Shade(step) => SHADES[step % N_SHADES],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_go_from_low_to_high() {
        assert_eq!([0.0, 0.5, 1.0].map(Ink::of_share), [Ink::Shade(0), Ink::Shade(4), Ink::Shade(7)]);
    }
}
