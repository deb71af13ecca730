//! From tokens to trees: blocks and definitions.

use std::collections::HashMap;

use super::lexer::lex;
use super::literal::unquote;
use super::node::{Branch, Node};
use super::token::{Keyword, Kind, Token};
use crate::error::{Kind as Problem, Stop};
use crate::failure::Failure;
use crate::limits::Limits;
use crate::value::Text;

/// The trees of a text, by the names of the templates.
pub(crate) type Trees = HashMap<Vec<u8>, Vec<Node>>;

/// The result of a step of parsing.
pub(super) type Result<T> = std::result::Result<T, Stop>;

/// Reads a text; the tree of `name` is always among the result.
///
/// # Errors
///
/// Where the text is not a template, and why; or that it is nested too deep.
pub(crate) fn parse(name: &str, text: &str, limits: &Limits) -> Result<Trees> {
    let mut parser = Parser {
        text,
        tokens: lex(text),
        next: 0,
        limit: limits.depth,
        depth: 0,
        trees: HashMap::new(),
        scope: Scope::default(),
    };
    let root = parser.root()?;
    parser.add(name.as_bytes().to_vec(), root, text.len())?;
    Ok(parser.trees)
}

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    tokens: Vec<Token>,
    next: usize,
    limit: usize,
    depth: usize,
    trees: Trees,
    pub(super) scope: Scope<'t>,
}

/// What is visible at a place of one template.
#[derive(Default)]
pub(super) struct Scope<'t> {
    names: Vec<&'t str>,
    /// How often each name is declared.
    counts: HashMap<&'t str, usize>,
    ranges: usize,
}

impl<'t> Scope<'t> {
    pub(super) fn declare(&mut self, name: &'t str) {
        self.names.push(name);
        *self.counts.entry(name).or_default() += 1;
    }

    pub(super) fn has(&self, name: &str) -> bool {
        name == "$" || self.counts.get(name).is_some_and(|&count| count > 0)
    }

    fn leave(&mut self, length: usize) {
        for name in self.names.drain(length..) {
            if let Some(count) = self.counts.get_mut(name) {
                *count -= 1;
            }
        }
    }
}

/// How a list ended.
enum End {
    End,
    /// With the word that follows the `else`, which is next.
    Else(Option<Keyword>),
}

/// One part of a list.
enum Part {
    Node(Node),
    End(End),
}

impl<'t> Parser<'t> {
    pub(super) fn token(&mut self) -> Token {
        let token = self.peek();
        self.next = (self.next + 1).min(self.tokens.len());
        token
    }

    /// Returns the next token; behind the last one there is its like for ever.
    pub(super) fn peek(&self) -> Token {
        let end = Token {
            kind: Kind::End,
            start: self.text.len(),
            end: self.text.len(),
        };
        self.tokens
            .get(self.next)
            .or_else(|| self.tokens.last())
            .copied()
            .unwrap_or(end)
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.peek().kind == Kind::Space {
            self.next += 1;
        }
    }

    pub(super) fn token_past_spaces(&mut self) -> Token {
        self.skip_spaces();
        self.token()
    }

    pub(super) fn place(&self) -> usize {
        self.next
    }

    pub(super) fn back_to(&mut self, place: usize) {
        self.next = place;
    }

    pub(super) fn slice(&self, token: Token) -> &'t str {
        self.text.get(token.start..token.end).unwrap_or_default()
    }

    pub(super) fn deeper<T>(&mut self, at: usize, inside: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= self.limit {
            return Err(Stop::new(at, Problem::Failure(Failure::Depth)));
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    fn root(&mut self) -> Result<Vec<Node>> {
        let mut root = Vec::new();
        while self.peek().kind != Kind::End {
            let place = self.place();
            if self.token().kind == Kind::LeftDelimiter
                && self.token_past_spaces().kind == Kind::Keyword(Keyword::Define)
            {
                self.definition()?;
                continue;
            }
            self.back_to(place);
            let at = self.peek().start;
            match self.part()? {
                Part::Node(node) => root.push(node),
                Part::End(End::End) => return Err(stop(at, "has an `end` that ends nothing")),
                Part::End(End::Else(_)) => return Err(stop(at, "has an `else` that belongs to nothing")),
            }
        }
        Ok(root)
    }

    fn definition(&mut self) -> Result<()> {
        let name = self.template_name()?;
        let at = self.right_delimiter()?;
        let tree = self.separate(at)?;
        self.add(name, tree, at)
    }

    /// The body of a definition or block, which sees no variable of what is around it.
    fn separate(&mut self, at: usize) -> Result<Vec<Node>> {
        let outer = std::mem::take(&mut self.scope);
        let (tree, end) = self.list()?;
        self.scope = outer;
        if matches!(end, End::End) {
            Ok(tree)
        } else {
            Err(stop(at, "has a definition or block with an `else`"))
        }
    }

    /// Adds a tree, unless there is one of that name; empty ones don't count.
    fn add(&mut self, name: Vec<u8>, tree: Vec<Node>, at: usize) -> Result<()> {
        match self.trees.get(&name) {
            Some(existing) if !is_empty(existing) => {
                if is_empty(&tree) {
                    return Ok(());
                }
                Err(stop(at, "has two definitions of one template"))
            }
            _ => {
                self.trees.insert(name, tree);
                Ok(())
            }
        }
    }

    /// Nodes up to an `end` or `else`.
    fn list(&mut self) -> Result<(Vec<Node>, End)> {
        let mut nodes = Vec::new();
        self.skip_spaces();
        self.deeper(self.peek().start, |parser| {
            loop {
                if parser.peek().kind == Kind::End {
                    return Err(stop(parser.peek().start, "ends where an `end` is missing"));
                }
                match parser.part()? {
                    Part::Node(node) => nodes.push(node),
                    Part::End(end) => return Ok((nodes, end)),
                }
            }
        })
    }

    fn part(&mut self) -> Result<Part> {
        let token = self.token_past_spaces();
        match token.kind {
            Kind::Text => Ok(Part::Node(Node::Text(Text::uncharged(self.slice(token).into())))),
            Kind::LeftDelimiter => self.action(),
            _ => Err(unexpected(token, "has something that does not belong there")),
        }
    }

    fn action(&mut self) -> Result<Part> {
        self.skip_spaces();
        let place = self.place();
        let token = self.token();
        let Kind::Keyword(keyword) = token.kind else {
            self.back_to(place);
            return Ok(Part::Node(Node::Action(self.pipe(Kind::RightDelimiter, false)?)));
        };
        let node = match keyword {
            Keyword::Block => self.block(token.start)?,
            Keyword::Break => self.jump(token.start, Node::Break)?,
            Keyword::Continue => self.jump(token.start, Node::Continue)?,
            Keyword::Define => return Err(stop(token.start, "has a definition inside a block")),
            Keyword::Else => {
                self.skip_spaces();
                if let Kind::Keyword(next @ (Keyword::If | Keyword::With)) = self.peek().kind {
                    return Ok(Part::End(End::Else(Some(next))));
                }
                self.right_delimiter()?;
                return Ok(Part::End(End::Else(None)));
            }
            Keyword::End => {
                self.right_delimiter()?;
                return Ok(Part::End(End::End));
            }
            Keyword::If | Keyword::With => self.branches(keyword)?,
            Keyword::Range => self.range()?,
            Keyword::Template => {
                let name = self.template_name()?;
                self.skip_spaces();
                let argument = if self.peek().kind == Kind::RightDelimiter {
                    self.token();
                    None
                } else {
                    Some(self.pipe(Kind::RightDelimiter, false)?)
                };
                Node::Template {
                    at: token.start,
                    name,
                    argument,
                }
            }
        };
        Ok(Part::Node(node))
    }

    fn jump(&mut self, at: usize, node: Node) -> Result<Node> {
        self.right_delimiter()?;
        if self.scope.ranges == 0 {
            return Err(stop(at, "has a `break` or `continue` outside a `range`"));
        }
        Ok(node)
    }

    fn block(&mut self, at: usize) -> Result<Node> {
        let name = self.template_name()?;
        let argument = self.pipe(Kind::RightDelimiter, false)?;
        let tree = self.separate(at)?;
        self.add(name.clone(), tree, at)?;
        Ok(Node::Template {
            at,
            name,
            argument: Some(argument),
        })
    }

    /// An `if` or `with`. Chains of `else if` are no deeper than one `if`, however long; the variables of a branch are
    /// seen by those after it, as if they were nested.
    fn branches(&mut self, keyword: Keyword) -> Result<Node> {
        let scope = self.scope.names.len();
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        loop {
            let pipe = self.pipe(Kind::RightDelimiter, false)?;
            let (body, end) = self.list()?;
            branches.push(Branch { pipe, body });
            match end {
                End::End => break,
                End::Else(Some(next)) if next == keyword => {
                    self.token();
                }
                End::Else(_) => {
                    otherwise = self.otherwise()?;
                    break;
                }
            }
        }
        self.scope.leave(scope);
        Ok(if keyword == Keyword::If {
            Node::If(branches, otherwise)
        } else {
            Node::With(branches, otherwise)
        })
    }

    fn range(&mut self) -> Result<Node> {
        let scope = self.scope.names.len();
        let pipe = self.pipe(Kind::RightDelimiter, true)?;
        self.scope.ranges += 1;
        let (body, end) = self.list()?;
        self.scope.ranges -= 1;
        let otherwise = if matches!(end, End::End) {
            Vec::new()
        } else {
            self.otherwise()?
        };
        self.scope.leave(scope);
        Ok(Node::Range(Branch { pipe, body }, otherwise))
    }

    /// What follows a plain `else`.
    fn otherwise(&mut self) -> Result<Vec<Node>> {
        let at = self.peek().start;
        let (nodes, end) = self.list()?;
        if matches!(end, End::End) {
            Ok(nodes)
        } else {
            Err(stop(at, "has a second `else`"))
        }
    }

    fn template_name(&mut self) -> Result<Vec<u8>> {
        let token = self.token_past_spaces();
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return Err(unexpected(token, "needs the name of a template, in quotes"));
        }
        unquote(self.slice(token)).ok_or_else(|| stop(token.start, "has a bad string"))
    }

    /// Passes over the end of an action and returns where it is.
    fn right_delimiter(&mut self) -> Result<usize> {
        let token = self.token_past_spaces();
        if token.kind == Kind::RightDelimiter {
            Ok(token.start)
        } else {
            Err(unexpected(
                token,
                "has something before the end of an action that does not belong there",
            ))
        }
    }
}

/// Whether a tree has nothing but white space.
fn is_empty(tree: &[Node]) -> bool {
    tree.iter().all(|node| match node {
        Node::Text(text) => String::from_utf8_lossy(text).trim().is_empty(),
        _ => false,
    })
}

pub(super) fn stop(at: usize, reason: &'static str) -> Stop {
    Stop::new(at, Problem::Syntax(reason))
}

/// What the lexer says of a token that is wrong, else `reason`.
pub(super) fn unexpected(token: Token, reason: &'static str) -> Stop {
    if let Kind::Error(reason) = token.kind {
        stop(token.start, reason)
    } else {
        stop(token.start, reason)
    }
}
