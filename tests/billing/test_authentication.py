"""Who calls an API, and what a caller without a key is told."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from billing import keys
from billing.authentication import ApiKeyAuthentication, Caller
from billing.models import Account, ApiKey, User


class WhoAmI(APIView):
    """An API view for key holders."""

    authentication_classes = (ApiKeyAuthentication,)

    def get(self, request: Request) -> Response:
        caller = request.user
        assert isinstance(caller, Caller)
        assert isinstance(request.auth, ApiKey)
        return Response({"email": caller.email, "uid": caller.uid, "account": caller.account.name})


def _ask(**headers: str) -> Any:
    return WhoAmI.as_view()(APIRequestFactory().get("/", headers={k.replace("_", "-"): v for k, v in headers.items()}))


@pytest.mark.parametrize("scheme", ["Api-Key", "Api-key", "api-key", "API-KEY", "Bearer", "bearer", "Token", "TOKEN"])
def test_every_scheme_in_any_case_brings_the_account(account: Account, api_key: str, scheme: str) -> None:
    answer = _ask(Authorization=f"{scheme} {api_key}")

    assert answer.status_code == 200
    assert answer.data == {"email": "owner@example.com", "uid": str(account.uid), "account": "Acme Realty"}


def test_the_key_may_stand_in_a_header_of_its_own(api_key: str) -> None:
    assert _ask(X_Api_Key=api_key).status_code == 200
    # A proxy's own credentials in Authorization do not hide it.
    assert _ask(X_Api_Key=api_key, Authorization="Basic Zm9vOmJhcg==").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Api-Key"},
        {"Authorization": "Api-Key wrong"},
        {"Authorization": "Api-Key oh_" + "A" * 43},
        {"Authorization": "Basic Zm9vOmJhcg=="},
        {"Authorization": "Api-Key clé-à-moi"},
        {"X_Api_Key": "oh_" + "A" * 43},
    ],
)
def test_without_a_key_or_with_a_wrong_one_it_is_401(db: None, headers: dict[str, str]) -> None:
    answer = _ask(**headers)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Api-Key"
    assert answer.data["detail"].code == "invalid_api_key"
    assert str(answer.data["detail"]) == "Invalid API key"


def test_a_revoked_key_is_401(account: Account) -> None:
    key, text = keys.create(account, "Zapier")
    keys.revoke(key)

    assert _ask(Authorization=f"Api-Key {text}").status_code == 401


def test_a_key_outlives_the_owner(account: Account, owner: User, api_key: str) -> None:
    owner.delete()

    answer = _ask(Authorization=f"Api-Key {api_key}")
    assert answer.status_code == 200
    assert answer.data["email"] == ""
