//! A scenario as it is written: a Markdown file with a heading, prose, and fenced blocks that say what they are.
//!
//! Invariant: nothing in a file is passed over. A block that is not known, that is in the wrong place, or that no later block looks
//! at, is a fault with its line.

use std::{fmt, time::Duration};

use super::expected::LEFT_OUT;

/// What is wrong with a scenario, or what was not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// In words, of one line or more.
    pub what: String,
}

impl Fault {
    pub fn new(line: usize, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.what)
    }
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In what the tenant differs from the small one that all scenarios share, or a whole seed.
    Tenant,
    /// What is declared from here on.
    Manifests,
    /// What somebody else does in the tenant.
    InTheTenant,
    /// What a verb says, called with these words.
    Verb(Verb, String),
    /// What was sent that writes.
    Requests,
    /// The published status of an object: kind, name, and of which conditions and fields; none: of all.
    Status { kind: String, name: String, of: Vec<String> },
    /// What the tenant really holds.
    Holds,
}

/// The verbs that scenarios call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Check,
    Plan,
    Apply,
    Run,
    Explain,
}

impl Verb {
    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Run => "run",
            Self::Explain => "explain",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::Check, Self::Plan, Self::Apply, Self::Run, Self::Explain].into_iter().find(|verb| verb.name() == word)
    }
}

impl Kind {
    /// Whether the block holds what is expected, and so can be written anew.
    pub fn expects(&self) -> bool {
        !matches!(self, Self::Tenant | Self::Manifests | Self::InTheTenant)
    }
}

/// A fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    pub kind: Kind,
    /// How much time goes by before it.
    pub after: Duration,
    /// The line of its fence, from 1. Its first own line is the next one.
    pub line: usize,
    pub lines: Vec<String>,
}

impl Block {
    /// What is in it.
    pub fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [line, "\n"]).collect()
    }
}

/// A whole file.
#[derive(Clone, Debug)]
pub struct Story {
    /// The text of its heading.
    pub title: String,
    pub blocks: Vec<Block>,
}

const KINDS: &str = "a block is `yaml tenant`, `yaml manifests`, `yaml in the tenant`, `check`, `plan`, `apply`, `run TIME`, `explain`, \
                     `requests`, `status KIND/NAME` or `yaml holds`, and `after TIME` may follow";

impl Story {
    /// Reads a file. `domain` is the page that explains the ids.
    pub fn read(text: &str, domain: &str) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let title = heading(text, domain).unwrap_or_else(|fault| {
            faults.push(fault);
            String::new()
        });
        let blocks = blocks(text, &mut faults);
        if faults.is_empty() {
            order(&blocks, &mut faults);
        }
        if faults.is_empty() { Ok(Self { title, blocks }) } else { Err(faults) }
    }
}

/// `# A1, B2: what holds`, on the first line.
fn heading(text: &str, domain: &str) -> Result<String, Fault> {
    let wrong = || Fault::new(1, "the first line is a heading with ids of docs/DOMAIN.md, as `# B1, F2: What holds`");
    let heading = text.lines().next().and_then(|line| line.strip_prefix("# ")).ok_or_else(wrong)?;
    let (ids, title) = heading.split_once(": ").ok_or_else(wrong)?;
    if title.trim().is_empty() {
        return Err(wrong());
    }
    for id in ids.split(", ") {
        let shaped =
            id.strip_prefix(['A', 'B', 'C', 'D', 'E', 'F', 'G']).is_some_and(|number| number.parse::<u8>().is_ok());
        let known = domain.split(|c: char| !c.is_alphanumeric()).any(|word| word == id);
        if !shaped || !known {
            return Err(Fault::new(1, format!("`{id}` is no id of docs/DOMAIN.md")));
        }
    }
    Ok(heading.to_owned())
}

fn blocks(text: &str, faults: &mut Vec<Fault>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    while let Some((number, line)) = lines.next() {
        if number > 1 && line.starts_with("# ") {
            faults.push(Fault::new(number, "a file is one scenario, and has one heading of this rank"));
        }
        let Some(info) = line.strip_prefix("```") else {
            if line.trim_start().starts_with("```") || line.starts_with("~~~") {
                faults.push(Fault::new(number, "a block begins with ``` at the beginning of a line"));
            }
            continue;
        };
        let mut own = Vec::new();
        let mut closed = false;
        for (_, line) in lines.by_ref() {
            closed = line.starts_with("```");
            if closed {
                break;
            }
            own.push(line.to_owned());
        }
        if !closed {
            faults.push(Fault::new(number, "this block is not closed"));
        }
        match kind(info) {
            Ok((kind, after)) => blocks.push(Block { kind, after, line: number, lines: own }),
            Err(what) => faults.push(Fault::new(number, what)),
        }
    }
    blocks
}

/// What the words behind the fence say.
fn kind(info: &str) -> Result<(Kind, Duration), String> {
    let (info, after) = match info.rsplit_once(" after ") {
        Some((info, time)) => (info, duration(time)?),
        None => (info, Duration::ZERO),
    };
    let info = info.trim();
    let (first, rest) = info.split_once(' ').unwrap_or((info, ""));
    let timeless =
        |kind| if after.is_zero() { Ok(kind) } else { Err(format!("`{info}` takes no time, and no `after`")) };
    let kind = match (first, rest) {
        ("yaml", "tenant") => timeless(Kind::Tenant)?,
        ("yaml", "manifests") => timeless(Kind::Manifests)?,
        ("yaml", "in the tenant") => Kind::InTheTenant,
        ("yaml", "holds") => timeless(Kind::Holds)?,
        ("requests", "") => timeless(Kind::Requests)?,
        ("status", rest) => {
            let mut words = rest.split_whitespace().map(str::to_owned);
            let object = words.next().unwrap_or_default();
            let Some((kind, name)) = object.split_once('/') else {
                return Err("`status` wants an object, as `status UserContact/ada`".into());
            };
            timeless(Kind::Status { kind: kind.into(), name: name.into(), of: words.collect() })?
        }
        (first, rest) => match Verb::of(first) {
            Some(verb) => {
                if verb == Verb::Run {
                    duration(rest)?;
                }
                Kind::Verb(verb, rest.to_owned())
            }
            None => return Err(format!("`{info}` is no kind of block: {KINDS}")),
        },
    };
    Ok((kind, after))
}

/// `30s`, `10m`, `2h`, `1d`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time: write it as `30s`, `10m`, `2h` or `1d`");
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text.strip_suffix(unit).and_then(|number| number.parse().ok()).ok_or_else(wrong)?;
    Ok(Duration::from_secs(number * seconds))
}

/// Whether every block is where it has an effect, and something looks at that.
fn order(blocks: &[Block], faults: &mut Vec<Fault>) {
    if !blocks.iter().any(|block| block.kind.expects()) {
        faults.push(Fault::new(1, "nothing is expected: there is no block that says what comes of it"));
    }
    for (index, block) in blocks.iter().enumerate() {
        let (before, behind) = (&blocks[..index], &blocks[index + 1..]);
        let wrong = match &block.kind {
            Kind::Tenant if !before.is_empty() => Some("the tenant is described once, in the first block"),
            Kind::Verb(..) if !block.lines.is_empty() && block.lines.iter().all(|line| line == LEFT_OUT) => {
                Some("nothing is expected here: everything is left out")
            }
            Kind::Requests | Kind::Status { .. } | Kind::Holds if block.lines.iter().any(|line| line == LEFT_OUT) => {
                Some("nothing is left out of what is sent, published or held: `...` is for what verbs say")
            }
            Kind::Requests if !before.iter().any(|block| matches!(block.kind, Kind::Verb(..))) => {
                Some("no verb was called before this block, so nothing can have been sent")
            }
            kind if !kind.expects() => {
                let mut behind = behind.iter().map(|block| &block.kind);
                let looks = |kind: &Kind| matches!(kind, Kind::Verb(..));
                match kind {
                    // Another one in its place, before anything was made of this one.
                    Kind::Manifests if !behind.clone().take_while(|kind| **kind != Kind::Manifests).any(looks) => {
                        Some("nothing is made of these manifests: no verb follows before the next ones")
                    }
                    _ if !behind.any(looks) => Some("no verb follows that looks at what this block changes"),
                    _ => None,
                }
            }
            _ => None,
        };
        faults.extend(wrong.map(|what| Fault::new(block.line, what)));
    }
}
