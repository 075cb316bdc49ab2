//! Figures of a device by the name of a gate: one for all places, or one for each qubit or edge.

/// A figure.
#[derive(Clone, PartialEq, Debug)]
pub enum Values {
    /// The same everywhere.
    Same(f64),
    /// By qubit, or by edge in the order of the device's list.
    Each(Vec<f64>),
}

impl Values {
    /// The figure at a place; the median where no place is given.
    #[must_use]
    pub fn at(&self, place: Option<usize>) -> Option<f64> {
        match (self, place) {
            (Self::Same(value), _) => Some(*value),
            (Self::Each(values), Some(place)) => values.get(place).copied(),
            (Self::Each(values), None) => median(values),
        }
    }

    /// The middle one.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        self.at(None)
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => sorted.get(middle).copied(),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

/// Figures by name.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Figures {
    entries: Vec<(String, Values)>,
}

impl Figures {
    /// Adds or replaces one.
    pub fn set(&mut self, name: impl Into<String>, values: Values) {
        let name = name.into();
        match self.entries.iter_mut().find(|entry| entry.0 == name) {
            Some(entry) => entry.1 = values,
            None => self.entries.push((name, values)),
        }
    }

    /// The figure of a name at a place.
    #[must_use]
    pub fn of(&self, name: &str, place: Option<usize>) -> Option<f64> {
        self.entries.iter().find(|entry| entry.0 == name)?.1.at(place)
    }

    /// All, in the order they were given.
    #[must_use]
    pub fn entries(&self) -> &[(String, Values)] {
        &self.entries
    }
}
