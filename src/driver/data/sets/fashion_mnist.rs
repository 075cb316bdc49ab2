//! `fashion_mnist`: articles of clothing of 28 x 28 pixels.

use crate::driver::data::idx::{File, ImageSet};
use crate::driver::data::{DatasetEntry, Facts};

const CLASSES: &[&str] =
    &["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

const FILES: ImageSet = ImageSet {
    name: "fashion_mnist",
    folders: &["fashion-mnist", "fashion_mnist"],
    files: [
        File {
            name: "train-images-idx3-ubyte.gz",
            bytes: 26421880,
            sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        },
        File {
            name: "train-labels-idx1-ubyte.gz",
            bytes: 29515,
            sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        },
        File {
            name: "t10k-images-idx3-ubyte.gz",
            bytes: 4422102,
            sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        },
        File {
            name: "t10k-labels-idx1-ubyte.gz",
            bytes: 5148,
            sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        },
    ],
    rows: [60000, 10000],
    side: [28, 28],
    classes: CLASSES,
    published: (0.2860, 0.3530),
    page: "the Fashion-MNIST pages of Zalando Research",
};

/// Fashion-MNIST.
pub(super) static FASHION_MNIST: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "fashion_mnist",
        "70000 articles of clothing of 28 x 28 grey pixels (60000 to train, 10000 to test)",
        doc = "Ten kinds of clothing, 6000 training and 1000 test images each, pixels from 0 to 255. The official test images are the test part. The four files are looked for in `fashion-mnist/` and `fashion_mnist/` of the data folder.",
        source = "H. Xiao, K. Rasul, R. Vollgraf (2017), Fashion-MNIST, arXiv:1708.07747",
    ),
    licence: "MIT",
    facts: Some(Facts { rows: 60000, test_rows: 10000, shape: &[1, 28, 28], classes: CLASSES }),
    load: |options, dirs| {
        super::published_only("fashion_mnist", options)?;
        FILES.read(dirs)
    },
};
