"""The provider as a process of its own."""

from __future__ import annotations

import argparse
import json
import threading

from tests.listings.reso_stand_in.server import StandIn

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--listings", type=int, default=5000)
parser.add_argument("--photos", type=int, default=1)
parser.add_argument("--every", type=int, default=1, help="only every n-th listing has photos")
parser.add_argument("--switches", default="{}")
given = parser.parse_args()
with StandIn(given.listings, given.photos, given.port, given.every, **json.loads(given.switches)):
    threading.Event().wait()
