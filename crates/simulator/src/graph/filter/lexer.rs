//! Tokens of a filter.
//!
//! Invariant: a text is cut without loss, or refused.

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    Comma,
    Colon,
    /// A quoted text, unescaped.
    Text(String),
    /// A name, keyword, number, date or GUID.
    Word(String),
}

pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut all = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(&next) = rest.peek() {
        match next {
            ' ' | '\t' => {
                rest.next();
            }
            '(' | ')' | ',' | ':' => {
                rest.next();
                all.push(match next {
                    '(' => Token::Open,
                    ')' => Token::Close,
                    ',' => Token::Comma,
                    _ => Token::Colon,
                });
            }
            '\'' => {
                rest.next();
                let mut content = String::new();
                loop {
                    match rest.next()? {
                        // A quote inside a text is doubled.
                        '\'' if rest.peek() == Some(&'\'') => {
                            rest.next();
                            content.push('\'');
                        }
                        '\'' => break,
                        other => content.push(other),
                    }
                }
                all.push(Token::Text(content));
            }
            _ => {
                // Dates carry colons; a name in front of a lambda's colon does not start with a digit.
                let is_value = next.is_ascii_digit();
                let mut word = String::new();
                while let Some(&c) = rest.peek() {
                    let fits = c.is_ascii_alphanumeric() || "_-/.$@+".contains(c) || (is_value && c == ':');
                    if !fits {
                        break;
                    }
                    word.push(c);
                    rest.next();
                }
                if word.is_empty() {
                    return None;
                }
                all.push(Token::Word(word));
            }
        }
    }
    Some(all)
}
