//! Where lines break and how far they are indented.

use super::pieces::{Kind, Program};
use super::space::space;
use super::{INDENT, WIDTH};

/// A line of the result.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The pieces `first..last`, a trailing comment among them.
    pub(super) first: usize,
    /// One past the last piece.
    pub(super) last: usize,
    /// Spaces before it.
    pub(super) indent: usize,
    /// Does an empty line stand before it?
    pub(super) blank: bool,
    /// A `,` to be written after its last token.
    pub(super) comma: bool,
}

/// The lines of a program. Each round breaks what is too long in every line, outermost brackets first.
pub(super) fn lines(program: &Program<'_>) -> Vec<Line> {
    let mut layout = Layout {
        program,
        broken: vec![false; program.groups.len()],
        spread: vec![false; program.groups.len()],
        pipes: vec![false; program.groups.len()],
    };
    layout.authors_breaks();
    loop {
        layout.settle();
        let lines = layout.cut();
        let mut changed = false;
        for line in lines.iter().filter(|line| width(program, line) > WIDTH) {
            changed |= layout.shorten(line);
        }
        if !changed {
            return lines;
        }
    }
}

/// Columns of the code of a line.
fn width(program: &Program<'_>, line: &Line) -> usize {
    let mut width = line.indent + usize::from(line.comma);
    for at in line.first..line.last {
        if program.pieces[at].kind == Kind::Comment {
            break;
        }
        if dropped(program, line, at) {
            continue;
        }
        width += program.pieces[at].text.chars().count();
        width += usize::from(at > line.first && space(program, at - 1, at));
    }
    width
}

/// Is this the trailing comma of a list that ends on its line?
pub(super) fn dropped(program: &Program<'_>, line: &Line, at: usize) -> bool {
    let piece = &program.pieces[at];
    let closed = at + 1 < line.last && program.closes(at + 1).is_some();
    let group = &program.groups[piece.group];
    // `(a,)` is a tuple of one.
    let needed = program.pieces[group.open].text == "(" && group.commas < 2;
    piece.text == "," && closed && !needed
}

struct Layout<'p, 'a> {
    program: &'p Program<'a>,
    /// Groups with a line break after their opener and before their closer.
    broken: Vec<bool>,
    /// Broken groups with every entry on a line of its own.
    spread: Vec<bool>,
    /// Groups with a line break before every `|>` directly in them.
    pipes: Vec<bool>,
}

impl Layout<'_, '_> {
    /// A group is broken if its author broke it at an entry or a bracket.
    fn authors_breaks(&mut self) {
        for at in 0..self.program.pieces.len() {
            let piece = &self.program.pieces[at];
            if piece.breaks == 0 {
                continue;
            }
            let comment = piece.kind == Kind::Comment;
            let group = self.program.closes(at).unwrap_or(piece.group);
            let empty = self.program.groups[group].close == self.program.groups[group].open + 1;
            if (comment || self.program.starts_entry(at)) && !empty && !self.joins(at) {
                self.broken[group] = true;
            }
        }
        self.broken[0] = false;
    }

    /// What comes after a block on lines of its own starts a line: then the bracket around both is broken, as it will be
    /// found to be when the result is formatted again.
    fn settle(&mut self) {
        // Inner brackets close first, so one pass reaches the outermost.
        for at in 1..self.program.pieces.len() {
            let group = self.program.pieces[at].group;
            let after_block = self.program.closes(at - 1).is_some_and(|group| self.broken[group]);
            let listed = self.program.marks.entries.contains(&self.program.pieces[at].start);
            if group != 0 && after_block && listed {
                self.broken[group] = true;
            }
        }
    }

    /// Is a line break before this piece never kept?
    fn joins(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        let (left, piece) = (&self.program.pieces[before], &self.program.pieces[at]);
        if left.kind == Kind::Comment || piece.kind == Kind::Comment {
            return false;
        }
        match piece.text {
            "," | ";" => true,
            "else" => left.text == "}",
            "{" => !self.program.starts_entry(at),
            "}" | ")" | "]" => self.program.closes(at).is_some_and(|group| self.program.groups[group].open == before),
            _ => false,
        }
    }

    /// Does a line start with this piece?
    fn starts_line(&self, at: usize) -> bool {
        let piece = &self.program.pieces[at];
        let Some(before) = at.checked_sub(1) else { return true };
        let left = &self.program.pieces[before];
        if left.kind == Kind::Comment || self.program.marks.items.contains(&piece.start) {
            return true;
        }
        if piece.kind == Kind::Comment {
            return piece.breaks > 0;
        }
        if self.program.closes(at).is_some_and(|group| self.broken[group])
            || self.program.opens(before).is_some_and(|group| self.broken[group])
        {
            return true;
        }
        let after_block = self.program.closes(before).is_some_and(|group| self.broken[group]);
        let entry = self.program.starts_entry(at) && self.program.closes(at).is_none();
        let listed = self.program.marks.entries.contains(&piece.start);
        if entry && self.spread[piece.group] || listed && (after_block || self.spans_lines(at)) {
            return true;
        }
        if piece.text == "|>" && self.pipes[piece.group] {
            return true;
        }
        piece.breaks > 0 && !self.joins(at)
    }

    /// Does the entry that starts here hold a broken bracket? It stands on lines of its own then.
    fn spans_lines(&self, at: usize) -> bool {
        let group = self.program.pieces[at].group;
        if group == 0 || !self.broken[group] {
            return false;
        }
        let end = self.program.groups[group].close;
        let next = |&other: &usize| {
            self.program.pieces[other].group == group
                && self.program.marks.entries.contains(&self.program.pieces[other].start)
        };
        let end = (at + 1..end).find(next).unwrap_or(end);
        (at..end).any(|at| self.program.opens(at).is_some_and(|group| self.broken[group]))
    }

    /// Cuts the pieces into lines.
    fn cut(&self) -> Vec<Line> {
        let program = self.program;
        let mut lines: Vec<Line> = Vec::new();
        // The indentation of what stands in each open broken group, and of its closer.
        let mut inner: Vec<(usize, usize)> = vec![(0, 0)];
        let mut first = 0;
        while first < program.pieces.len() {
            let last = (first + 1..program.pieces.len()).find(|&at| self.starts_line(at));
            let last = last.unwrap_or(program.pieces.len());
            let closes = program.closes(first).filter(|&group| self.broken[group]);
            let (content, closer) = inner.last().copied().unwrap_or((0, 0));
            let continues = !program.starts_entry(first) && program.pieces[first].kind != Kind::Comment
                || program.pieces[first].kind == Kind::Comment && self.in_the_middle(first);
            let indent = match (closes, continues) {
                (Some(_), _) => closer,
                (None, true) => content + INDENT,
                (None, false) => content,
            };
            for at in first..last {
                if program.opens(at).is_some_and(|group| self.broken[group]) {
                    inner.push((indent + INDENT, indent));
                } else if program.closes(at).is_some_and(|group| self.broken[group]) && inner.len() > 1 {
                    inner.pop();
                }
            }
            let opened = lines.last().is_some_and(|line| self.ends_open(line));
            let blank = program.pieces[first].breaks > 1 && !lines.is_empty() && !opened && closes.is_none();
            let comma = self.wants_comma(first, last);
            lines.push(Line { first, last, indent, blank, comma });
            first = last;
        }
        lines
    }

    /// Does a comment stand inside an expression?
    fn in_the_middle(&self, at: usize) -> bool {
        let next = (at..self.program.pieces.len()).find(|&next| self.program.pieces[next].kind != Kind::Comment);
        next.is_some_and(|next| !self.program.starts_entry(next))
    }

    /// Does a line end by opening a broken group?
    fn ends_open(&self, line: &Line) -> bool {
        let last = (line.first..line.last).rev().find(|&at| self.program.pieces[at].kind != Kind::Comment);
        let comment = self.program.pieces[line.last - 1].kind == Kind::Comment;
        !comment && last.and_then(|at| self.program.opens(at)).is_some_and(|group| self.broken[group])
    }

    /// Does a list that is broken lack the `,` after its last entry?
    fn wants_comma(&self, first: usize, last: usize) -> bool {
        let program = self.program;
        let next = (last..program.pieces.len()).find(|&at| program.pieces[at].kind != Kind::Comment);
        let Some(group) = next.and_then(|at| program.closes(at)).filter(|&group| self.broken[group]) else {
            return false;
        };
        let Some(end) = (first..last).rev().find(|&at| program.pieces[at].kind != Kind::Comment) else { return false };
        let list = program.groups[group].commas > 0 && !program.groups[group].statements;
        let ended = matches!(program.pieces[end].text, "," | "}" | ";") || program.opens(end) == Some(group);
        list && !ended
    }

    /// Breaks the widest outermost bracket of a line, or its pipeline. Says whether there was one.
    fn shorten(&mut self, line: &Line) -> bool {
        let program = self.program;
        let mut best: Option<(usize, usize)> = None;
        let mut at = line.first;
        while at < line.last {
            let Some(group) = program.opens(at) else {
                at += 1;
                continue;
            };
            let close = program.groups[group].close;
            if close >= line.last || self.broken[group] {
                at += 1;
                continue;
            }
            let size: usize = program.pieces[at..close].iter().map(|piece| piece.text.chars().count() + 1).sum();
            if size > 8 && best.is_none_or(|(widest, _)| size > widest) {
                best = Some((size, group));
            }
            at = close + 1;
        }
        let pipe = (line.first + 1..line.last).find(|&at| program.pieces[at].text == "|>");
        let own = pipe.map(|at| program.pieces[at].group).filter(|&group| group != 0 && !self.pipes[group]);
        match (best, own) {
            (Some((size, group)), _) if size > 20 || own.is_none() => {
                self.broken[group] = true;
                self.spread[group] = true;
            }
            (_, Some(group)) => self.pipes[group] = true,
            _ => return false,
        }
        true
    }
}
