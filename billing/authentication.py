"""Who calls an API (a door: other apps may import this module)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from billing import accounts, keys
from billing.models import Account, ApiKey

SCHEME = re.compile(r"\s*(?:api-key|bearer|token)\s+(\S+)\s*", re.IGNORECASE)
MESSAGE = "Invalid API key"


@dataclass(frozen=True)
class Caller:
    """An account that came in by one of its keys: `request.user` of an API view.

    It is the account and not a person: the key outlives the member who made it.
    """

    account: Account
    key: ApiKey
    is_authenticated = True
    is_anonymous = False

    @property
    def pk(self) -> int:
        """The account's primary key; what DRF's throttles count by."""
        return self.account.pk

    @property
    def uid(self) -> str:
        """The account's public name."""
        return str(self.account.uid)

    @cached_property
    def email(self) -> str:
        """The address of the account's owner; empty where there is none."""
        owner = accounts.owner_of(self.account)
        return owner.email if owner else ""


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Api-Key | Bearer | Token KEY`, the scheme in any case, or `X-Api-Key: KEY`.

    A view that lists this class is for key holders only: without a key it answers as with a wrong one,
    401 with code `invalid_api_key` and `WWW-Authenticate: Api-Key`. `request.auth` is the ApiKey.
    """

    def authenticate(self, request: Request) -> tuple[Caller, ApiKey]:
        """The caller and its key. Raises AuthenticationFailed."""
        key = keys.verify(_key_text(request))
        if key is None:
            raise AuthenticationFailed(MESSAGE, code="invalid_api_key")
        return Caller(key.account, key), key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says in WWW-Authenticate."""
        return "Api-Key"


def _key_text(request: Request) -> str:
    """The key as the caller wrote it; empty when there is none."""
    found = SCHEME.fullmatch(request.headers.get("Authorization", ""))
    return found[1] if found else request.headers.get("X-Api-Key", "").strip()
