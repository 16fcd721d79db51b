"""What holds for every page: it is whole, it runs nothing inline, and it speaks to all."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from django.test import Client

from staging.models import Render
from tests.listings.conftest import fail, finish

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Reader(HTMLParser):
    """Collects what the content security policy would refuse, unlabelled pictures and inputs, and unclosed elements."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.ids: Counter[str] = Counter()
        self.labelled: set[str] = set()
        self.inputs: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        found = dict(attrs)
        inline = [name for name in found if name == "style" or name.startswith("on")]
        self.wrong += [f"{tag} {name}" for name in inline]
        if tag in {"script", "style"} and "src" not in found:
            self.wrong.append(f"inline {tag}")
        if tag == "img" and "alt" not in found:
            self.wrong.append("img without alt")
        if tag == "label":
            self.labelled.add(found.get("for") or "")
        if tag == "input" and found.get("type") not in {"hidden", "submit"}:
            self.inputs.append({**found, "inside": "label" if "label" in self.open else None})
        if found.get("id"):
            self.ids[str(found["id"])] += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close one element."""
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append(f"</{tag}> closes another element")


def complaints(page: str) -> list[str]:
    """All that is wrong with a page."""
    reader = Reader()
    reader.feed(page)
    bare = [one for one in reader.inputs if not one["inside"] and one.get("id") not in reader.labelled]
    double = [name for name, times in reader.ids.items() if times > 1]
    headings = len(re.findall("<h1", page))
    return (
        reader.wrong
        + [f"unlabelled {one}" for one in bare]
        + [f"id {name} twice" for name in double]
        + ([] if headings == 1 else [f"{headings} h1"])
        + [f"{tag} left open" for tag in reader.open]
    )


@pytest.mark.parametrize(
    "path", ["/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere"]
)
def test_a_visitors_page_is_sound(path: str, db: None) -> None:
    answer = Client().get(path)
    assert complaints(answer.content.decode()) == []
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_members_pages_are_sound(browser: Client, render: Render) -> None:
    paths = ["/", "/studio/", "/studio/renders/", "/account/", f"/studio/renders/{render.public_id}/"]
    for path in paths:
        assert (path, complaints(browser.get(path).content.decode())) == (path, [])
    fail(render, "No room.")
    assert complaints(browser.get(paths[-1]).content.decode()) == []
    finish(render)
    assert complaints(browser.get(paths[-1]).content.decode()) == []


def test_the_front_page_leads_visitors_to_sign_up_and_members_to_the_studio(browser: Client) -> None:
    assert 'href="/accounts/signup/"' in Client().get("/").content.decode()
    assert 'href="/studio/"' in browser.get("/").content.decode()
