//! `segments_qnas(budget: K)`: the count that the QNAS paper minimises.

metric! {
    /// The number of groups that one pass over the gates in printed order closes, a group ending as soon as the next gate would
    /// give it more than `budget` qubits; steps that read data are left out. It is here to compare with published numbers: it
    /// grows with the number of gates where nothing needs to be cut (an even ring of range 2 on 8 qubits, 4 layers: 24, though it
    /// falls into two halves for free), and commuting gates printed in another order change it. Minimise `overhead`.
    pub SEGMENTS_QNAS = ("segments_qnas", "groups of qubits that a first-fit pass closes, as QNAS counts", "Kooshano/QNAS, utils/cutter.py; arXiv:2604.07013");
    unit: "groups",
    within: Some(|graph, budget| {
        graph.regions().map(|(_, region)| crate::cut::segments::segments(region, budget)).sum::<usize>() as f64
    }),
}
