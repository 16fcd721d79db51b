"""A name server on loopback that tells what a test wants, in real DNS packets over UDP, and a resolver that asks it."""

from __future__ import annotations

import ipaddress
import secrets
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

A, AAAA, IN = 1, 28, 1
NXDOMAIN = 3


class NameServer:
    """`names` maps a name to its answers in turn: each asking takes the next list of addresses, the last one stays."""

    def __init__(self, names: dict[str, list[list[str]]]) -> None:
        self.names = names
        self.asked: list[str] = []
        self._turns: dict[str, int] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def serve(self) -> None:
        """Answer until closed."""
        while True:
            try:
                packet, client = self._socket.recvfrom(512)
                self._socket.sendto(self._answer(packet), client)
            except OSError:
                return

    def close(self) -> None:
        self._socket.close()

    def resolve(self, host: str, port: int) -> list[str]:
        """As the system's resolver: a literal address in any of its forms is itself, a name is asked for (A, AAAA)."""
        try:
            numeric = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
            return [str(found[4][0]) for found in numeric]
        except socket.gaierror:
            pass
        turn = self._turns[host.lower()] = self._turns.get(host.lower(), -1) + 1
        self.asked.append(host)
        found = [address for kind in (A, AAAA) for address in self._ask(host, kind, turn)]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

    def _ask(self, host: str, kind: int, turn: int) -> list[str]:
        number = secrets.randbelow(2**16)
        labels = b"".join(bytes([len(label)]) + label for label in host.rstrip(".").encode("idna").split(b"."))
        query = struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", kind, IN)
        self._turn = turn
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(2)
            asking.sendto(query, ("127.0.0.1", self.port))
            reply = asking.recv(2048)
        told, flags, _, answers = struct.unpack(">4H", reply[:8])
        assert told == number
        if flags & 15:
            return []
        position, found = len(query), []
        for _ in range(answers):
            length = struct.unpack(">H", reply[position + 10 : position + 12])[0]
            data = reply[position + 12 : position + 12 + length]
            found.append(str(ipaddress.ip_address(data)))
            position += 12 + length
        return found

    def _answer(self, packet: bytes) -> bytes:
        end = packet.index(b"\0", 12)
        labels, position = [], 12
        while position < end:
            length = packet[position]
            labels.append(packet[position + 1 : position + 1 + length].decode())
            position += length + 1
        kind = struct.unpack(">H", packet[end + 1 : end + 3])[0]
        question = packet[12 : end + 5]
        turns = self.names.get(".".join(labels).lower())
        if turns is None:
            return packet[:2] + struct.pack(">5H", 0x8180 | NXDOMAIN, 1, 0, 0, 0) + question
        wanted = [ipaddress.ip_address(address) for address in turns[min(self._turn, len(turns) - 1)]]
        told = [address.packed for address in wanted if address.version == (4 if kind == A else 6)]
        records = [b"\xc0\x0c" + struct.pack(">2HIH", kind, IN, 0, len(data)) + data for data in told]
        return packet[:2] + struct.pack(">5H", 0x8180, 1, len(records), 0, 0) + question + b"".join(records)


@contextmanager
def serving(names: dict[str, list[list[str]]]) -> Iterator[NameServer]:
    """A name server for as long as the block."""
    server = NameServer(names)
    threading.Thread(target=server.serve, daemon=True).start()
    try:
        yield server
    finally:
        server.close()
