//! Fields in, a message in protobuf's wire format out: varints, floats and what has a length.

/// Numbers as varints.
const VARINT: u64 = 0;
/// Bytes, texts and messages.
const LENGTH: u64 = 2;

/// A message as it is written, field by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    bytes: Vec<u8>,
}

impl Message {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// A whole number; negative ones take ten bytes, as protobuf's `int64` has it.
    pub(super) fn int(&mut self, field: u64, value: i64) -> &mut Self {
        self.varint(field << 3 | VARINT);
        self.varint(value as u64);
        self
    }

    pub(super) fn bytes(&mut self, field: u64, value: &[u8]) -> &mut Self {
        self.varint(field << 3 | LENGTH);
        self.varint(value.len() as u64);
        self.bytes.extend_from_slice(value);
        self
    }

    pub(super) fn text(&mut self, field: u64, value: &str) -> &mut Self {
        self.bytes(field, value.as_bytes())
    }

    pub(super) fn message(&mut self, field: u64, value: &Message) -> &mut Self {
        self.bytes(field, &value.bytes)
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::Message;

    // The examples of protobuf's own description of the encoding.
    #[test]
    fn fields_are_as_protobuf_writes_them() {
        let mut inner = Message::default();
        inner.int(1, 150);
        assert_eq!(inner.clone().into_bytes(), [0x08, 0x96, 0x01]);
        let mut outer = Message::default();
        outer.message(3, &inner).text(2, "testing").int(1, -1);
        let mut expected = vec![0x1a, 3, 0x08, 0x96, 0x01, 0x12, 7];
        expected.extend_from_slice(b"testing");
        expected.extend_from_slice(&[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
        assert_eq!(outer.into_bytes(), expected);
    }
}
