//! Weights that several models trained from the same beginning, as one.

use super::{Tensor, Weights};
use crate::driver::data::Numbers;
use std::collections::BTreeSet;

/// Sums of one weight over models, in the smallest shape that holds them all.
struct Sum {
    shape: Vec<usize>,
    sums: Vec<f64>,
    counts: Vec<u32>,
}

impl Weights {
    /// These weights with every number that some of the models have replaced by its mean over those that have it. Shapes
    /// grow to hold the largest; an element that nobody has yet is 0.
    #[must_use]
    pub fn averaged(&self, models: &[Self]) -> Self {
        let paths: BTreeSet<&String> = models.iter().flat_map(|model| model.tensors.keys()).collect();
        let mut tensors = self.tensors.clone();
        for path in paths {
            let given: Vec<&Tensor> = models.iter().filter_map(|model| model.tensors.get(path)).collect();
            let rank = given[0].shape.len();
            // One path with axes that come and go is not one weight: the first says how many it has.
            let given: Vec<&Tensor> = given.into_iter().filter(|tensor| tensor.shape.len() == rank).collect();
            let old = self.tensors.get(path).filter(|tensor| tensor.shape.len() == rank);
            tensors.insert(path.clone(), mean(old, &given));
        }
        Self { tensors, origin: self.origin.clone() }
    }
}

fn mean(old: Option<&Tensor>, given: &[&Tensor]) -> Tensor {
    let mut shape = given[0].shape.clone();
    for tensor in given.iter().copied().chain(old) {
        shape.iter_mut().zip(&tensor.shape).for_each(|(size, other)| *size = (*size).max(*other));
    }
    let count = shape.iter().product();
    let mut sum = Sum { shape, sums: vec![0.0; count], counts: vec![0; count] };
    given.iter().for_each(|tensor| sum.add(tensor));
    let mut before = Sum { shape: sum.shape.clone(), sums: vec![0.0; count], counts: vec![0; count] };
    old.iter().for_each(|tensor| before.add(tensor));
    let value = |at: usize| match sum.counts[at] {
        0 => before.sums[at],
        n => sum.sums[at] / f64::from(n),
    };
    let values: Vec<f64> = (0..count).map(value).collect();
    let values = match &given[0].values {
        // Weights in single precision stay in it.
        #[allow(clippy::cast_possible_truncation)]
        Numbers::F32(_) => Numbers::F32(values.iter().map(|value| *value as f32).collect()),
        _ => Numbers::F64(values),
    };
    Tensor { shape: sum.shape, values }
}

impl Sum {
    fn add(&mut self, tensor: &Tensor) {
        for at in 0..tensor.values.len() {
            let to = if tensor.shape == self.shape { at } else { self.place(&tensor.shape, at) };
            self.sums[to] += tensor.values.get(at);
            self.counts[to] += 1;
        }
    }

    /// Where the element at `at` of a smaller tensor is.
    fn place(&self, shape: &[usize], at: usize) -> usize {
        let (mut rest, mut to, mut stride) = (at, 0, 1);
        for axis in (0..shape.len()).rev() {
            to += rest % shape[axis] * stride;
            rest /= shape[axis];
            stride *= self.shape[axis];
        }
        to
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn weights(pairs: &[(&str, &[usize], &[f64])]) -> Weights {
        let tensor =
            |shape: &[usize], values: &[f64]| Tensor { shape: shape.to_vec(), values: Numbers::F64(values.into()) };
        let tensors: BTreeMap<String, Tensor> =
            pairs.iter().map(|(path, shape, values)| ((*path).to_owned(), tensor(shape, values))).collect();
        Weights { tensors, ..Weights::default() }
    }

    #[test]
    fn what_models_have_is_averaged_and_the_rest_stays() {
        let before = weights(&[("a", &[2], &[9.0, 9.0]), ("kept", &[], &[5.0])]);
        let models = [weights(&[("a", &[2], &[1.0, 2.0])]), weights(&[("a", &[2], &[3.0, 6.0]), ("b", &[1], &[7.0])])];
        let after = before.averaged(&models);
        assert_eq!(after, weights(&[("a", &[2], &[2.0, 4.0]), ("b", &[1], &[7.0]), ("kept", &[], &[5.0])]));
    }

    #[test]
    fn blocks_of_other_shapes_lie_in_the_corner() {
        let models = [weights(&[("a", &[1, 3], &[1.0, 2.0, 3.0])]), weights(&[("a", &[2, 2], &[5.0, 6.0, 7.0, 8.0])])];
        let after = Weights::default().averaged(&models);
        assert_eq!(after, weights(&[("a", &[2, 3], &[3.0, 4.0, 3.0, 7.0, 8.0, 0.0])]));
        let again = after.averaged(&[weights(&[("a", &[1, 1], &[0.0])])]);
        assert_eq!(again, weights(&[("a", &[2, 3], &[0.0, 4.0, 3.0, 7.0, 8.0, 0.0])]));
    }

    #[test]
    fn without_models_nothing_changes() {
        let before = weights(&[("a", &[2], &[9.0, 9.0])]);
        assert_eq!(before.averaged(&[]), before);
    }
}
