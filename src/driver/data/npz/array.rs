//! Arrays in NumPy's `.npy` format, versions 1 to 3: plain numbers of either byte order, row-major or column-major.

use crate::driver::data::Numbers;

/// An array, row-major.
#[derive(Debug, PartialEq)]
pub(super) struct Array {
    /// Its axes.
    pub shape: Vec<usize>,
    /// Its numbers: bytes and f32 as they are, everything else as f64.
    pub values: Numbers,
    /// Is its type an integer or a bool?
    pub whole: bool,
}

/// What a header says.
struct Header {
    big_endian: bool,
    kind: char,
    size: usize,
    column_major: bool,
    shape: Vec<usize>,
}

/// Reads a `.npy` file; the error says what is wrong with the array.
pub(super) fn parse(bytes: &[u8]) -> Result<Array, String> {
    let (header, content) = split(bytes).ok_or("has no readable header")?;
    let header = read_header(header)?;
    let count = header.shape.iter().try_fold(1usize, |count, &axis| count.checked_mul(axis));
    let size = count.and_then(|count| count.checked_mul(header.size)).ok_or("announces an impossible size")?;
    if content.len() != size {
        return Err(format!("has {} bytes of numbers instead of {size}", content.len()));
    }
    let values = numbers(&header, content)?;
    let values = if header.column_major && header.shape.len() > 1 { row_major(values, &header.shape) } else { values };
    Ok(Array { whole: matches!(header.kind, 'i' | 'u' | 'b'), shape: header.shape, values })
}

/// Header text and content.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(b"\x93NUMPY")?;
    let (&[major, _minor], rest) = rest.split_first_chunk::<2>()?;
    let (length, rest) = match major {
        1 => rest.split_first_chunk::<2>().map(|(word, rest)| (usize::from(u16::from_le_bytes(*word)), rest))?,
        2 | 3 => rest.split_first_chunk::<4>().map(|(word, rest)| (u32::from_le_bytes(*word) as usize, rest))?,
        _ => return None,
    };
    let (header, content) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(header).ok()?, content))
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`.
fn read_header(text: &str) -> Result<Header, String> {
    let after = |key: &str| {
        let at = text.find(&format!("'{key}'")).map(|at| at + key.len() + 2);
        at.and_then(|at| text[at..].trim_start().strip_prefix(':')).map(str::trim_start)
    };
    let broken = || "has no readable header".to_owned();
    let descr = after("descr").ok_or_else(broken)?;
    let descr = descr.strip_prefix('\'').and_then(|rest| rest.split_once('\'')).map(|(descr, _)| descr);
    let descr = descr.ok_or("is a table of named columns; save plain arrays")?;
    let mut letters = descr.chars();
    let (order, kind) = (letters.next().ok_or_else(broken)?, letters.next().ok_or_else(broken)?);
    let size = letters.as_str().parse().unwrap_or(0);
    let plain = matches!((kind, size), ('f', 4 | 8) | ('i' | 'u', 1 | 2 | 4 | 8) | ('b', 1));
    if !plain || !matches!(order, '<' | '>' | '|' | '=') {
        return Err(format!("has the type `{descr}`; save it as float32, float64, an integer type or bool"));
    }
    let shape = after("shape").and_then(|rest| rest.strip_prefix('(')).and_then(|rest| rest.split_once(')'));
    let axes = shape.ok_or_else(broken)?.0.split(',').map(str::trim).filter(|axis| !axis.is_empty());
    let shape = axes.map(str::parse).collect::<Result<Vec<usize>, _>>().map_err(|_| broken())?;
    let column_major = after("fortran_order").ok_or_else(broken)?.starts_with("True");
    Ok(Header { big_endian: order == '>', kind, size, column_major, shape })
}

fn numbers(header: &Header, content: &[u8]) -> Result<Numbers, String> {
    macro_rules! read {
        ($kind:ty) => {
            content.chunks_exact(header.size).map(|bytes| {
                let mut word = [0; size_of::<$kind>()];
                word.copy_from_slice(bytes);
                if header.big_endian { <$kind>::from_be_bytes(word) } else { <$kind>::from_le_bytes(word) }
            })
        };
    }
    Ok(match (header.kind, header.size) {
        ('f', 4) => Numbers::F32(read!(f32).collect()),
        ('f', 8) => Numbers::F64(read!(f64).collect()),
        ('u' | 'b', 1) => Numbers::U8(content.to_vec()),
        ('i', 1) => Numbers::F64(read!(i8).map(f64::from).collect()),
        ('i', 2) => Numbers::F64(read!(i16).map(f64::from).collect()),
        ('i', 4) => Numbers::F64(read!(i32).map(f64::from).collect()),
        ('i', 8) => Numbers::F64(read!(i64).map(|value| value as f64).collect()),
        ('u', 2) => Numbers::F64(read!(u16).map(f64::from).collect()),
        ('u', 4) => Numbers::F64(read!(u32).map(f64::from).collect()),
        ('u', 8) => Numbers::F64(read!(u64).map(|value| value as f64).collect()),
        _ => return Err("has a type that is not a number".into()),
    })
}

/// The same array with the last axis running fastest.
fn row_major(values: Numbers, shape: &[usize]) -> Numbers {
    fn reorder<S: Copy>(values: &[S], shape: &[usize]) -> Vec<S> {
        let strides: Vec<usize> =
            shape.iter().scan(1, |stride, &axis| Some(std::mem::replace(stride, *stride * axis))).collect();
        let position = |mut at: usize| {
            shape.iter().zip(&strides).rev().fold(0, |sum, (&axis, &stride)| {
                let index = at % axis;
                at /= axis;
                sum + index * stride
            })
        };
        (0..values.len()).map(|at| values[position(at)]).collect()
    }
    match values {
        Numbers::U8(values) => Numbers::U8(reorder(&values, shape)),
        Numbers::F32(values) => Numbers::F32(reorder(&values, shape)),
        Numbers::F64(values) => Numbers::F64(reorder(&values, shape)),
    }
}
