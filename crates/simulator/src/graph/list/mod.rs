//! Lists: what the query options ask for, which objects fit, and one page of them.
//!
//! Invariant: an option a list does not serve is refused, never ignored; a page's next link carries everything needed to
//! go on at any replica.

pub(crate) mod expanded;
mod options;
mod render;
mod token;

use std::sync::Arc;

use serde_json::{Map, Value, json};

use self::expanded::Expand;
use self::options::{guard_filter, order, page_size, selects_beyond_basic};
pub(crate) use self::{
    options::{known_options, single_options},
    render::{chosen, columns, readable, render, shaped, single},
};

use super::{
    call::Call,
    error::GraphError,
    filter::{self, Expr},
    request::{Answer, GraphRequest},
    search::Search,
};
use crate::{
    schema::{Entity, Schema},
    store::record::Record,
};

/// Which options a list serves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) top: bool,
    pub(crate) filter: bool,
    /// `$search`, `$orderby` and `$count`, with the rules of advanced queries.
    pub(crate) advanced: bool,
    /// What `$expand` may name.
    pub(crate) expand: &'static [&'static str],
    /// Results are cut into pages.
    pub(crate) paged: bool,
}

impl Rules {
    /// Lists of users, groups and service principals.
    pub(crate) const DIRECTORY: Self = Self { top: true, filter: true, advanced: true, expand: &[], paged: true };
    /// Short lists that take `$filter` and `$select` and refuse page sizes.
    pub(crate) const SHORT: Self = Self { top: false, filter: true, advanced: false, expand: &[], paged: false };
}

/// What an option means for each kind; refused where it means nothing for any of them.
fn per_kind<T>(
    entities: &[Entity],
    read: impl Fn(&'static Schema) -> Result<T, GraphError>,
) -> Result<Vec<Option<T>>, GraphError> {
    let all: Vec<Result<T, GraphError>> = entities.iter().map(|entity| read(entity.schema())).collect();
    if all.iter().any(Result::is_ok) {
        return Ok(all.into_iter().map(Result::ok).collect());
    }
    all.into_iter().map(|read| read.map(Some)).collect()
}

/// An object of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    pub(crate) entity: Entity,
    pub(crate) id: &'a Arc<str>,
    pub(crate) record: &'a Arc<Record>,
}

/// What a request asks of a list.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Kinds the list may contain.
    entities: Vec<Entity>,
    /// Columns per kind of `entities`.
    columns: Vec<Vec<u8>>,
    /// Per kind; a kind that lacks a property of the filter has no object that fits. None at all without a filter.
    filter: Vec<Option<Expr>>,
    search: Vec<Option<Search>>,
    /// Property per kind, and whether descending.
    order: Option<(Vec<Option<u8>>, bool)>,
    count: bool,
    size: usize,
    paged: bool,
    /// Where to go on: sort key (empty without `$orderby`) and id of the last item of the page before.
    after: Option<(String, String)>,
    skip_token: bool,
    digest: String,
    pub(crate) expand: Vec<Expand>,
    /// Only what the least permission may read is shown; the rest is null.
    restricted: bool,
}

/// One page, before it becomes JSON.
#[derive(Debug, Default)]
pub(crate) struct Page<'a> {
    pub(crate) rows: Vec<Row<'a>>,
    count: Option<usize>,
    next: Option<(String, String)>,
}

impl Plan {
    /// Reads the options. `restricted` = the caller has only the least permission.
    pub(crate) fn new(
        call: &mut Call<'_>,
        entities: &[Entity],
        rules: Rules,
        restricted: bool,
    ) -> Result<Self, GraphError> {
        let request = call.request;
        known_options(request)?;
        if request.option("$deltatoken").is_some() {
            return Err(GraphError::odata("The query parameter '$deltatoken' is not supported."));
        }
        let filter = match request.option("$filter") {
            Some(_) if !rules.filter => return Err(GraphError::unsupported("$filter is not supported here.")),
            Some(text) => per_kind(entities, |schema| filter::parse(text, schema))?,
            None => Vec::new(),
        };
        if request.option("$top").is_some() && !rules.top {
            // Live text (3P), contract §2.
            return Err(GraphError::unsupported(
                "This resource does not support custom page sizes. Please retry without a page size argument.",
            ));
        }
        let count = match request.option("$count") {
            Some(text) if text.eq_ignore_ascii_case("true") => true,
            None => false,
            Some(text) if text.eq_ignore_ascii_case("false") => false,
            Some(text) => {
                return Err(GraphError::odata(format!("Invalid value '{text}' for $count query option found.")));
            }
        };
        let order = match request.option("$orderby") {
            Some(text) => {
                let all = per_kind(entities, |schema| order(text, schema))?;
                let descending = all.iter().flatten().any(|(_, descending)| *descending);
                Some((all.into_iter().map(|found| found.map(|(number, _)| number)).collect(), descending))
            }
            None => None,
        };
        let search = match request.option("$search") {
            Some(text) => per_kind(entities, |schema| Search::parse(text, schema))?,
            None => Vec::new(),
        };
        if !rules.advanced && (count || order.is_some() || !search.is_empty()) {
            return Err(GraphError::unsupported("The query option is not supported on this resource."));
        }
        if !search.is_empty() && !request.is_eventual() {
            return Err(GraphError::unsupported(
                "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
            ));
        }
        // [ADV]: ne, not, endsWith, $count, $orderby with $filter need the header, and all but $search need $count.
        let advanced = filter.iter().flatten().any(Expr::is_advanced) || (order.is_some() && !filter.is_empty());
        let without_count = advanced && !count;
        let without_header = (advanced || count) && !request.is_eventual();
        if rules.advanced && (without_count || without_header) {
            return Err(GraphError::unsupported(
                "Operator or query option is not supported because the 'ConsistencyLevel: eventual' header or '$count=true' is missing.",
            ));
        }
        let expand = expanded::read(request, rules.expand)?;
        let columns = columns(request, entities)?;
        readable(call, entities, &columns, true)?;
        if restricted {
            guard_filter(filter.first().and_then(Option::as_ref), entities)?;
            if call.state.options.switches.basic_read_is_forbidden && selects_beyond_basic(&columns, entities) {
                return Err(GraphError::denied());
            }
        }
        let digest = token::digest(request);
        let token = request.option("$skiptoken");
        Ok(Self {
            after: token.map(|token| token::read(token, &digest)).transpose()?.flatten(),
            skip_token: token.is_some(),
            size: page_size(call)?,
            entities: entities.to_vec(),
            columns,
            filter,
            search,
            order,
            count,
            paged: rules.paged,
            digest,
            expand,
            restricted,
        })
    }

    /// The id after which the objects of this page begin; lists in order of id can start reading there.
    pub(crate) fn start(&self) -> Option<&str> {
        match (&self.after, &self.order) {
            (Some((_, id)), None) if !self.count_needed() => Some(id),
            _ => None,
        }
    }

    fn count_needed(&self) -> bool {
        // Only the first page carries the count.
        self.count && !self.skip_token
    }

    /// Picks the page out of `rows`, which must be in order of id.
    pub(crate) fn page<'a>(&self, rows: impl Iterator<Item = Row<'a>>) -> Page<'a> {
        let mut page = Page::default();
        let mut count = 0;
        let fits = |row: &Row<'a>| {
            let at = self.kind(row.entity);
            let filtered = |filter: &Option<Expr>| filter.as_ref().is_some_and(|filter| filter.matches(row.record));
            let searched = |search: &Option<Search>| search.as_ref().is_some_and(|search| search.matches(row.record));
            self.filter.get(at).is_none_or(filtered) && self.search.get(at).is_none_or(searched)
        };
        if let Some((properties, descending)) = &self.order {
            let descending = *descending;
            let key = |row: &Row<'a>| {
                let property = properties.get(self.kind(row.entity)).copied().flatten();
                property.and_then(|property| row.record.text(property)).unwrap_or_default().to_lowercase()
            };
            let mut all: Vec<(String, Row<'a>)> = rows.filter(fits).map(|row| (key(&row), row)).collect();
            count = all.len();
            all.sort_by(|(left, a), (right, b)| {
                let by_key = if descending { right.cmp(left) } else { left.cmp(right) };
                by_key.then_with(|| a.id.cmp(b.id))
            });
            if let Some((last, id)) = &self.after {
                all.retain(|(key, row)| {
                    let by_key = if descending { last.cmp(key) } else { key.cmp(last) };
                    by_key.then_with(|| (**row.id).cmp(id.as_str())).is_gt()
                });
            }
            if all.len() > self.size {
                all.truncate(self.size);
                page.next = all.last().map(|(key, row)| (key.clone(), row.id.to_string()));
            }
            page.rows = all.into_iter().map(|(_, row)| row).collect();
        } else {
            let after = self.after.as_ref().map(|(_, id)| id.as_str());
            for row in rows {
                let beyond = after.is_none_or(|after| &**row.id > after);
                if !(beyond || self.count_needed()) || !fits(&row) {
                    continue;
                }
                count += 1;
                if !beyond || page.next.is_some() {
                    continue;
                }
                if self.paged && page.rows.len() == self.size {
                    page.next = page.rows.last().map(|row| (String::new(), row.id.to_string()));
                    if !self.count_needed() {
                        break;
                    }
                    continue;
                }
                page.rows.push(row);
            }
            // A page of length zero (the "empty first page" switch) goes on at the beginning.
            if self.size == 0 && count > 0 {
                page.next = Some((String::new(), String::new()));
            }
        }
        page.count = self.count_needed().then_some(count);
        page
    }

    fn kind(&self, entity: Entity) -> usize {
        self.entities.iter().position(|kind| *kind == entity).unwrap_or_default()
    }

    /// One object with the selected properties.
    pub(crate) fn render(&self, row: Row<'_>) -> Map<String, Value> {
        let columns = self.columns.get(self.kind(row.entity)).map_or(&[][..], Vec::as_slice);
        render(row.entity, row.record, columns, self.restricted)
    }

    /// The answer: context, count, items, next link.
    pub(crate) fn answer(&self, request: &GraphRequest, context: &str, page: &Page<'_>, items: Vec<Value>) -> Answer {
        let mut body = Map::new();
        body.insert("@odata.context".to_owned(), json!(context));
        if let Some(count) = page.count {
            body.insert("@odata.count".to_owned(), json!(count));
        }
        if let Some((key, id)) = &page.next {
            let token = token::write(key, id, &self.digest);
            body.insert("@odata.nextLink".to_owned(), json!(request.link(("$skiptoken", &token), &["skiptoken"])));
        }
        body.insert("value".to_owned(), Value::Array(items));
        Answer::json(200, Value::Object(body))
    }
}
