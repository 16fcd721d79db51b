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


def test_maps_of_scripts_are_left_as_they_are(tmp_path):
    for name in ("small.js", "small.js.map"):
        (tmp_path / name).write_text("let price = 1;\n" * 900)
    list(ForgivingManifestStorage(location=str(tmp_path)).compress_files(["small.js", "small.js.map"]))
    assert {path.name for path in tmp_path.iterdir()} == {"small.js", "small.js.br", "small.js.gz", "small.js.map"}
