//! Named lists of passes. A pipeline is run in rounds until a round changes nothing, at most [`MAX_ROUNDS`] times.

use super::{
    Pass, cancel_inverses::CancelInverses, drop_no_effect::DropNoEffect, drop_unread::DropUnread,
    fold_clifford_suffix::FoldCliffordSuffix, fold_constants::FoldConstants, fuse_single_qubit::FuseSingleQubit,
    light_cone::LightCone, merge_rotations::MergeRotations, product_prefix::ProductPrefix, reduce_depth::ReduceDepth,
    remove_identities::RemoveIdentities, simplify_zero_state::SimplifyZeroState,
};

/// A pass can uncover work for one before it; published templates settle in two or three rounds.
pub const MAX_ROUNDS: usize = 6;

/// A named list of passes.
pub struct Pipeline {
    /// Its name.
    pub name: &'static str,
    /// One line, lower-case start, no final stop.
    pub summary: &'static str,
    /// The passes, in order.
    pub passes: &'static [&'static dyn Pass],
}

/// Every pipeline, in the order they are listed to people.
pub static PIPELINES: &[Pipeline] = &[
    Pipeline { name: "none", summary: "the circuit as written", passes: &[] },
    Pipeline {
        name: "default",
        summary: "everything that keeps each remaining gate recognisable",
        passes: &[
            // Exact constants first: every later pass recognises more gates by name and by number.
            &FoldConstants,
            // Gates that do nothing would stand between gates that meet.
            &RemoveIdentities,
            // What a gate does on a known state needs no neighbours, and it frees controls before anything is compared.
            &SimplifyZeroState,
            // Cheap removal from the end, so that the passes that search look at fewer gates.
            &LightCone,
            &DropUnread,
            // Pairs first, since a cancelled pair lets rotations on both sides of it meet.
            &CancelInverses,
            &MergeRotations,
            // Merging leaves sums that may be zero turns.
            &RemoveIdentities,
        ],
    },
    Pipeline {
        name: "thorough",
        summary: "everything that is proved, observables rewritten",
        passes: &[
            // As in `default`, up to the first removal.
            &FoldConstants,
            &RemoveIdentities,
            &SimplifyZeroState,
            &LightCone,
            &DropUnread,
            &CancelInverses,
            &MergeRotations,
            &RemoveIdentities,
            // The engine costs more than the passes it subsumes, so it sees what they left.
            &DropNoEffect,
            // Removal exposes constant gates at the end, which become part of the observables...
            &FoldCliffordSuffix,
            // ...and constant runs at the beginning, which become one gate each.
            &ProductPrefix,
            // Fusion hides axes from merging and the engine, so it comes after them.
            &FuseSingleQubit,
            // Last: it moves gates and removes none.
            &ReduceDepth,
        ],
    },
];

/// Looks a pipeline up by name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Pipeline> {
    PIPELINES.iter().find(|pipeline| pipeline.name == name)
}
