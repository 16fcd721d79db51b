"""Maps over HTTP: the jobs' own contract, in a lane of its own that never waits for pictures."""

import time

PURPOSE = {"purpose": "staging"}


def standing(engine, key, seconds=20):
    deadline = time.monotonic() + seconds
    while (body := engine.client.get(f"/v1/maps/{key}", params={"wait": 5}).json())["state"] in ("queued", "running"):
        assert time.monotonic() < deadline, body
    return body


def test_maps_do_not_wait_behind_pictures(engine):
    assert engine.put("traced", brief={"script": {"seconds": 30}}).status_code == 202
    assert engine.put("map", brief=PURPOSE, lane="maps").status_code == 202
    body = standing(engine, "map")
    assert body["state"] == "done"
    assert engine.client.get(body["pictures"][0]["url"]).content.startswith(b"\x89PNG")
    assert body["pictures"][0]["url"].startswith("/v1/maps/map/")
    assert engine.get("traced").json()["state"] == "running"
    engine.client.delete("/v1/jobs/traced")


def test_the_same_key_is_the_same_map_and_no_picture(engine):
    engine.put("twice", brief=PURPOSE, lane="maps")
    standing(engine, "twice")
    assert engine.put("twice", brief=PURPOSE, lane="maps").status_code == 200
    assert engine.put("twice", brief={"purpose": "redesign"}, lane="maps").status_code == 409
    assert engine.get("twice").status_code == 404


def test_a_purpose_that_is_none_is_refused(engine):
    for brief in ({}, {"purpose": "sketch"}):
        error = engine.put("odd", brief=brief, lane="maps")
        assert (error.status_code, error.json()["error"]["code"]) == (400, "unsupported_purpose")
    assert engine.client.get("/v1/capabilities").json()["maps"] == ["staging", "declutter", "redesign"]
