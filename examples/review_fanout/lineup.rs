//! Who reviews: from the flags and the tree to reviewers and the agents that they are.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use clap::ValueEnum as _;
use orch_examples::flags::AgentChoice;
use orch_examples::scan::ScanLens;
use orch_examples::tools::Tool;
use orch_patterns::agent::{Agent, Tool as ToolAgent, ToolOutput};
use orch_patterns::orch_core::{Exit, plain};
use orch_patterns::{Lens, Reviewer};
use serde_json::{Value, json};

use crate::args::{Args, SCAN};
use crate::target::Target;

/// The scanners of the default set; installed tools that fit the tree come with them.
const DEFAULT_SCANNERS: [ScanLens; 3] = [ScanLens::Risks, ScanLens::Links, ScanLens::Structure];

/// The installed tools of the default set.
const DEFAULT_TOOLS: [&str; 2] = ["clippy", "shellcheck"];

/// The lenses that a coding agent looks through unless told otherwise.
const DEFAULT_LENSES: [Lens; 3] = [Lens::Correctness, Lens::Security, Lens::Risks];

/// The reviewers, the agents that they are, and what the user should know about them.
#[derive(Debug)]
pub(crate) struct Lineup {
    pub(crate) reviewers: Vec<Reviewer>,
    pub(crate) agents: Vec<Arc<dyn Agent>>,
    notes: Vec<String>,
}

/// The names of all lenses, for `--help`.
pub(crate) fn help() -> String {
    // Writing to a string cannot fail.
    let mut out = String::from("Lenses with --agent tools, each a program:\n");
    for lens in ScanLens::ALL {
        let _ = writeln!(out, "  {:<14} {}", lens.name(), lens.about());
    }
    for tool in Tool::ALL {
        let _ = writeln!(out, "  {:<14} {} (needs {})", tool.name, tool.about, tool.program);
    }
    out.push_str(
        "Lenses with a coding agent (--agent codex, claude, opencode, gemini), each a point of view (or your own: --lens 'semver=breaks of the API'):\n",
    );
    for lens in Lens::ALL {
        let _ = writeln!(out, "  {:<14} {}", lens.name(), lens.title());
    }
    out.push_str(
        "\nWithout --lens: risks, links, structure, and clippy and shellcheck where they fit and are installed; with a \
         coding agent: correctness, security, risks. Its binary is ORCH_CODEX_BIN (ORCH_CLAUDE_BIN, ORCH_OPENCODE_BIN, \
         ORCH_GEMINI_BIN), or that of its name in PATH. Tools look at \
         whole files also with --diff: at every file that it changes, new ones that git does not track yet among them. clippy compiles the package, so it runs its build scripts and macros, as any build does.",
    );
    out
}

impl Lineup {
    pub(crate) fn of(args: &Args, target: &Target) -> anyhow::Result<Self> {
        let mut names: Vec<&str> = Vec::new();
        for name in args.lenses.iter().map(String::as_str) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        match args.common.agent.agent() {
            None => Self::of_tools(&names, target),
            Some(agent) => Self::of_agent(&agent, &names, args.common.dry_run),
        }
    }

    fn of_agent(agent: &Arc<dyn Agent>, names: &[&str], dry_run: bool) -> anyhow::Result<Self> {
        let binary = match agent.program().locate() {
            Err(missing) if dry_run => format!("for the dry run only: {missing}"),
            located => located?.display().to_string(),
        };
        let lenses = if names.is_empty() {
            DEFAULT_LENSES.to_vec()
        } else {
            names
                .iter()
                .map(|name| lens_of(name))
                .collect::<anyhow::Result<_>>()?
        };
        let name = agent.name();
        let note = format!("reviewers: {name} ({binary}), through {} lenses", lenses.len());
        let reviewer = |lens| Reviewer::new(lens).agent(name);
        Ok(Self {
            reviewers: lenses.into_iter().map(reviewer).collect(),
            agents: vec![Arc::clone(agent)],
            notes: vec![note],
        })
    }

    fn of_tools(names: &[&str], target: &Target) -> anyhow::Result<Self> {
        let mut lineup = Self {
            reviewers: Vec::new(),
            agents: Vec::new(),
            notes: Vec::new(),
        };
        let root = target.setting.work_tree();
        let root = root.canonicalize().context("the work tree cannot be used")?;
        let mut members = Vec::new();
        if names.is_empty() {
            for lens in DEFAULT_SCANNERS {
                members.push(scanner(lens, &root, &target.paths)?);
            }
            let fitting = DEFAULT_TOOLS.iter().filter_map(|name| Tool::named(name));
            for tool in fitting.filter(|tool| tool.fits(&root, &target.paths).is_ok()) {
                if is_installed(tool) {
                    members.push(installed(tool, &root, target)?);
                } else {
                    lineup
                        .notes
                        .push(format!("without {}: not installed ({})", tool.name, tool.install));
                }
            }
        }
        for name in names {
            members.push(named(name, &root, target)?);
        }
        lineup.notes.insert(
            0,
            format!("reviewers: {} programs; no model is asked", members.len()),
        );
        for choice in AgentChoice::value_variants() {
            if choice
                .agent()
                .is_some_and(|agent| agent.program().locate().is_ok())
            {
                let name = choice.name();
                let note = format!("{name} is installed: --agent {name} lets it review instead");
                lineup.notes.push(note);
            }
        }
        for (agent, about) in members {
            let lens = Lens::custom(agent.name(), about);
            lineup.reviewers.push(Reviewer::new(lens).agent(agent.name()));
            lineup.agents.push(Arc::new(agent));
        }
        Ok(lineup)
    }

    /// Says who reviews, on standard error.
    pub(crate) fn introduce(&self, out: &mut impl Write) -> io::Result<()> {
        self.notes
            .iter()
            .try_for_each(|note| writeln!(out, "{}", plain::line(note, 400)))
    }
}

fn lens_of(name: &str) -> anyhow::Result<Lens> {
    match name.split_once('=') {
        Some((name, focus)) if !name.trim().is_empty() && !focus.trim().is_empty() => {
            Ok(Lens::custom(name, focus))
        }
        Some(_) => bail!("lens {name:?} is incomplete: write NAME=FOCUS"),
        None => Ok(name.parse::<Lens>()?),
    }
}

/// A reviewer that was asked for by name.
fn named(name: &str, root: &Path, target: &Target) -> anyhow::Result<(ToolAgent, &'static str)> {
    if let Ok(lens) = name.parse::<ScanLens>() {
        return scanner(lens, root, &target.paths);
    }
    let Some(tool) = Tool::named(name) else {
        let scanners = ScanLens::ALL.map(ScanLens::name);
        let known: Vec<&str> = scanners
            .into_iter()
            .chain(Tool::ALL.map(|tool| tool.name))
            .collect();
        bail!(
            "unknown lens {name:?} for --agent tools: use one of {}",
            known.join(", ")
        );
    };
    if !is_installed(tool) {
        bail!(
            "lens {name} needs {}, which is not installed: {}",
            tool.program,
            tool.install
        );
    }
    tool.fits(root, &target.paths)
        .map_err(|why| anyhow!("lens {name} does not fit: {why}"))?;
    installed(tool, root, target)
}

/// This program itself, as one scanner.
fn scanner(lens: ScanLens, root: &Path, paths: &[PathBuf]) -> anyhow::Result<(ToolAgent, &'static str)> {
    let this = std::env::current_exe().context("this program cannot find itself to start its scanners")?;
    let agent = ToolAgent::new(lens.name(), this)
        .args([SCAN, lens.name()])
        .arg(root)
        .args(paths)
        .read(read_scan);
    Ok((agent, lens.about()))
}

/// An installed tool.
fn installed(tool: &'static Tool, root: &Path, target: &Target) -> anyhow::Result<(ToolAgent, &'static str)> {
    let arguments = tool
        .arguments(root, &target.paths)
        .map_err(|why| anyhow!("{}: {why}", tool.name))?;
    let (root, paths) = (root.to_owned(), target.paths.clone());
    let mut agent = ToolAgent::new(tool.name, tool.program)
        .args(arguments)
        .install(tool.install)
        .read(move |output: ToolOutput<'_>| {
            let exit = match output.exit {
                Exit::Code(code) => Some(i32::from(code)),
                Exit::Signal { .. } => None,
            };
            tool.findings(&root, &paths, output.stdout, exit)
                .map(|findings| answer(&findings))
        });
    for name in tool.environment {
        agent = agent.pass_env(*name);
    }
    if tool.builds {
        let build = target.build_dir()?;
        let build = build
            .to_str()
            .context("the private directory's path is not UTF-8")?;
        agent = agent.env("CARGO_TARGET_DIR", build);
    }
    Ok((agent, tool.about))
}

fn is_installed(tool: &Tool) -> bool {
    let mut probe = Command::new(tool.program);
    probe
        .args(tool.probe)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

/// A scanner prints one finding a line.
fn read_scan(output: ToolOutput<'_>) -> Result<String, String> {
    if output.exit != Exit::Code(0) {
        return Err(format!("the scanner ended with {}", output.exit));
    }
    let lines = output
        .stdout
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty());
    let findings: Result<Vec<Value>, serde_json::Error> = lines.map(serde_json::from_slice).collect();
    findings
        .map(|findings| answer(&findings))
        .map_err(|error| format!("the scanner printed no finding: {error}"))
}

fn answer(findings: &[Value]) -> String {
    json!({ "findings": findings }).to_string()
}
