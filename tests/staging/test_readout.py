"""What a terminal is told of a picture."""

from staging import readout

TRACER = {"variant": "llvm_ad_rgb", "why": "chosen"}


def test_a_planted_front_tells_its_plants_and_never_that_nothing_was_traced():
    planted = {"tracer": TRACER, "redesign": {"plants": {"lavender": 2, "grass": 1}}}
    told = "\n".join(readout.lines(planted))
    assert "2 lavender, 1 grass" in told
    assert "nothing was traced" not in told
    bare = {"tracer": TRACER, "redesign": {"plants": {}}}
    told = "\n".join(readout.lines(bare))
    assert "planted" not in told
    assert "nothing was traced" in told
