"""What a job may say to the engine's server, beyond a photo: its brief by kind, and a mask of what is to be removed."""

import hashlib

import pytest

from staging.engine.modes import vocabulary
from staging.engine.modes.job import MAKERS
from staging.engine.server.brief import read_brief
from staging.engine.server.refusals import Refused
from tests.engine.server.conftest import png

ROOM = {"kind": "staging", "room_type": "living", "style": "modern"}


@pytest.fixture
def every_kind(monkeypatch):
    """The rules for all kinds, whichever of them this engine can do."""
    monkeypatch.setattr("staging.engine.server.brief.KINDS", ("staging", "declutter", "redesign", "sketch"))


def refusal(**said):
    with pytest.raises(Refused) as refused:
        read_brief(said)
    assert (refused.value.status, refused.value.kind) == (400, "customer_input")
    return refused.value.code


def test_the_mask_reaches_the_job_and_tells_it_from_others(engine):
    mask = png(8, 6, (255, 255, 255))
    assert engine.put("masked", mask=mask).status_code == 202
    assert engine.finished("masked")["record"]["mask"] == hashlib.sha256(mask).hexdigest()
    assert engine.put("masked", mask=mask).status_code == 200
    for other in (engine.put("masked"), engine.put("masked", mask=png(8, 6, (0, 0, 0)))):
        assert (other.status_code, other.json()["error"]["code"]) == (409, "key_reused")
    engine.put("bare")
    assert engine.finished("bare")["record"]["mask"] is None


def test_a_mask_that_is_no_picture_is_refused(engine):
    answer = engine.put("broken-mask", mask=b"this is no picture")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_mask")
    assert engine.get("broken-mask").status_code == 404


def test_every_default_is_written_out_and_unknown_words_are_kept():
    assert read_brief({**ROOM, "label": True}) == {
        **ROOM,
        "space": "interior",
        "declutter": "off",
        "dusk": False,
        "quality": "standard",
        "seed": 0,
        "long_edge": None,
        "label": True,
    }


def test_each_kind_asks_for_its_own_words(every_kind):
    assert read_brief({"kind": "declutter"})["declutter"] == "on"
    assert read_brief({"kind": "declutter", "declutter": "auto", "room_type": None})["declutter"] == "auto"
    assert read_brief({**ROOM, "declutter": "auto", "long_edge": 3840})["long_edge"] == 3840
    assert read_brief({"kind": "redesign", "space": "exterior", "style": "modern", "dusk": True})["dusk"]
    assert "style" not in read_brief({"kind": "redesign", "space": "exterior", "dusk": True})
    assert refusal(kind="redesign", space="exterior", dusk=True, style="gothic") == "unsupported_style"
    assert refusal(kind="redesign", space="exterior") == "unsupported_style"
    assert refusal(**ROOM, dusk=True) == "unsupported_dusk"
    assert read_brief({"kind": "sketch", "space": "exterior", "style": "coastal"})["space"] == "exterior"
    assert refusal(**ROOM, space="exterior") == "unsupported_space"
    assert refusal(kind="redesign", style="modern") == "unsupported_room_type"
    assert refusal(kind="sketch", room_type="living") == "unsupported_style"
    assert refusal(kind="declutter", declutter="off") == "unsupported_declutter"
    assert refusal(**ROOM, declutter="sometimes") == "unsupported_declutter"
    assert refusal(**ROOM, dusk="yes") == "bad_job"
    assert refusal(**ROOM, long_edge=100) == "bad_job"
    assert refusal(**ROOM, long_edge=3840.0) == "bad_job"


def test_an_engine_that_cannot_declutter_says_so(monkeypatch):
    monkeypatch.setattr("staging.engine.server.brief.KINDS", ("staging",))
    assert refusal(**ROOM, declutter="on") == refusal(kind="declutter") == refusal(kind="sketch") == "unsupported_kind"


def test_the_server_takes_exactly_the_kinds_that_are_made():
    assert set(vocabulary.KINDS) == set(MAKERS)
