"""Files to import: RESO Common Format JSON, and CSV whose first line has RESO names."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.db.models.fields.files import FieldFile

# A row of CSV may hold the longest remarks and more.
csv.field_size_limit(1_000_000)


class Unreadable(Exception):
    """The file as a whole is none that can be imported; the message is a sentence."""


def first_row(file_name: str) -> int:
    """The number that people give to the first record: CSV has the names in line 1."""
    return 1 if file_name.lower().endswith(".json") else 2


def read(file: FieldFile, file_name: str) -> list[Any]:
    """The file's records. Raises Unreadable."""
    with file.open("rb") as opened:
        data = opened.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("The file is not UTF-8 text. Save it as “CSV UTF-8” or JSON.") from None
    return of_json(text) if text.lstrip()[:1] in {"{", "["} else of_csv(text)


def of_json(text: str) -> list[Any]:
    """RESO Common Format: an object with `value`, a list, or one record. Raises Unreadable."""
    try:
        told = json.loads(text)
    except ValueError as error:
        raise Unreadable(f"The file is not JSON: {error}.") from None
    if isinstance(told, dict) and isinstance(told.get("value"), list):
        told = told["value"]
    found = told if isinstance(told, list) else [told]
    if not found or not all(isinstance(one, dict) for one in found):
        raise Unreadable("The file holds no records with RESO names.")
    return _with_media(found)


def of_csv(text: str) -> list[Any]:
    """A record per line. Lines of Media (with ResourceRecordKey) become photos of their listings. Raises Unreadable."""
    separator = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    names = [name.strip() for name in reader.fieldnames or []]
    if not {"ListingKey", "ListingId", "MediaKey", "MediaURL"} & set(names):
        raise Unreadable("The first line has no RESO names: ListingKey or ListingId is needed.")
    reader.fieldnames = names
    try:
        found = [{name: _cell(value) for name, value in one.items() if name and value is not None} for one in reader]
    except csv.Error as error:
        raise Unreadable(f"The CSV is broken: {error}.") from None
    return _with_media(found)


def _cell(text: str) -> str:
    """A cell without the mark that keeps spreadsheets from taking it for a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@", "\t", "\r"} else text


def _with_media(found: list[Any]) -> list[Any]:
    """Media records on their own are gathered into records of the listings that they belong to."""
    if not all("MediaURL" in one and "ResourceRecordKey" in one for one in found):
        return found
    gathered: dict[str, dict[str, Any]] = {}
    for one in found:
        key = str(one["ResourceRecordKey"])
        listing = gathered.setdefault(key, {"ListingKey": key, "Media": []})
        if one.get("OriginatingSystemName"):
            listing["OriginatingSystemName"] = one["OriginatingSystemName"]
        listing["Media"].append(one)
    return list(gathered.values())
