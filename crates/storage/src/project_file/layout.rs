//! The fixed parts of a zip file, as bytes (APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16).
//!
//! Only what project files need: stored entries, no zip64, no encryption, one disk, UTF-8 names.

use track::id::Millis;

pub(super) const LOCAL_SIGNATURE: u32 = 0x0403_4b50;
const CENTRAL_SIGNATURE: u32 = 0x0201_4b50;
const END_SIGNATURE: u32 = 0x0605_4b50;
pub(super) const LOCAL_BYTES: usize = 30;
pub(super) const CENTRAL_BYTES: usize = 46;
pub(super) const END_BYTES: usize = 22;
/// Version 2.0 of the format: folders and no more.
const NEEDED_VERSION: u16 = 20;
/// Names are UTF-8.
const UTF8_FLAG: u16 = 1 << 11;
/// Stored, not packed.
const STORED: u16 = 0;
/// Of a regular file that everybody may read, as Unix writes it.
const UNIX_MODE: u32 = 0o100_644 << 16;
const MADE_BY_UNIX: u16 = (3 << 8) | NEEDED_VERSION;

/// One entry, as the list at the end of the file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) crc: u32,
    pub(super) n_bytes: u32,
    /// Where its local header begins.
    pub(super) offset: u32,
}

/// Date and time of MS-DOS, in UTC: two seconds' steps, from 1980 to 2107.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DosTime {
    time: u16,
    date: u16,
}

impl From<Millis> for DosTime {
    fn from(at: Millis) -> Self {
        let seconds = at.0 / 1000;
        let (year, month, day) = civil(seconds / 86_400);
        let years = year.clamp(1980, 2107) - 1980;
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        // Each part is below the next one's unit, so both fit in 16 bits.
        Self {
            time: ((hour << 11) | (minute << 5) | (second / 2)) as u16,
            date: ((years << 9) | (month << 5) | day) as u16,
        }
    }
}

/// Year, month and day of a day counted from 1970-01-01 (Howard Hinnant, `civil_from_days`).
fn civil(day: u64) -> (u64, u64, u64) {
    let day = day + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + u64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// Fields one after another, low byte first.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn u16(mut self, value: u16) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    /// What local header and list have in common, from version to the name's length.
    fn entry(self, entry: &Entry, at: DosTime) -> Self {
        self.u16(NEEDED_VERSION)
            .u16(UTF8_FLAG)
            .u16(STORED)
            .u16(at.time)
            .u16(at.date)
            .u32(entry.crc)
            .u32(entry.n_bytes)
            .u32(entry.n_bytes)
            .u16(entry.name.len() as u16)
            .u16(0)
    }

    fn name(mut self, entry: &Entry) -> Vec<u8> {
        self.0.extend(entry.name.as_bytes());
        self.0
    }
}

/// What stands before an entry's bytes.
pub(super) fn local_header(entry: &Entry, at: DosTime) -> Vec<u8> {
    Fields::default().u32(LOCAL_SIGNATURE).entry(entry, at).name(entry)
}

/// An entry's line in the list at the end.
pub(super) fn central_header(entry: &Entry, at: DosTime) -> Vec<u8> {
    let fields = Fields::default().u32(CENTRAL_SIGNATURE).u16(MADE_BY_UNIX).entry(entry, at);
    fields.u16(0).u16(0).u16(0).u32(UNIX_MODE).u32(entry.offset).name(entry)
}

/// What ends the file: how many entries there are and where their list lies.
pub(super) fn end(n_entries: u16, list_bytes: u32, list_offset: u32) -> Vec<u8> {
    let fields = Fields::default().u32(END_SIGNATURE).u16(0).u16(0).u16(n_entries).u16(n_entries);
    fields.u32(list_bytes).u32(list_offset).u16(0).0
}

/// The number that stands at `at`, low byte first.
fn u16_at<const N: usize>(bytes: &[u8; N], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

/// The number that stands at `at`, low byte first.
fn u32_at<const N: usize>(bytes: &[u8; N], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Number of entries, bytes of their list and where it begins; none where this does not end a zip file
/// on one disk without a comment.
pub(super) fn read_end(bytes: &[u8]) -> Option<(usize, u32, u32)> {
    let end: &[u8; END_BYTES] = bytes.try_into().ok()?;
    let n_entries = u16_at(end, 10);
    let is_whole = u32_at(end, 0) == END_SIGNATURE
        && (u16_at(end, 4), u16_at(end, 6), u16_at(end, 8)) == (0, 0, n_entries)
        && u16_at(end, 20) == 0;
    is_whole.then(|| (usize::from(n_entries), u32_at(end, 12), u32_at(end, 16)))
}

/// What local header and list have in common, but for version and time.
struct Common {
    flags: u16,
    method: u16,
    crc: u32,
    n_packed: u32,
    n_bytes: u32,
    n_name: u16,
    n_extra: u16,
}

impl Common {
    /// It begins at `at`, with the flags.
    fn of<const N: usize>(header: &[u8; N], at: usize) -> Self {
        Self {
            flags: u16_at(header, at),
            method: u16_at(header, at + 2),
            crc: u32_at(header, at + 8),
            n_packed: u32_at(header, at + 12),
            n_bytes: u32_at(header, at + 16),
            n_name: u16_at(header, at + 20),
            n_extra: u16_at(header, at + 22),
        }
    }

    /// Stored as it is, without extras. Bit 0 of the flags: encrypted; bit 3: sizes stand after the bytes.
    fn is_plain(&self) -> bool {
        self.method == STORED
            && self.flags & 0b1001 == 0
            && self.n_packed == self.n_bytes
            && self.n_extra == 0
    }
}

/// The first line of the list, whether it is as this module writes it, and the rest of the list.
pub(super) fn read_central(list: &[u8]) -> Option<(Entry, bool, &[u8])> {
    let (header, rest) = list.split_first_chunk::<CENTRAL_BYTES>()?;
    if u32_at(header, 0) != CENTRAL_SIGNATURE {
        return None;
    }
    let common = Common::of(header, 8);
    let (n_comment, disk) = (u16_at(header, 32), u16_at(header, 34));
    let (name, rest) = rest.split_at_checked(usize::from(common.n_name))?;
    let name = std::str::from_utf8(name).ok()?.to_owned();
    let (_, rest) = rest.split_at_checked(usize::from(common.n_extra) + usize::from(n_comment))?;
    let entry = Entry { name, crc: common.crc, n_bytes: common.n_bytes, offset: u32_at(header, 42) };
    Some((entry, common.is_plain() && (n_comment, disk) == (0, 0), rest))
}

/// Whether the header before an entry's bytes, with its name, says what the list says.
pub(super) fn is_header_of(header: &[u8], entry: &Entry) -> bool {
    let Some((header, name)) = header.split_first_chunk::<LOCAL_BYTES>() else { return false };
    let common = Common::of(header, 6);
    u32_at(header, 0) == LOCAL_SIGNATURE
        && common.is_plain()
        && (common.crc, common.n_bytes) == (entry.crc, entry.n_bytes)
        && usize::from(common.n_name) == name.len()
        && name == entry.name.as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(day: u64, expected: (u64, u64, u64)) {
        assert_eq!(civil(day), expected);
    }

    #[test]
    fn days_become_dates() {
        // Python 3: date(1970, 1, 1) + timedelta(days=...).
        check(0, (1970, 1, 1));
        check(11_016, (2000, 2, 29));
        check(11_017, (2000, 3, 1));
        check(20_779, (2026, 11, 22));
        check(47_541, (2100, 3, 1));
    }
}
