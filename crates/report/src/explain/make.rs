//! From an answer to the view of it: chosen, masked and counted.

use tenant_contacts_api::notice::{Arrival, Reach, Severity};
use tenant_contacts_core::{
    answer::{
        Answer, Blockage, CategoryAnswer, Chosen, Finding, Gap, Node, NodeId, Passing, Subject, Telling, findings,
        places, telling,
    },
    landscape::Traced,
};

use super::{
    masks::Masks,
    options::Options,
    select,
    view::{
        AnswerView, BlockageView, CategoryView, EvidenceView, ExceptionView, FindingView, GapView, GrantView, HopView,
        NodeView, PersonView, RecipientView, SCHEMA_VERSION, SourceView, SubjectView, SummaryView,
    },
    words,
};
use crate::grants::Shell;

/// Grants that are shown: where to begin. What else could not be read stands at the end.
const MOST_GRANTS: usize = 3;

/// Shows an answer.
pub(super) fn of(answer: &Answer, options: &Options) -> AnswerView {
    let shown = select::categories(answer, options.category);
    let kept = places(answer, shown.iter().copied());
    let passing = Passing::of_all(answer, shown.iter().copied());
    let maker = Maker { answer, passing: &passing, masks: Masks::of(answer, options.show_private) };
    let nodes = answer.nodes.iter().enumerate().filter(|(id, _)| kept.contains(id));
    let mut view = AnswerView {
        schema_version: SCHEMA_VERSION,
        tenant: answer.tenant.to_string(),
        display_name: answer.display_name.as_deref().map(|name| maker.shown(name)),
        read_at: answer.read_at.map(|at| at.to_string()),
        headline: String::new(),
        summary: SummaryView::default(),
        nodes: nodes.map(|(id, node)| maker.node(id, node)).collect(),
        categories: shown.iter().map(|category| maker.category(category)).collect(),
        findings: findings(answer, options.category).into_iter().map(|finding| maker.finding(finding)).collect(),
        gaps: answer.gaps.iter().map(|gap| maker.gap(gap)).collect(),
        grants: telling(answer, options.category).iter().take(MOST_GRANTS).map(grant).collect(),
        passing: passing.clone(),
    };
    let why: Vec<_> = view.categories.iter().map(|category| words::why(&view, category)).collect();
    for (category, why) in view.categories.iter_mut().zip(why) {
        category.why = why;
    }
    view.summary = summary(&view);
    view.headline = words::headline(&view);
    view
}

fn summary(view: &AnswerView) -> SummaryView {
    let mut summary = SummaryView::default();
    for category in &view.categories {
        *match category.reach {
            Reach::Nobody => &mut summary.nobody,
            Reach::NobodyKnown => &mut summary.nobody_known,
            Reach::Unknown => &mut summary.unknown,
            Reach::OnePerson => &mut summary.one_person,
            Reach::SeveralPeople => &mut summary.several_people,
            Reach::NotApplicable => &mut summary.not_applicable,
        } += 1;
    }
    for finding in &view.findings {
        *match (&finding.excepted, finding.severity) {
            (Some(_), _) => &mut summary.excepted,
            (None, Severity::Error) => &mut summary.errors,
            (None, Severity::Warning) => &mut summary.warnings,
            (None, Severity::Info) => &mut summary.infos,
        } += 1;
    }
    summary
}

/// Makes the parts, with what is private masked.
struct Maker<'a> {
    answer: &'a Answer,
    passing: &'a Passing,
    masks: Masks,
}

impl Maker<'_> {
    fn shown(&self, text: &str) -> String {
        self.masks.shown(text)
    }

    fn node(&self, id: usize, node: &Node) -> NodeView {
        let hops = node.hops.iter().map(|hop| HopView {
            to: hop.to.index(),
            name: self.label(hop.to),
            kind: hop.kind.into(),
            how: hop.kind.verb().to_owned(),
            blockage: hop.blockage.as_ref().map(|blockage| self.blockage(blockage)),
        });
        let identity = NodeId::of(id).and_then(|id| self.answer.identities.get(&id));
        NodeView {
            id,
            kind: (&node.kind).into(),
            label: self.shown(&node.label),
            address: node.address.as_deref().map(|address| self.shown(address)),
            object_id: identity.and_then(|one| one.object_id).map(|id| id.to_string()),
            user_principal_name: identity
                .and_then(|one| one.user_principal_name.as_deref())
                .map(|name| self.shown(name)),
            arrival: node.arrival,
            outcome: NodeId::of(id).and_then(|id| self.passing.at(id)).unwrap_or(Arrival::Undeliverable),
            hops: hops.collect(),
            blockages: node.blockages.iter().map(|blockage| self.blockage(blockage)).collect(),
            unfollowed: node.unfollowed.iter().map(|blockage| self.blockage(blockage)).collect(),
            evidence: NodeId::of(id).map_or(&[][..], |id| self.answer.evidence(id)).iter().map(evidence).collect(),
            notices: node.notices.to_vec(),
        }
    }

    fn label(&self, id: NodeId) -> String {
        self.answer.node(id).map(|node| self.shown(&node.label)).unwrap_or_default()
    }

    fn people(&self, ids: &[NodeId]) -> Vec<PersonView> {
        let people = ids.iter().filter_map(|id| Some((*id, self.answer.node(*id)?)));
        let people = people.map(|(id, node)| {
            let identity = self.answer.identities.get(&id);
            PersonView {
                node: id.index(),
                name: self.shown(&node.label),
                object_id: identity.and_then(|one| one.object_id).map(|id| id.to_string()),
                user_principal_name: identity
                    .and_then(|one| one.user_principal_name.as_deref())
                    .map(|name| self.shown(name)),
                address: node.address.as_deref().map(|address| self.shown(address)),
            }
        });
        people.collect()
    }

    fn category(&self, answer: &CategoryAnswer) -> CategoryView {
        let sources = answer.sources.iter().map(|source| SourceView {
            says: source.says.to_owned(),
            by: source.by.to_owned(),
            confidence: source.confidence,
        });
        CategoryView {
            category: answer.category,
            title: answer.category.title().to_owned(),
            reach: answer.reach,
            why: None,
            certain: self.people(&answer.certain),
            possible: self.people(&answer.possible),
            recipients: answer.recipients.iter().map(|chosen| self.recipient(chosen)).collect(),
            sources: sources.collect(),
            notes: answer.notes.iter().map(|note| self.shown(note)).collect(),
        }
    }

    fn recipient(&self, chosen: &Chosen) -> RecipientView {
        RecipientView {
            path: chosen.path.iter().map(|id| id.index()).collect(),
            names: chosen.path.iter().map(|id| self.label(*id)).collect(),
            selected: chosen.selected,
            unselected: chosen.unselected.as_ref().map(|blockage| self.blockage(blockage)),
            arrival: chosen.arrival,
            verdict: chosen.verdict,
        }
    }

    fn blockage(&self, blockage: &Blockage) -> BlockageView {
        BlockageView {
            obstacle: blockage.obstacle,
            meaning: blockage.obstacle.meaning().to_owned(),
            detail: self.shown(&blockage.detail),
            leaves: blockage.obstacle.leaves(),
            remedy: blockage.obstacle.remedy().to_owned(),
            unknown: blockage.unknown.as_ref().map(|unknown| self.shown(&unknown.to_string())),
        }
    }

    fn finding(&self, finding: &Finding) -> FindingView {
        let (id, field) = match &finding.subject {
            Subject::Account { id, .. } | Subject::Principal { id, .. } => (Some(id.to_string()), None),
            Subject::Address { field, .. } => (None, Some(self.shown(field))),
            Subject::Recipient { .. }
            | Subject::Category(_)
            | Subject::Policy { .. }
            | Subject::Gateway { .. }
            | Subject::Tenant => (None, None),
        };
        FindingView {
            rule: finding.rule,
            requirement: finding.rule.id().to_owned(),
            severity: finding.severity,
            subject: SubjectView {
                kind: finding.subject.kind().to_owned(),
                name: self.shown(finding.subject.name()),
                id,
                field,
            },
            message: self.shown(&finding.message),
            category: finding.category,
            remedy: finding.rule.remedy().to_owned(),
            excepted: finding.excepted.as_ref().map(|exception| ExceptionView {
                owner: self.shown(&exception.owner),
                reason: self.shown(&exception.reason),
                until: exception.until.to_string(),
            }),
        }
    }

    fn gap(&self, gap: &Gap) -> GapView {
        GapView { what: self.shown(&gap.what), why: self.shown(&gap.why.to_string()), tells: gap.tells.to_owned() }
    }
}

fn grant(telling: &Telling) -> GrantView {
    let grant = telling.grant;
    GrantView {
        grant: grant.name().to_owned(),
        kind: grant.kind().to_owned(),
        tells: grant.purpose().to_owned(),
        categories: telling.categories.clone(),
        az: Shell::Az.command(grant),
        powershell: Shell::PowerShell.command(grant),
    }
}

fn evidence(traced: &Traced) -> EvidenceView {
    EvidenceView {
        sender: traced.sender.to_owned(),
        status: traced.status.as_str().to_owned(),
        says: traced.status.words().to_owned(),
        lost: traced.status.is_lost(),
        received: traced.received.to_string(),
    }
}
