"""Pages speak English and Spanish, every string of them; the APIs speak English to everybody."""

from __future__ import annotations

import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation.template import templatize

from billing.models import Account

ROOT = Path(__file__).resolve().parents[2]
CALLS = {"gettext", "gettext_lazy", "gettext_noop"}
SAID = re.compile(r"""(?:_|gettext)\(u?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\)""", re.S)


def catalogue(domain: str) -> dict[str, str]:
    """The compiled Spanish catalogue, as it is in the repository."""
    file = ROOT / "config" / "locale" / "es" / "LC_MESSAGES" / f"{domain}.mo"
    with file.open("rb") as opened:
        found: dict[str, str] = gettext.GNUTranslations(opened)._catalog  # type: ignore[attr-defined]
    return found


def in_templates() -> set[str]:
    files = [file for file in (ROOT / "templates").rglob("*.*") if "admin" not in file.parts]
    texts = [templatize(file.read_text()) for file in files]
    return {
        (one or other).encode().decode("unicode_escape").encode("latin-1").decode()
        for text in texts
        for one, other in SAID.findall(text)
    }


def in_python() -> set[str]:
    found = set()
    for app in ("billing", "listings"):
        for file in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                    found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    return found


def in_scripts() -> set[str]:
    return {
        text
        for file in (ROOT / "config" / "static").glob("*.js")
        for text in re.findall(r'\bt\("([^"]+)"', file.read_text())
    }


def test_every_string_has_its_spanish() -> None:
    pages, scripts = catalogue("django"), catalogue("djangojs")
    said = in_templates() | in_python()
    assert len(said) > 500
    assert sorted(text for text in said if not pages.get(text)) == []
    assert sorted(text for text in in_scripts() if not scripts.get(text)) == []
    for text, spanish in {**pages, **scripts}.items():
        if isinstance(text, tuple):  # a plural and which form of it: the first one may well leave the number out
            continue
        assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", spanish)), text


@pytest.mark.django_db
def test_the_browsers_language_and_the_visitors_choice() -> None:
    client = Client(headers={"Accept-Language": "es-MX,es;q=0.9"})
    page = client.get("/").content.decode()
    assert '<html lang="es">' in page
    assert "Una estancia vacía cuesta de vender" in page
    assert "El orden est\\u00e1 guardado." in client.get("/words.js?es").content.decode()
    client.post("/language/", {"language": "en", "next": "/"})
    page = client.get("/").content.decode()
    assert '<html lang="en">' in page
    assert "/words.js" not in page


@pytest.mark.django_db
def test_the_apis_speak_english(account: Account, api_key: str) -> None:
    client = Client(headers={"Accept-Language": "es", "X-Api-Key": api_key})
    wrong = client.post("/v1/render/create", {"room_type": "throne room"})
    english = Client(headers={"X-Api-Key": api_key}).post("/v1/render/create", {"room_type": "throne room"})
    assert wrong.json()["message"] == english.json()["message"]
    assert "Content-Language" not in wrong.headers


def messages_in(text: str) -> set[str]:
    """The msgids of a .po or .pot file."""
    found = re.findall(r'^msgid((?: ?".*"\n)+)', text, re.MULTILINE)
    return {"".join(ast.literal_eval(part) for part in re.findall(r'".*"', one)) for one in found} - {""}


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs gettext's programs")
def test_makemessages_finds_nothing_that_is_not_translated(tmp_path: Path) -> None:
    for name in ("billing", "listings", "staging", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("locale", "__pycache__", "*.png"))
    # Staff read English.
    for name in ("billing/admin", "staging/admin", "listings/admin.py", "templates/admin"):
        path = tmp_path / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (tmp_path / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-l", "es", "--no-location", "--no-wrap", "-v", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=tmp_path, check=True, env=environment)
    asked = messages_in((tmp_path / "locale" / "es" / "LC_MESSAGES" / "django.po").read_text())
    assert len(asked) > 800
    known = {text if isinstance(text, str) else text[0] for text in catalogue("django")}
    assert sorted(asked - known) == []
    for file in (ROOT / "config" / "locale").rglob("*.po"):
        text = file.read_text()
        assert ", fuzzy" not in text
        # Compiled as it stands, without an entry left empty: each message of the file is in the catalogue.
        compiled = {text if isinstance(text, str) else text[0] for text in catalogue(file.stem)}
        assert sorted(messages_in(text) - compiled) == []
