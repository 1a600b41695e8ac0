"""The safe subset of Markdown: text in, a tree of plain tokens out, never HTML. Links are shown and never fetched."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from plugin.core.text import clean_line

#: ``{"type": …}`` with ``text``, ``href``, ``account_id`` or ``children``, as the type asks for.
Node = dict[str, Any]

_RULES = ["emphasis", "strikethrough", "backticks", "fence", "list", "blockquote"]
_RULES += ["link", "autolink", "linkify", "newline", "escape"]
_BRANCHES = {
    "paragraph": "paragraph",
    "bullet_list": "list",
    "ordered_list": "ordered_list",
    "list_item": "item",
    "blockquote": "quote",
    "strong": "strong",
    "em": "emphasis",
    "s": "strike",
    "link": "link",
}


def _is_shown_link(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "linkify": True, "typographer": False, "maxNesting": 20})
    parser.enable(_RULES)
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    parser.validateLink = _is_shown_link  # type: ignore[method-assign, assignment]  # the library's own way
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]  # decoding could hide what it is
    return parser


_PARSER = _parser()


def tree(text: str, mentions: Mapping[str, str | None] | None = None) -> list[Node]:
    """Return the token tree; ``mentions`` maps names as typed (without the @) to accounts, None for a group word."""
    return _Builder(_splitter(mentions or {})).build(_PARSER.parse(text))


def has_link(nodes: Sequence[Node]) -> bool:
    """Whether a link is anywhere in the tree."""
    return any(node["type"] == "link" or has_link(node.get("children", ())) for node in nodes)


def plain(nodes: Sequence[Node]) -> str:
    """Return the words of a tree in one line, without marks."""
    return clean_line(" ".join(_plain(nodes).split()))


def _plain(nodes: Sequence[Node]) -> str:
    parts = []
    for node in nodes:
        inner = node.get("text", "") or _plain(node.get("children", ()))
        ends_line = node["type"] in {"paragraph", "item", "quote", "code_block", "break"}
        parts.append(inner + " " if ends_line else inner)
    return "".join(parts)


Splitter = Callable[[str], list[Node]]


def _splitter(mentions: Mapping[str, str | None]) -> Splitter:
    if not mentions:
        return lambda text: [{"type": "text", "text": text}]
    names = sorted(mentions, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)@(" + "|".join(re.escape(name) for name in names) + r")(?!\w)")
    return lambda text: _with_mentions(text, pattern, mentions)


def _with_mentions(text: str, pattern: re.Pattern[str], mentions: Mapping[str, str | None]) -> list[Node]:
    nodes: list[Node] = []
    position = 0
    for found in pattern.finditer(text):
        if found.start() > position:
            nodes.append({"type": "text", "text": text[position : found.start()]})
        nodes.append({"type": "mention", "text": found.group(), "account_id": mentions[found.group(1)]})
        position = found.end()
    if position < len(text):
        nodes.append({"type": "text", "text": text[position:]})
    return nodes


class _Builder:
    """Turns the parser's flat tokens into a tree."""

    def __init__(self, split: Splitter) -> None:
        self._split = split
        self._stack: list[list[Node]] = [[]]

    def build(self, tokens: Sequence[Token]) -> list[Node]:
        for token in tokens:
            self._take(token)
        return self._stack[0]

    def _take(self, token: Token) -> None:
        if token.type == "inline":
            for child in token.children or ():
                self._take(child)
        elif token.nesting == 1:
            self._open(token)
        elif token.nesting == -1:
            self._stack.pop()
        else:
            self._stack[-1].extend(self._leaves(token))

    def _open(self, token: Token) -> None:
        node: Node = {"type": _BRANCHES[token.type.removesuffix("_open")], "children": []}
        if node["type"] == "link":
            node["href"] = str(token.attrs.get("href", ""))
        self._stack[-1].append(node)
        self._stack.append(node["children"])

    def _leaves(self, token: Token) -> list[Node]:
        if token.type in {"softbreak", "hardbreak"}:
            return [{"type": "break"}]
        if token.type == "code_inline":
            return [{"type": "code", "text": token.content}]
        if token.type == "fence":
            return [{"type": "code_block", "text": token.content.rstrip("\n")}]
        return self._split(token.content) if token.content else []
