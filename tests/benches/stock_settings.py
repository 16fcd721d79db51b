"""Our settings with the stock view behind GET /v1/render, for `make bench` to compare with."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benches.stock_arm"
