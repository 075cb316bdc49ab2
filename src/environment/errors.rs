//! What can be wrong with the environment of a search.

use crate::declare_codes;

declare_codes! {
    /// An environment does not exist.
    ///
    /// Wrong: `env: minigrid_emtpy(size: 5)`. Right: `env: minigrid_empty(size: 5)`. `qnas list environments` shows all.
    pub UNKNOWN_ENVIRONMENT = ("QN0960", "unknown-environment", "an environment does not exist");
    /// An option of an environment makes no sense.
    ///
    /// Wrong: `env: minigrid_empty(size: 2)`, which has no room inside its walls. Right: `env: minigrid_empty(size: 5)`.
    pub BAD_ENVIRONMENT_OPTION = ("QN0961", "bad-environment-option", "an option of an environment makes no sense");
}
