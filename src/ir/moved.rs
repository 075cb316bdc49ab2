//! Operations over other weights: what moving a node from one graph to another needs.

use super::{Op, Region, Variable, WeightId};

impl Op {
    /// The same operation over other weights.
    #[must_use]
    pub fn with_weights(&self, moved: &mut dyn FnMut(WeightId) -> WeightId) -> Self {
        match self {
            Self::Weight { weight } => Self::Weight { weight: moved(*weight) },
            Self::Generate { weight, start } => Self::Generate { weight: moved(*weight), start: *start },
            Self::Mix { weight, rule } => Self::Mix { weight: moved(*weight), rule: *rule },
            Self::Recurrent { cell, input, hidden, biases } => Self::Recurrent {
                cell: *cell,
                input: moved(*input),
                hidden: moved(*hidden),
                biases: biases.iter().map(|bias| moved(*bias)).collect(),
            },
            Self::Linear { weight, bias } => Self::Linear { weight: moved(*weight), bias: bias.map(&mut *moved) },
            Self::Conv2d { weight, bias, stride, padding } => {
                Self::Conv2d { weight: moved(*weight), bias: bias.map(&mut *moved), stride: *stride, padding: *padding }
            }
            Self::BatchNorm { scale, shift, mean, variance } => Self::BatchNorm {
                scale: moved(*scale),
                shift: moved(*shift),
                mean: moved(*mean),
                variance: moved(*variance),
            },
            Self::Region(region) => Self::Region(Box::new(region.with_weights(moved))),
            other => other.clone(),
        }
    }
}

impl Region {
    /// The same steps over other weights.
    #[must_use]
    pub fn with_weights(&self, moved: &mut dyn FnMut(WeightId) -> WeightId) -> Self {
        let mut region = self.clone();
        for angle in region.ops.iter_mut().flat_map(|op| op.angles_mut()) {
            *angle = angle.rename(|variable| Some(variable.with_weight(moved))).unwrap_or_default();
        }
        region
    }
}

impl Variable {
    /// The same element of another weight; inputs stay.
    #[must_use]
    pub fn with_weight(self, moved: &mut dyn FnMut(WeightId) -> WeightId) -> Self {
        match self {
            Self::Weight { weight, index } => Self::Weight { weight: moved(weight), index },
            Self::Input(_) => self,
        }
    }
}
