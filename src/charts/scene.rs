//! Marks with positions and inks in, SVG out: for the page (coloured by the style sheet) and for a file.

use std::fmt::Write as _;

pub use super::ink::{Ink, N_SHADES};

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

/// One thing that is drawn. Lengths are in pixels, y downwards. Many alike are one mark, and one element of the page.
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
    /// Thin lines through points each.
    Threads {
        /// One after the other.
        lines: Vec<Vec<(f64, f64)>>,
        /// Their meaning.
        ink: Ink,
    },
    /// What lies within a line through points.
    Area {
        /// All the way round.
        points: Vec<(f64, f64)>,
        /// Its meaning.
        ink: Ink,
    },
    /// Dots.
    Dots {
        /// Their middles.
        at: Vec<(f64, f64)>,
        /// Their meaning.
        ink: Ink,
    },
    /// A rectangle with round corners.
    Bar {
        /// Its upper left corner.
        at: (f64, f64),
        /// Width and height.
        size: (f64, f64),
        /// Its meaning.
        ink: Ink,
    },
    /// Rectangles that may touch.
    Boxes {
        /// Their upper left corners, and widths and heights.
        boxes: Vec<Rectangle>,
        /// Their meaning.
        ink: Ink,
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

/// Upper left corner, and width and height, in pixels.
pub type Rectangle = ((f64, f64), (f64, f64));

/// Where something can be pointed at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Its upper left corner, and width and height; both 0 of a dot.
    pub place: Rectangle,
    /// What is there: a number that its chart understands.
    pub item: u32,
}

impl Spot {
    /// At a dot.
    pub fn dot(at: (f64, f64), item: u32) -> Self {
        Self { place: (at, (0.0, 0.0)), item }
    }

    /// Its middle.
    pub fn middle(&self) -> (f64, f64) {
        let ((left, top), (width, height)) = self.place;
        (left + width / 2.0, top + height / 2.0)
    }

    /// How far a point is from it; 0 within.
    pub fn distance(&self, (x, y): (f64, f64)) -> f64 {
        let ((left, top), (width, height)) = self.place;
        let across = (left - x).max(x - left - width).max(0.0);
        let down = (top - y).max(y - top - height).max(0.0);
        (across * across + down * down).sqrt()
    }
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
    /// Where something can be pointed at, in the order that keys walk.
    pub spots: Vec<Spot>,
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

    /// The spot nearest to a point, where one is within `reach`.
    pub fn spot_near(&self, at: (f64, f64), reach: f64) -> Option<Spot> {
        let nearer = |one: (f64, Spot), other: (f64, Spot)| if other.0 < one.0 { other } else { one };
        let near = self.spots.iter().map(|spot| (spot.distance(at), *spot)).reduce(nearer);
        near.filter(|(distance, _)| *distance <= reach).map(|(_, spot)| spot)
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
            let look = look(Kind::Rule, *ink, palette);
            write!(
                svg,
                "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" {look}/>",
                from.0, from.1, to.0, to.1
            )
        }
        Mark::Line { points, ink } => write_path(svg, look(Kind::Line, *ink, palette), |path| {
            write_line(path, points);
        }),
        Mark::Threads { lines, ink } => write_path(svg, look(Kind::Thread, *ink, palette), |path| {
            lines.iter().for_each(|line| write_line(path, line));
        }),
        Mark::Area { points, ink } => write_path(svg, look(Kind::Area, *ink, palette), |path| {
            write_line(path, points);
            path.push('Z');
        }),
        // A line of no length with round ends is a dot.
        Mark::Dots { at, ink } => write_path(svg, look(Kind::Dots, *ink, palette), |path| {
            at.iter().for_each(|at| write_step(path, 'M', *at));
        }),
        Mark::Boxes { boxes, ink } => write_path(svg, look(Kind::Bar, *ink, palette), |path| {
            for (at, (width, height)) in boxes {
                write_step(path, 'M', *at);
                write_number(path, 'h', *width);
                write_number(path, 'v', *height);
                write_number(path, 'h', -width);
                path.push('z');
            }
        }),
        Mark::Bar { at, size, ink } => {
            let look = look(Kind::Bar, *ink, palette);
            write!(
                svg,
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"3\" {look}/>",
                at.0,
                at.1,
                size.0.max(0.0),
                size.1
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

fn write_path(svg: &mut String, look: String, write: impl FnOnce(&mut String)) -> std::fmt::Result {
    svg.push_str("<path d=\"");
    write(svg);
    write!(svg, "\" {look}/>")
}

fn write_line(path: &mut String, points: &[(f64, f64)]) {
    for (place, point) in points.iter().enumerate() {
        write_step(path, if place == 0 { 'M' } else { 'L' }, *point);
    }
}

fn write_step(path: &mut String, step: char, (x, y): (f64, f64)) {
    write_number(path, step, x);
    write_number(path, ' ', y);
    // A path that only moves draws nothing.
    if step == 'M' {
        path.push_str("h0");
    }
}

/// Tenths of a pixel, without the formatter's machinery: a picture of thousands of marks is drawn many times a second.
fn write_number(path: &mut String, before: char, number: f64) {
    let tenths = (number * 10.0).round() as i64;
    path.push(before);
    if tenths < 0 {
        path.push('-');
    }
    let (whole, tenth) = (tenths.unsigned_abs() / 10, (tenths.unsigned_abs() % 10) as u8);
    let mut digits = [0; 20];
    let mut n_digits = 0;
    let mut left = whole;
    while left > 0 || n_digits == 0 {
        digits[n_digits] = b'0' + (left % 10) as u8;
        left /= 10;
        n_digits += 1;
    }
    path.extend(digits[..n_digits].iter().rev().map(|digit| char::from(*digit)));
    if tenth > 0 {
        path.push('.');
        path.push(char::from(b'0' + tenth));
    }
}

/// What is drawn, for its look.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rule,
    Line,
    Thread,
    Area,
    Dots,
    Bar,
}

/// Attributes that give a mark its looks.
fn look(kind: Kind, ink: Ink, palette: Palette) -> String {
    let (class, file) = match kind {
        Kind::Rule => ("mark-rule", "fill=\"none\" stroke-width=\"1\" stroke"),
        Kind::Line => ("mark-line", "fill=\"none\" stroke-width=\"2\" stroke"),
        Kind::Thread => ("mark-thread", "fill=\"none\" stroke-width=\"1\" stroke-opacity=\"0.6\" stroke"),
        Kind::Area => ("mark-area", "fill-opacity=\"0.2\" fill"),
        Kind::Dots => (
            "mark-dots",
            "fill=\"none\" stroke-width=\"7\" stroke-linecap=\"round\" stroke-opacity=\"0.6\" stroke",
        ),
        Kind::Bar => ("mark-bar", "fill"),
    };
    match palette {
        Palette::StyleSheet => format!("class=\"{} {class}\"", ink.class()),
        Palette::File => format!("{file}=\"{}\"", ink.colour()),
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
    use engine::models::ModelKind;

    use super::*;

    fn scene() -> Scene {
        let svm = Ink::Model(Some(ModelKind::LinearSvc));
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
                Mark::Dots { at: vec![(3.0, 4.04), (-0.5, 12.25)], ink: svm },
                Mark::Boxes { boxes: vec![((1.0, 2.0), (3.0, 4.5))], ink: svm },
            ],
            spots: vec![Spot::dot((3.0, 4.0), 7), Spot { place: ((50.0, 0.0), (20.0, 40.0)), item: 8 }],
        }
    }

    #[test]
    fn text_of_the_data_never_becomes_markup() {
        assert!(scene().body().contains("a &lt;b&gt; &amp; &quot;c&quot; <"));
    }

    #[test]
    fn the_page_is_coloured_by_classes_and_a_file_by_itself() {
        assert!(scene().body().contains("class=\"ink-svm mark-dots\""));
        let file = scene().to_file("T");
        assert!(file.contains("stroke=\"#993b00\"") && !file.contains("class="), "{file}");
    }

    #[test]
    fn many_marks_alike_are_one_element() {
        let body = scene().body();
        assert!(body.contains("<path d=\"M3 4h0M-0.5 12.3h0\""), "{body}");
        assert!(body.contains("<path d=\"M1 2h0h3v4.5h-3z\""), "{body}");
        assert_eq!(body.matches('<').count(), 4, "two paths, a text and its end");
    }

    #[test]
    fn no_mark_carries_a_style_attribute_which_the_policy_forbids() {
        assert!(!scene().body().contains("style="));
    }

    #[test]
    fn what_is_pointed_at_is_the_nearest_within_reach() {
        let item = |at, reach| scene().spot_near(at, reach).map(|spot| spot.item);
        assert_eq!(item((6.0, 8.0), 5.0), Some(7));
        assert_eq!(item((6.0, 8.0), 4.9), None);
        assert_eq!(item((60.0, 30.0), 0.0), Some(8), "within it");
        assert_eq!(item((75.0, 30.0), 5.0), Some(8));
        assert_eq!(scene().spots[1].middle(), (60.0, 20.0));
    }
}
