//! Transformations of quantum regions, each one file and one line here, and what they are proved from.
//!
//! A pass says what it preserves, and the tests hold it to exactly that on random circuits. None raises the number of gates
//! on several qubits or the depth. Nothing depends on names, on the order of a hash map or on threads. The engine that proves what has
//! no effect is in [`effect`], the identity of an architecture in [`canonical`].

pub mod canonical;
pub(crate) mod commute;
pub mod effect;
pub(crate) mod local;
mod manager;
pub mod pipeline;
mod rotation;
mod slide;

pub mod cancel_inverses;
pub mod drop_no_effect;
pub mod drop_unread;
pub mod fold_clifford_suffix;
pub mod fold_constants;
pub mod fuse_single_qubit;
pub mod light_cone;
pub mod merge_rotations;
pub mod product_prefix;
pub mod reduce_depth;
pub mod remove_identities;
pub mod simplify_zero_state;

pub use manager::{PassReport, PipelineReport, Size, run, run_region};

use crate::ir::Region;
use crate::meta::Meta;

/// What stays the same, for every value of weights and inputs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Preserves {
    /// The unitary of the gates.
    Unitary,
    /// The unitary up to a global phase.
    UpToGlobalPhase,
    /// The values of all read-outs.
    Observables,
}

/// Did a pass change anything?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Changed {
    /// Something.
    Yes,
    /// Nothing.
    No,
}

impl Changed {
    /// `Yes` if `changed`.
    #[must_use]
    pub fn when(changed: bool) -> Self {
        if changed { Self::Yes } else { Self::No }
    }

    /// Did either?
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::when(self == Self::Yes || other == Self::Yes)
    }
}

/// Settings every pass may read.
#[derive(Clone, Copy, Debug)]
pub struct PassContext {
    /// How many steps a gate looks back through gates it commutes with. Bounds the time of a pass by gates times this.
    pub window: usize,
}

impl Default for PassContext {
    /// 64 steps: beyond the longest commuting run in any template of ten qubits, a ring of diagonal gates with its rotations.
    fn default() -> Self {
        Self { window: 64 }
    }
}

/// A transformation of one quantum region.
pub trait Pass: Sync {
    /// Name, summary, documentation, source.
    fn meta(&self) -> &'static Meta;
    /// What stays the same.
    fn preserves(&self) -> Preserves;
    /// Does a second run change nothing?
    fn idempotent(&self) -> bool {
        true
    }
    /// Transforms the region in place.
    fn run(&self, region: &mut Region, cx: &PassContext) -> Changed;
}

/// Declares one pass: its documentation, type, name, summary, source and what it preserves.
macro_rules! declare_pass {
    ($(#[doc = $doc:literal])+ pub $ident:ident = ($name:literal, $summary:literal, $source:literal); $preserves:ident, $run:path $(, idempotent: $idempotent:literal)?) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug)]
        pub struct $ident;

        impl $crate::passes::Pass for $ident {
            fn meta(&self) -> &'static $crate::meta::Meta {
                static META: $crate::meta::Meta =
                    $crate::meta!($name, $summary, doc = concat!($($doc, "\n"),+), source = $source);
                &META
            }
            fn preserves(&self) -> $crate::passes::Preserves {
                $crate::passes::Preserves::$preserves
            }
            $(fn idempotent(&self) -> bool {
                $idempotent
            })?
            fn run(&self, region: &mut $crate::ir::Region, cx: &$crate::passes::PassContext) -> $crate::passes::Changed {
                $run(region, cx)
            }
        }
    };
}
pub(crate) use declare_pass;

/// All passes, in the order they are listed to people.
pub static PASSES: &[&dyn Pass] = &[
    &remove_identities::RemoveIdentities,
    &fold_constants::FoldConstants,
    &cancel_inverses::CancelInverses,
    &merge_rotations::MergeRotations,
    &fuse_single_qubit::FuseSingleQubit,
    &simplify_zero_state::SimplifyZeroState,
    &product_prefix::ProductPrefix,
    &drop_unread::DropUnread,
    &light_cone::LightCone,
    &drop_no_effect::DropNoEffect,
    &fold_clifford_suffix::FoldCliffordSuffix,
    &reduce_depth::ReduceDepth,
];

/// Looks a pass up by name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Pass> {
    PASSES.iter().copied().find(|pass| pass.meta().name == name)
}
