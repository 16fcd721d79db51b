"""The geometry of a room from one photo, by classical methods: no model weights, deterministic.

segments    straight lines of the picture
zenith      hypotheses for the vertical; camera   focal length and angles from vanishing points
evidence    where edges run along the room's axes; layout, search   the box that explains them
adjustment  camera and box together, pulled onto the edges; skirting   down to the foot of the skirting board
scale       the metre; view   the frame in which all this happens; reading   the order of the steps
walls       the walls seen straight on; rectangles   what edges frame there
windows, doors, patches   three finders; leaves   of open doors; openings   what they found together
seams       what may be a door without a casing
foreground  walls and columns before the room; islands   low blocks in it
lamps   ceiling lamps; confidence   whether to trust all this
ground      the free ground of an outdoor photo, which has no box
overlay     draws the result over the photo
"""

from staging.engine.geometry.ground import read_ground
from staging.engine.geometry.reading import read_room, reread

__all__ = ["read_ground", "read_room", "reread"]
