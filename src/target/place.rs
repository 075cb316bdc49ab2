//! A routed circuit played on the device: tasks on the qubits that carry them, swaps between, everything that meets merged.

use super::circuit::Circuit;
use super::route::{Event, Layout, Plan, Routed};
use super::run::{Origin, Run};
use crate::source::Span;
use std::f64::consts::FRAC_PI_2;
use std::sync::Arc;

/// The circuit on the device's qubits; `ends` are the runs after the last meeting of each qubit of the circuit.
pub(super) fn place(original: &Circuit, plan: &Plan, n_places: usize, layout: &Layout, routed: &Routed) -> Circuit {
    let mut out = Circuit::new(n_places);
    let mut at = layout.clone();
    let mut carries = vec![usize::MAX; n_places];
    at.iter().enumerate().for_each(|(qubit, &place)| carries[place as usize] = qubit);
    let mut entered: Vec<usize> = vec![0; at.len()];
    // Per qubit the tasks of its last group that are still to come.
    let mut left: Vec<usize> = vec![0; at.len()];
    let meetings: Vec<_> = original.meetings().collect();
    let mut last: Origin = (Arc::from(""), Span::default());
    for &event in &routed.events {
        match event {
            Event::Task(number) => {
                let task = &plan.tasks[number];
                for side in 0..2 {
                    let qubit = task.qubits[side] as usize;
                    // The first task of a group brings what the qubit does before the group.
                    if entered[qubit] == task.group[side] {
                        out.run(at[qubit]).then(&plan.groups[qubit][task.group[side]].entry);
                        entered[qubit] += 1;
                        left[qubit] = plan.groups[qubit][task.group[side]].tasks.len();
                    }
                    left[qubit] -= 1;
                    out.run(at[qubit]).then(&task.own[side]);
                }
                let meeting = meetings[number];
                last = meeting.origin.clone();
                out.meet(task.qubits.map(|qubit| at[qubit as usize]), meeting.axes.clone(), &meeting.origin);
            }
            Event::Swap(a, b) | Event::Move(a, b) | Event::Rename(a, b) => {
                let mover = carries[a as usize];
                if matches!(event, Event::Move(..))
                    && left.get(mover) == Some(&0)
                    && let Some(group) = plan.groups[mover].get(entered[mover])
                    && undoes_half_a_cx(&group.entry)
                {
                    out.run(a).then(&group.entry);
                    entered[mover] += 1;
                    left[mover] = group.tasks.len();
                }
                match event {
                    Event::Swap(..) => out.swap([a, b], &last),
                    // The second is in |0>, so two of the three `cx` of a swap are enough.
                    Event::Move(..) => [(a, b), (b, a)].iter().for_each(|&(c, t)| out.cx(c, t, &last)),
                    _ => {}
                }
                carries.swap(a as usize, b as usize);
                for place in [a, b] {
                    if let Some(slot) = at.get_mut(carries[place as usize]) {
                        *slot = place;
                    }
                }
            }
        }
    }
    for (end, &place) in original.ends.iter().zip(&at) {
        out.run(place).then(end);
    }
    out
}

/// Is it what a target does after `cx`, and nothing but turns about Z besides? Then it goes with that `cx`, and not beyond a swap.
fn undoes_half_a_cx(entry: &Run) -> bool {
    let mut both = Run::default();
    both.h();
    both.turn(FRAC_PI_2);
    both.then(entry);
    both.is_diagonal()
}
