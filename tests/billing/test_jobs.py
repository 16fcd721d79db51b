"""Wake-ups on a real Redis protocol: what billing puts into the queue, a worker can do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from billing import jobs, ledger, low_balance
from billing.models import Account
from tests import serving
from tests.billing import conftest


@pytest.mark.django_db
def test_a_worker_does_what_was_put_into_the_queue(
    settings: Any, tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
) -> None:
    monkeypatch.setattr(jobs, "_enqueue", conftest.ENQUEUE)
    Account.objects.filter(pk=account.pk).update(warn_below=5)
    ledger.hold(account, 8, reference="run:a")
    with serving.redis_server(tmp_path) as redis_url:
        settings.REDIS_URL = redis_url
        queue = jobs._queue()
        jobs._enqueue("billing.low_balance.look", (account.pk,))
        jobs._enqueue("billing.stripe_events.handle", (12345,))
        worker = SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer)
        worker.work(burst=True, with_scheduler=False)
        assert queue.failed_job_registry.count == 0
        queue.connection.close()

    account.refresh_from_db()
    assert account.warned_at is not None
    assert low_balance.waiting() == []


@pytest.mark.django_db
def test_a_queue_that_is_away_loses_the_wake_up_and_nothing_else(
    settings: Any, tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_enqueue", conftest.ENQUEUE)
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"

    jobs._enqueue("billing.low_balance.look", (account.pk,))
