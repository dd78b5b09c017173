//! Where npm puts the native binary of a package: in a package of its own for each platform. It looks at no file: it
//! names the places, and who starts the program sees which of them is there.

use std::path::{Path, PathBuf};

/// Where the native package of this platform may lie, for a launcher script inside the package `package`
/// (`@scope/name` or `name`), best first. The platform's name, `linux-x64` for example, is put behind `native`.
///
/// None when the launcher is not inside such a package, or npm has no name for this platform.
pub(super) fn native_packages(launcher: &Path, package: &str, native: &str) -> Vec<PathBuf> {
    let wanted = Path::new("node_modules").join(package);
    let Some(root) = launcher.ancestors().find(|folder| folder.ends_with(&wanted)) else {
        return Vec::new();
    };
    let Some(platform) = platform() else {
        return Vec::new();
    };
    // Packages of both C libraries may lie side by side; the plain one comes first, as with npm itself.
    let names = [platform.to_owned(), format!("{platform}-musl")];
    let modules = |folder: &Path| folder.join("node_modules");
    let hoisted = root
        .ancestors()
        .skip(1)
        .filter(|folder| folder.ends_with("node_modules"));
    let folders = std::iter::once(modules(root)).chain(hoisted.map(Path::to_owned));
    folders
        .flat_map(|folder| names.clone().map(|name| folder.join(format!("{native}-{name}"))))
        .collect()
}

/// What npm calls this platform.
fn platform() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("linux-x64"),
        ("linux", "aarch64") => Some("linux-arm64"),
        ("macos", "x86_64") => Some("darwin-x64"),
        ("macos", "aarch64") => Some("darwin-arm64"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_native_package_is_nested_or_hoisted() {
        let places = native_packages(
            Path::new("/n/lib/node_modules/@a/cli/bin/cli.js"),
            "@a/cli",
            "@a/cli",
        );
        let Some(platform) = platform() else {
            assert!(places.is_empty());
            return;
        };
        let expected = ["/n/lib/node_modules/@a/cli/node_modules", "/n/lib/node_modules"].map(|folder| {
            ["", "-musl"].map(|libc| PathBuf::from(format!("{folder}/@a/cli-{platform}{libc}")))
        });
        assert_eq!(places, expected.concat());
    }

    #[test]
    fn only_a_file_of_the_package_is_a_launcher() {
        for other in ["/usr/bin/cli", "/n/node_modules/@a/other/bin/cli.js", "/@a/cli/x"] {
            assert!(
                native_packages(Path::new(other), "@a/cli", "@a/cli").is_empty(),
                "{other}"
            );
        }
    }
}
