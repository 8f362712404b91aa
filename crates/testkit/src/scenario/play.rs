//! Plays a scenario on paused time: each verb is a process of its own, with the records that the one before it has kept.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::Parser as _;
use tenant_contacts::cli::{Around, Cli, Within};
use tenant_contacts_core::desired::ObjectKey;
use tenant_contacts_simulator::Seed;

use super::{
    expected::{Compared, Names, mentioned},
    status,
    story::{Block, Fault, Kind, Story, Verb, duration},
    tenant::{self, Ordered},
};
use crate::{places, world::World};

/// The manifests that are there as long as a scenario declares none of their sort.
const TENANT: &str = include_str!("tenant.yaml");
const SECRET: &str = include_str!("secret.yaml");

/// What manifests lie in, as verbs name it.
const FOLDER: &str = "contacts";

/// How a scenario ended.
pub struct Played {
    /// What was not as expected.
    pub faults: Vec<Fault>,
    /// By the line of its fence, what each block is to expect that has something else.
    pub anew: Vec<(usize, Vec<String>)>,
}

/// Plays a scenario. `name` is one scenario's alone.
pub fn play(name: &str, story: &Story) -> Played {
    let mut played = Played { faults: once_named(story), anew: Vec::new() };
    let ended = crate::world::run(async {
        let mut stage = Stage::new(name, story)?;
        for block in &story.blocks {
            stage.block(block, &mut played).await?;
        }
        Ok(())
    });
    played.faults.extend(ended.err());
    played.faults.sort_by_key(|fault| fault.line);
    played
}

/// A name that stands in one place only tells nothing.
fn once_named(story: &Story) -> Vec<Fault> {
    let expecting = story.blocks.iter().filter(|block| block.kind.expects());
    let mut all: Vec<(&str, usize)> = Vec::new();
    for block in expecting {
        if let Kind::Verb(_, words) = &block.kind {
            all.extend(mentioned(words).into_iter().map(|name| (name, block.line)));
        }
        for (index, line) in block.lines.iter().enumerate() {
            all.extend(mentioned(line).into_iter().map(|name| (name, block.line + 1 + index)));
        }
    }
    let once = all.iter().filter(|(name, _)| all.iter().filter(|(other, _)| other == name).count() == 1);
    once.map(|(name, line)| {
        let what =
            format!("`<hash {name}>` is named here and nowhere else: write `<hash>`, or the name where it comes again");
        Fault::new(*line, what)
    })
    .collect()
}

/// The tenant, what is declared of it, and how far the story has come.
struct Stage {
    world: World,
    seed: Seed,
    folder: PathBuf,
    names: Names,
    /// Requests that an earlier block has listed.
    listed: usize,
}

impl Stage {
    fn new(name: &str, story: &Story) -> Result<Self, Fault> {
        let block = story.blocks.iter().find(|block| block.kind == Kind::Tenant);
        let text = block.map(Block::text);
        let wrong = |why: String| Fault::new(block.map_or(1, |block| block.line), why);
        let seed = tenant::seed(text.as_deref()).map_err(wrong)?;
        let root = places::temporary().join("scenarios").join(name);
        let _ = fs::remove_dir_all(&root); // left by a run before
        let folder = root.join(FOLDER);
        fs::create_dir_all(&folder).map_err(|error| Fault::new(1, error.to_string()))?;
        let world = World::new(&seed);
        let names = Names::beside(tenant::ids(&world.simulator));
        let stage = Self { world, seed, folder, names, listed: 0 };
        stage.declare("").map_err(|why| Fault::new(1, why))?;
        Ok(stage)
    }

    /// Declares these manifests, with the Tenant and the Secret of all scenarios where they have none.
    fn declare(&self, manifests: &str) -> Result<(), String> {
        let documents: Vec<&str> = manifests.split("\n---").collect();
        let has = |kind: &str, name: &str| {
            let line = format!("kind: {kind}");
            documents
                .iter()
                .any(|document| document.lines().any(|other| other.trim() == line) && document.contains(name))
        };
        let files = [
            ("tenant.yaml", if has("Tenant", "") { "" } else { TENANT }),
            ("secret.yaml", if has("Secret", "name: graph") { "" } else { SECRET }),
            ("manifests.yaml", manifests),
        ];
        for (file, text) in files {
            let path = self.folder.join(file);
            if text.is_empty() {
                let _ = fs::remove_file(&path); // not there, most of the time
            } else {
                fs::write(&path, text).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    async fn block(&mut self, block: &Block, played: &mut Played) -> Result<(), Fault> {
        let at_fence = |why: String| Fault::new(block.line, why);
        self.world.wait(block.after).await;
        let came = match &block.kind {
            Kind::Tenant => return Ok(()),
            Kind::Manifests => return self.declare(&block.text()).map_err(at_fence),
            Kind::InTheTenant => {
                let text = block.text();
                // Time alone may go by.
                if text.trim().is_empty() && !block.after.is_zero() {
                    return Ok(());
                }
                return tenant::change(&self.world.simulator, &self.seed, &text).await.map_err(at_fence);
            }
            Kind::Verb(verb, words) => self.verb(*verb, words).await.map_err(at_fence)?,
            Kind::Requests => self.requests(),
            Kind::Status { kind, name, of } => self.status(kind, name, of).map_err(at_fence)?,
            Kind::Holds => {
                let asked: Ordered = tenant::ordered(&block.text()).map_err(at_fence)?;
                let came = tenant::holds(&self.world.simulator, &asked).map_err(at_fence)?;
                // However an author writes a value: equal values are equal.
                let held: Ordered = tenant::ordered(&came.join("\n")).map_err(at_fence)?;
                if held.0 == asked.0 { block.lines.clone() } else { came }
            }
        };
        let compared = Compared::new(&block.lines, &came, &mut self.names);
        if !compared.is_equal() {
            let (line, difference) = compared.difference(&block.lines, &came, &self.names, block.line + 1);
            let what = format!("{} than expected (`-`), namely this (`+`):{difference}", happened(&block.kind));
            played.faults.push(Fault::new(line, what));
            played.anew.push((block.line, compared.anew(&block.lines, &came, &self.names)));
        }
        Ok(())
    }

    /// Calls a verb as somebody types it. What it says, and its exit code.
    async fn verb(&self, verb: Verb, words: &str) -> Result<Vec<String>, String> {
        let filled = self.names.filled(words)?;
        let mut words: Vec<&str> = filled.split_whitespace().collect();
        let mut runs_for = Duration::ZERO;
        if verb == Verb::Run {
            runs_for = duration(words.remove(0))?;
        }
        let folder = self.folder.to_string_lossy();
        let mut arguments = vec!["tenant-contacts", verb.name()];
        if verb != Verb::Check {
            arguments.push("--manifests");
        }
        arguments.push(&folder);
        arguments.extend(words);
        let cli = Cli::try_parse_from(arguments).map_err(|error| error.to_string())?;
        let around = Around::given(Within {
            network: self.world.network.clone(),
            records: Arc::new(self.world.records.clone()),
            checker: Arc::clone(crate::rig::checker()),
            runs_for,
        });
        let code = cli.within(&around).await;
        let code = (0..=u8::MAX).find(|number| ExitCode::from(*number) == code).unwrap_or_default();
        let said = self.by_folder(&around.said());
        let mut lines: Vec<String> = said.lines().map(|line| line.trim_end().to_owned()).collect();
        // `run` goes on until it is stopped, and then ends well.
        if verb != Verb::Run || code != 0 {
            lines.push(format!("exit code {code}"));
        }
        Ok(lines)
    }

    /// The folder as the words that name it to a person, wherever it lies.
    fn by_folder(&self, text: &str) -> String {
        text.replace(&*self.folder.to_string_lossy(), FOLDER)
    }

    /// What was sent that writes, since the last such block.
    fn requests(&mut self) -> Vec<String> {
        let all = self.world.sent.all();
        let new = &all[self.listed.min(all.len())..];
        let mut lines = Vec::new();
        for (method, request) in new {
            lines.push(format!("{method} {}", request.path));
            lines.extend(request.body.iter().map(|(name, value)| format!("  {name}: {}", tenant::flow(value))));
        }
        self.listed = all.len();
        if lines.is_empty() {
            return vec!["none".to_owned()];
        }
        let text = tenant::by_name(&self.world.simulator, &lines.join("\n"));
        text.lines().map(str::to_owned).collect()
    }

    fn status(&self, kind: &str, name: &str, of: &[String]) -> Result<Vec<String>, String> {
        let kept = self.world.records.kept();
        let is = |key: &ObjectKey| key.kind.as_str() == kind && *key.name == *name;
        let tenants = kept
            .tenants
            .iter()
            .filter(|(key, _)| is(key))
            .map(|(_, (_, status))| status.as_ref().map(status::of_tenant));
        let children = kept
            .objects
            .iter()
            .filter(|((_, key), _)| is(key))
            .map(|(_, (_, status))| status.as_ref().map(status::of_child));
        match tenants.chain(children).collect::<Vec<_>>()[..] {
            [Some(ref said)] => status::lines(said, of),
            [None] => Ok(vec!["none".to_owned()]),
            [] => Err(format!("nothing is kept of {kind}/{name}: it is not declared, or no verb has written")),
            _ => Err(format!("there are several {kind}/{name}")),
        }
    }
}

fn happened(kind: &Kind) -> String {
    match kind {
        Kind::Verb(verb, _) => format!("`{}` says something else", verb.name()),
        Kind::Requests => "something else was sent".into(),
        Kind::Status { kind, name, .. } => format!("the status of {kind}/{name} is something else"),
        Kind::Holds => "the tenant holds something else".into(),
        Kind::Tenant | Kind::Manifests | Kind::InTheTenant => "something else came".into(),
    }
}

/// Whether a file is a scenario.
pub fn is_scenario(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md") && path.file_stem().is_some_and(|stem| stem != "README")
}
