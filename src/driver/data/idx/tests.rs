//! IDX sets of a few pixels, made in a temporary folder.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// The IDX file of `shape` with these bytes, gzipped.
fn pack(shape: &[usize], content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, shape.len() as u8];
    shape.iter().for_each(|&axis| bytes.extend((axis as u32).to_be_bytes()));
    bytes.extend(content);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&bytes).unwrap();
    encoder.finish().unwrap()
}

/// Three training and two test images of 2 x 2 pixels, written to `folder`.
fn tiny(folder: &Path, contents: [Vec<u8>; 4]) -> ImageSet {
    let names = ["tr-i.gz", "tr-l.gz", "te-i.gz", "te-l.gz"];
    let mut files = Vec::new();
    for (name, bytes) in names.into_iter().zip(&contents) {
        std::fs::write(folder.join(name), bytes).unwrap();
        files.push(File { name, bytes: bytes.len() as u64, sha256: sha256(bytes).leak() });
    }
    ImageSet {
        name: "tiny",
        folders: &["tiny", "."],
        files: files.try_into().unwrap(),
        rows: [3, 2],
        side: [2, 2],
        classes: &["a", "b"],
        published: (0.5, 0.25),
        page: "the page of the tiny data set",
    }
}

fn contents() -> [Vec<u8>; 4] {
    let pixels: Vec<u8> = (0..20).collect();
    [pack(&[3, 2, 2], &pixels[..12]), pack(&[3], &[0, 1, 1]), pack(&[2, 2, 2], &pixels[12..]), pack(&[2], &[1, 0])]
}

fn dirs(folder: &Path) -> DataDirs {
    DataDirs::resolve(Some(folder), None, Path::new(""))
}

#[test]
fn four_files_become_one_table() {
    let folder = tempfile::tempdir().unwrap();
    let set = tiny(folder.path(), contents());
    let raw = set.read(&dirs(folder.path())).unwrap();
    assert_eq!(raw.values, Numbers::U8((0..20).collect()));
    assert_eq!((raw.shape.as_slice(), raw.test_from, raw.rows()), ([1, 2, 2].as_slice(), Some(3), 5));
    let RawTargets::Classes { labels, n_classes, .. } = raw.targets else { panic!("classes") };
    assert_eq!((labels, n_classes), (vec![0, 1, 1, 1, 0], 2));
}

#[test]
fn missing_files_are_listed_with_every_place() {
    let folder = tempfile::tempdir().unwrap();
    let set = tiny(folder.path(), contents());
    std::fs::remove_file(folder.path().join("te-l.gz")).unwrap();
    let error = set.read(&dirs(folder.path())).unwrap_err();
    assert_eq!(error.code.meta.code, "QN0913");
    assert_eq!(error.notes.len(), 3, "{error:?}");
    assert!(error.notes[1].contains("--data-dir") && error.notes[1].ends_with("no such folder"), "{error:?}");
    assert!(error.notes[2].ends_with("without `te-l.gz`"), "{error:?}");
    assert!(error.helps[0].contains("the page of the tiny data set"));
}

#[test]
fn a_changed_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let set = tiny(folder.path(), contents());
    let path = folder.path().join("tr-l.gz");
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let error = set.read(&dirs(folder.path())).unwrap_err();
    assert_eq!(error.code.meta.code, "QN0914");
    assert!(error.message.contains("SHA-256"), "{}", error.message);
    std::fs::write(&path, &bytes[1..]).unwrap();
    let error = set.read(&dirs(folder.path())).unwrap_err();
    assert!(error.message.contains("bytes instead of"), "{}", error.message);
}

#[test]
fn broken_contents_are_refused_whatever_their_digest() {
    let good = contents();
    let mut cut = good[0].clone();
    cut.truncate(cut.len() - 9);
    let cases: [(usize, Vec<u8>, &str, &str); 7] = [
        (0, cut, "QN0915", "decompress"),
        (0, b"no gzip at all".to_vec(), "QN0915", "decompress"),
        (0, pack(&[3], &[0, 0, 0]), "QN0915", "magic number 2051"),
        (0, pack(&[4, 2, 2], &[0; 16]), "QN0915", "4 entries along axis 0 instead of 3"),
        (0, pack(&[3, 2, 2], &[0; 11]), "QN0915", "truncated"),
        (1, pack(&[3], &[0; 4]), "QN0915", "more than it announces"),
        (1, pack(&[3], &[0, 1, 2]), "QN0920", "label 2"),
    ];
    for (at, bytes, code, words) in cases {
        let folder = tempfile::tempdir().unwrap();
        let mut files = good.clone();
        files[at] = bytes;
        let error = tiny(folder.path(), files).read(&dirs(folder.path())).unwrap_err();
        assert_eq!(error.code.meta.code, code, "{}", error.message);
        assert!(error.message.contains(words), "{}", error.message);
    }
}
