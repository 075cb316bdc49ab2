//! What several topics share: a slow simulator that is obviously right, and random circuits to try it on.

#![allow(dead_code, unreachable_pub)] // Every topic uses a part of it.

pub mod arbitrary;
pub mod build;
pub mod counted;
pub mod dense;
pub mod templates;
