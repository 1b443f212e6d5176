//! One line a comparison: what, ours, theirs, the worst difference, holds or not.
//! In: pairs of values and what is asked of them. Out: the table and its counts.
//! Never: a judgement of its own on what is close enough.

use std::fmt;

/// How a comparison ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As close as asked.
    Holds,
    /// Not as close as asked.
    Fails,
    /// The engine cannot do this case yet.
    NotYet,
    /// The reference does not have it.
    Absent,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "DOES NOT HOLD",
            Self::NotYet => "not yet",
            Self::Absent => "not in the reference",
        }
    }
}

/// One comparison.
#[derive(Clone, Debug)]
pub struct Line {
    /// What is compared.
    pub what: String,
    /// Our value, or what stands for it.
    pub ours: String,
    /// Theirs.
    pub theirs: String,
    /// How far apart they are at worst.
    pub worst: String,
    /// Whether that is close enough.
    pub verdict: Verdict,
}

/// All comparisons, in order.
#[derive(Clone, Debug, Default)]
pub struct Report {
    lines: Vec<Line>,
}

impl Report {
    /// Adds a comparison that holds or not.
    pub fn add(
        &mut self,
        what: impl Into<String>,
        values: [String; 2],
        worst: impl Into<String>,
        holds: bool,
    ) {
        let [ours, theirs] = values;
        let verdict = if holds { Verdict::Holds } else { Verdict::Fails };
        self.lines.push(Line { what: what.into(), ours, theirs, worst: worst.into(), verdict });
    }

    /// Adds a comparison of counts or texts that must be the same.
    pub fn same<T: PartialEq + ToString>(&mut self, what: impl Into<String>, ours: T, theirs: T) {
        let holds = ours == theirs;
        let worst = if holds { "none" } else { "differs" };
        self.add(what, [ours.to_string(), theirs.to_string()], worst, holds);
    }

    /// Adds a comparison of two numbers that may be `allowed` apart.
    pub fn within(&mut self, what: impl Into<String>, ours: f64, theirs: f64, allowed: f64) {
        let gap = (ours - theirs).abs();
        // A NaN on either side makes the comparison false.
        self.add(what, [number(ours), number(theirs)], gap_of(gap, allowed), gap <= allowed);
    }

    /// Adds a comparison of two lists of numbers, each of which may be `allowed` apart.
    pub fn all_within(&mut self, what: impl Into<String>, ours: &[f64], theirs: &[f64], allowed: f64) {
        let what = what.into();
        if ours.len() != theirs.len() {
            return self.same(format!("{what}: how many"), ours.len(), theirs.len());
        }
        let worst = worst_gap(ours, theirs);
        let first = |values: &[f64]| {
            format!("{} from {}", values.len(), values.first().map_or("-".into(), |v| number(*v)))
        };
        self.add(what, [first(ours), first(theirs)], gap_of(worst, allowed), worst <= allowed);
    }

    /// Adds a case that the engine cannot do yet.
    pub fn not_yet(&mut self, what: impl Into<String>) {
        self.mark(what, Verdict::NotYet);
    }

    /// Adds a file that the reference does not have.
    pub fn absent(&mut self, file: &str) {
        self.mark(file, Verdict::Absent);
    }

    fn mark(&mut self, what: impl Into<String>, verdict: Verdict) {
        let [ours, theirs, worst] = ["-"; 3].map(str::to_owned);
        self.lines.push(Line { what: what.into(), ours, theirs, worst, verdict });
    }

    /// The comparisons.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// How many comparisons there are.
    pub fn n_lines(&self) -> usize {
        self.lines.len()
    }

    /// How many do not hold.
    pub fn n_failing(&self) -> usize {
        self.n(Verdict::Fails)
    }

    /// How many ended so.
    pub fn n(&self, verdict: Verdict) -> usize {
        self.lines.iter().filter(|line| line.verdict == verdict).count()
    }
}

/// The largest distance between the numbers of two lists of one length; NaN where one of them is.
pub fn worst_gap(ours: &[f64], theirs: &[f64]) -> f64 {
    let gaps = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs());
    gaps.fold(0.0, |worst: f64, gap| if gap.is_nan() || worst.is_nan() { f64::NAN } else { worst.max(gap) })
}

fn number(value: f64) -> String {
    format!("{value:.8}")
}

fn gap_of(gap: f64, allowed: f64) -> String {
    format!("{gap:.1e} of {allowed:.0e}")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let titles = ["what", "ours", "theirs", "worst difference", "verdict"];
        let cells = |line: &Line| {
            [
                line.what.clone(),
                line.ours.clone(),
                line.theirs.clone(),
                line.worst.clone(),
                line.verdict.as_str().into(),
            ]
        };
        let rows: Vec<[String; 5]> =
            std::iter::once(titles.map(str::to_owned)).chain(self.lines.iter().map(cells)).collect();
        let widths: Vec<usize> = (0..5)
            .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
            .collect();
        for row in &rows {
            let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        let [holds, fails, not_yet] =
            [Verdict::Holds, Verdict::Fails, Verdict::NotYet].map(|verdict| self.n(verdict));
        writeln!(f, "{holds} hold, {fails} do not hold, {not_yet} not yet")
    }
}
