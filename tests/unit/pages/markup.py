"""A strict little reader of HTML for the tests: what browsers silently repair is an error."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
NOT_IN_P = {"p", "ul", "ol", "div", "section", "h1", "h2", "h3", "blockquote", "form", "dl"}


class Markup(HTMLParser):
    """`faults` lists what is wrong; `tags` each start tag with its attributes; `text` the words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]
        self.faults += self._of_whole(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        doubled = [name for name, count in Counter(name for name, _ in attrs).items() if count > 1]
        self.faults += [f"<{tag}> has {name} twice" for name in doubled]
        if "p" in self._open and tag in NOT_IN_P:
            self.faults.append(f"<{tag}> inside <p>")
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> does not close {self._open[-1:]}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, name: str) -> list[dict[str, str | None]]:
        """The attributes of each tag of that name."""
        return [attributes for tag, attributes in self.tags if tag == name]

    def _of_whole(self, html: str) -> list[str]:
        faults = [] if html.startswith("<!doctype html>") else ["no doctype"]
        ids = [attributes["id"] for _, attributes in self.tags if "id" in attributes]
        faults += [f"id {name} twice" for name, count in Counter(ids).items() if count > 1]
        named = {value for _, attributes in self.tags for value in _references(attributes)}
        faults += [f"no element has the id {name}" for name in named - set(ids)]
        levels = [int(tag[1]) for tag, _ in self.tags if tag in {"h1", "h2", "h3", "h4"}]
        if levels[:1] != [1] or levels.count(1) != 1:
            faults.append(f"headings are {levels}")
        faults += [f"h{b} after h{a}" for a, b in pairwise(levels) if b > a + 1]
        return faults


def _references(attributes: dict[str, str | None]) -> list[str]:
    names = ("aria-labelledby", "aria-describedby", "for")
    return [value for name in names if (value := attributes.get(name))]
