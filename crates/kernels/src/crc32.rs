//! Bytes in, the checksum of zip and gzip files out.

/// Bytes that a checksum takes in at a time, with a table of 1 KB for each. In a page one: there SHA-256, which
/// takes longer, stands beside it, and tables are what no compression shrinks.
const CRC_STRIDE: usize = if cfg!(target_arch = "wasm32") { 1 } else { 8 };

/// CRC-32 as zip files use it (ISO 3309, reflected polynomial EDB88320).
#[derive(Clone, Copy, Debug)]
pub struct Crc32(u32);

/// What becomes of a byte that so many others follow.
const CRC_TABLES: [[u32; 256]; CRC_STRIDE] = {
    let mut tables = [[0; 256]; CRC_STRIDE];
    let mut i = 0;
    while i < 256 {
        let mut value = i as u32;
        let mut n_bits = 0;
        while n_bits < 8 * CRC_STRIDE {
            value = if value & 1 == 1 { 0xEDB8_8320 ^ (value >> 1) } else { value >> 1 };
            n_bits += 1;
            if n_bits % 8 == 0 {
                tables[n_bits / 8 - 1][i] = value;
            }
        }
        i += 1;
    }
    tables
};

impl Crc32 {
    /// Of no bytes.
    pub fn new() -> Self {
        Self(u32::MAX)
    }

    /// Takes the next bytes.
    #[inline(never)]
    pub fn update(&mut self, bytes: &[u8]) {
        let (strides, rest) = bytes.as_chunks::<CRC_STRIDE>();
        for stride in strides {
            let mut stride = *stride;
            stride.iter_mut().zip(self.0.to_le_bytes()).for_each(|(byte, carried)| *byte ^= carried);
            let kept = if CRC_STRIDE < 4 { self.0 >> (8 * CRC_STRIDE) } else { 0 };
            let of_byte = |(nth, byte): (usize, &u8)| CRC_TABLES[CRC_STRIDE - 1 - nth][usize::from(*byte)];
            self.0 = stride.iter().enumerate().map(of_byte).fold(kept, |sum, part| sum ^ part);
        }
        for byte in rest {
            self.0 = CRC_TABLES[0][usize::from(self.0 as u8 ^ byte)] ^ (self.0 >> 8);
        }
    }

    /// The checksum.
    pub fn finish(self) -> u32 {
        !self.0
    }
}

impl Default for Crc32 {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        let digits = b"123456789";
        for first in 0..=digits.len() {
            let mut crc = Crc32::new();
            crc.update(&digits[..first]);
            crc.update(&digits[first..]);
            // The check value of CRC-32/ISO-HDLC.
            assert_eq!(crc.finish(), 0xCBF4_3926, "parted after {first} bytes");
        }
    }
}
