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
pub static LIBRARY: &[LibraryFile] =
    &[file!("embed", "embedding.qnas"), file!("entangle", "line.qnas"), file!("entangle", "ring.qnas")];

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
