//! The library inside the binary: `.qnas` files by module. A file is one line here.

/// One file of the library.
#[derive(Clone, Copy, Debug)]
pub struct LibraryFile {
    /// Its module below `std`: `embed`.
    pub module: &'static str,
    /// Its name as shown in spans: `<std>/embed/embedding.qnas`.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! file {
    ($module:literal, $file:literal) => {
        LibraryFile {
            module: $module,
            name: concat!("<std>/", $module, "/", $file),
            text: include_str!(concat!("../stdlib/", $module, "/", $file)),
        }
    };
}

/// All files, in the order they are listed to people.
pub static LIBRARY: &[LibraryFile] = &[
    file!("embed", "amplitude.qnas"),
    file!("embed", "angle_x.qnas"),
    file!("embed", "angle_y.qnas"),
    file!("embed", "angle_z.qnas"),
    file!("embed", "embedding.qnas"),
    file!("embed", "iqp.qnas"),
    file!("embed", "reupload.qnas"),
    file!("embed", "zz_feature_map.qnas"),
    file!("entangle", "brick.qnas"),
    file!("entangle", "full.qnas"),
    file!("entangle", "line.qnas"),
    file!("entangle", "pairs.qnas"),
    file!("entangle", "reverse_line.qnas"),
    file!("entangle", "ring.qnas"),
    file!("entangle", "star.qnas"),
    file!("ansatz", "basic_entangler.qnas"),
    file!("ansatz", "efficient_su2.qnas"),
    file!("ansatz", "hardware_efficient.qnas"),
    file!("ansatz", "real_amplitudes.qnas"),
    file!("ansatz", "sim_01.qnas"),
    file!("ansatz", "sim_02.qnas"),
    file!("ansatz", "sim_03.qnas"),
    file!("ansatz", "sim_04.qnas"),
    file!("ansatz", "sim_05.qnas"),
    file!("ansatz", "sim_06.qnas"),
    file!("ansatz", "sim_07.qnas"),
    file!("ansatz", "sim_08.qnas"),
    file!("ansatz", "sim_09.qnas"),
    file!("ansatz", "sim_10.qnas"),
    file!("ansatz", "sim_11.qnas"),
    file!("ansatz", "sim_12.qnas"),
    file!("ansatz", "sim_13.qnas"),
    file!("ansatz", "sim_14.qnas"),
    file!("ansatz", "sim_15.qnas"),
    file!("ansatz", "sim_16.qnas"),
    file!("ansatz", "sim_17.qnas"),
    file!("ansatz", "sim_18.qnas"),
    file!("ansatz", "sim_19.qnas"),
    file!("ansatz", "strongly_entangling.qnas"),
    file!("ansatz", "two_local.qnas"),
    file!("device", "ibm_eagle_127.qnas"),
    file!("device", "ibm_falcon_16.qnas"),
    file!("device", "ibm_falcon_27.qnas"),
    file!("device", "ibm_falcon_7.qnas"),
    file!("device", "ibm_heron_133.qnas"),
    file!("device", "ibm_heron_156.qnas"),
    file!("device", "ibm_heron_r3_156.qnas"),
    file!("device", "ibm_nighthawk_120.qnas"),
    file!("device", "ibm_sherbrooke.qnas"),
    file!("device", "ionq_aria_25.qnas"),
    file!("device", "ionq_forte_36.qnas"),
    file!("device", "iqm_crystal_20.qnas"),
    file!("device", "iqm_crystal_5.qnas"),
    file!("device", "iqm_crystal_54.qnas"),
    file!("device", "oqc_lucy_8.qnas"),
    file!("device", "quantinuum_h2_56.qnas"),
    file!("device", "rigetti_ankaa_84.qnas"),
    file!("readout", "magnetization.qnas"),
    file!("readout", "parity.qnas"),
    file!("readout", "x_all.qnas"),
    file!("readout", "z_all.qnas"),
    file!("readout", "zz_pairs.qnas"),
    file!("hamiltonian", "heisenberg.qnas"),
    file!("hamiltonian", "tfim.qnas"),
    file!("space", "diffqas.qnas"),
    file!("space", "faqnas.qnas"),
    file!("space", "ibm_basis.qnas"),
    file!("space", "qnas.qnas"),
    file!("space", "rxyz.qnas"),
    file!("space", "rxyzu1cu3.qnas"),
    file!("space", "u3cu3.qnas"),
    file!("space", "zxxx.qnas"),
    file!("space", "zzry.qnas"),
];

/// The modules, each once, in order.
pub fn modules() -> impl Iterator<Item = &'static str> {
    let mut seen: Vec<&str> = Vec::new();
    LIBRARY.iter().filter_map(move |file| {
        if seen.contains(&file.module) {
            return None;
        }
        seen.push(file.module);
        Some(file.module)
    })
}
