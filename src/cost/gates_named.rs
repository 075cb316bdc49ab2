//! `gates.<name>`: gates of one kind.

use super::counted;

metric! {
    /// How often one gate occurs, as written: `gates.cx`, `gates.rz`. Gates with extra controls are of another kind (`ctrl @ rz`
    /// is no `rz`) and count in `gates` alone. `gates.prepare` counts `prepare` statements.
    pub GATES_NAMED = ("gates.<name>", "gates of one kind", "");
    unit: "gates",
    additive: true,
    takes_gate: true,
    evaluate: |graph, name| {
        counted(graph, |counts| match name {
            "prepare" => counts.prepares,
            _ => counts.by_name.get(name).copied().unwrap_or(0),
        })
    },
}
