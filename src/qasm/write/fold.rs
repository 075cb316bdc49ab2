//! Finding what repeats: gates over a register, steps along it, stretches that come again and again.

use crate::ir::Region;

/// Longest stretch that is looked for.
const LONGEST: usize = 512;
/// Comparisons after which looking ends: a long program without repetitions stays as it is.
const COMPARISONS: usize = 20_000_000;

/// An angle of a line.
#[derive(Clone, Debug)]
pub(super) enum AngleText {
    Fixed(String),
    /// A weight, whatever its value.
    Weight(f64),
}

impl PartialEq for AngleText {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Fixed(a), Self::Fixed(b)) => a == b,
            (Self::Weight(_), Self::Weight(_)) => true,
            _ => false,
        }
    }
}

/// A statement.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Item {
    Gate {
        head: String,
        angles: Vec<AngleText>,
        qubits: Vec<u32>,
    },
    /// One gate on every qubit of a register.
    Register {
        head: String,
        angles: Vec<AngleText>,
        register: usize,
        len: usize,
    },
    /// A gate whose operands move along by constant steps.
    Steps {
        head: String,
        angles: Vec<AngleText>,
        first: Vec<u32>,
        by: Vec<i64>,
        count: usize,
    },
    Loop {
        body: Vec<Item>,
        count: usize,
    },
}

impl Item {
    pub(super) fn gate(head: String, angles: Vec<AngleText>, qubits: Vec<u32>) -> Self {
        Self::Gate { head, angles, qubits }
    }
}

/// All three in order.
pub(super) fn fold(items: Vec<Item>, region: &Region) -> Vec<Item> {
    let items = broadcast(items, region);
    let items = steps(items, region);
    let mut budget = COMPARISONS;
    let inner = loops(items, &mut budget);
    // A layer may itself repeat as part of something larger.
    loops(inner, &mut budget)
}

fn parts(item: &Item) -> Option<(&str, &[AngleText], &[u32])> {
    match item {
        Item::Gate { head, angles, qubits } => Some((head, angles, qubits)),
        _ => None,
    }
}

/// Length of the run from `at` of one gate with one set of angles, as far as `fits` says.
fn run(items: &[Item], at: usize, fits: impl Fn(usize, &[u32]) -> bool) -> usize {
    let Some((head, angles, _)) = parts(&items[at]) else { return 0 };
    let same = |(k, item): (usize, &Item)| {
        parts(item).is_some_and(|(other, others, qubits)| other == head && others == angles && fits(k, qubits))
    };
    items[at..].iter().enumerate().take_while(|(k, item)| same((*k, item))).count()
}

fn broadcast(items: Vec<Item>, region: &Region) -> Vec<Item> {
    let mut out = Vec::with_capacity(items.len());
    let mut at = 0;
    while at < items.len() {
        let start = parts(&items[at]).and_then(|(_, _, qubits)| match qubits {
            [qubit] => region.registers.iter().position(|register| register.start == *qubit && register.len > 1),
            _ => None,
        });
        if let (Some(register), Some((head, angles, _))) = (start, parts(&items[at])) {
            let (first, len) = (region.registers[register].start, region.registers[register].len as usize);
            let found = run(&items, at, |k, qubits| k < len && *qubits == [first + u32::try_from(k).unwrap_or(0)]);
            if found == len {
                out.push(Item::Register { head: head.to_owned(), angles: angles.to_vec(), register, len });
                at += len;
                continue;
            }
        }
        out.push(items[at].clone());
        at += 1;
    }
    out
}

fn steps(items: Vec<Item>, region: &Region) -> Vec<Item> {
    let register = |qubit: u32| region.registers.iter().position(|r| qubit >= r.start && qubit - r.start < r.len);
    let mut out = Vec::with_capacity(items.len());
    let mut at = 0;
    while at < items.len() {
        let pair = (parts(&items[at]), items.get(at + 1).and_then(parts));
        if let (Some((head, angles, first)), Some((_, _, second))) = pair
            && first.len() == second.len()
            && !first.is_empty()
        {
            let by: Vec<i64> = first.iter().zip(second).map(|(a, b)| i64::from(*b) - i64::from(*a)).collect();
            let place = |k: usize, j: usize| i64::from(first[j]) + by[j] * i64::try_from(k).unwrap_or(0);
            let fits = |k: usize, qubits: &[u32]| {
                qubits.len() == first.len()
                    && qubits
                        .iter()
                        .enumerate()
                        .all(|(j, q)| i64::from(*q) == place(k, j) && register(*q) == register(first[j]))
            };
            let count = run(&items, at, fits);
            if count >= 3 && by.iter().any(|by| *by != 0) {
                let (head, angles, first) = (head.to_owned(), angles.to_vec(), first.to_vec());
                out.push(Item::Steps { head, angles, first, by, count });
                at += count;
                continue;
            }
        }
        out.push(items[at].clone());
        at += 1;
    }
    out
}

/// Stretches that follow themselves become loops; the one that saves the most lines at each place.
fn loops(items: Vec<Item>, budget: &mut usize) -> Vec<Item> {
    let mut out = Vec::with_capacity(items.len());
    let mut at = 0;
    while at < items.len() {
        let rest = &items[at..];
        let mut best: Option<(usize, usize)> = None;
        for period in 1..=(rest.len() / 2).min(LONGEST) {
            if *budget == 0 {
                break;
            }
            *budget -= 1;
            if rest[0] != rest[period] {
                continue;
            }
            let body = &rest[..period];
            let mut count = 1;
            while rest.len() >= (count + 1) * period && rest[count * period..(count + 1) * period] == *body {
                *budget = budget.saturating_sub(period);
                count += 1;
            }
            let saved = (count - 1) * period;
            if saved > 1 && best.is_none_or(|(p, n)| saved > (n - 1) * p) {
                best = Some((period, count));
            }
        }
        match best {
            Some((period, count)) => {
                out.push(Item::Loop { body: loops(rest[..period].to_vec(), budget), count });
                at += period * count;
            }
            None => {
                out.push(items[at].clone());
                at += 1;
            }
        }
    }
    out
}
