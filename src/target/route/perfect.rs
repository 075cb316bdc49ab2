//! A layout in which all that meet are neighbours, if there is one.
//!
//! Depth-first over the qubits of the circuit, each placed beside one that stands already. A place must be no further from anyone placed than
//! the two are apart in the circuit's own graph; that prunes long cycles early. The search is bounded by a number of places tried.

use super::plan::Plan;
use crate::device::{Coupling, FAR};

/// Places tried before giving up.
const TRIES: usize = 60_000;
/// Perfect layouts compared.
const COMPARED: usize = 32;

/// Where each qubit of the circuit stands: `layout[qubit]` is a qubit of the device.
pub(in crate::target) type Layout = Vec<u32>;

/// The best of the first perfect layouts by `price` of a layout.
pub(in crate::target) fn perfect(
    plan: &Plan,
    coupling: &Coupling,
    uniform: bool,
    price: impl Fn(&Layout) -> f64,
) -> Option<Layout> {
    let pairs: Vec<(u32, u32)> = plan.pairs().into_iter().map(|([a, b], _)| (a, b)).collect();
    let own = Coupling::new(plan.n_qubits(), &pairs);
    let order = order(&own);
    let mut search = Search {
        own: &own,
        coupling,
        order: &order,
        place: vec![u32::MAX; plan.n_qubits()],
        taken: vec![false; coupling.len()],
        tries: TRIES,
        wanted: if uniform { 1 } else { COMPARED },
        best: None,
        price: &price,
    };
    search.step(0);
    let (_, mut layout) = search.best?;
    fill(&mut layout, coupling);
    Some(layout)
}

/// Gives qubits that meet nobody any free place.
pub(in crate::target) fn fill(layout: &mut Layout, coupling: &Coupling) {
    let mut taken = vec![false; coupling.len()];
    layout.iter().filter(|&&place| place != u32::MAX).for_each(|&place| taken[place as usize] = true);
    let mut free = (0u32..).take(coupling.len()).filter(|&place| !taken[place as usize]);
    for place in layout.iter_mut().filter(|place| **place == u32::MAX) {
        if let Some(next) = free.next() {
            *place = next;
        }
    }
}

/// Qubits that meet someone: each after a neighbour, those with more placed neighbours and more neighbours first.
fn order(own: &Coupling) -> Vec<u32> {
    let n = own.len();
    let mut order: Vec<u32> = Vec::new();
    let mut placed = vec![false; n];
    let degree = |q: u32| own.neighbours(q).len();
    loop {
        let open = (0u32..).take(n).filter(|&q| !placed[q as usize] && degree(q) > 0);
        let near = |q: u32| own.neighbours(q).iter().filter(|&&other| placed[other as usize]).count();
        let Some(next) = open.max_by_key(|&q| (near(q), degree(q), std::cmp::Reverse(q))) else { return order };
        placed[next as usize] = true;
        order.push(next);
    }
}

struct Search<'s, P> {
    own: &'s Coupling,
    coupling: &'s Coupling,
    order: &'s [u32],
    place: Vec<u32>,
    taken: Vec<bool>,
    tries: usize,
    wanted: usize,
    best: Option<(f64, Layout)>,
    price: &'s P,
}

impl<P: Fn(&Layout) -> f64> Search<'_, P> {
    /// Places the qubit at a position of the order and all after it; `false` once the search is to end.
    fn step(&mut self, at: usize) -> bool {
        let Some(&qubit) = self.order.get(at) else {
            let price = (self.price)(&self.place);
            if self.best.as_ref().is_none_or(|(best, _)| price < *best) {
                self.best = Some((price, self.place.clone()));
            }
            self.wanted -= 1;
            return self.wanted > 0;
        };
        let anchor =
            self.own.neighbours(qubit).iter().map(|&other| self.place[other as usize]).find(|&p| p != u32::MAX);
        let candidates: Vec<u32> = match anchor {
            Some(anchor) => self.coupling.neighbours(anchor).to_vec(),
            None => (0u32..).take(self.coupling.len()).collect(),
        };
        for candidate in candidates {
            if self.tries == 0 {
                return false;
            }
            self.tries -= 1;
            if self.taken[candidate as usize] || !self.fits(at, qubit, candidate) {
                continue;
            }
            self.place[qubit as usize] = candidate;
            self.taken[candidate as usize] = true;
            let on = self.step(at + 1);
            self.place[qubit as usize] = u32::MAX;
            self.taken[candidate as usize] = false;
            if !on {
                return false;
            }
        }
        true
    }

    fn fits(&self, at: usize, qubit: u32, candidate: u32) -> bool {
        self.coupling.neighbours(candidate).len() >= self.own.neighbours(qubit).len()
            && self.order[..at].iter().all(|&other| {
                let apart = self.own.distance(qubit, other);
                apart == FAR || self.coupling.distance(candidate, self.place[other as usize]) <= apart
            })
    }
}
