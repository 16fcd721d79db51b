"""The provider's HTTP: tokens, OData queries by pages, photos, and everything that goes wrong with them."""

from __future__ import annotations

import base64
import datetime
import json
import random
import re
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from tests.listings.reso_stand_in import houses


@dataclass
class Switches:
    """What goes wrong; chances are shares of requests, of a seeded row of dice."""

    page_size: int = 20
    # A token is good for so many requests, whatever was promised.
    token_uses: int = 1_000_000
    # Cut the line in the middle of the body; answer 429; forget what page comes next.
    disconnects: float = 0.0
    busy: float = 0.0
    retry_after: str = "1"
    lost_cursors: float = 0.0
    # Addresses of photos told before this generation answer 403.
    photo_generation: int = 1
    photos_busy_times: int = 0
    keys_listed: bool = True
    # What is said to $expand: "yes"; "refused" (400) and "ignored" leave Media to a resource of its own.
    expands: str = "yes"
    seed: int = 1


class StandIn:
    """The server, in threads of this process; `requests` is what it was asked, `rows` and `photos` what it gave."""

    token, client = "static-token", ("client", "secret")

    def __init__(self, listings: int = 0, photos: int = 0, port: int = 0, every: int = 1, **switches: Any) -> None:
        self.switches = Switches(**switches)
        self.dice = random.Random(self.switches.seed)
        self.houses = {
            one["ListingKey"]: one
            for one in (houses.house(number, photos if number % every == 0 else 0) for number in range(listings))
        }
        self.requests: list[tuple[float, str]] = []
        self.rows: list[str] = []
        self.photos: list[str] = []
        self.tokens: dict[str, int] = {}
        self.lock = threading.Lock()
        handler = type("BoundHandler", (Handler,), {"provider": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.url = f"{self.base}/odata"

    def __enter__(self) -> StandIn:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def change(self, key: str, **fields: Any) -> None:
        """Change a record, as the MLS does; its time moves behind all others."""
        self.houses[key] |= fields | {"ModificationTimestamp": self._now()}

    def change_photo(self, key: str, order: int, **fields: Any) -> None:
        """Put another picture in place of a photo, or say something else of it."""
        moment = self._now()
        one = self.houses[key]["Media"][order]
        one |= {"Version": one["Version"] + 1, "MediaModificationTimestamp": moment, **fields}
        self.change(key, PhotosChangeTimestamp=moment)

    def change_some(self, many: int) -> None:
        """Change so many listings, and the photo of the first of them."""
        keys = list(self.houses)[:many]
        for key in keys[1:]:
            self.change(key, ListPrice=1.0)
        if keys:
            self.change_photo(keys[0], 0)

    def forget(self) -> None:
        """Count from here."""
        self.requests, self.rows, self.photos = [], [], []

    def _now(self) -> str:
        latest = max(one["ModificationTimestamp"] for one in self.houses.values())
        return houses.said(datetime.datetime.fromisoformat(latest) + datetime.timedelta(seconds=1))

    def falls(self, chance: float) -> bool:
        """Whether the dice say so."""
        with self.lock:
            return self.dice.random() < chance

    def seen(self) -> dict[str, Any]:
        """What was given, for a test in another process."""
        return {"requests": len(self.requests), "rows": len(self.rows), "photos": len(self.photos)}


class Handler(BaseHTTPRequestHandler):
    """The provider's routes."""

    provider: StandIn
    protocol_version = "HTTP/1.1"
    # As every real server has it: else each answer of two parts waits 40 ms for its reader's acknowledgement.
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        path = urlsplit(self.path).path
        if path == "/_control":
            told = json.loads(body)
            self.provider.change_some(told.pop("change", 0))
            for name, value in told.items():
                setattr(self.provider.switches, name, value)
            self._json(200, {})
            return
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if (form.get("client_id"), form.get("client_secret")) != StandIn.client:
            self._json(401, {"error": "invalid_client"})
            return
        token = f"t{len(self.provider.tokens)}"
        self.provider.tokens[token] = self.provider.switches.token_uses
        self._json(200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    def do_GET(self) -> None:
        provider, parts = self.provider, urlsplit(self.path)
        if parts.path == "/_seen":
            self._json(200, provider.seen())
            return
        provider.requests.append((time.monotonic(), self.path))
        switches = provider.switches
        if parts.path.startswith("/photos/"):
            self._photo(parts.path, parse_qs(parts.query))
        elif not self._is_known():
            self._json(401, {"error": {"message": "token"}})
        elif provider.falls(switches.busy):
            self._json(429, {"error": {"message": "slow down"}}, {"Retry-After": switches.retry_after})
        elif parts.path == "/odata/Property":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if "$expand" in query and switches.expands == "refused":
                self._json(400, {"error": {"message": "$expand is not supported"}})
            else:
                self._property(query)
        elif parts.path == "/odata/Media" and switches.expands != "yes":
            self._media({name: values[0] for name, values in parse_qs(parts.query).items()})
        else:
            self._json(404, {"error": {"message": "no such resource"}})

    def _is_known(self) -> bool:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        left = self.provider.tokens.get(token, 0)
        self.provider.tokens[token] = left - 1
        return token == StandIn.token or left > 0

    def _property(self, query: dict[str, str]) -> None:
        provider, switches = self.provider, self.provider.switches
        after = ("", "")
        if token := query.get("$skiptoken"):
            if provider.falls(switches.lost_cursors):
                self._json(410, {"error": {"message": "this cursor has expired"}})
                return
            after = tuple(json.loads(base64.urlsafe_b64decode(token)))
        by_key = query.get("$orderby") == "ListingKey"
        if by_key and not switches.keys_listed:
            self._json(200, {"value": []})
            return

        def place(one: dict[str, Any]) -> tuple[str, str]:
            return ("", one["ListingKey"]) if by_key else (one["ModificationTimestamp"], one["ListingKey"])

        found = sorted(
            (one for one in list(provider.houses.values()) if _fits(one, query.get("$filter", ""))), key=place
        )
        rest = [one for one in found if place(one) > after]
        shown = rest[: switches.page_size]
        told: dict[str, Any] = {"value": [self._told(one, query) for one in shown]}
        if query.get("$count") == "true":
            told["@odata.count"] = len(found)
        if len(rest) > len(shown):
            token = base64.urlsafe_b64encode(json.dumps(place(shown[-1])).encode()).decode()
            kept = "&".join(f"{name}={quote(value)}" for name, value in query.items() if name != "$skiptoken")
            told["@odata.nextLink"] = f"{provider.url}/Property?{kept}&$skiptoken={token}"
        if "$select" not in query:
            provider.rows += [one["ListingKey"] for one in shown]
        self._json(200, told)

    def _media(self, query: dict[str, str]) -> None:
        """Media as a resource of its own, with an agent's portrait among it."""
        keys = set(re.findall(r"ResourceRecordKey eq '([^']*)'", query.get("$filter", "")))
        houses_ = [one for one in self.provider.houses.values() if not keys or one["ListingKey"] in keys]
        portrait = {"MediaKey": "M1", "ResourceName": "Member", "MediaURL": f"{self.provider.base}/photos/M1.jpg?g=1"}
        found = [{**portrait, "ResourceRecordKey": one["ListingKey"]} for one in houses_[:1]]
        found += [media for one in houses_ for media in self._media_of(one)]
        first, size = int(query.get("$skip", 0)), int(query.get("$top", self.provider.switches.page_size))
        told: dict[str, Any] = {"value": found[first : first + size]}
        if "$top" not in query and first + size < len(found):
            kept = "&".join(f"{name}={quote(value)}" for name, value in query.items() if name != "$skip")
            told["@odata.nextLink"] = f"{self.provider.url}/Media?{kept}&$skip={first + size}"
        self._json(200, told)

    def _media_of(self, one: dict[str, Any]) -> list[dict[str, Any]]:
        generation = self.provider.switches.photo_generation
        return [
            {**media, "MediaURL": f"{self.provider.base}/photos/{media['MediaKey']}.jpg?g={generation}"}
            for media in one["Media"]
        ]

    def _told(self, one: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        if select := query.get("$select"):
            return {name: one[name] for name in select.split(",")}
        told = {name: value for name, value in one.items() if name != "Media"}
        if query.get("$expand") == "Media" and self.provider.switches.expands == "yes":
            told["Media"] = self._media_of(one)
        return told

    def _photo(self, path: str, query: dict[str, list[str]]) -> None:
        provider, switches = self.provider, self.provider.switches
        with provider.lock:
            busy = switches.photos_busy_times > 0
            switches.photos_busy_times -= busy
        if busy:
            self._json(429, {}, {"Retry-After": switches.retry_after})
            return
        name = path.removeprefix("/photos/").removesuffix(".jpg")
        found = next(
            (one for one in provider.houses.get(name.split("-")[0], {}).get("Media", []) if one["MediaKey"] == name),
            None,
        )
        if int(query["g"][0]) < switches.photo_generation:
            self._json(403, {"error": "expired"})
        elif found is None:
            self._json(404, {})
        else:
            provider.photos.append(name)
            self._bytes(200, houses.photo(name, found["Version"]), "image/jpeg", {})

    def _json(self, status: int, told: Any, headers: dict[str, str] | None = None) -> None:
        self._bytes(status, json.dumps(told).encode(), "application/json", headers or {})

    def _bytes(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if not self.path.startswith("/_") and self.provider.falls(self.provider.switches.disconnects):
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _fits(one: dict[str, Any], said: str) -> bool:
    """The filters that an importer of ours sends: a time, a key, and a condition on the city."""
    if found := re.search(r"ModificationTimestamp (gt|ge) (\S+)", said):
        wanted, here = (datetime.datetime.fromisoformat(text) for text in (found[2], one["ModificationTimestamp"]))
        if here < wanted or (here == wanted and found[1] == "gt"):
            return False
    if (found := re.search(r"ListingKey eq '([^']*)'", said)) and one["ListingKey"] != found[1]:
        return False
    found = re.search(r"City eq '([^']*)'", said)
    return not found or one["City"] == found[1]
