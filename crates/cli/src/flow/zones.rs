//! Time zones by their IANA names, from the table that is compiled in.
//! Never: a zone guessed where its name is unknown.

use ::flow::Zone;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use track::id::Millis;

use crate::failure::Failure;

/// A zone of the table.
pub struct Named(TimeZone);

impl Named {
    /// The zone of that name.
    ///
    /// # Errors
    /// Where there is none.
    pub fn new(name: &str) -> Result<Self, Failure> {
        TimeZone::get(name).map(Self).map_err(|_| {
            Failure::wrong(format!(
                "There is no time zone '{name}': use a name such as Europe/Berlin or UTC."
            ))
        })
    }

    /// The name of this machine's zone; UTC where it does not say.
    pub fn here() -> String {
        TimeZone::system().iana_name().unwrap_or("UTC").to_owned()
    }
}

impl Zone for Named {
    fn offset_s(&self, at: Millis) -> i32 {
        let at = i64::try_from(at.0).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
        self.0.to_offset(at.unwrap_or(Timestamp::MAX)).seconds()
    }
}
