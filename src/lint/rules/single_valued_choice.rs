//! `single-valued-choice`: a choice with nothing to choose.

use crate::lint::{Findings, SpaceView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds choices that have one value in every architecture of the space.
    /// ## Why is this bad?
    /// It reads as if something were searched. Every genome carries a gene that cannot change.
    /// ## Example
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { let n = choose 3..=3; let w = choose 1..=4; x |> linear[n] |> relu |> linear[w] |> relu |> linear[2] }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { let n = 3; let w = choose 1..=4; x |> linear[n] |> relu |> linear[w] |> relu |> linear[2] }
    /// ```
    /// ## Fix safety
    /// None is offered: the path would change.
    pub SINGLE_VALUED_CHOICE = ("QL0118", "single-valued-choice", "a choice has one value only"); Proved, Space(check)
}

fn check(view: &SpaceView<'_>, out: &mut Findings) {
    for choice in view.space.genotypes().choices {
        if choice.size.as_ref().is_some_and(|size| *size == 1u32.into()) {
            let place = view.choice_span(&choice.path);
            out.about(place, quoted(&choice.path), "the choice {} has one value in every architecture")
                .note(format!("it is {}", choice.domain));
        }
    }
}
