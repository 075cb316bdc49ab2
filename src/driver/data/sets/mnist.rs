//! `mnist`: handwritten digits of 28 x 28 pixels.

use crate::driver::data::idx::{File, ImageSet};
use crate::driver::data::{DatasetEntry, Facts};

const CLASSES: &[&str] = &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

const FILES: ImageSet = ImageSet {
    name: "mnist",
    folders: &["mnist", "."],
    files: [
        File {
            name: "train-images-idx3-ubyte.gz",
            bytes: 9912422,
            sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        },
        File {
            name: "train-labels-idx1-ubyte.gz",
            bytes: 28881,
            sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        },
        File {
            name: "t10k-images-idx3-ubyte.gz",
            bytes: 1648877,
            sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        },
        File {
            name: "t10k-labels-idx1-ubyte.gz",
            bytes: 4542,
            sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        },
    ],
    rows: [60000, 10000],
    side: [28, 28],
    classes: CLASSES,
    published: (0.1307, 0.3081),
    page: "the MNIST database of handwritten digits by LeCun, Cortes and Burges",
};

/// The MNIST database.
pub(super) static MNIST: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "mnist",
        "70000 handwritten digits of 28 x 28 grey pixels (60000 to train, 10000 to test)",
        doc = "Pixels from 0 (background) to 255 (ink). The official 10000 test images are the test part; training and validation part are cut from the other 60000. The four files are looked for in `mnist/` of the data folder, then in the data folder itself.",
        source = "Y. LeCun, C. Cortes, C.J.C. Burges, The MNIST database of handwritten digits",
    ),
    licence: "CC BY-SA 3.0",
    facts: Some(Facts { rows: 60000, test_rows: 10000, shape: &[1, 28, 28], classes: CLASSES }),
    load: |options, dirs| {
        super::published_only("mnist", options)?;
        FILES.read(dirs)
    },
};
