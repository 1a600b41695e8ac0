"""Text becomes a tree of plain tokens: a safe subset, links that are only shown, nothing that a browser would run."""

from __future__ import annotations

import time
from typing import Any

import pytest

from plugin.messaging import markdown

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "[x](//evil.example)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](https://evil.example/x.png)",
    "[x](https://ok.example 'onmouseover=alert(1)')",
    "&#60;script&#62; &#x202E;txt",
    "[x](\\\\evil.example)",
    "mailto:x@example.org",
    "[x](https:)",
    "`<b>`",
]

TYPES = {"paragraph", "list", "ordered_list", "item", "quote", "strong", "emphasis", "strike", "link"}
LEAVES = {"text", "code", "code_block", "mention", "break"}


def _all(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [found for node in nodes for found in (node, *_all(node.get("children", [])))]


@pytest.mark.parametrize("text", PAYLOADS)
def test_nothing_but_known_tokens_comes_out(text: str) -> None:
    for node in _all(markdown.tree(text)):
        assert node["type"] in TYPES | LEAVES
        if node["type"] == "link":
            assert node["href"].startswith("https://")
        assert set(node) <= {"type", "text", "href", "children", "account_id"}
        assert "\u202e" not in node.get("text", "")


def test_what_is_dangerous_stays_as_it_was_typed() -> None:
    for text in PAYLOADS[:8]:
        shown = "".join(node.get("text", "") for node in _all(markdown.tree(text)))
        assert shown == text


def test_the_subset() -> None:
    tree = markdown.tree("**a** _b_ ~~c~~ `d`\nnext\n\n- one\n- two\n\n> said\n\n```py\nx = 1\n```\n1. first")
    assert [node["type"] for node in tree] == ["paragraph", "list", "quote", "code_block", "ordered_list"]
    kinds = [node["type"] for node in tree[0]["children"]]
    assert kinds == ["strong", "text", "emphasis", "text", "strike", "text", "code", "break", "text"]
    assert tree[3] == {"type": "code_block", "text": "x = 1"}
    assert markdown.plain(tree) == "a b c d next one two said x = 1 first"


def test_addresses_are_links_and_show_what_they_are() -> None:
    (link,) = [node for node in _all(markdown.tree("see https://example.org/a%E2%80%AEb.")) if node["type"] == "link"]
    assert link == {
        "type": "link",
        "href": "https://example.org/a%E2%80%AEb",
        "children": [{"type": "text", "text": "https://example.org/a%E2%80%AEb"}],
    }
    assert not markdown.has_link(markdown.tree("example.org and a@example.org"))


@pytest.mark.parametrize(
    "text", ["[" * 4000, "*" * 4000, "> " * 2000, "- " * 2000, "`" * 3999, "![" * 2000, "_a" * 2000]
)
def test_the_worst_text_is_read_in_time(text: str) -> None:
    began = time.perf_counter()
    markdown.tree(text)
    assert time.perf_counter() - began < 5  # a tenth of this on a machine with nothing else to do
