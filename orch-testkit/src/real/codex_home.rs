//! A home for a real codex: a fresh folder with a configuration under which it reaches the scripted server alone.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;
use std::{env, fs, io};

use tempfile::TempDir;

use super::home;

/// The key's variable; the scripted server looks at no key, but codex wants one.
const KEY: &str = "MOCK_API_KEY";

/// Without these, codex 0.169 asks for updates, clones its plugins with `git`, starts login shells, and reports home.
const HERMETIC: &str = r#"
model = "mock-model"
model_provider = "mock"
approval_policy = "never"
check_for_update_on_startup = false
web_search = "disabled"
allow_login_shell = false
"#;

const HERMETIC_TABLES: &str = r#"
[features]
plugins = false
apps = false
shell_snapshot = false
skill_mcp_dependency_install = false
[skills.bundled]
enabled = false
[history]
persistence = "none"
[analytics]
enabled = false
[feedback]
enabled = false
[otel]
exporter = "none"
metrics_exporter = "none"
"#;

/// What a codex home's `config.toml` will say; [`HomeConfig::create`] makes the home.
///
/// Without further settings codex connects to nothing but the server, and retries as it does by itself.
#[derive(Clone, Debug)]
#[must_use = "a configuration is no home until `create`"]
pub struct HomeConfig {
    url: String,
    lines: String,
    provider: String,
}

/// A codex home: a private folder, removed when this is dropped.
#[derive(Debug)]
#[must_use = "the home is removed when this is dropped"]
pub struct CodexHome {
    folder: TempDir,
    temporary: bool,
}

impl HomeConfig {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            lines: String::new(),
            provider: String::new(),
        }
    }

    /// How often codex tries again: a request that was refused, and a stream that broke.
    pub fn retries(self, requests: u32, streams: u32) -> Self {
        self.provider_line(&format!("request_max_retries = {requests}"))
            .provider_line(&format!("stream_max_retries = {streams}"))
    }

    /// How long a stream may be silent before codex calls it broken, in whole milliseconds. It does not cover silence
    /// before the headers.
    pub fn stream_idle(self, limit: Duration) -> Self {
        self.provider_line(&format!("stream_idle_timeout_ms = {}", limit.as_millis()))
    }

    /// Adds a line of TOML at the top level, for instance `sandbox_mode = "danger-full-access"`.
    pub fn line(mut self, line: &str) -> Self {
        self.lines.push_str(line);
        self.lines.push('\n');
        self
    }

    fn provider_line(mut self, line: &str) -> Self {
        self.provider.push_str(line);
        self.provider.push('\n');
        self
    }

    /// Makes the home, under the workspace's `target/real-homes`.
    ///
    /// # Errors
    /// The system's error, or `NotFound` when there is no workspace around this test.
    pub fn create(self) -> io::Result<CodexHome> {
        let folder = home::fresh("codex")?;
        fs::write(folder.path().join("config.toml"), self.toml())?;
        let temporary = lies_in(folder.path(), &env::temp_dir());
        if temporary {
            fs::create_dir(folder.path().join("tmp"))?;
        }
        Ok(CodexHome { folder, temporary })
    }

    fn toml(&self) -> String {
        let Self { url, lines, provider } = self;
        format!(
            "{HERMETIC}{lines}{HERMETIC_TABLES}[model_providers.mock]\nname = \"mock\"\nbase_url = \"{url}\"\n\
             wire_api = \"responses\"\nenv_key = \"{KEY}\"\n{provider}"
        )
    }
}

impl CodexHome {
    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The variables that a codex with this home needs, beside those it is started with.
    ///
    /// codex makes no helper binaries (its sandbox, its `apply_patch`) in a home under the temporary directory. Where
    /// the whole workspace lies there, `TMPDIR` is among the variables and names a folder in the home.
    pub fn env(&self) -> Vec<(&'static str, OsString)> {
        let mut env = vec![
            ("CODEX_HOME", self.path().into()),
            (KEY, "dummy".into()),
            ("NO_PROXY", "127.0.0.1".into()),
            ("no_proxy", "127.0.0.1".into()),
        ];
        if self.temporary {
            env.push(("TMPDIR", self.path().join("tmp").into()));
        }
        env
    }
}

fn lies_in(path: &Path, folder: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    real(path).starts_with(real(folder))
}

#[cfg(test)]
mod tests {
    use super::{HomeConfig, lies_in};
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    #[test]
    fn own_lines_stand_at_the_top_level_and_the_provider_s_in_its_table() {
        let toml = HomeConfig::new("http://127.0.0.1:1/v1")
            .line("sandbox_mode = \"danger-full-access\"")
            .retries(0, 1)
            .stream_idle(Duration::from_millis(1_500))
            .toml();
        let (top, tables) = toml.split_once("\n[").unwrap();
        assert!(top.ends_with("sandbox_mode = \"danger-full-access\"\n"), "{top}");
        assert!(!top.contains('['));
        let (_, provider) = tables.split_once("[model_providers.mock]\n").unwrap();
        let expected = "name = \"mock\"\nbase_url = \"http://127.0.0.1:1/v1\"\nwire_api = \"responses\"\n\
                        env_key = \"MOCK_API_KEY\"\nrequest_max_retries = 0\nstream_max_retries = 1\n\
                        stream_idle_timeout_ms = 1500\n";
        assert_eq!(provider, expected);
    }

    #[test]
    fn a_home_is_private_holds_the_configuration_and_goes_with_its_value() {
        let home = HomeConfig::new("http://127.0.0.1:1/v1").create().unwrap();
        let path = home.path().to_owned();
        assert!(path.join("config.toml").is_file());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        let env = home.env();
        assert!(env.contains(&("CODEX_HOME", path.clone().into())));
        assert!(env.contains(&("NO_PROXY", "127.0.0.1".into())));
        drop(home);
        assert!(!path.exists());
    }

    #[test]
    fn links_do_not_hide_where_a_folder_lies() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("inside")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("inside"), folder.path().join("link")).unwrap();
        assert!(lies_in(
            &folder.path().join("link"),
            &folder.path().join("inside")
        ));
        assert!(!lies_in(folder.path(), &folder.path().join("inside")));
    }
}
