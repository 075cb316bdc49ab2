//! Columns: what the author lined up stays lined up.
//!
//! Lines take part if they follow each other (`let`), or lie in one list (fields, arms), and only if their author put
//! more than one space somewhere among them. A trailing comment keeps its column if another one shares it, and if the code
//! before both is short enough.

use std::collections::BTreeMap;

use super::layout::{Line, dropped};
use super::pieces::{Kind, Program};
use super::space::space;

/// Writes the lines.
pub(super) fn write(program: &Program<'_>, lines: &[Line]) -> String {
    let padding = paddings(program, lines);
    let codes: Vec<String> = lines.iter().map(|line| code(program, line, &padding)).collect();
    let columns = comment_columns(program, lines, &codes);
    let mut out = String::new();
    for (number, line) in lines.iter().enumerate() {
        if line.blank {
            out.push('\n');
        }
        let comment = &program.pieces[line.last - 1];
        out.push_str(&codes[number]);
        if comment.kind == Kind::Comment {
            if line.last - line.first > 1 {
                let length = codes[number].chars().count();
                let column = columns.get(&number).copied().unwrap_or(length + 2);
                out.extend(std::iter::repeat_n(' ', column - length));
            }
            out.push_str(comment.text);
        }
        out.push('\n');
    }
    out
}

/// A line without its trailing comment.
fn code(program: &Program<'_>, line: &Line, padding: &BTreeMap<usize, usize>) -> String {
    let mut out = " ".repeat(line.indent);
    for at in line.first..line.last {
        let piece = &program.pieces[at];
        if piece.kind == Kind::Comment || dropped(program, line, at) {
            continue;
        }
        let extra = padding.get(&at).copied().unwrap_or(0);
        if at > line.first && (space(program, at - 1, at) || extra > 0) {
            out.push(' ');
        }
        out.extend(std::iter::repeat_n(' ', extra));
        out.push_str(piece.text);
    }
    if line.comma {
        out.push(',');
    }
    out
}

/// What lines are lined up by, and among which others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Run {
    /// The `=` of statements and items that follow each other; numbered by the first of them.
    Following(usize, usize),
    /// The values of the fields of a group.
    Fields(usize),
    /// The `=>` of the arms of a group.
    Arms(usize),
}

/// Extra spaces before pieces.
fn paddings(program: &Program<'_>, lines: &[Line]) -> BTreeMap<usize, usize> {
    let mut runs: BTreeMap<Run, Vec<(usize, usize)>> = BTreeMap::new();
    let mut previous: Option<(usize, Run)> = None;
    for (number, line) in lines.iter().enumerate() {
        let Some((mut run, piece)) = lined_up(program, line) else { continue };
        if let (Run::Following(_, indent), Some((before, Run::Following(start, other)))) = (run, previous)
            && before + 1 == number
            && indent == other
            && !line.blank
        {
            run = Run::Following(start, indent);
        } else if let Run::Following(_, indent) = run {
            run = Run::Following(number, indent);
        }
        previous = Some((number, run));
        runs.entry(run).or_default().push((number, piece));
    }
    let mut padding = BTreeMap::new();
    for members in runs.values().filter(|members| members.len() > 1) {
        if members.iter().all(|&(_, piece)| program.pieces[piece].gap <= 1 || program.pieces[piece].breaks > 0) {
            continue;
        }
        let widths: Vec<usize> =
            members.iter().map(|&(number, piece)| before(program, &lines[number], piece)).collect();
        let widest = widths.iter().copied().max().unwrap_or(0);
        for (&(_, piece), width) in members.iter().zip(widths) {
            padding.insert(piece, widest - width);
        }
    }
    padding
}

/// The piece of a line that may be lined up with others.
fn lined_up(program: &Program<'_>, line: &Line) -> Option<(Run, usize)> {
    let first = &program.pieces[line.first];
    let tokens = line.first..line.last;
    let find = |text: &str| {
        tokens.clone().find(|&at| program.pieces[at].text == text && program.pieces[at].group == first.group)
    };
    if matches!(first.text, "let" | "const") {
        // Lines with a type are long before their `=` and stay out of it.
        return find("=").filter(|_| find(":").is_none()).map(|piece| (Run::Following(0, line.indent), piece));
    }
    if !program.marks.entries.contains(&first.start) || program.groups[first.group].statements {
        return None;
    }
    let second = &program.pieces.get(line.first + 1)?.text;
    let value = program.pieces.get(line.first + 2).filter(|value| value.kind != Kind::Comment);
    if *second == ":" && line.first + 2 < line.last && value.is_some() {
        return Some((Run::Fields(first.group), line.first + 2));
    }
    find("=>").map(|piece| (Run::Arms(first.group), piece))
}

/// Columns of a line before a piece.
fn before(program: &Program<'_>, line: &Line, piece: usize) -> usize {
    let head = Line { last: piece, comma: false, ..line.clone() };
    code(program, &head, &BTreeMap::new()).chars().count()
}

/// The columns of trailing comments that share one.
fn comment_columns(program: &Program<'_>, lines: &[Line], codes: &[String]) -> BTreeMap<usize, usize> {
    let mut shared: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, line) in lines.iter().enumerate() {
        let comment = &program.pieces[line.last - 1];
        let trails = comment.kind == Kind::Comment && line.last - line.first > 1;
        if trails && codes[number].chars().count() < comment.column {
            shared.entry(comment.column).or_default().push(number);
        }
    }
    let mut columns = BTreeMap::new();
    for (column, numbers) in shared.into_iter().filter(|(_, numbers)| numbers.len() > 1) {
        columns.extend(numbers.into_iter().map(|number| (number, column)));
    }
    columns
}
