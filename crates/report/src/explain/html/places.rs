//! What is said of each place of the picture: the panel shows it, and a reader without a script finds it by its link.

use std::fmt::{self, Write as _};

use super::{
    super::{
        escape::markup,
        view::{AnswerView, BlockageView, EvidenceView, NodeView, Place},
        words,
    },
    glyph, obstacles, sections,
    spot::{Picture, Spot, Step},
};

/// Names that are written out of a place that stands for many.
const NAMES: usize = 2000;
/// Places before and behind one that are named.
const NEIGHBOURS: usize = 20;

/// Every place but the notices, which have a section of their own.
pub(super) fn all(view: &AnswerView, picture: &Picture, out: &mut String) -> fmt::Result {
    let count = picture.spots.iter().filter(|spot| spot.column > 0).count();
    if count == 0 {
        return Ok(());
    }
    writeln!(out, "<section id=\"places\"><details><summary><h2>All {count} places of the picture</h2></summary>")?;
    for (at, spot) in picture.spots.iter().enumerate().filter(|(_, spot)| spot.column > 0) {
        write!(
            out,
            "<article id=\"{}\" class=\"place {}\"><div class=\"own\"><p class=\"code\">{}</p><h3>{} {}</h3><p class=\"fate\">{}</p>",
            spot.key,
            spot.fate.class(),
            words::sentence_case(spot.kind),
            glyph::inline(spot.fate),
            markup(&spot.label),
            words::sentence_case(spot.does_not_come.unwrap_or_else(|| glyph::says(spot.fate))),
        )?;
        if spot.many {
            many(view, spot, out)?;
        } else {
            one(view, spot, out)?;
        }
        out.push_str("</div>");
        neighbours(picture, at, out)?;
        out.push_str("</article>\n");
    }
    out.push_str("</details></section>\n");
    Ok(())
}

fn one(view: &AnswerView, spot: &Spot, out: &mut String) -> fmt::Result {
    let nodes: Vec<&NodeView> = spot.members.iter().filter_map(|id| view.node(*id)).collect();
    let mut addresses: Vec<&str> = Vec::new();
    for node in &nodes {
        let address = node
            .address
            .as_deref()
            .or(matches!(node.kind, Place::Address | Place::Gateway).then_some(node.label.as_str()));
        let known =
            |one: &&str| addresses.iter().chain([&spot.label.as_str()]).any(|known| known.eq_ignore_ascii_case(one));
        let fresh = address.filter(|one| !known(one));
        addresses.extend(fresh);
    }
    if !addresses.is_empty() {
        write!(out, "<p>{}</p>", markup(&addresses.join(", ")))?;
    }
    // A place knows of what stops mail further on; it is said where it stands.
    let next = nodes.iter().flat_map(|node| &node.hops).filter(|hop| !spot.members.contains(&hop.to));
    let further: Vec<&NodeView> = next.filter_map(|hop| view.node(hop.to)).collect();
    let mut told: Vec<&BlockageView> = Vec::new();
    for blockage in nodes.iter().flat_map(|node| node.blockages.iter().chain(&node.unfollowed)) {
        if !told.contains(&blockage) && !further.iter().any(|next| next.blockages.contains(blockage)) {
            told.push(blockage);
            obstacles::met(blockage, out)?;
        }
    }
    // An address and the mailbox that is drawn with it have the same.
    let mut seen: Vec<&EvidenceView> = Vec::new();
    for one in nodes.iter().flat_map(|node| &node.evidence) {
        if !seen.contains(&one) {
            seen.push(one);
            sections::evidence(one, out)?;
        }
    }
    for hop in nodes.iter().flat_map(|node| &node.hops) {
        let (Some(blockage), Some(next)) = (&hop.blockage, view.node(hop.to)) else { continue };
        write!(out, "<p>{} {}:</p>", words::sentence_case(&hop.how), markup(&words::place(next)))?;
        obstacles::met(blockage, out)?;
    }
    Ok(())
}

fn many(view: &AnswerView, spot: &Spot, out: &mut String) -> fmt::Result {
    let first = spot.members.first().and_then(|id| view.node(*id)).and_then(|node| node.blockages.first());
    if let Some(blockage) = first.filter(|_| spot.note.is_some()) {
        obstacles::met(blockage, out)?;
    }
    out.push_str("<ul class=\"members\">");
    for node in spot.members.iter().take(NAMES).filter_map(|id| view.node(*id)) {
        write!(out, "<li>{}", markup(&node.label))?;
        if let Some(address) = node.address.as_deref().filter(|address| *address != node.label) {
            write!(out, " <small>{}</small>", markup(address))?;
        }
        out.push_str("</li>");
    }
    if spot.members.len() > NAMES {
        write!(out, "<li>… and {} more</li>", spot.members.len() - NAMES)?;
    }
    out.push_str("</ul>");
    Ok(())
}

fn neighbours(picture: &Picture, at: usize, out: &mut String) -> fmt::Result {
    let before: Vec<_> = picture.steps.iter().filter(|step| step.to == at).map(|step| (step.from, step)).collect();
    let behind: Vec<_> = picture.steps.iter().filter(|step| step.from == at).map(|step| (step.to, step)).collect();
    for (title, steps) in [("Comes from", before), ("Goes to", behind)] {
        if steps.is_empty() {
            continue;
        }
        write!(out, "<h4>{title}</h4><ul class=\"links\">")?;
        for (other, step) in steps.iter().take(NEIGHBOURS) {
            link(&picture.spots[*other], step, out)?;
        }
        if steps.len() > NEIGHBOURS {
            write!(out, "<li>… and {} more</li>", steps.len() - NEIGHBOURS)?;
        }
        out.push_str("</ul>");
    }
    Ok(())
}

fn link(spot: &Spot, step: &Step, out: &mut String) -> fmt::Result {
    let (sign, label) = (glyph::inline(step.fate), markup(&spot.label));
    write!(out, "<li>{sign} <a href=\"#{}\">{label}</a> <small>{}</small></li>", spot.key, spot.kind)
}
