"""A form of a page as a browser would send it, untouched."""

from __future__ import annotations

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Collects what the form with a certain button would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.inside = False
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in one field."""
        found = {name: value or "" for name, value in attrs}
        name = found.get("name", "")
        if tag == "form":
            self.forms.append((found.get("action", ""), {}))
            self.inside = True
        if not self.inside or (not name and tag != "option"):
            return
        sent = self.forms[-1][1]
        if tag == "input" and (found.get("type") not in {"checkbox", "radio"} or "checked" in found):
            sent[name] = found.get("value", "")
        elif tag == "textarea":
            self.area, sent[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in found or self.select not in sent):
            sent[self.select] = found.get("value", "")

    def handle_data(self, data: str) -> None:
        """The text of a textarea, whose first line end is none of it."""
        if self.area:
            self.forms[-1][1][self.area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close one."""
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.select = ""


def form_of(page: str, field: str) -> dict[str, str]:
    """What the first form that has a field of this name would send."""
    reader = _Reader()
    reader.feed(page)
    return next(sent for _, sent in reader.forms if field in sent)
