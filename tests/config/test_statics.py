"""Static files are collected within seconds of a first start, and browsers get them compressed."""

from pathlib import Path

import brotli
from django.contrib.staticfiles import finders

from config.statics import ForgivingManifestStorage


def test_a_script_is_compressed_nearly_as_small_as_can_be_but_not_by_the_slow_last_steps(tmp_path):
    data = Path(finders.find("drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js")).read_bytes()[:300_000]
    (tmp_path / "large.js").write_bytes(data)
    assert list(ForgivingManifestStorage(location=str(tmp_path)).compress_files(["large.js"]))
    compressed = (tmp_path / "large.js.br").read_bytes()
    assert brotli.decompress(compressed) == data
    smallest = len(brotli.compress(data))
    assert smallest < len(compressed) < 1.2 * smallest
