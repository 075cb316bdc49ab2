//! CSV tables: a header line, then numbers; every complaint names its line and column.

use super::errors::{BAD_CELL, BAD_LABEL, EMPTY_TABLE, RAGGED_ROW, UNKNOWN_COLUMN, broken, suggest};
use super::raw::count_classes;
use super::{DataOptions, Numbers, Raw, RawTargets, Target};
use crate::diag::Diagnostic;
use crate::driver::random::sha256;
use std::path::Path;

/// What the columns of a table are for.
#[derive(PartialEq, Debug)]
struct Roles {
    features: Vec<usize>,
    label: Option<usize>,
    values: Vec<usize>,
}

/// Reads a CSV table. The target is the column `options` name, else the columns the header marks (`label`,
/// `label: species`, `target: price`), else the last one as class label, unless the model learns its own input.
///
/// # Errors
/// `QN0915` for text that is not UTF-8, `QN0917` to `QN0921` for what the cells hold.
pub(super) fn parse(bytes: &[u8], path: &Path, options: &DataOptions) -> Result<Raw, Diagnostic> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| broken(path, format!("is not UTF-8 text (byte {})", error.valid_up_to())))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(String::from).collect(),
        Err(error) => return Err(broken(path, format!("is not a CSV table: {error}"))),
    };
    check_header(&header, path)?;
    let roles = roles(&header, options, path)?;
    let mut table = Table {
        path,
        header: &header,
        features: Vec::new(),
        values: Vec::new(),
        labels: Vec::new(),
        lines: Vec::new(),
    };
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| broken(path, format!("is not a CSV table: {error}")))? {
        table.add(&record, &roles)?;
    }
    table.finish(&roles, sha256(bytes))
}

/// Is there a header, and is it one?
fn check_header(header: &[String], path: &Path) -> Result<(), Diagnostic> {
    if header.iter().all(String::is_empty) {
        let error = Diagnostic::global(&EMPTY_TABLE, format!("`{}` is empty", path.display()));
        return Err(error.help("write a header line with column names, then one line of numbers per row"));
    }
    if header.iter().all(|cell| cell.parse::<f64>().is_ok()) {
        let message = format!("the first line of `{}` holds numbers instead of column names", path.display());
        return Err(Diagnostic::global(&BAD_CELL, message).help("add a header line such as `a,b,label`"));
    }
    Ok(())
}

fn roles(header: &[String], options: &DataOptions, path: &Path) -> Result<Roles, Diagnostic> {
    let find = |name: &str| {
        header.iter().position(|cell| cell == name).ok_or_else(|| {
            let message = format!("`{}` has no column `{name}`", path.display());
            let known: Vec<&str> = header.iter().map(String::as_str).collect();
            suggest(Diagnostic::global(&UNKNOWN_COLUMN, message), name, &known, "columns")
        })
    };
    let marked = |mark: &str| {
        let marks =
            move |cell: &String| cell.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
        header.iter().enumerate().filter(move |(_, cell)| marks(cell)).map(|(at, _)| at).collect::<Vec<usize>>()
    };
    let label = match &options.label {
        Some(name) => Some(find(name)?),
        None => marked("label").first().copied(),
    };
    let values = match &options.target {
        Target::Columns(names) => names.iter().map(|name| find(name)).collect::<Result<Vec<_>, _>>()?,
        _ => marked("target"),
    };
    let last = (label.is_none() && values.is_empty() && options.target == Target::Label).then(|| header.len() - 1);
    let label = label.or(last);
    let features: Vec<usize> = (0..header.len()).filter(|at| label != Some(*at) && !values.contains(at)).collect();
    if features.is_empty() {
        let message = format!("`{}` has no column left for features", path.display());
        let error = Diagnostic::global(&EMPTY_TABLE, message);
        let joined = header.len() == 1 && header[0].contains([';', '\t']);
        return Err(if joined { error.help("separate columns by commas") } else { error });
    }
    Ok(Roles { features, label, values })
}

/// A table being read.
struct Table<'a> {
    path: &'a Path,
    header: &'a [String],
    features: Vec<f64>,
    values: Vec<f64>,
    labels: Vec<u32>,
    lines: Vec<u64>,
}

impl Table<'_> {
    fn add(&mut self, record: &csv::StringRecord, roles: &Roles) -> Result<(), Diagnostic> {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != self.header.len() {
            let message = format!(
                "line {line} of `{}` has {} cells, the header has {}",
                self.path.display(),
                record.len(),
                self.header.len()
            );
            return Err(Diagnostic::global(&RAGGED_ROW, message));
        }
        for &column in &roles.features {
            let value = self.number(&record[column], line, column)?;
            self.features.push(value);
        }
        for &column in &roles.values {
            let value = self.number(&record[column], line, column)?;
            self.values.push(value);
        }
        if let Some(column) = roles.label {
            let label = self.label(&record[column], line, column)?;
            self.labels.push(label);
        }
        self.lines.push(line);
        Ok(())
    }

    fn place(&self, line: u64, column: usize) -> String {
        format!("line {line}, column {} (`{}`) of `{}`", column + 1, self.header[column], self.path.display())
    }

    fn number(&self, cell: &str, line: u64, column: usize) -> Result<f64, Diagnostic> {
        let problem = match cell.parse::<f64>() {
            Ok(value) if value.is_finite() => return Ok(value),
            _ if cell.is_empty() => "is empty".to_owned(),
            _ => format!("holds `{}`, which is not a finite number", shorten(cell)),
        };
        let error = Diagnostic::global(&BAD_CELL, format!("{} {problem}", self.place(line, column)));
        Err(match cell {
            _ if cell.contains([';', '\t']) => error.help("separate columns by commas"),
            "" => error.help("fill missing values in, or drop the row"),
            _ => error,
        })
    }

    fn label(&self, cell: &str, line: u64, column: usize) -> Result<u32, Diagnostic> {
        let whole = cell.parse::<f64>().ok().filter(|value| value.fract() == 0.0);
        if let Some(label) = whole.filter(|value| (0.0..=f64::from(u32::MAX)).contains(value)) {
            return Ok(label as u32);
        }
        let problem = format!("holds `{}`, which is not a class number", shorten(cell));
        let error = Diagnostic::global(&BAD_LABEL, format!("{} {problem}", self.place(line, column)));
        let name = &self.header[column];
        Err(match cell.parse::<f64>() {
            Ok(value) if value.fract() != 0.0 => {
                error.help(format!("for a real-valued target write `target: \"{name}\"`"))
            }
            _ => error.help("number the classes 0, 1, 2, .."),
        })
    }

    fn finish(self, roles: &Roles, source_digest: String) -> Result<Raw, Diagnostic> {
        if self.lines.is_empty() {
            let message = format!("`{}` has a header and no rows", self.path.display());
            return Err(Diagnostic::global(&EMPTY_TABLE, message));
        }
        let targets = if let (true, Some(column)) = (self.values.is_empty(), roles.label) {
            let n_classes = count_classes(&self.labels, |at| self.place(self.lines[at], column))?;
            RawTargets::Classes { labels: self.labels, n_classes, names: Vec::new() }
        } else if self.values.is_empty() {
            RawTargets::None
        } else {
            let shape = if roles.values.len() == 1 { vec![] } else { vec![roles.values.len()] };
            RawTargets::Values { values: self.values, shape }
        };
        Ok(Raw {
            values: Numbers::F64(self.features),
            shape: vec![roles.features.len()],
            feature_names: roles.features.iter().map(|&column| self.header[column].clone()).collect(),
            targets,
            test_from: None,
            full_scale: None,
            published: None,
            source_digest,
        })
    }
}

/// At most 24 characters of a cell.
fn shorten(cell: &str) -> String {
    let short: String = cell.chars().take(24).collect();
    if short.len() < cell.len() { format!("{short}..") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, options: &DataOptions) -> Result<Raw, Diagnostic> {
        parse(text.as_bytes(), Path::new("my.csv"), options)
    }

    fn code(text: &str) -> (&'static str, String) {
        let error = read(text, &DataOptions::default()).unwrap_err();
        (error.code.meta.code, error.message)
    }

    #[test]
    fn the_last_column_is_the_label() {
        let raw =
            read("\u{feff}a, b ,kind\r\n1,2.5,0\r\n\r\n-1e3,0,2\r\n3,4,1.0\r\n", &DataOptions::default()).unwrap();
        assert_eq!((raw.shape.as_slice(), raw.rows()), ([2].as_slice(), 3));
        assert_eq!(raw.values, Numbers::F64(vec![1.0, 2.5, -1000.0, 0.0, 3.0, 4.0]));
        assert_eq!(raw.feature_names, ["a", "b"]);
        assert_eq!(raw.targets, RawTargets::Classes { labels: vec![0, 2, 1], n_classes: 3, names: vec![] });
    }

    #[test]
    fn columns_have_roles_by_mark_by_option_or_none() {
        let text = "label:kind,a,target: y\n1,2,0.5\n0,3,0.25\n";
        let raw = read(text, &DataOptions::default()).unwrap();
        assert_eq!(raw.values, Numbers::F64(vec![2.0, 3.0]));
        assert_eq!(raw.targets, RawTargets::Values { values: vec![0.5, 0.25], shape: vec![] });
        let two = DataOptions { target: Target::Columns(vec!["b".into(), "a".into()]), ..DataOptions::default() };
        let raw = read("a,b,c\n1,2,3\n", &two).unwrap();
        assert_eq!(raw.targets, RawTargets::Values { values: vec![2.0, 1.0], shape: vec![2] });
        let auto = DataOptions { target: Target::Input, ..DataOptions::default() };
        assert_eq!(read("a,b\n1,2\n", &auto).unwrap().shape, [2], "an autoencoder needs no label");
        assert_eq!(read("a,label\n1,0\n", &auto).unwrap().shape, [1], "a marked label is no feature");
        let error = read("a,b\n1,2\n", &DataOptions { label: Some("B".into()), ..DataOptions::default() }).unwrap_err();
        assert_eq!((error.code.meta.code, error.helps[0].as_str()), ("QN0921", "did you mean `b`?"));
    }

    #[test]
    fn every_fault_names_its_place() {
        assert_eq!(code("").0, "QN0917");
        assert_eq!(code("a,label\n").0, "QN0917");
        assert_eq!(code("label\n1\n").0, "QN0917");
        assert_eq!(code("1,2,0\n3,4,1\n").0, "QN0919");
        let (ragged, message) = code("a,b,label\n1,2,0\n1,2\n");
        assert_eq!((ragged, message.as_str()), ("QN0918", "line 3 of `my.csv` has 2 cells, the header has 3"));
        for cell in ["NaN", "inf", "abc", "", "1;2"] {
            let (bad, message) = code(&format!("a,b,label\n1,2,0\n3,{cell},1\n"));
            assert_eq!(bad, "QN0919", "{cell}");
            assert!(message.starts_with("line 3, column 2 (`b`) of `my.csv`"), "{message}");
        }
        for label in ["-1", "0.5", "setosa", "7", "99999999999"] {
            let (bad, message) = code(&format!("a,label\n1,0\n3,{label}\n2,0\n"));
            assert_eq!(bad, "QN0920", "{label}");
            assert!(message.contains("line 3, column 2 (`label`)"), "{message}");
        }
    }

    #[test]
    fn what_is_not_text_is_refused() {
        let error = parse(&[0xff, 0xfe, 0, 1], Path::new("my.csv"), &DataOptions::default()).unwrap_err();
        assert_eq!(error.code.meta.code, "QN0915");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9a-z,.\"\n\r; -]{0,80}") {
            let _ = read(&text, &DataOptions::default());
        }

        #[test]
        fn numbers_survive(rows in proptest::collection::vec((-1e9f64..1e9, 0u32..2), 2..20)) {
            let lines: String = rows.iter().map(|(x, label)| format!("{x:?},{label}\n")).collect();
            let raw = read(&format!("x,label\n{lines}"), &DataOptions::default()).unwrap();
            proptest::prop_assert_eq!(raw.values, Numbers::F64(rows.iter().map(|row| row.0).collect()));
        }
    }
}
