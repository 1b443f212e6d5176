//! Our own zip files in, the files in them out: what is offered for download is looked at as whoever takes it will see it.

use kernels::Crc32;

/// Signature and length of a file's header.
const HEADER: &[u8] = b"PK\x03\x04";
const HEADER_BYTES: usize = 30;
/// What begins the directory at the end.
const DIRECTORY: &[u8] = b"PK\x01\x02";

/// A file: its place below the folder that all share, and what is in it.
pub(crate) type Unzipped<'a> = (&'a str, &'a [u8]);

/// The files, as `zip_of` stored them.
///
/// # Errors
/// Where the bytes are no such file, or one of its checksums does not hold.
pub(crate) fn unzip(bytes: &[u8]) -> Result<Vec<Unzipped<'_>>, &'static str> {
    let cut_off = "the zip file ends too early";
    let mut files = Vec::new();
    let mut rest = bytes;
    while let Some(header) = rest.strip_prefix(HEADER) {
        let (_, _) = rest.split_at_checked(HEADER_BYTES).ok_or(cut_off)?;
        let four = |at: usize| u32::from_le_bytes(std::array::from_fn(|place| header[at - 4 + place]));
        let (crc, n_bytes) = (four(14), four(18) as usize);
        let n_name = usize::from(u16::from_le_bytes([header[22], header[23]]));
        let (name, after) = rest[HEADER_BYTES..].split_at_checked(n_name).ok_or(cut_off)?;
        let (content, after) = after.split_at_checked(n_bytes).ok_or(cut_off)?;
        let mut sum = Crc32::new();
        sum.update(content);
        if sum.finish() != crc {
            return Err("a file in the zip file is not what it was: its checksum differs");
        }
        let name = std::str::from_utf8(name).or(Err("a name in the zip file is no text"))?;
        files.push((name.split_once('/').map_or(name, |(_, below)| below), content));
        rest = after;
    }
    if rest.starts_with(DIRECTORY) { Ok(files) } else { Err(cut_off) }
}
