//! Row numbers of reviews as bytes: each as what it is beyond the one before, seven bits a byte.

/// Longest number in bytes: 64 bits, seven in each.
const MAX_NUMBER_BYTES: u32 = 10;

/// Ascending row numbers as bytes.
pub fn encode_records(records: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(records.len());
    let mut before = 0;
    for &record in records {
        let mut left = record - before;
        before = record;
        while left >= 0x80 {
            bytes.push(left as u8 | 0x80);
            left >>= 7;
        }
        bytes.push(left as u8);
    }
    bytes
}

/// The row numbers in `bytes`; none where they are no such bytes.
pub fn decode_records(bytes: &[u8]) -> Option<Vec<u64>> {
    let mut records = Vec::with_capacity(bytes.len());
    let (mut record, mut left, mut n_bytes) = (0_u64, 0_u64, 0);
    for &byte in bytes {
        left |= u64::from(byte & 0x7f).checked_shl(7 * n_bytes)?;
        n_bytes += 1;
        if n_bytes > MAX_NUMBER_BYTES {
            return None;
        }
        if byte < 0x80 {
            record = record.checked_add(left)?;
            records.push(record);
            (left, n_bytes) = (0, 0);
        }
    }
    (n_bytes == 0).then_some(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_numbers_come_back() {
        for records in [vec![], vec![0], vec![0, 1, 5, 300, 301, 70_000, u64::MAX]] {
            assert_eq!(decode_records(&encode_records(&records)), Some(records));
        }
        assert_eq!(encode_records(&[3, 4, 5]), [3, 1, 1], "a byte each where none is left out");
    }

    #[test]
    fn other_bytes_are_refused() {
        assert_eq!(decode_records(&[0x80]), None);
        assert_eq!(decode_records(&[0xff; 12]), None);
        let twice = [encode_records(&[u64::MAX]), vec![1]].concat();
        assert_eq!(decode_records(&twice), None);
    }
}
