//! Devices by name: those of a program first, then those of the library.

use super::compiler::compile_text;
use super::data::DataDirs;
use crate::cost::device::OnDevice;
use crate::device::Device;
use crate::diag::{Diagnostic, nearest_many};
use crate::hir::Checked;
use crate::ir::{Graph, Op};
use crate::stdlib::LIBRARY;
use crate::target::errors::UNKNOWN_DEVICE;

/// The module of the library that holds devices.
const MODULE: &str = "device";

/// The devices of the library, in order.
pub fn library() -> impl Iterator<Item = Device> {
    LIBRARY
        .iter()
        .filter(|file| file.module == MODULE)
        .flat_map(|file| compile_text(file.name, file.text, None, &DataDirs::default()).checked.devices.into_iter())
}

/// The device of this name.
///
/// # Errors
/// `QN0623` with the nearest names.
pub fn find(name: &str, checked: Option<&Checked>) -> Result<Device, Diagnostic> {
    let own = checked.map_or(&[][..], |checked| &checked.devices);
    let wanted = name.trim_start_matches("std::").trim_start_matches("device::");
    if let Some(device) = own.iter().find(|device| device.name == wanted) {
        return Ok(device.clone());
    }
    let all: Vec<Device> = library().collect();
    if let Some(device) = all.iter().find(|device| device.name == wanted) {
        return Ok(device.clone());
    }
    let names: Vec<&str> = own.iter().chain(&all).map(|device| device.name.as_str()).collect();
    let error = Diagnostic::global(&UNKNOWN_DEVICE, format!("there is no device `{name}`"));
    // Whoever knows the family may not know the number of qubits.
    let mut near = nearest_many(wanted, names.iter().copied());
    if near.is_empty() {
        near = names.iter().copied().filter(|known| known.contains(wanted) || wanted.contains(known)).take(3).collect();
    }
    let near: Vec<String> = near.into_iter().map(|near| format!("`{near}`")).collect();
    Err(match near.is_empty() {
        true => {
            error.help("`qnas list devices` shows those of the library; a program may hold `device` items of its own")
        }
        false => error.help(format!("did you mean {}?", near.join(" or "))),
    })
}

/// What is known of a device, as lines of name and text.
#[must_use]
pub fn facts(device: &Device) -> Vec<(String, String)> {
    let mut out = vec![
        ("qubits".to_owned(), device.n_qubits.to_string()),
        ("edges".to_owned(), format!("{}{}", device.edges.len(), if device.directed { ", directed" } else { "" })),
    ];
    let native = device.native.iter().map(|native| match &native.params {
        Some(params) => {
            let turns: Vec<String> = params.iter().map(|angle| format!("{angle:.4}")).collect();
            format!("{}({})", native.gate.meta.name, turns.join(", "))
        }
        None => native.gate.meta.name.to_owned(),
    });
    out.push(("native".to_owned(), native.collect::<Vec<_>>().join(", ")));
    let shown = |value: f64| if value == 0.0 { "0".to_owned() } else { format!("{value:.3e}") };
    for (title, figures, unit) in [("error", &device.errors, ""), ("duration", &device.durations, " s")] {
        for (name, values) in figures.entries() {
            if let Some(median) = values.median() {
                let many = if matches!(values, crate::device::Values::Each(_)) { " (median)" } else { "" };
                out.push((format!("{title} of {name}"), format!("{}{unit}{many}", shown(median))));
            }
        }
    }
    for (title, values) in [("t1", &device.t1), ("t2", &device.t2)] {
        if let Some(median) = values.as_ref().and_then(crate::device::Values::median) {
            out.push((title.to_owned(), format!("{} s", shown(median))));
        }
    }
    out
}

/// The graph with its circuits replaced by those on the device.
#[must_use]
pub fn placed(graph: &Graph, on: &OnDevice<'_>) -> Graph {
    let mut out = graph.clone();
    let ids: Vec<_> = graph.regions().map(|(id, _)| id).collect();
    for (id, transpiled) in ids.into_iter().zip(&on.regions) {
        out.node_mut(id).op = Op::Region(Box::new(transpiled.region.clone()));
    }
    out
}
