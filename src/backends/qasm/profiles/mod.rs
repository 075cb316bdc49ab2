//! The profiles, one file each, one line here.

mod braket;
mod ibm;
mod ibm_eagle;
mod ionq;
mod ionq_forte;
mod iqm;
mod qasm2;
mod qasm2_wide;
mod qasm3;
mod quantinuum;
mod rigetti;

use super::Profile;

/// All of them, in the order they are listed to people.
pub static PROFILES: &[&Profile] = &[
    &qasm2::QASM2,
    &qasm2_wide::QASM2_WIDE,
    &qasm3::QASM3,
    &braket::BRAKET,
    &ibm::IBM,
    &ibm_eagle::IBM_EAGLE,
    &ionq::IONQ,
    &ionq_forte::IONQ_FORTE,
    &quantinuum::QUANTINUUM,
    &iqm::IQM,
    &rigetti::RIGETTI,
];
