//! Numbers in, the words and figures a person reads out.
//!
//! Pure: the time now and the offset of the person's clock are arguments.

use engine::models::ModelKind;
use engine::quote::Grouped;
use engine::table::{DateOrder, civil, csv_cell, parse_date};
use track::id::Millis;

/// A model's name for people.
pub fn model_name(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::LogisticRegression => "Logistic regression",
        ModelKind::MultinomialNb => "Naive Bayes",
        ModelKind::LinearSvc => "Linear SVM",
        ModelKind::ComplementNb => "Complement naive Bayes",
        ModelKind::RandomForest => "Random forest",
        ModelKind::Dummy => "Guessing",
    }
}

/// A model's name in class names and colours: `lr`, `nb`, `svm`.
pub fn model_slug(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::LogisticRegression => "lr",
        ModelKind::MultinomialNb => "nb",
        ModelKind::LinearSvc => "svm",
        ModelKind::ComplementNb => "cnb",
        ModelKind::RandomForest => "forest",
        ModelKind::Dummy => "dummy",
    }
}

/// scikit-learn's class name, as records hold it, back to the model.
pub fn model_from_class(name: &str) -> Option<ModelKind> {
    ModelKind::EVERY.into_iter().find(|kind| kind.as_str() == name)
}

/// A score with three digits: `0.812`.
pub fn score(value: f64) -> String {
    format!("{value:.3}")
}

/// A spread with three digits: `±0.009`.
pub fn spread(value: f64) -> String {
    format!("±{value:.3}")
}

/// A share in whole percent: `82 %`.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A whole number with commas between thousands: `5,241`.
pub fn whole(number: u64) -> String {
    Grouped(number).to_string()
}

/// A whole number as a person types it: `1200`, `1,200`.
pub fn parse_whole(text: &str) -> Option<u64> {
    let digits: String = text.trim().chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    digits.parse().ok()
}

/// A table as CSV (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe.
pub fn csv<'a>(lines: impl IntoIterator<Item = &'a [String]>) -> String {
    let mut csv = String::new();
    for line in lines {
        for (place, cell) in line.iter().enumerate() {
            csv.push_str(if place == 0 { "" } else { "," });
            csv.push_str(&csv_cell(cell));
        }
        csv.push_str("\r\n");
    }
    csv
}

/// `1 review`, `2 reviews`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", whole(number), if number == 1 { one } else { many })
}

/// How many in a second: `182`, `4.2`, `0.31`.
pub fn pace(per_second: f64) -> String {
    match per_second {
        few if few < 0.995 => format!("{few:.2}"),
        some if some < 9.95 => format!("{some:.1}"),
        many => format!("{many:.0}"),
    }
}

/// A duration: `4 ms`, `1.2 s`, `2 min 5 s`.
pub fn duration(milliseconds: f64) -> String {
    if milliseconds < 1.0 {
        return format!("{milliseconds:.1} ms");
    }
    if milliseconds < 1000.0 {
        return format!("{milliseconds:.0} ms");
    }
    let seconds = milliseconds / 1000.0;
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole_seconds = seconds as u64;
    format!("{} min {} s", whole_seconds / 60, whole_seconds % 60)
}

/// A size: `512 B`, `43 KB`, `4.1 MB`, `2.1 GB` (thousands).
pub fn bytes(n_bytes: u64) -> String {
    let size = n_bytes as f64;
    match n_bytes {
        0..1_000 => format!("{n_bytes} B"),
        1_000..1_000_000 => format!("{:.0} KB", size / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", size / 1e6),
        _ => format!("{:.1} GB", size / 1e9),
    }
}

/// A number with four significant digits at most: `0.0123`, `5000`, `1.5e7`.
pub fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let size = value.abs();
    if !(1e-4..1e7).contains(&size) {
        return format!("{value:.1e}");
    }
    let mut places = 0;
    let mut unit = 1000.0;
    while places < 7 && size < unit {
        places += 1;
        unit /= 10.0;
    }
    let digits = format!("{value:.places$}");
    match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => digits,
    }
}

/// A metric as people read it: seconds and bytes with their unit, scores with four digits.
pub fn metric_words(name: &str, value: f64) -> String {
    if name.ends_with("_time") {
        duration(value * 1000.0)
    } else if name.ends_with("_bytes") {
        bytes(value as u64)
    } else if value.fract() == 0.0 && value.abs() > 1.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.4}")
    }
}

/// How long ago `then` was: `just now`, `5 min ago`, `3 h ago`, `2 days ago`.
pub fn ago(then: Millis, now: Millis) -> String {
    let minutes = now.0.saturating_sub(then.0) / 60_000;
    match minutes {
        0 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..1_440 => format!("{} h ago", minutes / 60),
        1_440..2_880 => "yesterday".to_owned(),
        _ => format!("{} days ago", minutes / 1_440),
    }
}

/// `2026-11-22 00:48` of an instant, `offset_minutes` east of Greenwich.
pub fn date_time(at: Millis, offset_minutes: i32) -> String {
    let minutes = (at.0 / 60_000) as i64 + i64::from(offset_minutes);
    let (days, minute_of_day) = (minutes.div_euclid(1_440), minutes.rem_euclid(1_440));
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", minute_of_day / 60, minute_of_day % 60)
}

/// The last millisecond of a minute such as `09:30` of a day such as `2026-11-22`, or of the whole day where no time is
/// given, by a clock `offset_minutes` east of Greenwich; none of what is no day or no time.
pub fn end_of(day: &str, time: &str, offset_minutes: i32) -> Option<Millis> {
    const MINUTE_MS: i64 = 60_000;
    const DAY_MINUTES: i64 = 1_440;
    let begin = parse_date(day, DateOrder::MonthFirst)? * 1_000 - i64::from(offset_minutes) * MINUTE_MS;
    let minutes = match time.split_once(':') {
        Some((hours, minutes)) => {
            hours.parse::<i64>().ok()? * 60 + minutes.get(..2)?.parse::<i64>().ok()? + 1
        }
        None if time.is_empty() => DAY_MINUTES,
        None => return None,
    };
    let end = (1..=DAY_MINUTES).contains(&minutes).then_some(begin + minutes * MINUTE_MS - 1)?;
    u64::try_from(end).ok().map(Millis)
}

/// What a fit is worth, in words a shop owner understands, from its record; `found` is the recall of
/// `class`, the unhappiest. The same words as `drivers::plain_words`.
pub fn plain_words(accuracy: f64, found: f64, class: &str) -> String {
    let of_hundred = |share: f64| (share * 100.0).round();
    let reviews = match class.trim().to_ascii_lowercase().as_str() {
        "negative" | "bad" | "unhappy" => "unhappy reviews".to_owned(),
        _ => format!("'{class}' reviews"),
    };
    format!("Gets {} of 100 right; finds {} of 100 {reviews}.", of_hundred(accuracy), of_hundred(found))
}

/// A reason that begins in small letters and has no full stop, as a sentence of its own.
pub fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// Why a study cannot be drawn beside one after `metric`; macro F1 is measured in every one.
pub fn why_not_beside(study: &track::run::Run, metric: engine::metrics::Metric) -> Option<String> {
    let Some(track::run::RunSpec::Study(spec)) = &study.spec else {
        return Some("left out: it does not say what it measured".to_owned());
    };
    let has_it = metric.is_usual() || spec.metric == metric;
    (!has_it).then(|| format!("left out: it measured {}, not {}", spec.metric.name(), metric.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_by_the_persons_clock() {
        for (day, offset, expected) in [
            ("1970-01-01", 0, Some(86_399_999)),
            ("1970-01-02", 60, Some(2 * 86_400_000 - 3_600_000 - 1)),
            ("1970-01-01", -60, Some(86_400_000 + 3_600_000 - 1)),
            ("", 0, None),
            ("soon", 0, None),
        ] {
            assert_eq!(end_of(day, "", offset), expected.map(Millis), "{day} {offset}");
        }
        for (time, expected) in
            [("00:00", Some(59_999)), ("23:59", Some(86_399_999)), ("24:00", None), ("9", None)]
        {
            assert_eq!(end_of("1970-01-01", time, 0), expected.map(Millis), "{time}");
        }
    }

    #[track_caller]
    fn check(found: String, expected: &str) {
        assert_eq!(found, expected);
    }

    #[test]
    fn whole_numbers_are_read_as_people_write_them() {
        for (text, expected) in
            [("1200", Some(1200)), (" 1,200 ", Some(1200)), ("1 200", Some(1200)), ("", None), ("-1", None)]
        {
            assert_eq!(parse_whole(text), expected, "{text:?}");
        }
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        check(whole(0), "0");
        check(whole(999), "999");
        check(whole(5_241), "5,241");
        check(whole(1_234_567), "1,234,567");
        check(counted(1, "review", "reviews"), "1 review");
        check(counted(0, "review", "reviews"), "0 reviews");
        check(percent(0.824), "82 %");
        check(score(0.8119), "0.812");
    }

    #[test]
    fn numbers_have_four_digits_at_most() {
        for (value, expected) in [
            (0.0, "0"),
            (0.012_345, "0.01235"),
            (1.0, "1"),
            (1.5, "1.5"),
            (5000.0, "5000"),
            (12_345.6, "12346"),
            (100.0, "100"),
            (1.5e8, "1.5e8"),
            (-0.25, "-0.25"),
        ] {
            check(short(value), expected);
        }
    }

    #[test]
    fn durations_and_sizes_change_unit() {
        check(duration(0.44), "0.4 ms");
        check(duration(31.2), "31 ms");
        check(duration(1_234.0), "1.2 s");
        check(duration(125_000.0), "2 min 5 s");
        check(pace(182.4), "182");
        check(pace(9.97), "10");
        check(pace(4.21), "4.2");
        check(pace(0.31), "0.31");
        check(bytes(512), "512 B");
        check(bytes(43_210), "43 KB");
        check(bytes(4_100_000), "4.1 MB");
    }

    #[test]
    fn metrics_carry_their_unit() {
        check(metric_words("fit_time", 0.0312), "31 ms");
        check(metric_words("model_size_bytes", 43_210.0), "43 KB");
        check(metric_words("cv_f1_macro", 0.81219), "0.8122");
        check(metric_words("n_terms", 1407.0), "1407");
    }

    #[test]
    fn instants_are_shown_in_the_persons_zone() {
        check(date_time(Millis(0), 0), "1970-01-01 00:00");
        check(date_time(Millis(1_709_164_800_000), 0), "2024-02-29 00:00");
        check(date_time(Millis(1_709_164_800_000), -330), "2024-02-28 18:30");
    }

    #[test]
    fn ages_are_rounded_down() {
        let at = |minutes: u64| ago(Millis(0), Millis(minutes * 60_000));
        check(at(0), "just now");
        check(at(59), "59 min ago");
        check(at(60), "1 h ago");
        check(at(1_500), "yesterday");
        check(at(3_000), "2 days ago");
    }

    #[test]
    fn a_fit_is_said_in_plain_words() {
        check(
            plain_words(0.841, 0.788, "negative"),
            "Gets 84 of 100 right; finds 79 of 100 unhappy reviews.",
        );
        check(plain_words(0.5, 0.25, "refund"), "Gets 50 of 100 right; finds 25 of 100 'refund' reviews.");
    }

    #[test]
    fn every_model_is_found_again_by_its_class_name() {
        for kind in ModelKind::ALL {
            assert_eq!(model_from_class(kind.as_str()), Some(kind));
        }
    }

    #[test]
    fn cells_that_hold_commas_quotes_or_formulas_are_guarded() {
        let line = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let lines = [line(&["term", "value"]), line(&["so \"good\", really", "-0.5"]), line(&["=1+1", "-x"])];
        let expected = "term,value\r\n\"so \"\"good\"\", really\",-0.5\r\n'=1+1,'-x\r\n";
        assert_eq!(csv(lines.iter().map(Vec::as_slice)), expected);
    }
}
