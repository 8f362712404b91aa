//! An answer for a terminal: the table that says it all, then what is behind it, and last what is not known.

use std::{
    collections::BTreeSet,
    fmt::{self, Write as _},
};

use tenant_contacts_api::{
    notice::{Arrival, Reach, Severity},
    obstacle::Obstacle,
};

use super::{
    options::Options,
    trail,
    view::{AnswerView, CategoryView, FindingView, NodeView, RecipientView},
    words,
};
use crate::{
    columns::{padded, shortened, width},
    printable::printable,
};

/// Recipients that are shown of a category and verdict where all categories are: enough to see what they have in common.
const SHOWN: usize = 5;
/// The same for what arrives, of which one wants to know no more than that it does.
const SHOWN_ARRIVING: usize = 2;
/// Findings that are shown of one rule where all categories are.
const SHOWN_FINDINGS: usize = 5;
/// Narrower terminals wrap: the table needs this much to say anything.
const NARROWEST: usize = 60;
/// The columns of the table: the longest word or name of each, and two blanks behind it.
const REACHES: usize = 16;
const PEOPLE: usize = 10;
const NOTICE: usize = 23;
const TABLE: usize = REACHES + PEOPLE + NOTICE;
/// Levels of lists within lists that are drawn; Exchange nests no deeper in practice, and loops are cut before.
const DEEPEST: usize = 12;

/// Shows an answer as text.
pub(super) fn write(view: &AnswerView, options: &Options) -> String {
    let mut page =
        Page { out: String::new(), view, width: options.width.max(NARROWEST), colour: options.colour, full: false };
    page.full = options.category.is_some();
    // Writing to a string does not fail.
    let _ = page.all();
    page.out
}

/// How a word is coloured; its sense is in the word.
#[derive(Clone, Copy)]
enum Tone {
    Bad,
    Unsure,
    Good,
    Strong,
    Faint,
}

impl Tone {
    /// The parameter of "select graphic rendition" (ECMA-48).
    fn code(self) -> &'static str {
        match self {
            Self::Bad => "1;31",
            Self::Unsure => "33",
            Self::Good => "32",
            Self::Strong => "1",
            Self::Faint => "2",
        }
    }

    fn of(arrival: Arrival) -> Self {
        match arrival {
            Arrival::Undeliverable => Self::Bad,
            Arrival::Unknown => Self::Unsure,
            Arrival::Deliverable => Self::Good,
        }
    }
}

/// What two recipients have in common: the start, the selection and the obstacle.
type Likeness = (Option<usize>, Option<&'static str>, Obstacle);

/// From so many on recipients are told together although the obstacle's words differ: what it means then says it for all, and
/// each one's own words are a category away.
const MANY: usize = 3;

struct Page<'a> {
    out: String,
    view: &'a AnswerView,
    width: usize,
    colour: bool,
    /// One category was asked for: nothing is left out.
    full: bool,
}

impl Page<'_> {
    fn all(&mut self) -> fmt::Result {
        let view = self.view;
        let name = view.display_name.as_deref().unwrap_or("Tenant");
        let read = view.read_at.as_deref().map(|at| format!(", read {}", words::minute(at))).unwrap_or_default();
        self.wrapped("", "  ", &format!("{name} ({}){read}", view.tenant))?;
        self.strong(&view.headline)?;
        self.grants()?;
        if !self.full {
            self.table()?;
        }
        for category in words::worst_first(view) {
            // Where there are no recipients, the table's line may still have cut what there is to say.
            if self.full || category.reach != Reach::NotApplicable || !category.notes.is_empty() {
                self.category(category)?;
            }
        }
        self.findings()?;
        self.gaps()
    }

    fn toned(&self, tone: Tone, text: &str) -> String {
        if self.colour { format!("\u{1b}[{}m{text}\u{1b}[0m", tone.code()) } else { text.to_owned() }
    }

    /// A paragraph that stands out.
    fn strong(&mut self, text: &str) -> fmt::Result {
        let from = self.out.len();
        self.wrapped("", "  ", text)?;
        let lines: Vec<String> = self.out.split_off(from).lines().map(|line| self.toned(Tone::Strong, line)).collect();
        writeln!(self.out, "{}", lines.join("\n"))
    }

    /// The grants that would tell most. Commands stand on one line each, however long: they are to be copied.
    fn grants(&mut self) -> fmt::Result {
        let view = self.view;
        if view.grants.is_empty() {
            return Ok(());
        }
        let title = self.toned(Tone::Strong, words::GRANTS);
        writeln!(self.out, "\n{title} ({}):", words::variables(view))?;
        for grant in &view.grants {
            let text = format!("{} ({}): {}", grant.grant, grant.kind, words::bearing(view, grant));
            self.wrapped("  - ", "    ", &text)?;
            writeln!(self.out, "    az:         {}\n    PowerShell: {}", grant.az, grant.powershell)?;
        }
        self.wrapped("  ", "    ", words::ALL_GRANTS)
    }

    fn table(&mut self) -> fmt::Result {
        let view = self.view;
        let (reaches, people) = (padded("REACHES", REACHES), padded("PEOPLE", PEOPLE));
        writeln!(self.out, "\n{reaches}{people}{}WHY", padded("NOTICE", NOTICE))?;
        for category in words::worst_first(view) {
            let tone = match category.reach {
                Reach::Nobody | Reach::NobodyKnown => Tone::Bad,
                Reach::Unknown | Reach::OnePerson => Tone::Unsure,
                Reach::SeveralPeople => Tone::Good,
                Reach::NotApplicable => Tone::Faint,
            };
            let reach = match category.reach {
                Reach::Nobody => "NOBODY".to_owned(),
                Reach::NobodyKnown => "NOBODY KNOWN".to_owned(),
                _ => words::reach_word(category).to_owned(),
            };
            let reach = self.toned(tone, &padded(&reach, REACHES));
            let why = category.why.as_deref().map(|why| shortened(&printable(why), self.width - TABLE));
            let (people, notice) =
                (padded(&words::people(category), PEOPLE), padded(category.category.as_str(), NOTICE));
            let row = format!("{reach}{people}{notice}{}", why.unwrap_or_default());
            writeln!(self.out, "{}", row.trim_end())?;
        }
        Ok(())
    }

    fn category(&mut self, category: &CategoryView) -> fmt::Result {
        let title = format!(
            "{} ({}): {}",
            words::sentence_case(&category.title),
            category.category,
            words::reach_in_words(category)
        );
        writeln!(self.out)?;
        self.strong(&title)?;
        if let Some(why) =
            category.why.as_deref().filter(|_| category.recipients.is_empty() && category.reach != Reach::NotApplicable)
        {
            self.wrapped("  ", "    ", why)?;
        }
        self.readers(category)?;
        for verdict in [Arrival::Undeliverable, Arrival::Unknown, Arrival::Deliverable] {
            self.recipients(category, verdict)?;
        }
        for note in &category.notes {
            self.wrapped("  note: ", "        ", note)?;
        }
        if self.full {
            for source in &category.sources {
                let text = format!("{} ({}, {})", source.says, source.by, source.confidence.as_str());
                self.wrapped("  rule: ", "        ", &text)?;
            }
        }
        Ok(())
    }

    fn readers(&mut self, category: &CategoryView) -> fmt::Result {
        for (people, says) in [(&category.certain, "received by"), (&category.possible, "possibly by")] {
            let people: Vec<&str> = people.iter().map(|one| one.name.as_str()).collect();
            if people.is_empty() {
                continue;
            }
            let people = if self.full { people.join(", ") } else { words::names(people.into_iter()) };
            self.wrapped(&format!("  {says} "), "    ", &people)?;
        }
        Ok(())
    }

    fn recipients(&mut self, category: &CategoryView, verdict: Arrival) -> fmt::Result {
        let group: Vec<_> = category.recipients.iter().filter(|one| one.verdict == verdict).collect();
        let most = match (self.full, verdict) {
            (true, _) => usize::MAX,
            (false, Arrival::Deliverable) => SHOWN_ARRIVING,
            (false, _) => SHOWN,
        };
        let alike = self.alike(&group);
        // One line that says "1 more" is no shorter than the one it hides.
        let most = if alike.len() == most.saturating_add(1) { alike.len() } else { most };
        let mut shown = 0;
        for recipients in alike.iter().take(most) {
            shown += recipients.len();
            self.alike_recipients(recipients)?;
        }
        if group.len() > shown {
            let says = match verdict {
                Arrival::Undeliverable => "none of which arrives",
                Arrival::Unknown => "all unknown",
                Arrival::Deliverable => "all arrive",
            };
            writeln!(self.out, "     … and {} more, {says}", group.len() - shown)?;
        }
        Ok(())
    }

    /// Recipients that fare alike for the same reason, from one start: what is to be said of them is said once.
    fn alike<'r>(&self, group: &[&'r RecipientView]) -> Vec<Vec<&'r RecipientView>> {
        let mut alike: Vec<(Option<Likeness>, Vec<&RecipientView>)> = Vec::new();
        for recipient in group {
            // What was seen of a recipient's own mail is told of it alone.
            let end = recipient.path.last().and_then(|id| self.view.node(*id));
            let seen = end.is_some_and(|end| words::telling(&end.evidence).is_some());
            let decisive =
                trail::decisive(self.view, recipient).filter(|_| !self.full && !seen && recipient.path.len() > 1);
            let start = recipient.path.first().copied();
            let likeness = decisive.map(|decisive| (start, words::selection(recipient), decisive.blockage.obstacle));
            match alike.iter_mut().find(|(known, _)| likeness.is_some() && *known == likeness) {
                Some((_, members)) => members.push(recipient),
                None => alike.push((likeness, vec![recipient])),
            }
        }
        let apart = |members: Vec<&'r RecipientView>| {
            let together = members.len() >= MANY || self.same_words(&members);
            if together { vec![members] } else { members.into_iter().map(|one| vec![one]).collect() }
        };
        alike.into_iter().flat_map(|(_, members)| apart(members)).collect()
    }

    /// Whether the same words say of all of them what stands in the way.
    fn same_words(&self, recipients: &[&RecipientView]) -> bool {
        let said =
            recipients.iter().map(|one| trail::decisive(self.view, one).map(|one| words::obstacle(one.blockage)));
        said.collect::<BTreeSet<_>>().len() <= 1
    }

    fn alike_recipients(&mut self, recipients: &[&RecipientView]) -> fmt::Result {
        let [first, _, ..] = recipients else {
            return recipients.iter().try_for_each(|recipient| self.recipient(recipient));
        };
        let mark = self.toned(Tone::of(first.verdict), mark(first.verdict));
        let start = first.path.first().and_then(|id| self.view.node(*id)).map(words::place).unwrap_or_default();
        // An account that is told at two addresses is one account.
        let mut seen = BTreeSet::new();
        let ends = recipients.iter().filter_map(|one| one.path.get(1).copied()).filter(|id| seen.insert(*id));
        let ends: Vec<&str> = ends.filter_map(|id| self.view.node(id)).map(|node| node.label.as_str()).collect();
        let line = format!("{start} -> {}", words::names(ends.into_iter()));
        self.wrapped(&format!("  {mark} "), "       ", &line)?;
        self.why(first, self.same_words(recipients))
    }

    fn recipient(&mut self, recipient: &RecipientView) -> fmt::Result {
        let mark = self.toned(Tone::of(recipient.verdict), mark(recipient.verdict));
        let steps = trail::line(self.view, recipient);
        let mut line = String::new();
        for step in &steps {
            if step.how.is_some() || !line.is_empty() {
                line.push_str(" -> ");
            }
            line.push_str(&words::place(step.node));
            if step.others > 0 {
                write!(line, " (1 of {})", step.others + 1)?;
            }
        }
        self.wrapped(&format!("  {mark} "), "       ", &line)?;
        self.why(recipient, true)?;
        for also in words::unfollowed(self.view, recipient) {
            let text = format!("besides: {}: {}", also.obstacle, words::obstacle(also));
            self.wrapped("       ", "         ", &text)?;
        }
        self.evidence(recipient)?;
        if let Some(end) = recipient.path.last().and_then(|id| self.view.node(*id)).filter(|_| self.full) {
            self.tree(end, 0, &mut Vec::new())?;
        }
        Ok(())
    }

    /// `own`: in the recipient's own words, and not in those that hold for others as well.
    fn why(&mut self, recipient: &RecipientView, own: bool) -> fmt::Result {
        if let Some(says) = words::selection(recipient) {
            writeln!(self.out, "       {says}")?;
        }
        if let Some(decisive) = trail::decisive(self.view, recipient) {
            let meaning = decisive.blockage.meaning.trim_end_matches('.').to_owned();
            let says = if own { words::obstacle(decisive.blockage) } else { meaning };
            let text = format!("{}: {says}", decisive.blockage.obstacle);
            self.wrapped("       ", "         ", &text)?;
            self.wrapped("       do: ", "           ", &decisive.blockage.remedy)?;
        }
        Ok(())
    }

    /// What the message trace says of the place that mail is sent to.
    fn evidence(&mut self, recipient: &RecipientView) -> fmt::Result {
        let view = self.view;
        let Some(end) = recipient.path.last().and_then(|id| view.node(*id)) else { return Ok(()) };
        let shown: Vec<_> =
            if self.full { end.evidence.iter().collect() } else { words::telling(&end.evidence).into_iter().collect() };
        for one in shown {
            self.wrapped("       seen: ", "             ", &words::evidence(one))?;
        }
        Ok(())
    }

    /// Every way on from a place, each place below the one that leads to it.
    fn tree(&mut self, node: &NodeView, depth: usize, above: &mut Vec<usize>) -> fmt::Result {
        let indent = " ".repeat(9 + 2 * depth);
        above.push(node.id);
        for hop in &node.hops {
            let Some(next) = self.view.node(hop.to) else { continue };
            let blockage = hop.blockage.as_ref().or_else(|| next.blockages.first());
            let arrives = hop.blockage.as_ref().map_or(Arrival::Deliverable, |one| one.leaves).min(next.arrival);
            let mark = self.toned(Tone::of(arrives), mark(arrives));
            let mut text = format!("{} {}", hop.how, words::place(next));
            if let Some(address) = &next.address {
                write!(text, " <{address}>")?;
            }
            if let Some(blockage) = blockage {
                write!(text, ": {}: {}", blockage.obstacle, words::obstacle(blockage))?;
            }
            // An address and what is behind it have the same evidence, which is said already.
            if let Some(evidence) = words::telling(&next.evidence).filter(|_| next.evidence != node.evidence) {
                write!(text, "; seen: {}", words::evidence(evidence))?;
            }
            let seen = above.contains(&next.id);
            if seen {
                text.push_str(" (seen before)");
            }
            self.wrapped(&format!("{indent}{mark} "), &format!("{indent}    "), &text)?;
            if !seen && depth < DEEPEST {
                self.tree(next, depth + 1, above)?;
            }
        }
        Ok(())
    }

    fn findings(&mut self) -> fmt::Result {
        let view = self.view;
        for severity in [Severity::Error, Severity::Warning, Severity::Info] {
            let group: Vec<_> =
                view.findings.iter().filter(|one| one.severity == severity && one.excepted.is_none()).collect();
            if !group.is_empty() {
                let title = format!("{} ({})", words::sentence_case(words::severity_word(severity)), group.len());
                let title = self.toned(Tone::Strong, &title);
                writeln!(self.out, "\n{title}")?;
                self.by_rule(&group)?;
            }
        }
        let excepted: Vec<_> = view.findings.iter().filter(|one| one.excepted.is_some()).collect();
        if !excepted.is_empty() {
            writeln!(self.out, "\nMay be so, by an exception ({})", excepted.len())?;
            for finding in excepted {
                let text = format!("{}: {}", finding.rule, finding.message);
                self.wrapped("  ", "    ", &text)?;
                if let Some(exception) = &finding.excepted {
                    let text = format!("{}, until {}: {}", exception.owner, exception.until, exception.reason);
                    self.wrapped("    ", "      ", &text)?;
                }
            }
        }
        Ok(())
    }

    fn by_rule(&mut self, findings: &[&FindingView]) -> fmt::Result {
        for group in findings.chunk_by(|one, next| one.rule == next.rule) {
            let Some(first) = group.first() else { continue };
            writeln!(self.out, "  {} ({})", first.rule, first.requirement)?;
            let most = if self.full || group.len() == SHOWN_FINDINGS + 1 { group.len() } else { SHOWN_FINDINGS };
            for finding in group.iter().take(most) {
                self.wrapped("    - ", "      ", &finding.message)?;
            }
            if group.len() > most {
                writeln!(self.out, "    … and {} more", group.len() - most)?;
            }
            self.wrapped("    do: ", "        ", &first.remedy)?;
        }
        Ok(())
    }

    fn gaps(&mut self) -> fmt::Result {
        if self.view.gaps.is_empty() {
            return Ok(());
        }
        let title = self.toned(Tone::Strong, "Unknown facts, and how to find them out");
        writeln!(self.out, "\n{title}")?;
        for gap in &self.view.gaps {
            self.wrapped("  ", "    ", &format!("{}: {}", gap.what, gap.why))?;
            self.wrapped("    tells: ", "           ", words::tells(gap))?;
        }
        Ok(())
    }

    /// A paragraph with hanging indent. A word longer than the line stays whole: it may be an address to copy.
    fn wrapped(&mut self, first: &str, rest: &str, text: &str) -> fmt::Result {
        let mut line = first.to_owned();
        let mut used = visible(first);
        let mut fresh = true;
        for word in text.split(' ') {
            let long = width(word);
            if !fresh && used + 1 + long > self.width {
                writeln!(self.out, "{}", line.trim_end())?;
                rest.clone_into(&mut line);
                used = visible(rest);
                fresh = true;
            }
            if !fresh {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += long;
            fresh = false;
        }
        writeln!(self.out, "{}", line.trim_end())
    }
}

/// Columns that a prefix of ours takes: its colours take none.
fn visible(text: &str) -> usize {
    let escapes = text.split('\u{1b}').skip(1).map(|part| part.find('m').map_or(0, |at| at + 2));
    let escapes: usize = escapes.sum();
    // The character that begins an escape counts for one, as do the others.
    width(text) - escapes
}

fn mark(arrival: Arrival) -> &'static str {
    match arrival {
        Arrival::Undeliverable => "no ",
        Arrival::Unknown => "?  ",
        Arrival::Deliverable => "yes",
    }
}
