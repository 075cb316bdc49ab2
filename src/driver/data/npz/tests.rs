//! NPZ files written by another implementation and by hand.

use super::*;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use ndarray::{Array1, Array2, ArrayD, ShapeBuilder, arr1, arr2};
use ndarray_npy::NpzWriter;
use std::io::{Cursor, Write};

/// A deflated or stored archive of `(name, content)`.
fn zip(entries: &[(&str, &[u8])], deflate: bool) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let packed = if deflate {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        } else {
            content.to_vec()
        };
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let mut common = vec![20, 0, 0, 0, if deflate { 8 } else { 0 }, 0, 0, 0, 0, 0];
        common.extend(crc.sum().to_le_bytes());
        common.extend((packed.len() as u32).to_le_bytes());
        common.extend((content.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(&packed);
    }
    let (start, count) = (out.len() as u32, entries.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// A `.npy` file with this header text.
fn npy(descr: &str, shape: &str, content: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend((header.len() as u16).to_le_bytes());
    out.extend(header.as_bytes());
    out.extend(content);
    out
}

fn read(bytes: &[u8]) -> Result<Raw, Diagnostic> {
    parse(bytes, Path::new("my.npz"))
}

fn error(bytes: &[u8]) -> (&'static str, String) {
    let error = read(bytes).unwrap_err();
    (error.code.meta.code, error.message)
}

#[test]
fn files_of_another_writer_are_read() {
    let mut writer = NpzWriter::new(Cursor::new(Vec::new()));
    let x: ArrayD<f32> = ArrayD::from_shape_fn(vec![3, 2, 2].f(), |at| (at[0] * 100 + at[1] * 10 + at[2]) as f32);
    writer.add_array("x", &x).unwrap();
    writer.add_array("y", &arr1(&[0i64, 2, 1])).unwrap();
    writer.add_array("x_test", &ArrayD::from_elem(vec![1, 2, 2], 7f32)).unwrap();
    writer.add_array("y_test", &arr1(&[1i64])).unwrap();
    let raw = read(&writer.finish().unwrap().into_inner()).unwrap();
    assert_eq!((raw.shape.as_slice(), raw.rows(), raw.test_from), ([2, 2].as_slice(), 4, Some(3)));
    let rows = [0f32, 1., 10., 11., 100., 101., 110., 111., 200., 201., 210., 211., 7., 7., 7., 7.];
    assert_eq!(raw.values, Numbers::F32(rows.to_vec()), "column-major arrays are turned");
    assert_eq!(raw.targets, RawTargets::Classes { labels: vec![0, 2, 1, 1], n_classes: 3, names: vec![] });
}

#[test]
fn every_type_of_number_is_read() {
    macro_rules! case {
        ($kind:ty) => {{
            let mut writer = NpzWriter::new(Cursor::new(Vec::new()));
            writer.add_array("x", &arr2(&[[1 as $kind, 2 as $kind]])).unwrap();
            let raw = read(&writer.finish().unwrap().into_inner()).unwrap();
            assert_eq!((raw.values.get(0), raw.values.get(1)), (1.0, 2.0), stringify!($kind));
        }};
    }
    case!(f32);
    case!(f64);
    case!(u8);
    case!(u16);
    case!(u32);
    case!(u64);
    case!(i8);
    case!(i16);
    case!(i32);
    case!(i64);
    let big = npy(">i2", "(1, 2)", &[0xff, 0xfe, 1, 0]);
    assert_eq!(read(&zip(&[("x.npy", &big)], false)).unwrap().values, Numbers::F64(vec![-2.0, 256.0]));
}

#[test]
fn compressed_files_are_read() {
    let x = npy("|u1", "(4, 3)", &(0..12).collect::<Vec<u8>>());
    let y = npy("<f8", "(4, 1)", &[1.5f64, -2.0, 0.0, 4.0].map(f64::to_le_bytes).concat());
    for deflate in [false, true] {
        let raw = read(&zip(&[("x.npy", &x), ("y.npy", &y)], deflate)).unwrap();
        assert_eq!(raw.values, Numbers::U8((0..12).collect()));
        assert_eq!(raw.full_scale, Some(255.0));
        assert_eq!(raw.targets, RawTargets::Values { values: vec![1.5, -2.0, 0.0, 4.0], shape: vec![] });
    }
}

#[test]
fn faults_are_named() {
    let x = npy("<f8", "(2, 1)", &[1f64, 2.0].map(f64::to_le_bytes).concat());
    let labels = |content: [i8; 2]| npy("|i1", "(2,)", &content.map(|label| label as u8));
    let with = |y: &[u8]| zip(&[("x.npy", &x), ("y.npy", y)], true);
    assert!(read(&with(&labels([0, 1]))).is_ok());
    assert_eq!(error(b"").0, "QN0915");
    assert_eq!(error(b"PK\x05\x06").0, "QN0915");
    assert_eq!(error(&with(&labels([0, -1]))).0, "QN0920");
    assert_eq!(error(&with(&labels([0, 9]))).0, "QN0920");
    assert_eq!(error(&with(&npy("|i1", "(3,)", &[0, 1, 0]))).0, "QN0922");
    assert_eq!(error(&with(&npy("<f2", "(2,)", &[0; 4]))).0, "QN0922");
    assert_eq!(error(&with(&npy("<f8", "(2,)", &[0; 15]))).0, "QN0922");
    assert_eq!(error(&zip(&[("y.npy", &x)], false)).0, "QN0922");
    assert_eq!(error(&zip(&[("x.npy", &x), ("x_test.npy", &x), ("y_test.npy", &x)], false)).0, "QN0922");
    let nan = npy("<f8", "(2, 1)", &[1f64, f64::NAN].map(f64::to_le_bytes).concat());
    let (code, message) = error(&zip(&[("x.npy", &nan)], false));
    assert!(code == "QN0919" && message.contains("row 1, position 0"), "{message}");
    let huge = npy("<f8", "(99999999999999, 99999999999999)", &[0; 8]);
    assert_eq!(error(&zip(&[("x.npy", &huge)], false)).0, "QN0922");
}

#[test]
fn every_truncation_and_every_flipped_byte_is_survived() {
    let x: Array2<f64> = Array2::from_shape_fn((3, 2), |(row, column)| (row + column) as f64);
    let y: Array1<u8> = arr1(&[0, 1, 0]);
    let mut writer = NpzWriter::new(Cursor::new(Vec::new()));
    writer.add_array("x", &x).unwrap();
    writer.add_array("y", &y).unwrap();
    let good = writer.finish().unwrap().into_inner();
    for length in 0..good.len() {
        assert!(read(&good[..length]).is_err(), "cut to {length} bytes");
    }
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        let _ = read(&bad);
    }
}

/// Written by `numpy.savez_compressed` of NumPy 2.4.6 with a column-major `x`.
#[test]
fn a_file_of_numpy_is_read() {
    let raw = read(include_bytes!("../../../../tests/data/savez_compressed.npz")).unwrap();
    assert_eq!(raw.values, Numbers::U8(vec![0, 64, 128, 255, 1, 2, 3, 4, 250, 0, 9, 8, 0, 64, 128, 255]));
    assert_eq!(raw.targets, RawTargets::Classes { labels: vec![2, 0, 1, 2], n_classes: 3, names: vec![] });
    assert_eq!(raw.test_from, Some(3));
}
