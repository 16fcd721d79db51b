"""Addresses that try to make us call our own network: written oddly, hidden behind names, redirects and second answers.

Names are told by a real name server over UDP; a trap listens on loopback, and nobody may reach it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from staging import network
from staging.network import FetchError
from tests import dns_stand_in
from tests.dns_stand_in import NameServer
from tests.staging.test_network import LOOPBACK, Server

PUBLIC, PUBLIC6 = "93.184.216.34", "2606:2800:220:1::1"
# Behind names: what a private network and its machines are called.
PRIVATE = {
    "loopback": [LOOPBACK], "loopback-other": ["127.8.8.8"], "any": ["0.0.0.0"], "ten": ["10.0.0.1"],
    "hundred": ["100.64.1.1"], "seventeen-two": ["172.20.0.1"], "nineteen-two": ["192.168.1.1"],
    "metadata": ["169.254.169.254"], "link": ["169.254.1.1"], "multicast": ["224.0.0.251"],
    "broadcast": ["255.255.255.255"],
    "reserved": ["240.0.0.1"], "benchmark": ["198.18.0.1"], "documents": ["203.0.113.7"], "zero-net": ["0.1.2.3"],
    "loopback6": ["::1"], "any6": ["::"], "mapped": ["::ffff:127.0.0.1"], "mapped-metadata": ["::ffff:169.254.169.254"],
    "compatible": ["::127.0.0.1"], "nat64": ["64:ff9b::7f00:1"], "nat64-local": ["64:ff9b:1::a00:1"],
    "six-to-four": ["2002:7f00:1::"], "teredo": ["2001:0:7f00:1::"], "unique-local": ["fd00:ec2::254"],
    "link6": ["fe80::1"], "site": ["fec0::1"], "multicast6": ["ff02::1"],
    "mixed": [PUBLIC, LOOPBACK], "mixed-first": [LOOPBACK, PUBLIC], "mixed6": [PUBLIC, "::1"],
    "mixed66": [PUBLIC6, "fd00::1"],
    "many": [PUBLIC] * 3 + ["10.0.0.9"],
}  # fmt: skip
# Written oddly; {p} is the trap's port.
LITERAL = [
    "http://127.0.0.1:{p}/", "http://127.1:{p}/", "http://127.0.1:{p}/", "http://0:{p}/", "http://0.0.0.0:{p}/",
    "http://2130706433:{p}/", "http://0x7f000001:{p}/", "http://0x7f.0x0.0x0.0x1:{p}/", "http://0177.0.0.01:{p}/",
    "http://017700000001:{p}/", "http://127.0.0.1.:{p}/", "http://①②⑦.⓪.⓪.①:{p}/", "http://127。0。0。1:{p}/",
    "http://[::1]:{p}/", "http://[::]:{p}/", "http://[0:0:0:0:0:0:0:1]:{p}/", "http://[::ffff:127.0.0.1]:{p}/",
    "http://[::ffff:7f00:1]:{p}/", "http://[::127.0.0.1]:{p}/", "http://[64:ff9b::127.0.0.1]:{p}/",
    "http://[2002:7f00:1::]:{p}/", "http://[::1%25lo]:{p}/", "http://%31%32%37.0.0.1:{p}/",
    "http://127.0.0.1:{p}#@example.com/", "http://example.com@127.0.0.1:{p}/", "http://127.0.0.1:{p}\\@example.com/",
    "http://user:pass@127.0.0.1:{p}/", "http://\t127.0.0.1:{p}/", "http://127.0.0.1\n:{p}/",
]  # fmt: skip
# Ports and schemes that are no web.
ELSEWHERE = [
    *(f"http://public.test:{port}/" for port in (1, 21, 22, 23, 25, 53, 110, 111, 143, 445, 465, 587, 993)),
    "ftp://public.test/a.jpg", "file:///etc/passwd", "gopher://127.0.0.1:{p}/_GET", "dict://127.0.0.1:{p}/info",
    "ldap://127.0.0.1:{p}/", "jar:http://127.0.0.1:{p}!/", "unix:///run/docker.sock", "http+unix://%2Frun%2Fdocker.sock/",
    "tftp://127.0.0.1:{p}/a", "javascript:alert(1)", "data:text/plain,hello", "//127.0.0.1:{p}/",
]  # fmt: skip
# What a server that we may reach redirects to.
REDIRECTS = [
    "http://127.0.0.2:{p}/", "http://[::1]:{p}/", "http://0x7f000002:{p}/", "http://169.254.169.254/latest/meta-data/",
    "http://metadata.test/", "http://ten.test/", "http://mapped.test:{p}/", "http://many.test:{p}/", "file:///etc/passwd",
    "gopher://ten.test/", "http://good.test:22/", "http://a:b@good.test:{p}/",
]  # fmt: skip


@pytest.fixture(scope="module")
def trap() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def names(trap: Server) -> Iterator[NameServer]:
    trap.seen.clear()
    told = {f"{name}.test": [addresses] for name, addresses in PRIVATE.items()}
    told |= {"public.test": [[PUBLIC]], "good.test": [[LOOPBACK]]}
    # Good when it is judged, and somewhere else as soon as it is asked again.
    told |= {"turns.test": [[LOOPBACK], ["10.0.0.1"]], "turns6.test": [[LOOPBACK], ["::1"]]}
    with dns_stand_in.serving(told) as server:
        yield server


def refused(url: str, names: NameServer, trap: Server, folder: Path) -> None:
    with pytest.raises(FetchError) as error:
        network.fetch(
            url.replace("{p}", str(trap.server_port)),
            max_bytes=1000,
            timeout=3,
            max_redirects=3,
            folder=folder,
            resolve=names.resolve,
        )
    assert str(error.value)[0].isupper()
    assert LOOPBACK not in str(error.value)


def test_there_are_at_least_sixty() -> None:
    assert len(LITERAL) + len(PRIVATE) + len(ELSEWHERE) + len(REDIRECTS) + 2 >= 100


@pytest.mark.parametrize("url", LITERAL)
def test_written_oddly(url: str, names: NameServer, trap: Server, tmp_path: Path) -> None:
    refused(url, names, trap, tmp_path)
    assert trap.seen == []


@pytest.mark.parametrize("name", PRIVATE)
def test_hidden_behind_a_name(name: str, names: NameServer, trap: Server, tmp_path: Path) -> None:
    refused(f"http://{name}.test:{{p}}/", names, trap, tmp_path)
    assert trap.seen == []
    # Once: between judging and calling, the name is not asked for again.
    assert names.asked == [f"{name}.test"]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_no_web(url: str, names: NameServer, trap: Server, tmp_path: Path) -> None:
    refused(url, names, trap, tmp_path)
    assert (trap.seen, names.asked) == ([], [])


@pytest.fixture
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trap counts as a public server, so that it can redirect; nothing else on loopback does."""
    real = network.is_public
    monkeypatch.setattr(network, "is_public", lambda address: address == LOOPBACK or real(address))


@pytest.mark.parametrize("target", REDIRECTS)
def test_redirected_to(target: str, names: NameServer, trap: Server, tmp_path: Path, reachable: None) -> None:
    refused(f"http://good.test:{{p}}/to/{target}", names, trap, tmp_path)
    assert len(trap.seen) == 1


@pytest.mark.parametrize("name", ["turns.test", "turns6.test"])
def test_a_name_that_changes_its_answer_for_the_redirect(
    name: str, names: NameServer, trap: Server, tmp_path: Path, reachable: None
) -> None:
    refused(f"http://{name}:{{p}}/to/http://{name}:{{p}}/", names, trap, tmp_path)
    assert names.asked == [name, name]
    assert len(trap.seen) == 1


def test_the_same_way_leads_to_a_photo_that_may_be_fetched(
    names: NameServer, trap: Server, tmp_path: Path, reachable: None
) -> None:
    url = f"http://good.test:{trap.server_port}/to/http://good.test:{trap.server_port}/room.jpg"
    found = network.fetch(url, max_bytes=1000, timeout=3, max_redirects=3, folder=tmp_path, resolve=names.resolve)
    assert found.path.read_bytes() == b"PHOTO"
