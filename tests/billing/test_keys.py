"""API keys: shown once, recognised, revoked."""

from __future__ import annotations

import datetime
import hashlib
import re

import time_machine
from django.utils import timezone

from billing import keys
from billing.models import Account, ApiKey


def test_only_the_hash_of_a_key_is_kept(account: Account) -> None:
    key, text = keys.create(account, "Zapier")

    assert re.fullmatch(r"[A-Za-z0-9_-]{32,}", text)
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert row["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert text.startswith(row["prefix"])
    assert not any(text in str(value) for value in row.values())
    assert len(text) - len(row["prefix"]) >= 32, "what is shown must not help to guess the rest"


def test_a_key_is_recognised_and_any_other_text_is_not(account: Account, stranger_account: Account) -> None:
    key, text = keys.create(account, "Zapier")
    other, _ = keys.create(stranger_account, "Theirs")

    found = keys.verify(text)
    assert found == key
    assert found != other
    assert found is not None
    assert found.account == account
    for wrong in ("", text[:-1], text + "A", text.upper(), key.sha256, key.prefix, "é" * 40, " " + text, "x" * 10_000):
        assert keys.verify(wrong) is None


def test_a_revoked_key_is_refused_and_stays_so(account: Account) -> None:
    key, text = keys.create(account, "Zapier")
    _, kept = keys.create(account, "Other")
    keys.revoke(key)
    first = key.revoked_at
    keys.revoke(key)

    assert first is not None
    assert key.revoked_at == first
    assert keys.verify(text) is None
    assert keys.verify(kept) is not None


def test_the_last_use_is_written_at_most_once_a_minute(account: Account, django_assert_num_queries) -> None:
    key, text = keys.create(account, "Zapier")
    noon = datetime.datetime(2030, 5, 1, 12, tzinfo=datetime.UTC)
    with time_machine.travel(noon, tick=False) as clock:
        with django_assert_num_queries(2):
            keys.verify(text)
        clock.shift(59)
        with django_assert_num_queries(1):
            keys.verify(text)
        key.refresh_from_db()
        assert key.last_used_at == noon
        clock.shift(2)
        keys.verify(text)
        key.refresh_from_db()
        assert key.last_used_at == timezone.now()
