//! What stands in the way, each obstacle once: what it is and what to do about it. Wherever one is met it is named, with what
//! exactly, and leads here.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use super::super::{
    escape::markup,
    view::{AnswerView, BlockageView},
    words,
};
use tenant_contacts_api::obstacle::Obstacle;

/// Every obstacle that is named in the page.
pub(super) fn all(view: &AnswerView, out: &mut String) -> fmt::Result {
    let mut met: BTreeMap<Obstacle, &BlockageView> = BTreeMap::new();
    for node in &view.nodes {
        let of_hops = node.hops.iter().filter_map(|hop| hop.blockage.as_ref());
        for one in node.blockages.iter().chain(&node.unfollowed).chain(of_hops) {
            met.entry(one.obstacle).or_insert(one);
        }
    }
    let recipients = view.categories.iter().flat_map(|category| &category.recipients);
    for one in recipients.filter_map(|one| one.unselected.as_ref()) {
        met.entry(one.obstacle).or_insert(one);
    }
    if met.is_empty() {
        return Ok(());
    }
    let count = met.len();
    writeln!(
        out,
        "<section id=\"obstacles\"><details><summary><h2>What stands in the way, and what to do</h2>\
         <small>{count} kinds</small></summary><div class=\"groups\">"
    )?;
    for (obstacle, one) in met {
        write!(
            out,
            "<article class=\"obstacle row\" id=\"o-{obstacle}\"><h4>{}</h4><p>{}</p><p class=\"remedy\">{}</p></article>",
            markup(&title(obstacle)),
            markup(&one.meaning),
            markup(&one.remedy),
        )?;
    }
    out.push_str("</div></details></section>\n");
    Ok(())
}

/// An obstacle in a paragraph: its name, which leads to what to do about it, and what exactly is in the way.
pub(super) fn met(blockage: &BlockageView, out: &mut String) -> fmt::Result {
    let obstacle = blockage.obstacle;
    // Its name says all that there is to say of one.
    if obstacle == Obstacle::NoAddress {
        return write!(out, "<p><a class=\"met\" href=\"#o-{obstacle}\">{}</a>.</p>", markup(&title(obstacle)));
    }
    write!(
        out,
        "<p><a class=\"met\" href=\"#o-{obstacle}\">{}</a>: {}.</p>",
        markup(&title(obstacle)),
        markup(&words::obstacle(blockage)),
    )
}

/// An obstacle's name as words.
fn title(obstacle: Obstacle) -> String {
    words::sentence_case(&words::spaced(obstacle.as_str()))
}
