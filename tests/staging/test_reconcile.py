"""`manage.py reconcile` proves every render's entries."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from billing.models import Account
from staging import renders
from staging.briefs import Brief
from staging.models import Photo, Run, State


def test_a_run_and_its_hold_that_disagree_are_found(account: Account, photo: Photo, brief: Brief) -> None:
    asked = renders.request(account, photo, brief)
    call_command("reconcile", stdout=StringIO())

    Run.objects.filter(render=asked).update(state=State.DONE, finished_at=timezone.now())
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("reconcile", stdout=out)
    assert "is “hold” here and “settle” at its run" in out.getvalue()
