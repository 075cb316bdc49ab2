//! The report as one page for a browser: data, style and script in a single file, nothing from a network.
//!
//! The data stands in the page as JSON, in which `<`, `>` and `&` are escaped, so that no name in a program can end the
//! element it stands in; the script writes text only as text.

use super::details::Detail;
use super::gather::RunReport;
use crate::driver::search::Record;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPTS: [&str; 5] = [
    include_str!("basics.js"),
    include_str!("charts.js"),
    include_str!("parallel.js"),
    include_str!("panels.js"),
    include_str!("main.js"),
];

/// The page.
#[must_use]
pub fn page(report: &RunReport, details: &BTreeMap<u64, Detail>) -> String {
    let script = SCRIPTS.join("\n");
    let title = text(&format!("{}: report of a search", report.header.search));
    let parts = [("{{title}}", title), ("{{style}}", STYLE.to_owned()), ("{{data}}", embedded(&data(report, details)))];
    // The script last, and every mark once, so that nothing inserted is looked at again.
    let mut out = String::new();
    let mut rest = PAGE;
    for (mark, part) in parts.into_iter().chain([("{{script}}", script)]) {
        let (before, after) = rest.split_once(mark).unwrap_or((rest, ""));
        out.push_str(before);
        out.push_str(&part);
        rest = after;
    }
    out + rest
}

/// Text for the body of an element.
fn text(raw: &str) -> String {
    raw.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// JSON for the body of a script element.
fn embedded(value: &Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// Base 64 of RFC 4648, padded.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let known = digit <= chunk.len();
            let value = bits >> (18 - 6 * digit) & 63;
            out.push(if known { char::from(DIGITS[value as usize]) } else { '=' });
        }
    }
    out
}

/// Everything the page shows.
fn data(report: &RunReport, details: &BTreeMap<u64, Detail>) -> Value {
    let metrics: BTreeSet<&String> = report.records.iter().flat_map(|record| record.metrics.keys()).collect();
    let mut all = report.to_json();
    let more = json!({
        "metrics": metrics,
        "front_ids": report.front.iter().map(|entry| entry.id).collect::<Vec<_>>(),
        "records": report.records.iter().map(|record| candidate(report, record, details, &metrics)).collect::<Vec<_>>(),
    });
    if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
        all.extend(more);
    }
    all
}

/// One candidate, with short names as there are many.
fn candidate(
    report: &RunReport,
    record: &Record,
    details: &BTreeMap<u64, Detail>,
    metrics: &BTreeSet<&String>,
) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    put("id", json!(record.id));
    put("choices", json!(record.assignment));
    if let Some(first) = record.same_as {
        put("same_as", json!(first));
        return Value::Object(out);
    }
    put("objectives", json!(record.objectives));
    if !record.metrics.is_empty() {
        put("metrics", metrics.iter().map(|name| json!(record.metrics.get(*name).copied().flatten())).collect());
    }
    if let Some(reason) = &record.failed {
        put("failed", json!(reason));
    }
    if !record.violations.is_empty() {
        put("violations", json!(record.violations));
    }
    if !record.parents.is_empty() {
        put("parents", json!(record.parents));
    }
    if !record.fidelity.is_full() {
        put("fidelity", json!(record.fidelity));
    }
    if let Some(seconds) = report.time.by_candidate.get(&record.id) {
        put("seconds", json!(seconds));
    }
    if let Some(curve) = report.curves.get(&record.id) {
        put("curve", json!(curve.points));
    }
    if let Some(detail) = details.get(&record.id) {
        put("diagram", json!(detail.diagram));
        if let Some(findings) = &detail.findings {
            put("findings", json!(findings));
        }
        if let Some(picture) = &detail.picture {
            put("picture", json!(format!("data:image/png;base64,{}", base64(picture))));
        }
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_element_it_stands_in() {
        let hostile = json!({"</script><script>alert(1)</script>": "<!--", "l": "\u{2028}&amp;"});
        let safe = embedded(&hostile);
        assert!(!safe.contains(['<', '>', '&', '\u{2028}']), "{safe}");
        assert_eq!(serde_json::from_str::<Value>(&safe).unwrap(), hostile);
        assert_eq!(text("</title>&"), "&lt;/title&gt;&amp;");
    }

    #[test]
    fn bytes_are_spelled_as_the_standard_says() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn the_page_has_its_marks_in_order() {
        let places: Vec<usize> =
            ["{{title}}", "{{style}}", "{{data}}", "{{script}}"].iter().map(|mark| PAGE.find(mark).unwrap()).collect();
        assert!(places.is_sorted());
        for script in SCRIPTS {
            assert!(!script.contains("</script") && !script.contains("innerHTML") && !script.contains("http:"));
        }
        assert!(!STYLE.contains("</style") && !STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}
