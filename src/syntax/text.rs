//! Bytes to text: what a source file must be before it can be parsed.

use crate::diag::Diagnostic;

use super::MAX_BYTES;
use super::errors::lexical;

/// The text of a source file called `name`.
///
/// # Errors
/// QN0111 for more than [`MAX_BYTES`], QN0112 for binary files, QN0113 for other encodings than UTF-8.
pub fn decode(name: &str, bytes: Vec<u8>) -> Result<String, Diagnostic> {
    if bytes.len() > MAX_BYTES {
        return Err(lexical::file_too_large_named(name, bytes.len() as u64, MAX_BYTES));
    }
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if let Some(at) = bytes.iter().position(|&byte| byte == 0).filter(|_| !wide) {
        return Err(lexical::binary_named(name, at));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
        lexical::not_utf8(name, line, error.as_bytes()[at], wide)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: Vec<u8>) -> &'static str {
        decode("a.qnas", bytes).expect_err("refused").code.meta.code
    }

    #[test]
    fn only_utf8_text_of_a_sane_size_is_read() {
        assert_eq!(decode("a.qnas", "\u{feff}θ\r\n".into()).expect("text"), "\u{feff}θ\r\n");
        assert_eq!(code(vec![b' '; 50_000_000]), "QN0111");
        assert_eq!(code(b"\x7fELF\0\0".to_vec()), "QN0112");
        assert_eq!(code(b"const \xe9 = 1;".to_vec()), "QN0113");
        assert_eq!(code(b"\xff\xfec\0o\0n\0".to_vec()), "QN0113");
        let error = decode("a.qnas", b"ok\nok\n\xe9".to_vec()).expect_err("refused");
        assert!(error.message.contains("`a.qnas`") && error.message.contains("line 3"), "{}", error.message);
    }
}
