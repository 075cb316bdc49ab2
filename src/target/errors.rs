//! What can stand between a circuit and a device (`QN062x`).

crate::declare_codes! {
    /// A circuit has more qubits than the device it is to run on.
    ///
    /// Choose a larger device (`qnas list devices` says how many qubits each has) or cut the circuit.
    pub DEVICE_TOO_SMALL = ("QN0620", "device-too-small", "the device has fewer qubits than the circuit");
    /// The couplings of a device do not connect as many qubits as the circuit needs.
    ///
    /// Qubits that no chain of couplings connects can never meet. The message says how large the largest connected part is.
    pub DEVICE_DISCONNECTED = ("QN0621", "device-disconnected", "the device's couplings do not connect enough qubits");
    /// The native gates of a device do not make all gates on one and two qubits.
    ///
    /// One of `u`, `r`, or `rz` together with `sx`, `rx`, `ry` or `r` is needed for one qubit, and one of `cx`, `cz`, `ecr`, `iswap`, `rzz`,
    /// `rxx`, `ryy`, `rzx` for two. An angle that is written fixes it: `rx(pi / 2)` alone is a quarter turn and nothing else.
    pub DEVICE_GATES = ("QN0622", "device-gates", "the native gates of the device do not make every gate");
    /// There is no device of this name, neither in the program nor in the library.
    pub UNKNOWN_DEVICE = ("QN0623", "unknown-device", "there is no device of this name");
    /// A metric of a device was asked for, and nobody said which device.
    ///
    /// In a search write `device: ibm_heron_156`; on the command line `--device ibm_heron_156`.
    pub NO_DEVICE = ("QN0624", "no-device", "a metric of a device needs a device");
    /// `prepare` with amplitudes that depend on data or weights cannot become gates before they are known.
    ///
    /// Embed the data as angles, or prepare constant amplitudes.
    pub OPEN_PREPARATION = ("QN0625", "open-preparation", "amplitudes that are not known have no gates");
    /// A file with the calibration of a device cannot be understood.
    ///
    /// Two files are read: a configuration with `n_qubits`, `coupling_map` and `basis_gates`, and properties with `qubits` and `gates`, as
    /// Qiskit's fake providers have them.
    pub BAD_CALIBRATION = ("QN0626", "bad-calibration", "a calibration file cannot be understood");
}
