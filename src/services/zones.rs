//! Time zones by their IANA names, from the browser's own calendar.
//!
//! In: a name. Out: how far its clocks are ahead of UTC at an instant, daylight saving and all. Never: a zone guessed
//! where its name is unknown.

use flow::Zone;
use js_sys::{Array, Date, Function, Object, Reflect};
use track::id::Millis;
use wasm_bindgen::{JsCast as _, JsValue};

/// What a formatter is asked for: all that tells an instant on a wall.
const PARTS: [(&str, &str); 8] = [
    ("year", "numeric"),
    ("month", "2-digit"),
    ("day", "2-digit"),
    ("hour", "2-digit"),
    ("minute", "2-digit"),
    ("second", "2-digit"),
    ("hourCycle", "h23"),
    ("calendar", "gregory"),
];

/// A zone that the browser knows.
pub struct Named {
    /// Writes an instant as the zone's clocks show it: `11/22/2026, 21:05:33`.
    format: Function,
}

impl Named {
    /// The zone of that name; none where the browser knows none.
    pub fn new(name: &str) -> Option<Self> {
        let options = Object::new();
        for (part, how) in PARTS.into_iter().chain([("timeZone", name)]) {
            Reflect::set(&options, &part.into(), &how.into()).ok()?;
        }
        let arguments = Array::of2(&"en-US".into(), &options);
        let formatter = Reflect::construct(&date_time_format()?, &arguments).ok()?;
        let format = Reflect::get(&formatter, &"format".into()).ok()?.dyn_into().ok()?;
        (!name.trim().is_empty()).then_some(Self { format })
    }

    /// The name of this device's zone; UTC where it does not say.
    pub fn here() -> String {
        let resolved = || {
            let formatter = Reflect::construct(&date_time_format()?, &Array::new()).ok()?;
            let resolve: Function =
                Reflect::get(&formatter, &"resolvedOptions".into()).ok()?.dyn_into().ok()?;
            let options = resolve.call0(&formatter).ok()?;
            Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
        };
        resolved().unwrap_or_else(|| "UTC".to_owned())
    }

    /// The names that the browser lists, in alphabetical order.
    pub fn all() -> Vec<String> {
        let listed = || {
            let list: Function = Reflect::get(&intl()?, &"supportedValuesOf".into()).ok()?.dyn_into().ok()?;
            let names: Array = list.call1(&JsValue::UNDEFINED, &"timeZone".into()).ok()?.dyn_into().ok()?;
            Some(names.iter().filter_map(|name| name.as_string()).collect())
        };
        listed().unwrap_or_default()
    }
}

impl Zone for Named {
    fn offset_s(&self, at: Millis) -> i32 {
        let date = Date::new(&JsValue::from_f64(at.0 as f64));
        let shown = self.format.call1(&JsValue::UNDEFINED, &date).ok().and_then(|shown| shown.as_string());
        let wall_s = shown.as_deref().and_then(wall_seconds).unwrap_or((at.0 / 1000) as i64);
        (wall_s - (at.0 / 1000) as i64) as i32
    }
}

fn intl() -> Option<JsValue> {
    Reflect::get(&js_sys::global(), &"Intl".into()).ok().filter(JsValue::is_object)
}

fn date_time_format() -> Option<Function> {
    Reflect::get(&intl()?, &"DateTimeFormat".into()).ok()?.dyn_into().ok()
}

/// Seconds since the beginning of 1970 on the wall of `11/22/2026, 21:05:33`.
fn wall_seconds(shown: &str) -> Option<i64> {
    let numbers = shown.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let numbers: Vec<i64> = numbers.map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [month, day, year, hour, minute, second] = numbers[..] else { return None };
    Some(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Days from 1970-01-01 to a date (Howard Hinnant, `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_wall_shows_is_a_number_of_seconds() {
        // Python 3.11: calendar.timegm((…)).
        for (shown, expected) in [
            ("01/01/1970, 00:00:00", Some(0)),
            ("02/29/2000, 12:30:15", Some(951_827_415)),
            ("11/22/2026, 21:05:33", Some(1_795_381_533)),
            ("nonsense", None),
        ] {
            assert_eq!(wall_seconds(shown), expected, "{shown}");
        }
    }
}
