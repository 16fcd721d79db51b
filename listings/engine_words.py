"""What the rendering side says to people, in the page's language.

Engine, checks and decoders speak English, because the APIs do and the engine knows no Django. Their sentences are
listed here with names for what varies. `said` finds them in a text, and leaves what it does not know.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import get_language, gettext, gettext_noop

from listings import vocabulary

SENTENCES = (
    # Why there is no picture: the room, the photo, the furniture.
    gettext_noop(
        "The room in this photo could not be read: too little of its floor and of the edges between floor, "
        "walls and ceiling can be seen."
    ),
    gettext_noop("Take the photo from a corner or a doorway, level, at chest height, with the floor in view."),
    gettext_noop(
        "The room in this photo could not be read: too few of the edges between floor, walls and ceiling can be seen."
    ),
    gettext_noop("The ground in this photo could not be read: {why}."),
    gettext_noop("This photo cannot be turned to dusk: {why}."),
    gettext_noop("too little sky is seen"),
    gettext_noop("branches before the sky would keep the light of day between them"),
    gettext_noop("it is evening in it already"),
    gettext_noop("sun and shade part the lawn too sharply; take it under a bright overcast sky"),
    gettext_noop("no windows could be made out that would be lit"),
    gettext_noop("Take the photo level, standing, with a free stretch of terrace, deck or lawn in its lower half."),
    gettext_noop("We found no place for the furniture of a {room} in the part of this room that the photo shows."),
    gettext_noop("The room that was read from this photo is no place for a {room}."),
    gettext_noop("This photo shows too little of the floor for the furniture of a {room}."),
    gettext_noop("Take it from farther back, out of a corner or a doorway, with the floor in view."),
    gettext_noop(
        "This photo shows hardly any floor that is surely free of cabinets, islands, tubs and the like, so "
        "nothing was put in."
    ),
    gettext_noop("Take the photo from farther back, with more of the floor in view."),
    gettext_noop(
        "Things stand in this room where the furniture of a {room} would go, and it would be drawn over them."
    ),
    gettext_noop("Take a photo of the empty room, or let them be removed first."),
    gettext_noop("Furniture stands in this room, and new furniture would be put over it."),
    gettext_noop("Take a photo of the empty room, or let it be removed first."),
    gettext_noop("Take a photo of the empty room, or mark what is to be removed."),
    gettext_noop("{count} things or more lie about on this floor, and would be seen beside the furniture."),
    gettext_noop("The photo shows no place for the furniture of a {room}: a corner of one instead."),
    gettext_noop("No arrangement fits this room."),
    gettext_noop("This arrangement cannot be used."),
    gettext_noop("The photo cannot be decoded; it may be damaged or cut short."),
    gettext_noop("The photo needs at least {pixels} pixels on its shorter side."),
    gettext_noop("Where floor and walls meet cannot be told from this photo."),
    gettext_noop("This photo was taken outside."),
    gettext_noop("Ask for the exterior, or send a photo of the room."),
    gettext_noop("This is a line drawing and not a photo."),
    gettext_noop("Ask for a sketch to be rendered, or send a photo of the room."),
    # Redesign.
    gettext_noop("Neither a painted wall, nor a lawn, nor a dull sky could be told from the rest of this picture."),
    gettext_noop("What could be renewed in this picture is so little that it would hardly be seen."),
    gettext_noop("Take the photo of the house from the street, with the whole front in view."),
    gettext_noop("Neither bare walls nor a floor could be told from the rest of this room."),
    # Clearing.
    gettext_noop("Nothing was found in this photo that is to be removed."),
    gettext_noop("Mark it by hand."),
    gettext_noop("Something stands in this room, but it cannot be told from floor and walls."),
    gettext_noop("Mark what is to be removed."),
    gettext_noop("Too little of the empty room can be seen to draw the rest of it."),
    gettext_noop("Mark less to be removed, or take a photo that shows more of the floor and the walls."),
    gettext_noop("Too little is seen round what was marked to draw what it hides."),
    gettext_noop("Mark one thing at a time."),
    gettext_noop("No clean picture of the empty room could be made."),
    gettext_noop("Of what lies round the mask, {share} is surely floor or wall."),
    gettext_noop("Of what lies round the furniture, {share} is surely floor or wall."),
    gettext_noop("Where {share} of the picture is, something stands that cannot be told from what is behind it."),
    gettext_noop("Round what is removed, {share} looks like wall where the floor should be, or the other way."),
    gettext_noop("Among what was taken for furniture is {share} as much floor as is seen elsewhere."),
    gettext_noop("For {share} of what is removed, nothing is seen of the floor or wall behind it."),
    gettext_noop("Of the {surface}, {share} of what is to be drawn is seen elsewhere."),
    gettext_noop("The edge of what was filled shows by {share}."),
    gettext_noop("Round {share} of what was filled, floor and wall do not go on as they should."),
    gettext_noop("Over {share} of the picture's width, what stays is cut off above what was filled."),
    gettext_noop("{share} of what was drawn of the floor is rougher than any of what is seen of it."),
    gettext_noop("What was drawn of the floor has {share} of the texture of what is seen of it."),
    # What the picture's own checks found.
    gettext_noop("No picture passed the engine's own checks."),
    gettext_noop("The picture did not pass the engine's own checks."),
    gettext_noop("Of the borders between materials, {share} lie amid hatching."),
    gettext_noop("Hardly any wall could be told from the roofs in this drawing."),
    gettext_noop("Send a drawing with clear outlines."),
    gettext_noop("The picture that we made did not pass our checks."),
    gettext_noop("The picture that we made did not keep the room as it is."),
    gettext_noop("It changed the room where it should not have."),
    gettext_noop("A door, a window or a corner of the room was lost or moved."),
    gettext_noop("Too many of the room's edges were lost."),
    gettext_noop("The picture does not show the same part of the room as the photo."),
    gettext_noop("It changed the colours of the whole room."),
    gettext_noop("The edit mask covers {share} of the picture."),
    gettext_noop("Window panes change by {share} in the mean."),
    gettext_noop("The ceiling changes by {share} in the mean."),
    # Furniture in the editor, and a room's measures.
    gettext_noop("{share} of the {piece} is in the picture; at least {least} must be."),
    gettext_noop("The {piece} stands {distance} m from the camera; at least {least} m are needed."),
    gettext_noop("{piece} and {other} overlap by {distance} m."),
    gettext_noop("Furniture sticks {distance} m out of the room."),
    gettext_noop("{piece} blocks a {opening}."),
    gettext_noop("Furniture cuts {count} door(s) off."),
    gettext_noop("{piece} covers {share} of a window."),
    gettext_noop("{piece} stands in an island, a stair or another part of the building."),
    gettext_noop("{share} of {piece} is behind a part of the building."),
    gettext_noop("{piece} hangs on an opening or off the wall."),
    gettext_noop("Only {share} of {piece} stands on the free ground."),
    gettext_noop("The ceiling was read at {height} m; rooms are {low} to {high} m high."),
    gettext_noop("A door was read {height} m high; doors are {low} to {high} m."),
    gettext_noop("{width} × {depth} m, {height} m high"),
    gettext_noop("This is not what the editor sends"),
    gettext_noop("{most} pieces are the most"),
    # Our side.
    gettext_noop("Nothing was charged."),
    gettext_noop("We could not make this picture; the fault is on our side and we have been told."),
    gettext_noop("This picture took too long to make."),
    gettext_noop("The photo is not in the storage."),
    gettext_noop("The rendering engine lost this picture."),
    gettext_noop("The rendering engine cannot be reached at this moment."),
    gettext_noop("The rendering engine is in trouble."),
    gettext_noop("The rendering engine is not set up for this."),
    gettext_noop("The rendering engine is busy."),
    gettext_noop("The rendering machine cannot be reached at this moment."),
    gettext_noop("The rendering machine is in trouble."),
    gettext_noop("The rendering machine is not set up for this."),
    gettext_noop("The rendering machine is busy."),
    gettext_noop("The rendering machines are busy."),
    gettext_noop("The rendering machines are being looked after."),
    gettext_noop("The picture was not finished within {seconds} seconds."),
    gettext_noop("The machine ran out of memory while it made the picture."),
    gettext_noop("The engine failed while it made the picture."),
    gettext_noop("The engine is shutting down."),
    gettext_noop("This render was cancelled."),
    gettext_noop("A render has at most {limit} variations"),
    gettext_noop("The render is not done: a variation can be made once it has an output and nothing is pending"),
    gettext_noop("Say why this picture may go out although it failed the structure check."),
    # Photos that are sent.
    gettext_noop("This file is not a photo that we can read."),
    gettext_noop("Please send a JPEG, PNG, WebP, HEIC or AVIF."),
    gettext_noop("This photo has too many pixels; the limit is {pixels} megapixels."),
    gettext_noop("This photo is too small: {width} x {height} pixels."),
    gettext_noop("The shorter edge needs at least {least} pixels."),
    gettext_noop("This photo needs more memory to open than we allow."),
    gettext_noop("This photo is damaged or incomplete; please send it again."),
    gettext_noop("This photo takes too long to open; please export it again and send the copy."),
    gettext_noop("This photo is damaged and cannot be opened."),
    gettext_noop("Too many photos are being opened at this moment; please try again in a minute."),
    gettext_noop("This image is larger than {size} MB."),
    gettext_noop("The photos of this account fill the {size} MB of its plan."),
    gettext_noop("The image is empty."),
    gettext_noop("No image was sent."),
    # Corners that make no room.
    gettext_noop("No room fits these corners; check that left and right, up and down are not swapped"),
    gettext_noop("The back wall of this room lies behind the camera"),
)
# Why a piece of ground could not be read, and rooms as sentences call them: parts of the sentences above.
PARTS = (
    gettext_noop("it shows no straight lines of a house, a deck or paving to find the horizon by"),
    gettext_noop("its lines do not agree on where the horizon is"),
    gettext_noop("it looks down too steeply; stand on the ground and hold the camera level"),
    gettext_noop("too little ground is in the picture"),
    gettext_noop("its ground cannot be told from what stands on it"),
    gettext_noop("no free ground reaches the lower edge of the picture"),
    gettext_noop("only {area} square metres of it are free and in the picture"),
    gettext_noop("child's room"),
    gettext_noop("terrace or garden"),
    gettext_noop("door"),
    gettext_noop("window"),
    gettext_noop("floor"),
    gettext_noop("wall"),
    gettext_noop("walls"),
)

ROOM_NAMES = {word.english for word in vocabulary.ROOMS.values()}
_NAME = re.compile(r"\\{(\w+)\\}")


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Each sentence as a pattern; the longest first, so that none is taken for its own beginning."""
    known = sorted((*SENTENCES, *PARTS), key=len, reverse=True)
    return [(text, re.compile(_NAME.sub(r"(?P<\1>.+?)", re.escape(text)) + r"(?=\s|$)\s*")) for text in known]


def said(text: str) -> str:
    """The text with every sentence that is known in the page's language, and pieces by their names."""
    if not text:
        return ""
    found, at = [], 0
    while at < len(text):
        hit = next(((one, match) for one, pattern in _patterns() if (match := pattern.match(text, at))), None)
        if hit is None:
            # Up to the next sentence nothing is known.
            end = re.compile(r"(?<=[.!?])\s+").search(text, at)
            found.append(text[at : end.start() if end else len(text)])
            at = end.end() if end else len(text)
            continue
        one, match = hit
        told = gettext(one).format(**{name: _value(value) for name, value in match.groupdict().items()})
        # A piece may begin a sentence.
        found.append(told[:1].upper() + told[1:] if one.startswith("{") else told)
        at = match.end()
    return " ".join(found)


def _value(text: str) -> str:
    """What stands in a sentence: a piece by its number or kind, a room, a surface, a figure."""
    from staging import scenes  # noqa: PLC0415  the whole catalogue of furniture, which few processes ever tell of

    kind = re.sub(r"-\d+$", "", text)
    if kind in scenes.TITLES:
        return piece(scenes.TITLES[kind]).lower()
    # Rooms are called in sentences as on pages, but small.
    if (large := text[:1].upper() + text[1:]) in ROOM_NAMES:
        return gettext(large).lower()
    if re.fullmatch(r"[\d.,]+ ?%?", text) and (get_language() or "en").startswith("es"):
        return re.sub(r"(\d)%", r"\1 %", text.replace(".", ","))
    return said(text) if " " in text else gettext(text)


def piece(title: str) -> str:
    """A piece of furniture by its name in the catalogue, in the page's language."""
    return gettext(title)
