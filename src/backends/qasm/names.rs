//! Identifiers that every reader takes: small ASCII letter first, no word of either version, no gate, no name twice.

use crate::gates::GATES;
use crate::qasm::library::{BRAKET, QELIB1_2017, QELIB1_WIDER, STDGATES};
use std::collections::BTreeSet;

/// Words that mean something to some reader.
const WORDS: &str = "OPENQASM include gate opaque qreg creg qubit bit const input output let measure reset barrier if else for \
    in while def return break continue end switch case default extern cal defcal defcalgrammar box delay duration durationof \
    sizeof stretch pragma int uint float angle bool complex array mutable readonly ctrl negctrl inv pow gphase pi tau euler \
    true false sin cos tan exp ln log sqrt arcsin arccos arctan ceiling floor mod rotl rotr popcount im real imag nop void \
    a b c p0 p1 p2 p3 gpi gpi2 ms zz prx U1q RZZ ZZ Rz ecr iswap lambda not and or is";

/// Identifiers given so far.
#[derive(Debug)]
pub(super) struct Names {
    taken: BTreeSet<String>,
    /// `(identifier, name)` wherever they differ.
    pub(super) table: Vec<(String, String)>,
}

impl Names {
    pub(super) fn new() -> Self {
        let lists = [WORDS, QELIB1_2017, QELIB1_WIDER, STDGATES, BRAKET];
        let words = lists.iter().flat_map(|list| list.split_whitespace()).map(str::to_owned);
        Self { taken: words.chain(GATES.iter().map(|gate| gate.meta.name.to_owned())).collect(), table: Vec::new() }
    }

    /// An identifier for a name.
    pub(super) fn take(&mut self, name: &str) -> String {
        let mut out = String::new();
        for c in name.chars() {
            match c {
                c if c.is_ascii_alphanumeric() => out.push(c),
                c if c.is_ascii() => {
                    if !out.ends_with('_') {
                        out.push('_');
                    }
                }
                // Letters of other scripts by their number: two names stay two.
                c => out.push_str(&format!("u{:x}", u32::from(c))),
            }
        }
        let trimmed = out.trim_matches('_');
        let mut out = trimmed.to_owned();
        if !out.starts_with(|c: char| c.is_ascii_lowercase()) {
            out = format!("v_{out}");
        }
        let plain = out.trim_end_matches('_').to_owned();
        let mut turn = 1;
        out.clone_from(&plain);
        while self.taken.contains(&out) {
            turn += 1;
            out = format!("{plain}_{turn}");
        }
        self.taken.insert(out.clone());
        if out != name {
            self.table.push((out.clone(), name.to_owned()));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_plain_and_different() {
        let mut names = Names::new();
        let wanted =
            ["vqc.layer.0.rx[2]", "θ", "1st", "measure", "q", "Q", "q", "rzz", "", "x y", "x.y", "_", "c", "if"];
        let found: Vec<String> = wanted.iter().map(|name| names.take(name)).collect();
        assert_eq!(found[..6], ["vqc_layer_0_rx_2", "u3b8", "v_1st", "measure_2", "q", "v_Q"]);
        let different: BTreeSet<&String> = found.iter().collect();
        assert_eq!(different.len(), wanted.len());
        for name in &found {
            assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{name}");
        }
        assert!(names.table.contains(&("u3b8".to_owned(), "θ".to_owned())));
        assert!(names.table.iter().all(|(name, _)| name != "q"));
    }
}
