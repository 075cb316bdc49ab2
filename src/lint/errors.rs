//! What is wrong with `#[allow(..)]` and `#[deny(..)]` themselves.

crate::declare_codes! {
    /// An attribute names a rule that does not exist.
    ///
    /// `qnas list lints` names the rules; `unused` and `unproved` are rules of checking.
    ///
    /// ```qnas wrong
    /// #[allow(dead-weigth, "kept for a comparison")]
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; rz(weight[2]) q; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// #[allow(dead-weight, "kept for a comparison")]
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; rz(weight[2]) q; expect(Z(q)) }
    /// ```
    pub UNKNOWN_RULE = ("QL0001", "unknown-rule", "there is no rule of this name");
    /// An `allow` without a reason.
    ///
    /// Whoever reads the program next should know why a finding is no mistake here.
    ///
    /// ```qnas wrong
    /// #[allow(dead-weight)]
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; rz(weight[2]) q; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// #[allow(dead-weight, "kept for a comparison")]
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; rz(weight[2]) q; expect(Z(q)) }
    /// ```
    pub MISSING_REASON = ("QL0002", "missing-reason", "an `allow` gives its reason");
    /// An `allow` that allows nothing: the rule finds nothing in the item.
    ///
    /// What it was for is mended, or it stands before the wrong item. Remove it, so that it does not hide the next finding.
    ///
    /// ```qnas wrong
    /// #[allow(unused, "kept for later")]
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; expect(Z(q)) }
    /// ```
    pub UNUSED_ALLOW = ("QL0003", "unused-allow", "an `allow` allows nothing");
    /// An attribute that is neither `allow` nor `deny`.
    ///
    /// ```qnas wrong
    /// #[ignore(dead-weight, "kept for a comparison")]
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; rz(weight[2]) q; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// #[allow(dead-weight, "kept for a comparison")]
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; rz(weight[2]) q; expect(Z(q)) }
    /// ```
    pub UNKNOWN_ATTRIBUTE = ("QL0004", "unknown-attribute", "there is no attribute of this name");
}
