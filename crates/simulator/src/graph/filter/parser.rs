//! The grammar of a filter, checked against a schema while parsing.
//!
//! Invariant: what is unknown to the schema, not filterable or not in the grammar is an error.

use serde_json::Value;

use super::{
    Comparison, Expr, Operand,
    lexer::{Token, tokens},
};
use crate::{
    graph::error::GraphError,
    schema::{Schema, Type},
};

/// Depth of nesting that is still parsed: hand-written filters stay far below, hostile ones must not exhaust the stack.
const MAX_DEPTH: usize = 32;

/// Parses a filter for objects of `schema`.
pub(crate) fn parse(text: &str, schema: &'static Schema) -> Result<Expr, GraphError> {
    let tokens = tokens(text).ok_or_else(|| invalid("a character that cannot be read"))?;
    let mut parser = Parser { tokens, at: 0, depth: 0, schema, variable: None };
    let expr = parser.or()?;
    if parser.at < parser.tokens.len() {
        return Err(invalid("text after the end of the expression"));
    }
    Ok(expr)
}

fn invalid(what: &str) -> GraphError {
    GraphError::odata(format!("Invalid filter clause: {what}."))
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    schema: &'static Schema,
    /// Variable and property of the lambda being parsed.
    variable: Option<(String, Type)>,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn expect(&mut self, token: &Token) -> Result<(), GraphError> {
        if self.next().as_ref() == Some(token) { Ok(()) } else { Err(invalid("a syntax error")) }
    }

    fn keyword(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(have)) if have.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<Expr, GraphError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(invalid("it is nested too deeply"));
        }
        let mut left = self.and()?;
        while self.keyword("or") {
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr, GraphError> {
        let mut left = self.not()?;
        while self.keyword("and") {
            left = Expr::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expr, GraphError> {
        let mut negated = false;
        while self.keyword("not") {
            negated = !negated;
            if !negated {
                return Err(invalid("not of not"));
            }
        }
        let inner = self.primary()?;
        Ok(if negated { Expr::Not(Box::new(inner)) } else { inner })
    }

    fn primary(&mut self) -> Result<Expr, GraphError> {
        match self.next() {
            Some(Token::Open) => {
                let inner = self.or()?;
                self.expect(&Token::Close)?;
                Ok(inner)
            }
            Some(Token::Word(word)) => {
                let called = self.tokens.get(self.at) == Some(&Token::Open);
                match (called, word.to_lowercase().as_str()) {
                    (true, "startswith") => self.function(false),
                    (true, "endswith") => self.function(true),
                    (true, lower) if lower.ends_with("/any") => self.any(&word[..word.len() - 4]),
                    (true, _) => Err(GraphError::unsupported(format!("The function '{word}' is not supported."))),
                    (false, _) => self.comparison(&word),
                }
            }
            _ => Err(invalid("a syntax error")),
        }
    }

    fn function(&mut self, ends: bool) -> Result<Expr, GraphError> {
        self.expect(&Token::Open)?;
        let Some(Token::Word(path)) = self.next() else { return Err(invalid("a property is missing")) };
        let (operand, kind) = self.operand(&path)?;
        self.expect(&Token::Comma)?;
        let Some(Token::Text(text)) = self.next() else { return Err(invalid("a text is missing")) };
        self.expect(&Token::Close)?;
        if kind != Type::Text {
            return Err(self.unsupported_clause(&path));
        }
        if !ends {
            return Ok(Expr::StartsWith(operand, text));
        }
        // endsWith serves mail and userPrincipalName only. [ADV]
        if !["mail", "userprincipalname"].contains(&path.to_lowercase().as_str()) {
            return Err(self.unsupported_clause(&path));
        }
        Ok(Expr::EndsWith(operand, text))
    }

    fn any(&mut self, property: &str) -> Result<Expr, GraphError> {
        if self.variable.is_some() {
            return Err(GraphError::unsupported("Nested lambda expressions are not supported."));
        }
        let (number, row) = self.row(property)?;
        let item = match row.kind {
            Type::Texts => Type::Text,
            Type::Objects => Type::Object,
            _ => return Err(self.unsupported_clause(property)),
        };
        self.expect(&Token::Open)?;
        if self.tokens.get(self.at) == Some(&Token::Close) {
            self.at += 1;
            return Ok(Expr::Any(self.schema, number, None));
        }
        let Some(Token::Word(variable)) = self.next() else { return Err(invalid("a variable is missing")) };
        self.expect(&Token::Colon)?;
        self.variable = Some((variable, item));
        let inner = self.or()?;
        self.variable = None;
        self.expect(&Token::Close)?;
        Ok(Expr::Any(self.schema, number, Some(Box::new(inner))))
    }

    fn comparison(&mut self, path: &str) -> Result<Expr, GraphError> {
        let (operand, kind) = self.operand(path)?;
        let Some(Token::Word(operator)) = self.next() else { return Err(invalid("an operator is missing")) };
        if matches!(kind, Type::Texts | Type::Objects) {
            return Err(self.unsupported_clause(path));
        }
        let comparison = match operator.to_lowercase().as_str() {
            "eq" => Comparison::Eq,
            "ne" => Comparison::Ne,
            "ge" => Comparison::Ge,
            "le" => Comparison::Le,
            "in" => {
                self.expect(&Token::Open)?;
                let mut values = vec![self.literal(kind)?];
                loop {
                    match self.next() {
                        Some(Token::Comma) => values.push(self.literal(kind)?),
                        Some(Token::Close) => return Ok(Expr::In(operand, values)),
                        _ => return Err(invalid("a syntax error in a list")),
                    }
                }
            }
            _ => return Err(GraphError::unsupported(format!("The operator '{operator}' is not supported."))),
        };
        let value = self.literal(kind)?;
        if matches!(comparison, Comparison::Ge | Comparison::Le) && (kind == Type::Bool || value.is_null()) {
            return Err(self.unsupported_clause(path));
        }
        Ok(Expr::Compare(operand, comparison, value))
    }

    fn literal(&mut self, kind: Type) -> Result<Value, GraphError> {
        match self.next() {
            Some(Token::Text(text)) if matches!(kind, Type::Text | Type::Object) => Ok(Value::String(text)),
            Some(Token::Word(word)) => match (word.as_str(), kind) {
                ("null", _) => Ok(Value::Null),
                ("true", Type::Bool | Type::Object) => Ok(Value::Bool(true)),
                ("false", Type::Bool | Type::Object) => Ok(Value::Bool(false)),
                // GUIDs stand without quotes; dates always do.
                (word, Type::Text | Type::Object) if crate::ids::is_guid(word) => Ok(Value::String(word.to_owned())),
                (word, Type::Date) => match word.parse::<jiff::Timestamp>() {
                    Ok(at) => Ok(Value::String(crate::clock::print(at))),
                    Err(_) => Err(invalid("a date cannot be read")),
                },
                (word, Type::Number) => word.parse::<i64>().map(Value::from).map_err(|_| invalid("not a number")),
                _ => Err(invalid("a value does not fit its property")),
            },
            _ => Err(invalid("a value does not fit its property")),
        }
    }

    fn operand(&self, path: &str) -> Result<(Operand, Type), GraphError> {
        let (head, rest) = path.split_once('/').map_or((path, None), |(head, rest)| (head, Some(rest.to_owned())));
        if let Some((variable, kind)) = &self.variable {
            if head != variable {
                return Err(GraphError::unsupported("A lambda expression may only use its own variable."));
            }
            // A path into an item: its type is not in the schema; compared as what the literal is.
            let kind = if rest.is_some() { Type::Object } else { *kind };
            return Ok((Operand::Variable(rest), kind));
        }
        let (number, row) = self.row(head)?;
        if !row.filter {
            return Err(self.unsupported_clause(head));
        }
        // `collection/$count` and the like are not served.
        if rest.is_some() && row.kind != Type::Object {
            return Err(self.unsupported_clause(path));
        }
        let kind = row.kind;
        Ok((Operand::Property(self.schema, number, rest), kind))
    }

    fn row(&self, name: &str) -> Result<(u8, &'static crate::schema::Property), GraphError> {
        let found = self.schema.find(name).ok_or_else(|| {
            invalid(&format!(
                "Could not find a property named '{name}' on type 'microsoft.graph.{}'",
                self.schema.type_name
            ))
        })?;
        if found.1.filter { Ok(found) } else { Err(self.unsupported_clause(name)) }
    }

    fn unsupported_clause(&self, property: &str) -> GraphError {
        GraphError::unsupported(format!(
            "Unsupported or invalid query filter clause specified for property '{property}' of resource '{}'.",
            self.schema.type_name
        ))
    }
}
