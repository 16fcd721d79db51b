"""The models that the Conversion API knows are the engine's qualities: draft, standard, best."""

import itertools

import pytest

from staging.api.conversions.vocabulary import MODELS
from staging.engine.modes.plan import PLANS


@pytest.mark.parametrize(("model", "quality"), [("flux-schnell", "draft"), ("sdxl", "standard"), ("flux-dev", "best")])
def test_a_model_is_a_quality_of_the_engine(model, quality):
    assert MODELS[model] == quality
    assert quality in PLANS


def test_a_dearer_model_buys_more_work():
    plans = [PLANS[MODELS[model]] for model in ("flux-schnell", "sdxl", "flux-dev")]
    for less, more in itertools.pairwise(plans):
        assert less.trace_width < more.trace_width
        assert less.samples < more.samples
