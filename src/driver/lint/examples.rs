//! The examples in a file's documentation as programs of their own: how a library, which has nothing to run, is linted.
//!
//! Everything but one example is blanked out, byte by byte, so that its places are those of the file.

use crate::source::Span;
use crate::syntax::ast::Item;

/// An example: the item it belongs to, and the file's text with everything else blank.
#[derive(Clone, Debug)]
pub(super) struct Example {
    /// The item.
    pub(super) item: Span,
    /// The program.
    pub(super) text: String,
}

/// The examples of a file, in order.
pub(super) fn examples(text: &str, items: &[Item]) -> Vec<Example> {
    let mut out = Vec::new();
    let mut lines: Vec<(usize, &str)> = Vec::new();
    let (mut at, mut inside) = (0, false);
    for line in text.split_inclusive('\n') {
        let content = line.trim_start().strip_prefix("///").map(str::trim);
        match content {
            Some("```qnas") if !inside => {
                inside = true;
                lines.clear();
            }
            Some("```") if inside => {
                inside = false;
                if let Some(item) = items.iter().find(|item| item.span.range().end > at) {
                    out.push(Example { item: item.span, text: blanked(text, &lines) });
                }
            }
            Some(_) if inside => lines.push((at, line)),
            _ => inside = false,
        }
        at += line.len();
    }
    out
}

/// The text with spaces for every byte outside the lines, and for the slashes of the lines.
fn blanked(text: &str, lines: &[(usize, &str)]) -> String {
    let mut out: Vec<u8> = text.bytes().map(|byte| if byte == b'\n' { byte } else { b' ' }).collect();
    for (start, line) in lines {
        let slashes = line.find("///").map_or(0, |at| at + 3);
        out[start + slashes..start + line.len()].copy_from_slice(&line.as_bytes()[slashes..]);
    }
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn an_example_keeps_its_place() {
        let text = "use a::b;\n/// Écrit.\n///\n/// ```qnas\n/// const n = 1;\n/// ```\nfn f() -> int = 1;\n";
        let parsed = crate::syntax::parse(FileId(0), text);
        let found = examples(text, &parsed.file.items);
        assert_eq!((found.len(), found[0].item), (1, parsed.file.items[1].span));
        assert_eq!(found[0].text.find("const"), text.find("const"));
        assert_eq!(found[0].text.trim(), "const n = 1;");
    }
}
