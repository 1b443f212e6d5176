//! Bytes in protobuf's wire format in, fields out.

use super::OnnxError;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire<'a> {
    /// A varint.
    Number(u64),
    /// Bytes, a text, or a message.
    Bytes(&'a [u8]),
}

impl Wire<'_> {
    pub(super) fn text(self) -> Result<String, OnnxError> {
        match self {
            Wire::Bytes(bytes) => String::from_utf8(bytes.to_vec()).or(Err(OnnxError("a name is no text"))),
            Wire::Number(_) => Err(OnnxError("a number stands where a text should")),
        }
    }
}

const CUT_OFF: OnnxError = OnnxError("it ends too early");

/// A field: its number and what it holds.
type Field<'a> = Result<(u64, Wire<'a>), OnnxError>;

/// The fields of a message, in order; the first that cannot be read is the last.
pub(super) fn fields(bytes: &[u8]) -> impl Iterator<Item = Field<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let field = field(&mut rest);
        if field.is_err() {
            rest = &[];
        }
        Some(field)
    })
}

fn field<'a>(rest: &mut &'a [u8]) -> Result<(u64, Wire<'a>), OnnxError> {
    let tag = varint(rest)?;
    let wire = match tag & 7 {
        0 => Wire::Number(varint(rest)?),
        2 => {
            let n_bytes = usize::try_from(varint(rest)?).or(Err(CUT_OFF))?;
            let (taken, after) = rest.split_at_checked(n_bytes).ok_or(CUT_OFF)?;
            *rest = after;
            Wire::Bytes(taken)
        }
        _ => return Err(OnnxError("a field has a form that is not used")),
    };
    Ok((tag >> 3, wire))
}

fn varint(rest: &mut &[u8]) -> Result<u64, OnnxError> {
    let mut number = 0_u64;
    for place in 0..10 {
        let (&byte, after) = rest.split_first().ok_or(CUT_OFF)?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(OnnxError("a number is too long"))
}
