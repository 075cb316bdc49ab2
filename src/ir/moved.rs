//! Operations over other weights: what moving a node from one graph to another needs.

use super::{Op, Variable, WeightId};

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
            Self::Region(region) => {
                let mut region = region.clone();
                for angle in region.ops.iter_mut().flat_map(|op| op.angles_mut()) {
                    let renamed = angle.rename(|variable| match variable {
                        Variable::Weight { weight, index } => Some(Variable::Weight { weight: moved(weight), index }),
                        Variable::Input(_) => Some(variable),
                    });
                    *angle = renamed.unwrap_or_default();
                }
                Self::Region(region)
            }
            other => other.clone(),
        }
    }
}
