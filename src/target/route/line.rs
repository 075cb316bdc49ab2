//! Where qubits that all meet each other stand at the beginning: on a line of neighbours, or on the rungs of a ladder.

use super::perfect::Layout;
use super::plan::Plan;
use crate::device::Coupling;

/// Steps of the search for a line or a ladder.
const TRIES: usize = 20_000;

/// Do at least half of all pairs meet?
pub(super) fn is_dense(plan: &Plan) -> bool {
    let n = plan.n_qubits();
    n > 3 && plan.pairs().len() * 4 >= n * (n - 1)
}

/// So many neighbours in a row, among the allowed qubits.
pub(super) fn line(n: usize, coupling: &Coupling, allowed: &[u32]) -> Option<Layout> {
    let next = |&at: &u32| coupling.neighbours(at).to_vec();
    longest(n, allowed.to_vec(), next, |&at| vec![at], coupling.len(), allowed)
}

/// So many rungs, each a pair of neighbours, whose ends are neighbours of the ends of the next.
pub(super) fn ladder(n: usize, coupling: &Coupling, allowed: &[u32]) -> Option<Vec<[u32; 2]>> {
    let rungs = |&top: &u32| coupling.neighbours(top).iter().map(move |&bottom| [top, bottom]).collect::<Vec<_>>();
    let next = |&[top, bottom]: &[u32; 2]| {
        let beside = coupling.neighbours(top).iter().filter(|&&other| other != bottom).flat_map(rungs);
        beside.filter(|rung| rung[1] != top && coupling.edge(bottom, rung[1]).is_some()).collect()
    };
    let starts = allowed.iter().flat_map(rungs).collect();
    longest(n, starts, next, |rung| rung.to_vec(), coupling.len(), allowed)
}

/// A chain of `n` items of which each is among the next of the one before and no two share a place.
fn longest<T: Copy + Ord>(
    n: usize,
    mut starts: Vec<T>,
    next: impl Fn(&T) -> Vec<T>,
    places: impl Fn(&T) -> Vec<u32>,
    n_places: usize,
    allowed: &[u32],
) -> Option<Vec<T>> {
    let mut free = vec![false; n_places];
    allowed.iter().for_each(|&place| free[place as usize] = true);
    let mut search = Search { next: &next, places: &places, free, chain: Vec::with_capacity(n), wanted: n, tries: 0 };
    starts.retain(|start| search.fits(start));
    // Ends of the device first: a chain from there leaves less behind.
    starts.sort_by_key(|start| (next(start).len(), *start));
    for start in &starts {
        search.tries += TRIES / starts.len().max(1) + n;
        if search.extend(*start) {
            return Some(search.chain);
        }
    }
    None
}

struct Search<'s, T, N, P> {
    next: &'s N,
    places: &'s P,
    free: Vec<bool>,
    chain: Vec<T>,
    wanted: usize,
    tries: usize,
}

impl<T: Copy + Ord, N: Fn(&T) -> Vec<T>, P: Fn(&T) -> Vec<u32>> Search<'_, T, N, P> {
    fn fits(&self, item: &T) -> bool {
        (self.places)(item).iter().all(|&place| self.free[place as usize])
    }

    fn take(&mut self, item: &T, free: bool) {
        for place in (self.places)(item) {
            self.free[place as usize] = free;
        }
    }

    /// Puts an item at the end and goes on from there; takes it back if that leads nowhere.
    fn extend(&mut self, item: T) -> bool {
        self.chain.push(item);
        if self.chain.len() == self.wanted {
            return true;
        }
        self.take(&item, false);
        let mut next: Vec<T> = (self.next)(&item).into_iter().filter(|next| self.fits(next)).collect();
        // Whoever has the fewest ways on goes first, or it is never reached again.
        next.sort_by_cached_key(|next| ((self.next)(next).iter().filter(|on| self.fits(on)).count(), *next));
        for item in next {
            if self.tries == 0 {
                break;
            }
            self.tries -= 1;
            if self.extend(item) {
                return true;
            }
        }
        self.take(&item, true);
        self.chain.pop();
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: u32, columns: u32) -> Coupling {
        let at = |row: u32, column: u32| row * columns + column;
        let across = (0..rows).flat_map(|r| (1..columns).map(move |c| (at(r, c - 1), at(r, c))));
        let down = (1..rows).flat_map(|r| (0..columns).map(move |c| (at(r - 1, c), at(r, c))));
        Coupling::new((rows * columns) as usize, &across.chain(down).collect::<Vec<_>>())
    }

    #[test]
    fn lines_and_ladders_are_found_where_they_are() {
        let coupling = grid(4, 4);
        let allowed: Vec<u32> = (0..16).collect();
        let found = line(16, &coupling, &allowed).unwrap();
        assert!(found.windows(2).all(|pair| coupling.edge(pair[0], pair[1]).is_some()));
        // A ladder cannot turn, so the square holds one of four rungs.
        assert!(ladder(4, &coupling, &allowed).is_some() && ladder(5, &coupling, &allowed).is_none());
        let coupling = grid(2, 8);
        let rungs = ladder(8, &coupling, &allowed).unwrap();
        assert!(rungs.iter().all(|&[top, bottom]| coupling.edge(top, bottom).is_some()));
        let beside = |pair: &[[u32; 2]]| (0..2).all(|side| coupling.edge(pair[0][side], pair[1][side]).is_some());
        assert!(rungs.windows(2).all(beside));
        let mut all: Vec<u32> = rungs.concat();
        all.sort_unstable();
        assert_eq!(all, allowed);
        // A star has a line of three and no ladder.
        let star = Coupling::new(5, &[(0, 1), (0, 2), (0, 3), (0, 4)]);
        assert!(line(3, &star, &[0, 1, 2, 3, 4]).is_some());
        assert!(line(4, &star, &[0, 1, 2, 3, 4]).is_none());
        assert!(ladder(2, &star, &[0, 1, 2, 3, 4]).is_none());
    }
}
