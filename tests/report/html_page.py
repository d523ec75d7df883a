"""An HTML page as a tree, read by the standard library's parser."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Node:
    """An element: tag, attributes, and children that are elements or text."""

    tag: str
    attributes: dict[str, str]
    children: list["Node | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """This element and all below it, in order."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    @property
    def text(self) -> str:
        """All the text below, as it is in the file."""
        return "".join(c.text if isinstance(c, Node) else c for c in self.children)

    @property
    def words(self) -> str:
        """The text with each run of white space as one blank."""
        return " ".join(self.text.split())

    def all(self, tag: str, **attributes: str) -> list["Node"]:
        """The elements below with this tag and these attributes."""
        wanted = attributes.items()
        return [n for n in self.walk() if n.tag == tag and wanted <= n.attributes.items()]

    def by_id(self, id: str) -> "Node":
        """The element with this id."""
        return self._index[id]

    @cached_property
    def _index(self) -> dict[str, "Node"]:
        return {n.attributes["id"]: n for n in self.walk() if "id" in n.attributes}


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        found = self.open.pop()
        assert found.tag == tag, f"<{found.tag}> is closed by </{tag}>"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parsed(text: str) -> Node:
    """The tree of a page; fails where an element is not closed, or closed by another."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    assert len(builder.open) == 1, f"not closed: {[n.tag for n in builder.open[1:]]}"
    return builder.open[0]
