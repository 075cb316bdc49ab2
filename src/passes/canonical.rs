//! The canonical form and identity of an architecture.
