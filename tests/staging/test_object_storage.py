"""Pictures kept in a bucket instead of a folder: a render goes through all the same, and files come by redirect.

The store is moto's server over HTTP. It takes any signature for good, so that the store itself refuses a forged one is
not shown here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from django.core.files.storage import storages
from django.test import Client
from moto.server import ThreadedMotoServer

from billing.models import Account
from config import env, storage
from staging import files, renders, sources
from staging.briefs import Brief
from staging.models import Output, State
from tests import serving
from tests.staging import pictures
from tests.staging.runs import go, run_of
from tests.staging.stand_in import StandIn

BUCKET = "pictures"
KEYS = {"STORAGE_KEY": "key", "STORAGE_SECRET": "secret"}


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """The address of an S3 store with an empty bucket."""
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host.replace('0.0.0.0', '127.0.0.1')}:{port}"
    client: Any = boto3.client(
        "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    client.create_bucket(Bucket=BUCKET)
    yield url
    server.stop()


@pytest.fixture
def bucket(store: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The site keeps its pictures there; call it with a public endpoint to have them redirected."""

    def keep(public: str = "") -> None:
        for name, value in (KEYS | {"STORAGE_URL": f"s3://{BUCKET}/site?endpoint={store}"}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("STORAGE_PUBLIC_ENDPOINT", public)
        settings.STORAGES = {**settings.STORAGES, **storage.backends("unused")}

    return keep


@pytest.mark.django_db(transaction=True)
def test_a_render_goes_through_the_bucket(
    account: Account, brief: Brief, engine: StandIn, bucket: Any, client: Client
) -> None:
    bucket()
    photo = sources.accept(account, raw=pictures.encoded())
    render = renders.request(account, photo, brief)
    go(render)

    assert run_of(render).state == State.DONE
    assert storages["default"].exists(str(photo.original.name))
    answer = client.get(files.output_url(Output.objects.get(role="staged")))
    assert answer.status_code == 200
    assert b"".join(answer).startswith(b"\x89PNG")  # type: ignore[call-overload]


@pytest.mark.django_db(transaction=True)
def test_files_come_by_a_redirect_that_the_store_signed(
    account: Account, bucket: Any, store: str, client: Client
) -> None:
    bucket(public=store)
    photo = sources.accept(account, raw=pictures.encoded())
    address = files.photo_preview_url(photo)

    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Access-Control-Allow-Origin"] == "*"
    target = answer["Location"]
    signed = parse_qs(urlsplit(target).query)
    assert {"X-Amz-Signature", "X-Amz-Expires"} <= signed.keys()
    assert int(answer["Cache-Control"].rpartition("=")[2]) < int(signed["X-Amz-Expires"][0])
    fetched = serving.get(target)
    assert fetched.headers["content-type"] == "image/webp"
    with photo.preview.open() as kept:
        assert fetched.content == kept.read()

    assert client.get(address.partition("?")[0]).status_code == 403


@pytest.mark.parametrize("url", ["https://bucket", "s3://", "bucket"])
def test_a_storage_that_cannot_be_read_stops_the_start(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_URL", url)
    with pytest.raises(env.EnvironmentVariableError, match="STORAGE_URL"):
        storage.backends("unused")


def test_pages_may_show_pictures_of_the_public_store(monkeypatch: pytest.MonkeyPatch) -> None:
    assert storage.origin(storage.backends("folder")) == []
    monkeypatch.setenv("STORAGE_URL", "s3://bucket?endpoint=http://minio:9000")
    assert storage.origin(storage.backends("folder")) == []
    monkeypatch.setenv("STORAGE_PUBLIC_ENDPOINT", "https://pictures.example/")
    assert storage.origin(storage.backends("folder")) == ["https://pictures.example"]
