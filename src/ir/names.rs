//! How numbers, weights and angles are written for people: one spelling for listings, drawings and comments.

use super::{Angle, Graph, Region, Variable, WeightId};
use std::f64::consts::PI;
use std::fmt::Write as _;

/// A number in its shortest exact form; simple multiples of pi as `pi/2`, `3*pi/4`.
#[must_use]
pub fn number(value: f64) -> String {
    for (denominator, text) in
        [(1.0, ""), (2.0, "/2"), (3.0, "/3"), (4.0, "/4"), (6.0, "/6"), (8.0, "/8"), (16.0, "/16")]
    {
        let multiple = (value / PI * denominator).round();
        // Products and quotients of pi round differently from one order to the other: two units in the last place.
        let near = (value - multiple * PI / denominator).abs() <= 2.0 * f64::EPSILON * value.abs();
        if near && multiple != 0.0 && multiple.abs() <= 16.0 {
            let sign = if multiple < 0.0 { "-" } else { "" };
            let factor = if multiple.abs() == 1.0 { String::new() } else { format!("{}*", multiple.abs()) };
            return format!("{sign}{factor}pi{text}");
        }
    }
    let plain = value == 0.0 || !value.is_finite() || (1e-5..1e15).contains(&value.abs());
    if plain { format!("{}", value + 0.0) } else { format!("{value:?}") }
}

/// An affine form, terms first: `2*w[0] - x[1] + pi/2`; `name` spells the variables.
#[must_use]
pub fn angle(angle: &Angle, mut name: impl FnMut(Variable) -> String) -> String {
    let mut out = String::new();
    for &(variable, coefficient) in angle.terms() {
        let factor = if coefficient.abs() == 1.0 { String::new() } else { format!("{}*", number(coefficient.abs())) };
        append(&mut out, coefficient < 0.0, &format!("{factor}{}", name(variable)));
    }
    if angle.constant != 0.0 || out.is_empty() {
        let negative = angle.constant < 0.0 && !out.is_empty();
        append(&mut out, negative, &number(if negative { -angle.constant } else { angle.constant }));
    }
    out
}

fn append(out: &mut String, negative: bool, text: &str) {
    let sign = match (out.is_empty(), negative) {
        (true, true) => "-",
        (true, false) => "",
        (false, true) => " - ",
        (false, false) => " + ",
    };
    let _ = write!(out, "{sign}{text}");
}

/// One element of a tensor by its row-major position: `[2]`, `[1, 0]`, nothing for a tensor of shape `[]`.
#[must_use]
pub fn element(shape: &[usize], index: u32) -> String {
    if shape.is_empty() {
        return String::new();
    }
    let mut rest = index as usize;
    let mut places: Vec<String> = Vec::with_capacity(shape.len());
    for (axis, &size) in shape.iter().enumerate().rev() {
        // The first axis takes what is left, so that an index out of range still shows.
        let place = if axis == 0 { rest } else { rest % size.max(1) };
        places.push(place.to_string());
        rest /= size.max(1);
    }
    places.reverse();
    format!("[{}]", places.join(", "))
}

impl Graph {
    /// One number of a weight: `vqc.layer.0.rx[2]`.
    #[must_use]
    pub fn element_name(&self, weight: WeightId, index: u32) -> String {
        match self.weights.get(weight.0 as usize) {
            Some(weight) => format!("{}{}", weight.path, element(&weight.shape, index)),
            None => format!("?{}[{index}]", weight.0),
        }
    }
}

impl Region {
    /// A qubit by its register: `q[1]`; `$1` for a qubit of no register.
    #[must_use]
    pub fn qubit_name(&self, qubit: u32) -> String {
        let holds = |start: u32, len: u32| qubit >= start && qubit - start < len;
        match self.registers.iter().find(|register| holds(register.start, register.len)) {
            Some(register) => format!("{}[{}]", register.name, qubit - register.start),
            None => format!("${qubit}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (0.5, "0.5"),
            (-PI, "-pi"),
            (PI / 2.0, "pi/2"),
            (-0.75 * PI, "-3*pi/4"),
            (1e-9, "1e-9"),
            (1e300, "1e300"),
            (3.25, "3.25"),
            (f64::NAN, "NaN"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn angles_read_well() {
        let name = |variable| match variable {
            Variable::Input(at) => format!("x[{at}]"),
            Variable::Weight { index, .. } => format!("w[{index}]"),
        };
        let x = Angle::variable(Variable::Input(1));
        let w = Angle::variable(Variable::Weight { weight: WeightId(0), index: 3 });
        assert_eq!(angle(&Angle::constant(-PI / 2.0), name), "-pi/2");
        assert_eq!(
            angle(&w.scaled(2.0).add_scaled(&x, -1.0).plus(&Angle::constant(-0.5)), name),
            "2*w[3] - x[1] - 0.5"
        );
        assert_eq!(angle(&x.scaled(-PI), name), "-pi*x[1]");
    }

    #[test]
    fn elements_count_row_major() {
        assert_eq!(element(&[], 0), "");
        assert_eq!(element(&[4], 3), "[3]");
        assert_eq!(element(&[2, 3], 4), "[1, 1]");
    }
}
