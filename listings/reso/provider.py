"""Speaking to a RESO Web API (OData 4) provider: its token, its pages, its photos, at the pace it allows.

Everything goes through staging.network's guarded door. What an answer means for the import is said by the exception.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from django.conf import settings
from django.utils import timezone

from listings.models import Connection
from staging import network, sources

# Tokens are renewed so long before they end.
_EARLY = datetime.timedelta(seconds=60)
_UNAUTHORISED = {401, 403}
_BUSY = {429, 503}
_GONE = {400, 404, 410}
_PAUSE_UNSAID = 30.0
# Listings whose Media one request asks for: their condition has to fit into an address.
_KEYS_AT_ONCE = 25
# OData orders and pages by time of change, so that an import can go on where it was.
_ORDER = "ModificationTimestamp,ListingKey"


class Later(Exception):
    """The provider asks to come back in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the provider asks to wait for {seconds:.0f} s")
        self.seconds = seconds


class Trouble(Exception):
    """No answer, or a broken one: worth another try."""


class CursorLost(Exception):
    """The provider no longer knows the page that was to come next."""


class Refuses(Exception):
    """The provider says no, and will again; the message is a sentence for the account's people."""


class AddressExpired(Exception):
    """A photo's address is good no more; the provider tells a new one."""


@dataclass(frozen=True)
class Page:
    """One page of an answer. `after` is the next one's address, empty at the end; `total` where the provider says."""

    rows: list[Any]
    after: str
    total: int | None


@dataclass
class Provider:
    """A connection being used. `requests` counts what was asked of the provider, photos included."""

    connection: Connection
    requests: int = field(default=0)

    def first_page(self, since: datetime.datetime | None, *, including: bool = False) -> str:
        """Address of the first page of what changed after `since` (`including` that moment), oldest change first."""
        words = "ge" if including else "gt"
        conditions = [f"ModificationTimestamp {words} {_said(since)}"] if since else []
        return self._listings(conditions, {**self._expanded(), "$orderby": _ORDER, "$count": "true"})

    def first_keys(self) -> str:
        """Address of the first page of the keys of all that there is."""
        return self._listings([], {"$select": "ListingKey", "$orderby": "ListingKey"})

    def one(self, key: str) -> Any:
        """The listing of this key with its photos, None when there is none."""
        quoted = key.replace("'", "''")
        rows = self.page(self._listings([f"ListingKey eq '{quoted}'"], self._expanded(), narrow=False)).rows
        if not rows:
            return None
        return {**rows[0], "Media": self.media([key])[key]} if self.connection.media_apart else rows[0]

    def media(self, keys: Sequence[str]) -> dict[str, list[Any]]:
        """The Media records of each of these listings, from the resource of its own; some listings to a request.

        Raises Later, Trouble, CursorLost, Refuses.
        """
        found: dict[str, list[Any]] = {key: [] for key in keys}
        for first in range(0, len(keys), _KEYS_AT_ONCE):
            quoted = [key.replace("'", "''") for key in keys[first : first + _KEYS_AT_ONCE]]
            condition = " or ".join(f"ResourceRecordKey eq '{key}'" for key in quoted)
            address = self._resource("Media", {"$filter": condition, "$orderby": "ResourceRecordKey,Order"})
            while address:
                page = self.page(address)
                address = page.after
                for one in page.rows:
                    of = one if isinstance(one, dict) and one.get("ResourceName", "Property") == "Property" else {}
                    found.get(str(of.get("ResourceRecordKey")), []).append(one)
        return found

    def media_is_apart(self) -> bool:
        """Whether the provider, which does not answer as it should, answers where no Media is expanded; kept then.

        Raises Later, Trouble, Refuses.
        """
        if self.connection.media_apart:
            return False
        try:
            self.page(self._listings([], {"$select": "ListingKey", "$top": "1"}))
            self.page(self._resource("Media", {"$top": "1"}))
        except (CursorLost, Refuses):
            return False
        self.set_media_apart()
        return True

    def set_media_apart(self) -> None:
        """Ask for Media by itself from now on."""
        self.connection.media_apart = True
        Connection.objects.filter(pk=self.connection.pk).update(media_apart=True)

    def page(self, address: str) -> Page:
        """One page. Raises Later, Trouble, CursorLost, Refuses."""
        if _origin(address) != _origin(self.connection.address):
            raise Refuses("The provider's next page is on another host, which does not get your token.")
        answer = self._get(address)
        try:
            told = json.loads(answer.body)
            rows, after = told["value"], told.get("@odata.nextLink") or ""
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Trouble("The provider's answer is not OData JSON.") from None
        if not isinstance(rows, list):
            raise Trouble("The provider's answer is not OData JSON.")
        total = told.get("@odata.count")
        return Page(rows, urljoin(address, after) if after else "", total if isinstance(total, int) else None)

    def photo(self, address: str) -> Path:
        """Download a photo; the caller deletes the file. Raises Later, Trouble, AddressExpired, and TooLarge."""
        self._pace()
        try:
            return network.fetch(
                address,
                max_bytes=settings.PHOTO_MAX_BYTES,
                timeout=settings.FETCH_TIMEOUT,
                max_redirects=settings.FETCH_MAX_REDIRECTS,
                allow_private=settings.FETCH_ALLOW_PRIVATE,
                folder=sources.temporary_folder(),
            ).path
        except network.Refused as error:
            if error.status in _BUSY:
                raise Later(error.retry_after or _PAUSE_UNSAID) from error
            if error.status in _UNAUTHORISED | _GONE:
                raise AddressExpired(str(error)) from error
            raise Trouble(str(error)) from error
        except network.Unreachable as error:
            raise Trouble(str(error)) from error

    def _listings(self, conditions: list[str], options: dict[str, str], *, narrow: bool = True) -> str:
        if narrow and self.connection.filter:
            conditions = [*conditions, f"({self.connection.filter})"]
        if conditions:
            options = {"$filter": " and ".join(conditions), **options}
        return self._resource("Property", options)

    def _expanded(self) -> dict[str, str]:
        return {} if self.connection.media_apart else {"$expand": "Media"}

    def _resource(self, name: str, options: dict[str, str]) -> str:
        query = urlencode(options, quote_via=quote, safe="$,'():")
        return f"{self.connection.address.rstrip('/')}/{name}?{query}"

    def _get(self, address: str) -> network.Answer:
        for last in (False, True):
            answer = self._call(address, {"Authorization": f"Bearer {self._token()}", "Accept": "application/json"})
            if answer.status == 200:
                return answer
            if answer.status == 401 and self.connection.client_id and not last:
                self._forget_token()
                continue
            break
        return _judged(answer)

    def _token(self) -> str:
        """The bearer token; client credentials become a new one when the old one ends."""
        known = self.connection
        if not known.client_id:
            return known.token
        if known.bearer and known.bearer_until and known.bearer_until - _EARLY > timezone.now():
            return known.bearer
        form = {"grant_type": "client_credentials", "client_id": known.client_id, "client_secret": known.client_secret}
        answer = self._call(known.token_address, {}, form | ({"scope": known.scope} if known.scope else {}))
        if answer.status != 200:
            if answer.status in {400, 401, 403}:
                raise Refuses("The provider does not accept this client id and secret.")
            _judged(answer)
        try:
            told = json.loads(answer.body)
            known.bearer = str(told["access_token"])
            lives = float(told.get("expires_in") or 3600)
        except (ValueError, KeyError, TypeError):
            raise Trouble("The token address did not answer with a token.") from None
        known.bearer_until = timezone.now() + datetime.timedelta(seconds=min(lives, 7 * 86400))
        known.save(update_fields=["bearer", "bearer_until"])
        return known.bearer

    def _forget_token(self) -> None:
        self.connection.bearer, self.connection.bearer_until = "", None

    def _call(self, address: str, headers: dict[str, str], form: dict[str, str] | None = None) -> network.Answer:
        self._pace()
        try:
            return network.call(
                address,
                headers=headers,
                form=form,
                max_bytes=settings.IMPORT_PAGE_MAX_BYTES,
                timeout=settings.IMPORT_TIMEOUT,
                allow_private=settings.FETCH_ALLOW_PRIVATE,
            )
        except network.Blocked as error:
            raise Refuses(str(error)) from error
        except network.FetchError as error:
            raise Trouble(str(error)) from error

    def _pace(self) -> None:
        """Wait for this request's turn; the turn of the next one is on the row, for whoever goes on."""
        self.requests += 1
        now = timezone.now()
        turn = max(self.connection.next_request_at or now, now)
        wait = (turn - now).total_seconds()
        if wait > settings.IMPORT_SLICE_SECONDS:
            raise Later(wait)
        if wait > 0:
            time.sleep(wait)
        after = turn + datetime.timedelta(seconds=1 / self.connection.requests_per_second)
        self.connection.next_request_at = after
        Connection.objects.filter(pk=self.connection.pk).update(next_request_at=after)


def _judged(answer: network.Answer) -> network.Answer:
    """Raise what an answer that is not 200 means."""
    if answer.status in _BUSY:
        raise Later(answer.retry_after or _PAUSE_UNSAID)
    if answer.status in _UNAUTHORISED:
        raise Refuses("The provider does not accept this token, or it does not cover these listings.")
    if answer.status in _GONE:
        raise CursorLost(f"The provider answers with status {answer.status}.")
    if answer.status >= 500:
        raise Trouble(f"The provider answers with status {answer.status}.")
    raise Refuses(f"The provider answers with status {answer.status}.")


def _said(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower()
