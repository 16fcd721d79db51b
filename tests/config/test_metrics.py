"""An operator sees what goes on: figures for Prometheus, and alerts that speak of figures that exist."""

from __future__ import annotations

import re

import httpx
import pytest
import yaml
from django.conf import settings as site_settings
from prometheus_client.parser import text_string_to_metric_families

from config.metrics import Meters, area
from tests.config.conftest import METRICS_TOKEN
from tests.serving import Web

ALERTS = site_settings.BASE_DIR / "config" / "operations" / "alerts.yml"


@pytest.mark.parametrize(
    ("path", "belongs"),
    [
        ("/v1/render", "render_api"),
        ("/listings/4/", "studio"),
        ("/", "landing"),
        ("/wp-login.php", "other"),
        ("*", "other"),
    ],
)
def test_every_path_belongs_to_an_area(path: str, belongs: str) -> None:
    assert area(path) == belongs


@pytest.mark.django_db(transaction=True)
def test_a_scrape_needs_the_token_and_tells_what_was_answered(web: Web) -> None:
    with httpx.Client(base_url=web.url, timeout=30) as client:
        client.get("/no/such/page")
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})

    assert answer.status_code == 200
    labels = {"area": "other", "method": "GET", "status": "404"}
    counted = [
        sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if (sample.name, sample.labels) == ("openhouse_http_request_seconds_count", labels)
    ]
    assert counted == [1]


@pytest.mark.django_db
def test_alerts_speak_of_figures_that_exist() -> None:
    exposed = {re.sub(r"_(bucket|sum|count|total|created)$", "", line.split()[2])
               for line in Meters().text().decode().splitlines() if line.startswith("# TYPE")}  # fmt: skip
    rules = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    assert rules
    for rule in rules:
        named = {re.sub(r"_(bucket|sum|count|total)$", "", name) for name in re.findall(r"openhouse_\w+", rule["expr"])}
        assert named, rule["alert"]
        assert named <= exposed, rule["alert"]
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["action"]
