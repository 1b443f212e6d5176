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
            "#c2372e", "#1b7f5a", "#3b5bdb", "#db790f", "#8e4dbb", "#18989b", "#a87320", "#ba3982",
            "#555555", "#396900",
        ];
        const SHADES: [&str; N_SHADES] =
            ["#cfd8f6", "#b4c1ec", "#99abe1", "#7e94d7", "#627ecd", "#4767c3", "#2c51b8", "#113aae"];
        match self {
            Self::Axis => "#8b93a5",
            Self::Grid | Self::Track => "#eceef2",
            Self::Model(Some(ModelKind::LogisticRegression)) => "#3b5bdb",
            Self::Model(Some(ModelKind::MultinomialNb)) => "#0b8f8f",
            Self::Model(Some(ModelKind::LinearSvc)) => "#993b00",
            Self::Model(Some(ModelKind::ComplementNb)) => "#aa7a1c",
            Self::Model(Some(ModelKind::RandomForest)) => "#4b7d35",
            Self::Model(Some(ModelKind::Dummy) | None) => "#6a6a6a",
            Self::Neutral => "#7a8294",
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

    /// What people without red cones and without green cones see of light (Machado, Oliveira and Fernandes 2009, severity
    /// 1.0); the first is what others see.
    const VIEWS: [[[f64; 3]; 3]; 3] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ];

    /// CIE L*a*b* of a colour such as `#3b5bdb` as somebody sees it.
    fn seen(colour: &str, view: &[[f64; 3]; 3]) -> [f64; 3] {
        let part =
            |at: usize| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("two digits")) / 255.0;
        let light = [1, 3, 5].map(|at| match part(at) {
            dark if dark <= 0.040_45 => dark / 12.92,
            other => libm::pow((other + 0.055) / 1.055, 2.4),
        });
        let dot = |row: &[f64; 3], of: &[f64; 3]| row.iter().zip(of).map(|(a, b)| a * b).sum::<f64>();
        let light = view.map(|row| dot(&row, &light).clamp(0.0, 1.0));
        let rows = [
            ([0.412_456_4, 0.357_576_1, 0.180_437_5], 0.950_47),
            ([0.212_672_9, 0.715_152_2, 0.072_175_0], 1.0),
            ([0.019_333_9, 0.119_192_0, 0.950_304_1], 1.088_83),
        ];
        let [x, y, z] = rows.map(|(row, white)| match dot(&row, &light) / white {
            bright if bright > 0.008_856 => libm::cbrt(bright),
            dark => 7.787 * dark + 16.0 / 116.0,
        });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// Both themes' colours of a token of the style sheet.
    fn of_token(name: &str) -> [String; 2] {
        let sheet = include_str!("../../style/tokens.css");
        let begin = format!("--{name}: light-dark(");
        let rest = sheet.split_once(&begin).unwrap_or_else(|| panic!("there is a token {name}")).1;
        let colours = rest.split_once(')').expect("its end").0;
        let (light, dark) = colours.split_once(", ").expect("two themes");
        [light.to_owned(), dark.to_owned()]
    }

    #[track_caller]
    fn check_apart(names: &[String], least: f64) {
        for theme in 0..2 {
            let colours: Vec<String> = names.iter().map(|name| of_token(name)[theme].clone()).collect();
            for view in &VIEWS {
                let seen: Vec<[f64; 3]> = colours.iter().map(|colour| seen(colour, view)).collect();
                for (one, a) in seen.iter().enumerate() {
                    for (other, b) in seen.iter().enumerate().skip(one + 1) {
                        let apart = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
                        assert!(
                            apart >= least,
                            "{} and {}: {apart:.1} in theme {theme}",
                            names[one],
                            names[other]
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn colours_stay_apart_for_who_does_not_see_red_or_green() {
        check_apart(
            &["lr", "nb", "svm", "cnb", "forest", "dummy"].map(|model| format!("model-{model}")),
            12.0,
        );
        let classes: Vec<String> = (0..N_CLASS_INKS).map(|class| format!("class-{class}")).collect();
        check_apart(&classes, 8.5);
    }

    #[test]
    fn a_saved_picture_has_the_light_themes_colours() {
        for class in 0..N_CLASS_INKS {
            assert_eq!(Ink::Class(class).colour(), of_token(&format!("class-{class}"))[0]);
        }
        assert_eq!(Ink::Model(Some(ModelKind::LinearSvc)).colour(), of_token("model-svm")[0]);
        assert_eq!(Ink::Model(Some(ModelKind::ComplementNb)).colour(), of_token("model-cnb")[0]);
    }

    #[test]
    fn shades_go_from_low_to_high() {
        assert_eq!([0.0, 0.5, 1.0].map(Ink::of_share), [Ink::Shade(0), Ink::Shade(4), Ink::Shade(7)]);
    }
}
