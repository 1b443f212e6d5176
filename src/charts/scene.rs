//! Marks with positions and inks in, SVG out: for the page (coloured by the style sheet) and for a file.

use std::fmt::Write as _;

use engine::models::ModelKind;

/// Most classes that have an ink of their own.
const N_CLASS_INKS: usize = engine::dataset::MAX_CLASSES;

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
    /// A class, by its index.
    Class(usize),
}

impl Ink {
    /// Class name in `style/charts.css`.
    fn class(self) -> String {
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
        }
    }

    /// Colour in a saved file, which has no style sheet: the light theme's.
    fn colour(self) -> &'static str {
        const CLASSES: [&str; N_CLASS_INKS] = [
            "#c2372e", "#1b7f5a", "#3b5bdb", "#d9730d", "#8f4fbf", "#0b8f8f", "#a3761b", "#c2418c",
            "#5b6b8c", "#4f7a1f",
        ];
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
        }
    }
}

/// Where a text's position lies on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

impl Anchor {
    fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// One thing that is drawn. Lengths are in pixels, y downwards.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A hairline.
    Rule {
        /// Where it begins.
        from: (f64, f64),
        /// Where it ends.
        to: (f64, f64),
        /// Its meaning.
        ink: Ink,
    },
    /// A line through points.
    Line {
        /// From left to right.
        points: Vec<(f64, f64)>,
        /// Its meaning.
        ink: Ink,
    },
    /// A dot.
    Point {
        /// Its middle.
        at: (f64, f64),
        /// Its meaning.
        ink: Ink,
        /// What it says when pointed at.
        says: String,
    },
    /// A rectangle.
    Bar {
        /// Its upper left corner.
        at: (f64, f64),
        /// Width and height.
        size: (f64, f64),
        /// Its meaning.
        ink: Ink,
        /// What it says when pointed at.
        says: String,
    },
    /// A text.
    Text {
        /// A point on its base line.
        at: (f64, f64),
        /// Where that point lies on it.
        anchor: Anchor,
        /// It is to be read first.
        strong: bool,
        /// The text.
        text: String,
    },
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// In pixels.
    pub width: f64,
    /// In pixels.
    pub height: f64,
    /// From back to front.
    pub marks: Vec<Mark>,
}

/// Who gives the colours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Palette {
    StyleSheet,
    File,
}

impl Scene {
    /// The marks as SVG elements with classes, for the inside of the page's `<svg>`.
    pub fn body(&self) -> String {
        self.written(Palette::StyleSheet)
    }

    /// The picture as a file that stands alone.
    pub fn to_file(&self, title: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w:.0} {h:.0}\" width=\"{w:.0}\" height=\"{h:.0}\" \
             font-family=\"Inter, system-ui, sans-serif\" font-size=\"12\"><title>{title}</title>\
             <rect width=\"{w:.0}\" height=\"{h:.0}\" fill=\"#ffffff\"/>{body}</svg>\n",
            w = self.width,
            h = self.height,
            title = escaped(title),
            body = self.written(Palette::File),
        )
    }

    fn written(&self, palette: Palette) -> String {
        let mut svg = String::with_capacity(self.marks.len() * 96);
        for mark in &self.marks {
            write_mark(&mut svg, mark, palette).expect("writing to a string cannot fail");
        }
        svg
    }
}

fn write_mark(svg: &mut String, mark: &Mark, palette: Palette) -> std::fmt::Result {
    match mark {
        Mark::Rule { from, to, ink } => {
            let look = stroke("mark-rule", *ink, palette, 1);
            write!(
                svg,
                "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" {look}/>",
                from.0, from.1, to.0, to.1
            )
        }
        Mark::Line { points, ink } => {
            write!(svg, "<polyline points=\"")?;
            for (x, y) in points {
                write!(svg, "{x:.1},{y:.1} ")?;
            }
            write!(svg, "\" {}/>", stroke("mark-line", *ink, palette, 2))
        }
        Mark::Point { at, ink, says } => {
            let look = fill("mark-point", *ink, palette);
            write!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\" {look}><title>{}</title></circle>",
                at.0,
                at.1,
                escaped(says)
            )
        }
        Mark::Bar { at, size, ink, says } => {
            let look = fill("mark-bar", *ink, palette);
            write!(
                svg,
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"3\" {look}><title>{}</title></rect>",
                at.0,
                at.1,
                size.0.max(0.0),
                size.1,
                escaped(says)
            )
        }
        Mark::Text { at, anchor, strong, text } => {
            let look = match (palette, strong) {
                (Palette::StyleSheet, true) => "class=\"mark-text mark-text--strong\"",
                (Palette::StyleSheet, false) => "class=\"mark-text\"",
                (Palette::File, true) => "fill=\"#14171d\"",
                (Palette::File, false) => "fill=\"#5c6475\"",
            };
            let anchor = anchor.as_str();
            write!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" {look}>{}</text>",
                at.0,
                at.1,
                escaped(text)
            )
        }
    }
}

fn stroke(class: &str, ink: Ink, palette: Palette, width: u8) -> String {
    match palette {
        Palette::StyleSheet => format!("class=\"{} {class}\"", ink.class()),
        Palette::File => format!("fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\"", ink.colour()),
    }
}

fn fill(class: &str, ink: Ink, palette: Palette) -> String {
    match palette {
        Palette::StyleSheet => format!("class=\"{} {class}\"", ink.class()),
        Palette::File if class == "mark-point" => format!("fill=\"{}\" fill-opacity=\"0.5\"", ink.colour()),
        Palette::File => format!("fill=\"{}\"", ink.colour()),
    }
}

/// Text made safe between SVG tags and in attributes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // Characters that XML forbids would make a saved file unreadable.
            control if control.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene() -> Scene {
        Scene {
            width: 100.0,
            height: 40.0,
            marks: vec![
                Mark::Text {
                    at: (1.0, 2.0),
                    anchor: Anchor::Start,
                    strong: false,
                    text: "a <b> & \"c\"\u{7}".into(),
                },
                Mark::Point {
                    at: (3.0, 4.0),
                    ink: Ink::Model(Some(ModelKind::LinearSvc)),
                    says: "0.8".into(),
                },
            ],
        }
    }

    #[test]
    fn text_of_the_data_never_becomes_markup() {
        assert!(scene().body().contains("a &lt;b&gt; &amp; &quot;c&quot; <"));
    }

    #[test]
    fn the_page_is_coloured_by_classes_and_a_file_by_itself() {
        assert!(scene().body().contains("class=\"ink-svm mark-point\""));
        let file = scene().to_file("T");
        assert!(file.contains("fill=\"#d9730d\"") && !file.contains("class="), "{file}");
    }

    #[test]
    fn no_mark_carries_a_style_attribute_which_the_policy_forbids() {
        assert!(!scene().body().contains("style="));
    }
}
