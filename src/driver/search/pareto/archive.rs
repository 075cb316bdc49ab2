//! The front so far: every non-dominated point seen, whatever a strategy has since let go of.

use super::{dominates, lexicographic};

/// A point of the front with whatever belongs to it.
#[derive(Clone, PartialEq, Debug)]
pub struct Member<T> {
    /// Its objectives.
    pub objectives: Vec<f64>,
    /// What belongs to it.
    pub item: T,
}

/// What became of a point offered to a [`Front`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Inserted {
    /// It is on the front now, and what it dominates is gone.
    New,
    /// The member at this position has the same objectives and stays.
    Tie(usize),
    /// A member dominates it.
    Dominated,
}

/// The non-dominated points seen so far, in the order they came.
#[derive(Clone, PartialEq, Debug)]
pub struct Front<T> {
    members: Vec<Member<T>>,
}

impl<T> Default for Front<T> {
    fn default() -> Self {
        Self { members: Vec::new() }
    }
}

impl<T> Front<T> {
    /// Offers a point; `item` is asked for only if the point enters.
    pub fn offer(&mut self, objectives: &[f64], item: impl FnOnce() -> T) -> Inserted {
        if let Some(at) = self.members.iter().position(|member| member.objectives == objectives) {
            return Inserted::Tie(at);
        }
        if self.members.iter().any(|member| dominates(&member.objectives, objectives)) {
            return Inserted::Dominated;
        }
        self.members.retain(|member| !dominates(objectives, &member.objectives));
        self.members.push(Member { objectives: objectives.to_vec(), item: item() });
        Inserted::New
    }

    /// The members in the order they came.
    #[must_use]
    pub fn members(&self) -> &[Member<T>] {
        &self.members
    }

    /// What belongs to the member at a position, to change it.
    pub fn item_mut(&mut self, at: usize) -> Option<&mut T> {
        self.members.get_mut(at).map(|member| &mut member.item)
    }

    /// The members by their first objective, then the second, and so on.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Member<T>> {
        self.members.sort_by(|a, b| lexicographic(&a.objectives, &b.objectives));
        self.members
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_stay_with_the_first() {
        let mut front = Front::default();
        assert_eq!(front.offer(&[1.0, 2.0], || 'a'), Inserted::New);
        assert_eq!(front.offer(&[1.0, 2.0], || 'b'), Inserted::Tie(0));
        assert_eq!(front.offer(&[2.0, 2.0], || 'c'), Inserted::Dominated);
        assert_eq!(front.offer(&[0.0, 3.0], || 'd'), Inserted::New);
        assert_eq!(front.offer(&[0.0, 0.0], || 'e'), Inserted::New);
        assert_eq!(front.members().len(), 1);
    }

    proptest! {
        #[test]
        fn the_front_is_rank_zero(points in prop::collection::vec(prop::collection::vec(0_u8..6, 3), 0..40)) {
            let points: Vec<Vec<f64>> = points.iter().map(|p| p.iter().map(|&x| f64::from(x)).collect()).collect();
            let mut front = Front::default();
            for point in &points {
                front.offer(point, || ());
            }
            let kept: Vec<Vec<f64>> = front.into_sorted().into_iter().map(|member| member.objectives).collect();
            let mut expected: Vec<Vec<f64>> =
                super::super::ranks(&points).iter().zip(&points).filter(|(r, _)| **r == 0).map(|(_, p)| p.clone()).collect();
            expected.sort_by(|a, b| lexicographic(a, b));
            expected.dedup();
            prop_assert_eq!(kept, expected);
        }
    }
}
