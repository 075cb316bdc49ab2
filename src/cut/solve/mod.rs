//! Where to cut: the division of a circuit into fragments that costs least.
//!
//! Parts of a circuit that share no step are divided each for itself. A heuristic division comes first; the exact search
//! then looks for a better one, and either finds the best, or proves that there is none, or says how far it got.

pub(crate) mod exact;
mod heuristic;
mod play;
pub(crate) mod problem;
mod state;

pub use problem::{Division, Segment};

use problem::{Item, Meet, NEVER, Problem, root};

/// A division and what is proved about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Solved {
    /// The division; `None` if there is none, or none was found.
    pub(crate) division: Option<Division>,
    /// Its cost.
    pub(crate) cost: u64,
    /// No division costs less.
    pub(crate) lower: u64,
}

/// Divides a problem; each part of it may look at `nodes` states to prove its division best.
pub(crate) fn divide(problem: &Problem, nodes: u64) -> Solved {
    let parts = parts(problem);
    let mut whole = Solved { division: None, cost: 0, lower: 0 };
    let mut division = Division {
        wires: vec![Vec::new(); problem.n_wires],
        at: problem.items.iter().map(|item| vec![0; item.meets.len()]).collect(),
        fragments: 0,
    };
    let mut complete = true;
    for part in &parts {
        let solved = alone(&part.problem, nodes);
        whole.cost = whole.cost.saturating_add(solved.cost);
        whole.lower = whole.lower.saturating_add(solved.lower);
        let Some(found) = solved.division else {
            complete = false;
            continue;
        };
        for (&wire, list) in part.wires.iter().zip(&found.wires) {
            let moved = |s: &Segment| Segment { wire, fragment: s.fragment + division.fragments };
            division.wires[wire] = list.iter().map(moved).collect();
        }
        part.items.iter().zip(found.at).for_each(|(&item, at)| division.at[item] = at);
        division.fragments += found.fragments;
    }
    whole.division = complete.then(|| division.tidy(problem));
    whole
}

fn alone(problem: &Problem, nodes: u64) -> Solved {
    if problem.n_wires <= problem.budget {
        let fragment = 0;
        let wires = (0..problem.n_wires).map(|wire| vec![Segment { wire, fragment }]).collect();
        let at = problem.items.iter().map(|item| vec![0; item.meets.len()]).collect();
        return Solved { division: Some(Division { wires, at, fragments: 1 }), cost: 0, lower: 0 };
    }
    let rough = heuristic::divide(problem);
    let limit = rough.as_ref().map_or(NEVER, |division| division.cost(problem));
    if problem.n_wires > exact::MOST_WIRES {
        return Solved { division: rough, cost: limit, lower: 0 };
    }
    let proved = exact::solve(problem, limit, nodes);
    match proved.division {
        Some(division) => Solved { cost: proved.lower, lower: proved.lower, division: Some(division) },
        None => Solved { cost: limit, lower: proved.lower.min(limit), division: rough },
    }
}

/// Wires and steps that hang together.
struct Part {
    wires: Vec<usize>,
    items: Vec<usize>,
    problem: Problem,
}

fn parts(problem: &Problem) -> Vec<Part> {
    let mut parent: Vec<usize> = (0..problem.n_wires).collect();
    for pair in problem.items.iter().flat_map(|item| item.meets.windows(2)) {
        let (a, b) = (root(&parent, pair[0].wire), root(&parent, pair[1].wire));
        parent[a.max(b)] = a.min(b);
    }
    let mut out: Vec<Part> = Vec::new();
    let mut place = vec![(0, 0); problem.n_wires];
    for wire in 0..problem.n_wires {
        let top = root(&parent, wire);
        let part = if top == wire { out.len() } else { place[top].0 };
        if top == wire {
            let problem = Problem { n_wires: 0, items: Vec::new(), ..problem.clone() };
            out.push(Part { wires: Vec::new(), items: Vec::new(), problem });
        }
        place[wire] = (part, out[part].wires.len());
        out[part].wires.push(wire);
        out[part].problem.n_wires += 1;
    }
    for (at, item) in problem.items.iter().enumerate() {
        let Some(first) = item.meets.first() else { continue };
        let part = &mut out[place[first.wire].0];
        let meets = item.meets.iter().map(|meet| Meet { wire: place[meet.wire].1, ..*meet }).collect();
        part.items.push(at);
        part.problem.items.push(Item { meets, weight: item.weight });
    }
    out
}

#[cfg(test)]
mod tests;
