"""The admin's front page: figures of the day, two weeks as charts, and the parts' health; each role sees its share."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing import ledger
from billing.models import Account, User
from staging.models import Photo, Render, Run, State


def _staff(*roles: str, superuser: bool = False) -> Client:
    user = User.objects.create_user("boss@example.com", "a long enough password", is_staff=True, is_superuser=superuser)
    user.groups.set(Group.objects.filter(name__in=roles))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ended(account: Account) -> None:
    """Three runs that ended: one done today, one failed today, one done three days ago; one that waits for an hour."""
    now = timezone.now()
    photo = Photo.objects.create(account=account, sha256="0" * 64, format="JPEG", byte_size=1, width=1, height=1)
    for number, (state, moment) in enumerate(
        ((State.DONE, now), (State.FAILED, now), (State.DONE, now - timedelta(days=3)), (State.QUEUED, None)), 1
    ):
        render = Render.objects.create(account=account, photo=photo, source="api", brief_json={"kind": "staging"})
        reference = f"run:{render.public_id}-1"
        ledger.hold(account, 2, reference=reference)
        if state == State.DONE:
            ledger.settle(reference)
        Run.objects.create(
            render=render,
            account=account,
            number=number,
            state=state,
            brief_json={},
            hold_reference=reference,
            queued_at=now - timedelta(hours=1),
            first_started_at=moment and moment - timedelta(seconds=40),
            finished_at=moment,
        )


def _figure(page: str, name: str) -> str:
    found = re.search(rf">{name}</p>\s*<p[^>]*>([^<]*)</p>", page)
    return found[1].strip() if found else ""


def test_the_day_in_figures_and_two_weeks_as_charts(ended: None) -> None:
    page = _staff(superuser=True).get("/admin/").content.decode()

    assert _figure(page, "Pictures made today") == "1"
    assert _figure(page, "Failed today") == "1"
    assert _figure(page, "Seconds a picture") == "40"
    assert _figure(page, "Waiting") == "1"
    assert _figure(page, "Credits charged today") == "4"
    day = timezone.localdate(timezone.now() - timedelta(days=3))
    assert f"<th>{day.day} {day:%B}</th><td>1 made</td><td>0 failed</td>" in page
    assert page.count("<figure") == 2


def test_days_that_are_over_are_counted_once_and_today_each_time(ended: None, account: Account) -> None:
    client = _staff(superuser=True)
    client.get("/admin/")
    with CaptureQueriesContext(connection) as queries:
        before = client.get("/admin/").content.decode()
    run = Run.objects.filter(state=State.QUEUED)
    run.update(state=State.DONE, finished_at=timezone.now())
    after = client.get("/admin/").content.decode()

    today, past = timezone.localdate(), timezone.localdate(timezone.now() - timedelta(days=3))
    assert not [query for query in queries if f"{past - timedelta(days=10):%Y-%m-%d}" in query["sql"]]
    for page, made in ((before, 1), (after, 2)):
        assert f"<th>{today.day} {today:%B}</th><td>{made} made</td><td>1 failed</td>" in page
        assert f"<th>{past.day} {past:%B}</th><td>1 made</td><td>0 failed</td>" in page


def test_the_parts_say_whether_they_are_up(db: None) -> None:
    page = _staff(superuser=True).get("/admin/").content.decode()

    assert "<strong>database</strong> up" in page
    assert "<strong>engine</strong>" in page


def test_support_sees_work_and_no_takings(ended: None) -> None:
    page = _staff("Catalogue").get("/admin/").content.decode()

    assert "Pictures made today" not in page
    assert "Paid today" not in page


@pytest.mark.parametrize("role", ["Support", "Finance"])
def test_each_role_sees_the_pages_of_its_work_alone(role: str, account: Account) -> None:
    staff = _staff(role)
    pages = {
        "/admin/billing/account/": {"Support", "Finance"},
        "/admin/billing/payment/": {"Finance"},
        "/admin/billing/user/": {"Support"},
        "/admin/staging/webhookdelivery/": {"Support"},
        "/admin/admin/logentry/": set(),
        "/admin/auth/group/": set(),
    }
    for path, roles in pages.items():
        status = staff.get(path).status_code
        assert status == (200 if role in roles else 403), path


def test_superusers_alone_make_staff(owner: User) -> None:
    form = {"email": owner.email, "is_active": "on", "is_staff": "on", "groups": [Group.objects.get(name="Support").pk]}
    path = f"/admin/billing/user/{owner.pk}/change/"

    assert _staff("Support").post(path, form).status_code == 403
    User.objects.filter(email="boss@example.com").delete()
    assert _staff(superuser=True).post(path, form).status_code == 302

    owner.refresh_from_db()
    assert owner.is_staff
    assert [group.name for group in owner.groups.all()] == ["Support"]
    assert LogEntry.objects.get().object_id == str(owner.pk)


def test_the_audit_trail_is_there_to_read_alone(account: Account) -> None:
    root = _staff(superuser=True)
    root.post("/admin/billing/account/", {"action": "freeze", "_selected_action": account.pk})
    entry = LogEntry.objects.get()

    page = root.get("/admin/admin/logentry/").content.decode()
    assert "Frozen" in page
    assert "boss@example.com" in page
    assert root.post(f"/admin/admin/logentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert root.post(f"/admin/admin/logentry/{entry.pk}/change/", {"object_repr": "x"}).status_code == 403
