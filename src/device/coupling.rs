//! The graph of a device: neighbours, edges by their ends, distances, connected parts.

/// The distance of qubits that no path connects.
pub const FAR: u16 = u16::MAX;

/// Who meets whom.
#[derive(Clone, Debug, Default)]
pub struct Coupling {
    n: usize,
    neighbours: Vec<Vec<u32>>,
    /// Row-major; [`FAR`] where there is no path.
    distances: Vec<u16>,
    /// Per ordered pair one more than the position of its edge, 0 without one.
    edges: Vec<u32>,
}

impl Coupling {
    /// From undirected edges between qubits below `n`.
    #[must_use]
    pub fn new(n: usize, pairs: &[(u32, u32)]) -> Self {
        let mut neighbours = vec![Vec::new(); n];
        let mut edges = vec![0; n * n];
        for (&(a, b), number) in pairs.iter().zip(1..) {
            let (x, y) = (a as usize, b as usize);
            if x >= n || y >= n || x == y || edges[x * n + y] != 0 {
                continue;
            }
            neighbours[x].push(b);
            neighbours[y].push(a);
            edges[x * n + y] = number;
            edges[y * n + x] = number;
        }
        neighbours.iter_mut().for_each(|list| list.sort_unstable());
        let mut out = Self { n, neighbours, distances: vec![FAR; n * n], edges };
        (0..n).for_each(|from| out.spread(from));
        out
    }

    fn spread(&mut self, from: usize) {
        let row = from * self.n;
        self.distances[row + from] = 0;
        let mut queue = vec![from];
        let mut at = 0;
        while let Some(&here) = queue.get(at) {
            at += 1;
            let next = self.distances[row + here] + 1;
            for &other in &self.neighbours[here] {
                if self.distances[row + other as usize] == FAR {
                    self.distances[row + other as usize] = next;
                    queue.push(other as usize);
                }
            }
        }
    }

    /// Number of qubits.
    #[must_use]
    pub fn len(&self) -> usize {
        self.n
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The neighbours of a qubit, ascending.
    #[must_use]
    pub fn neighbours(&self, qubit: u32) -> &[u32] {
        &self.neighbours[qubit as usize]
    }

    /// Steps between two qubits.
    #[must_use]
    pub fn distance(&self, a: u32, b: u32) -> u16 {
        self.distances[a as usize * self.n + b as usize]
    }

    /// The position of the edge between two qubits.
    #[must_use]
    pub fn edge(&self, a: u32, b: u32) -> Option<usize> {
        let number = *self.edges.get(a as usize * self.n + b as usize)?;
        (number > 0).then(|| number as usize - 1)
    }

    /// The connected parts, largest first, each ascending.
    #[must_use]
    pub fn parts(&self) -> Vec<Vec<u32>> {
        let mut seen = vec![false; self.n];
        let mut parts: Vec<Vec<u32>> = Vec::new();
        for from in 0..self.n {
            if seen[from] {
                continue;
            }
            let row = &self.distances[from * self.n..(from + 1) * self.n];
            let part: Vec<u32> =
                (0u32..).zip(row).filter(|(_, steps)| **steps != FAR).map(|(qubit, _)| qubit).collect();
            part.iter().for_each(|&qubit| seen[qubit as usize] = true);
            parts.push(part);
        }
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        parts
    }
}
