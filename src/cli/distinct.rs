//! The different architectures of a space, for `qnas space`: counting with progress, rows and JSON.

use super::progress::{Shown, clock};
use super::table::{Rows, grouped};
use crate::diag::Diagnostic;
use crate::driver::distinct::{Distinct, Guess, Kinds, distinct};
use crate::driver::space::FilteredSpace;
use serde_json::{Value, json};

/// Seconds of silence before progress is shown.
const PATIENCE: f64 = 1.0;

/// Counts, and says how far it is once it takes long.
pub(super) fn count(space: &FilteredSpace<'_>, limits: (u64, usize), seed: u64) -> Result<Distinct, Diagnostic> {
    let began = std::time::Instant::now();
    let mut shown: Option<Shown> = None;
    let found = distinct(space, limits, seed, &mut |done, of| {
        let seconds = began.elapsed().as_secs_f64();
        if shown.is_none() && seconds > PATIENCE {
            shown = Some(Shown::new(Some(of)));
        }
        if let Some(shown) = &shown {
            let left = seconds / done.max(1) as f64 * of.saturating_sub(done) as f64;
            shown.at(done, Some(of), format!("comparing architectures, about {} left", clock(left)));
        }
    });
    shown.iter().for_each(Shown::end);
    found
}

/// Adds the rows below the count of assignments. A model without input cannot ignore it.
pub(super) fn rows(out: &mut Rows, found: &Distinct, has_input: bool) {
    let exact = |kinds: &Kinds, out: &mut Rows| {
        let mut row = |name: &str, count: u64| out.row(&[name, &grouped(&count.to_string()), ""]);
        row("  no weight of a circuit has an effect", kinds.untrained);
        if has_input {
            row("  no output depends on the input", kinds.blind);
        }
        row("  every output is constant", kinds.constant);
    };
    let (Distinct::Exact { kinds, .. } | Distinct::Sampled { kinds, .. }) = found;
    if kinds.broken > 0 {
        out.row(&["cannot be built", &grouped(&kinds.broken.to_string()), "checks that were left to building fail"]);
    }
    match found {
        Distinct::Exact { kinds, parts, .. } => {
            out.row(&["distinct architectures", &grouped(&kinds.all.to_string()), &apart(parts)]);
            exact(kinds, out);
        }
        Distinct::Sampled { drawn, kinds, architectures, shares } => {
            let (seen, drawn) = (grouped(&kinds.all.to_string()), grouped(&drawn.to_string()));
            match architectures {
                Some(Guess { about, low, high }) => out.row(&[
                    "distinct architectures".to_owned(),
                    format!("{about:.3e}"),
                    format!("an estimate from {drawn} drawn, {seen} distinct; 95 % interval {low:.3e} to {high:.3e}"),
                ]),
                None => out.row(&[
                    "distinct architectures".to_owned(),
                    format!("over {seen}"),
                    format!("all of {drawn} drawn differ: at least so many, at most the reachable assignments"),
                ]),
            }
            let mut row = |name: &str, share: &Guess| {
                let percent = |value: f64| format!("{:.2}", 100.0 * value);
                let note =
                    format!("of the assignments; 95 % interval {} to {} %", percent(share.low), percent(share.high));
                out.row(&[name.to_owned(), format!("{} %", percent(share.about)), note]);
            };
            row("  no weight of a circuit has an effect", &shares[0]);
            if has_input {
                row("  no output depends on the input", &shares[1]);
            }
            row("  every output is constant", &shares[2]);
        }
    }
}

/// How a space was counted, if it was counted in parts.
fn apart(parts: &[u64]) -> String {
    let Some((rest, circuits)) = parts.split_last() else { return String::new() };
    let name = |count: &u64| format!("{} of a circuit", grouped(&count.to_string()));
    let circuits: Vec<String> = circuits.iter().map(name).collect();
    let rest = grouped(&rest.to_string());
    format!("counted as a product: {} by {rest} of what is around", circuits.join(" by "))
}

/// The same as an object.
pub(super) fn to_json(found: &Distinct) -> Value {
    let kinds = |kinds: &Kinds| {
        json!({
            "no_live_quantum_weight": kinds.untrained,
            "ignore_input": kinds.blind,
            "constant": kinds.constant,
        })
    };
    let guess = |guess: &Guess| json!({"about": guess.about, "low": guess.low, "high": guess.high});
    match found {
        Distinct::Exact { kinds: all, built, parts } => {
            json!({"count": all.all, "exact": true, "built": built, "parts": parts, "broken": all.broken, "kinds": kinds(all)})
        }
        Distinct::Sampled { drawn, kinds: all, architectures, shares } => json!({
            "count": architectures.as_ref().map(guess),
            "exact": false,
            "drawn": drawn,
            "distinct_drawn": all.all,
            "broken": all.broken,
            "shares_of_assignments": {
                "no_live_quantum_weight": guess(&shares[0]),
                "ignore_input": guess(&shares[1]),
                "constant": guess(&shares[2]),
            },
        }),
    }
}
