"""What never happens, whatever the room: blocked doors, furniture in furniture, art on openings."""

import math

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staging.engine.errors import UnusablePhoto
from staging.engine.scene.arranger import RULES, arrange_from
from staging.engine.scene.checks import check
from staging.engine.scene.footprints import footprint, penetration
from staging.engine.scene.site import Site
from staging.engine.scene.visibility import view
from tests.engine.scene.showroom import STOCK, door, room, window

rooms = st.builds(
    lambda width, depth, shift, yaw, a, b: room(
        *(o for o in (a, b) if o), width=width, depth=depth, shift=shift, yaw=yaw
    ),
    st.floats(2.8, 6.5),
    st.floats(3.4, 7.5),
    st.floats(-0.8, 0.8),
    st.floats(-25, 25),
    st.one_of(
        st.none(),
        st.builds(door, st.just("back"), st.floats(-0.8, 0.8), st.floats(0.8, 1.6)),
        st.builds(door, st.sampled_from(["left", "right"]), st.floats(1.2, 2.6)),
    ),
    st.one_of(
        st.none(),
        st.builds(window, st.sampled_from(["left", "right"]), st.floats(1.5, 2.2), sill=st.floats(0.0, 1.2)),
        st.builds(window, st.just("back"), st.floats(-0.4, 0.4), sill=st.floats(0.0, 1.2)),
    ),
)


@settings(max_examples=14, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    room=rooms,
    room_type=st.sampled_from(sorted(name for name, rules in RULES.items() if not rules.open_air)),
    seed=st.integers(0, 99),
    careful=st.booleans(),
)
def test_laws_hold_in_any_room(room, room_type, seed, careful):
    try:
        arrangement = arrange_from(room, room_type, STOCK, seed, careful=careful)
    except UnusablePhoto:
        return
    site, pieces = Site(room), arrangement.pieces

    assert [gate.text for gate in check(room, arrangement) if not gate.passed] == []
    for piece in pieces:
        shape = footprint(piece)
        if piece.kind == "rug":
            continue
        assert all(penetration(shape, zone.area) == 0 for zone in site.passages if piece.role != "wall")
        assert shape.distance(0.0, 0.0) >= 1.2 or piece.role == "wall"
        assert all(math.isfinite(v) for v in (*piece.size, piece.x, piece.y, piece.z, piece.turn))
    assert view(room, pieces[0]).in_frame >= 0.8
