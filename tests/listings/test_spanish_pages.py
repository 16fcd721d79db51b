"""No English is left on a Spanish page: each is opened in both languages, and what they say is compared."""

from __future__ import annotations

import ast
import re
import uuid
from html.parser import HTMLParser
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from billing.models import Account, User
from listings import batches, engine_words
from listings.models import ListingPhoto, OriginalPage
from staging import rooms, scenes
from staging.briefs import RoomType, Style
from staging.models import Output
from tests.listings import test_strangers
from tests.listings.conftest import fail
from tests.listings.test_scene_editor import SOFA
from tests.listings.test_strangers import APIS, paths, patterns, proved_again

mine = test_strangers.mine
ROOT = Path(__file__).resolve().parents[2]
SHOWN = ("alt", "aria-label", "placeholder", "title", "content")
VOID = frozenset({"br", "img", "input", "meta", "link", "hr"})
# Names of people, firms, standards and MLSs, data of the tests, and words that are Spanish too.
SAME = re.compile(
    r"Openhouse|RESO Common Format|JSON|Standard Webhooks|Webhooks|openapi\.json|Elm Street|Acme Realty|MLS\.example"
    r"|\w+@example\.com|https?://\S+|fixture:account|run:\w+|mine|español|English|Monitor|Pro Plus|My key"
    r"|Bay East / CCAR|CRMLS|Canopy|Bright|HAR|MLS Now|MRED|REBNY|RMLS|RealTracs|SDMLS|SmartMLS|Stellar|NWMLS"
    r"|California|Ohio|Oregon|Tennessee|Connecticut|Florida|Web: 1600 px|\b[0-9A-Z]{10}\b|[0-9a-f]{64}|MLS"
    r"|Industrial|\bPro\b|SHA-256|\b[0-9]{1,2} [A-Z][a-z]{2}(?:,| 20)"
)


class Words(HTMLParser):
    """Collects what a page says, in text and in the attributes that people hear."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; code, and what is marked as English on purpose, is silent."""
        found = dict(attrs)
        english = found.get("lang") == "en" and tag != "html"
        if self.silent or english or tag in {"script", "style", "code", "pre", "textarea"}:
            if tag not in VOID:
                self.silent.append(tag)
        elif tag != "meta" or found.get("name") == "description":
            self.said += [found[name] or "" for name in SHOWN if found.get(name)]

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        """One text."""
        if not self.silent:
            self.said.append(" ".join(data.split()))


def words(page: str) -> set[str]:
    """What the page says in words."""
    reader = Words()
    reader.feed(page)
    return {text for text in reader.said if re.search(r"[A-Za-z]{3}", SAME.sub("", text))}


def test_no_english_is_left_on_a_spanish_page(
    browser: Client, mine: ListingPhoto, account: Account, owner: User
) -> None:
    walked = paths(mine, account, owner)
    walked |= {
        name: reverse(name) for name, needed in patterns() if not needed and not name.startswith((*APIS, "api_docs:"))
    }
    walked["listings:original"] = f"/o/{OriginalPage.objects.get().code}"
    chosen = [(mine, RoomType.BED)]
    (failed,) = batches.stage(mine.listing, chosen, style=Style.COASTAL, batch=uuid.uuid4(), user=owner)
    fail(failed.render, "This photo shows too little of the floor for the furniture of a bedroom. Nothing was charged.")
    arrangement = {"room_type": "living", "style": "modern", "seed": 1, "pieces": [SOFA]}
    Output.objects.update(record={"room": rooms.room_of({}, mine.photo), "arrangement": arrangement})
    proved_again(browser)
    Authenticator.objects.all().delete()
    left, looked = {}, 0
    for name, path in walked.items():
        if "logout" in name:
            continue
        english, spanish = (browser.get(path, headers={"Accept-Language": language}) for language in ("en", "es"))
        if spanish.headers["Content-Type"].startswith("text/html") and spanish.status_code not in {302, 405}:
            looked += 1
            left |= dict.fromkeys(words(english.content.decode()) & words(spanish.content.decode()), name)
    assert left == {}, left
    assert looked > 40


# Who makes one of these tells a person why there is no picture.
TELLS = {"UnusablePhoto", "NothingUsable", "OutOfTime", "InvalidImage"}
# Told to whoever sends JSON of their own, or runs the engine; no page of ours leads there.
NOT_ON_PAGES = re.compile(
    r"that was sent|was sent with|cannot be furnished|cannot furnish|tracer|tracing|data: URL|drawing|sheet|dusk|house"
    r"|Neither|read surely enough|mask cannot|size limit|has more than|makes "
)


def text_of(node: ast.AST) -> str:
    """A string as it is written, with 7 for what varies."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)


def told_to_people() -> list[str]:
    """Every sentence of the engine and its neighbours that explains a failure, or says what does not fit in a scene."""
    found = []
    for file in (ROOT / "staging").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TELLS:
                found += [text_of(argument) for argument in node.args]
            elif isinstance(node, ast.JoinedStr) and file.parts[-2:] == ("scene", "checks.py"):
                found.append(text_of(node))
    return [text for text in found if text.count(" ") > 2 and not NOT_ON_PAGES.search(text)]


def test_every_refusal_has_its_spanish() -> None:
    sentences = told_to_people()
    assert len(sentences) > 15
    with override("es"):
        same = [
            one
            for text in sentences
            for one in re.split(r"(?<=[.!?]) (?:7 )?", text)
            if one != "7" and engine_words.said(one) == one
        ]
        assert same == []
        assert engine_words.said("sofa-1 and coffee_table-2 overlap by 0.12 m.") == (
            "Sofá y mesa de centro se superponen 0,12 m."
        )
        assert [title for title in scenes.TITLES.values() if engine_words.piece(title) == title] == ["Monitor"]
        assert (
            engine_words.said("What nobody lists. Nothing was charged.") == "What nobody lists. No se ha cobrado nada."
        )
    with override("en"):
        assert engine_words.said("sofa-1 blocks a door.") == "Sofa blocks a door."
