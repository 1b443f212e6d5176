//! Files in, a zip file of them out: stored as they are, dated at the beginning of zip's time, so that the same files give
//! the same bytes.
//!
//! Layout: APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16, without zip64: an export is far below 4 GB.

use kernels::Crc32;

use crate::ExportFile;

/// Version needed to read it: 2.0.
const VERSION: u16 = 20;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
/// 1 January 1980, 0:00.
const DATE: u16 = (1 << 5) | 1;

/// The files below the folder `folder`, in their order.
pub fn zip_of(folder: &str, files: &[ExportFile]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for file in files {
        let name = format!("{folder}/{}", file.path);
        let offset = bytes.len() as u32;
        let fields = Fields::of(&name, &file.bytes);
        bytes.extend_from_slice(b"PK\x03\x04");
        fields.push(&mut bytes);
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(&file.bytes);
        directory.extend_from_slice(b"PK\x01\x02");
        push16(&mut directory, &[VERSION]);
        fields.push(&mut directory);
        // No comment, first disk, no attributes.
        push16(&mut directory, &[0, 0, 0]);
        push32(&mut directory, &[0, offset]);
        directory.extend_from_slice(name.as_bytes());
    }
    let (start, length) = (bytes.len() as u32, directory.len() as u32);
    bytes.append(&mut directory);
    bytes.extend_from_slice(b"PK\x05\x06");
    let n_files = files.len() as u16;
    push16(&mut bytes, &[0, 0, n_files, n_files]);
    push32(&mut bytes, &[length, start]);
    push16(&mut bytes, &[0]);
    bytes
}

/// What both headers of a file say.
struct Fields {
    crc: u32,
    n_bytes: u32,
    n_name: u16,
}

impl Fields {
    fn of(name: &str, content: &[u8]) -> Self {
        let mut crc = Crc32::new();
        crc.update(content);
        Self { crc: crc.finish(), n_bytes: content.len() as u32, n_name: name.len() as u16 }
    }

    fn push(&self, out: &mut Vec<u8>) {
        // Stored, at midnight.
        push16(out, &[VERSION, FLAGS, 0, 0, DATE]);
        push32(out, &[self.crc, self.n_bytes, self.n_bytes]);
        push16(out, &[self.n_name, 0]);
    }
}

fn push16(out: &mut Vec<u8>, numbers: &[u16]) {
    numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
}

fn push32(out: &mut Vec<u8>, numbers: &[u32]) {
    numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zip_file_names_each_file_twice_and_ends_with_its_directory() {
        let files = [
            ExportFile::new("MLmodel", "text/yaml", "a: 1\n".into()),
            ExportFile::new("code/x.py", "text/x-python", "x".into()),
        ];
        let zip = zip_of("model", &files);
        let text = String::from_utf8_lossy(&zip);
        assert_eq!(text.matches("model/code/x.py").count(), 2);
        assert!(zip.starts_with(b"PK\x03\x04") && zip[zip.len() - 22..].starts_with(b"PK\x05\x06"));
        // Python 3.11: zlib.crc32(b"a: 1\n").
        assert_eq!(zip[14..18], 0xe323_1969_u32.to_le_bytes());
        let n_directory = u32::from_le_bytes([
            zip[zip.len() - 10],
            zip[zip.len() - 9],
            zip[zip.len() - 8],
            zip[zip.len() - 7],
        ]);
        let start = u32::from_le_bytes([
            zip[zip.len() - 6],
            zip[zip.len() - 5],
            zip[zip.len() - 4],
            zip[zip.len() - 3],
        ]);
        assert_eq!((start + n_directory) as usize, zip.len() - 22);
    }
}
