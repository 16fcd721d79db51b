"""The alteration record: there with the picture, and never changed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from billing.models import Account, ApiKey, User
from staging import alterations, renders, variations
from staging.briefs import Brief, Kind, RoomType, Style
from staging.models import Alteration, AppendOnlyError, Output, Photo, Render, Role
from tests.staging.runs import go, run_of
from tests.staging.stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def render(account: Account, photo: Photo, brief: Brief, engine: StandIn, owner: User) -> Render:
    render = renders.request(account, photo, brief, user=owner)
    go(render)
    return render


def test_it_says_what_was_done_by_what_and_by_whom(render: Render, owner: User) -> None:
    picture, mask = Output.objects.get(role=Role.STAGED), Output.objects.get(role=Role.MASK)
    row = Alteration.objects.get()
    run = run_of(render)
    assert (row.output_uuid, row.public_id, row.event) == (picture.uuid, render.public_id, "made")
    assert row.kinds == ["Virtual Staging - Item Addition"]
    assert (row.engine, row.seed, row.actor) == ("stand-in", 7, owner)
    assert (row.original_sha256, row.picture_sha256) == (render.photo.sha256, picture.sha256)
    assert row.mask_sha256 == mask.sha256
    assert (row.verdict, row.figures["changed_outside"]) == ("pass", 0)
    assert (row.asked_at, row.started_at) == (run.queued_at, run.first_started_at)
    assert row.at >= run.first_started_at  # type: ignore[operator]


def test_a_key_is_named(account: Account, photo: Photo, brief: Brief, engine: StandIn, api_key: str) -> None:
    key = ApiKey.objects.get()
    render = renders.request(account, photo, brief, api_key=key)
    go(render)
    assert Alteration.objects.get().key_prefix == key.prefix


def test_whoever_asks_for_a_version_is_on_record_for_it(
    account: Account, photo: Photo, brief: Brief, engine: StandIn, api_key: str, owner: User
) -> None:
    render = renders.request(account, photo, brief, api_key=ApiKey.objects.get())
    go(render)
    variations.request(render, brief, user=owner)
    go(render)
    rows = [(row.actor, bool(row.key_prefix)) for row in Alteration.objects.order_by("pk")]
    assert rows == [(None, True), (owner, False)]


def test_no_code_changes_a_row(render: Render) -> None:
    row = Alteration.objects.get()
    row.note = "changed"
    for attempt in (row.save, row.delete, lambda: Alteration.objects.update(note="x"), Alteration.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            attempt()


def test_the_database_refuses_too(render: Render) -> None:
    statements = ["UPDATE staging_alteration SET note = 'x'"]
    if connection.vendor == "postgresql":
        statements.append("DELETE FROM staging_alteration")
    for statement in statements:
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Alteration.objects.get().note == ""


def test_it_outlives_the_picture(render: Render) -> None:
    picture = Output.objects.get(role=Role.STAGED)
    Output.objects.all().delete()
    assert alterations.of_picture(picture.uuid) == alterations.of_hash(picture.sha256) != []


@pytest.mark.parametrize(
    ("brief", "emptied", "words"),
    [
        (Brief(kind=Kind.STAGING), False, ["Virtual Staging - Item Addition"]),
        (Brief(kind=Kind.STAGING), True, ["Virtual Staging - Item Addition", "Decluttered - Item Removed"]),
        (Brief(kind=Kind.DECLUTTER), True, ["Decluttered - Item Removed"]),
        (Brief(kind=Kind.SKETCH), False, ["Virtual Representation - To Be Built"]),
        (
            Brief(kind=Kind.REDESIGN, room_type=RoomType.LIVING, style=Style.MODERN),
            False,
            ["Virtual Staging - Item Addition", "Virtual Renovation"],
        ),
        (
            Brief(kind=Kind.REDESIGN, space="exterior", style=Style.COASTAL, dusk=True),
            False,
            ["Virtual Renovation", "Twilight Conversion", "Virtual Enhancements"],
        ),
        (Brief(kind=Kind.REDESIGN, space="exterior", dusk=True), False, ["Twilight Conversion"]),
    ],
)
def test_kinds_of_edit_in_resos_words(brief: Brief, emptied: bool, words: list[str]) -> None:
    assert alterations.kinds_of(brief, emptied=emptied) == words
