"""The embedded renderer: a pure library that furnishes the photo of a room.

It imports no Django, no HTTP client, no Redis and nothing of ours outside itself; settings arrive as
arguments. The order in which a picture is made is the order of the packages:

    geometry   photo -> Room            what the camera saw, in metres
    scene      Room -> Arrangement      which pieces stand where, and why
    furniture  Piece -> meshes          parametric pieces, materials, textures
    light      photo, Room -> LightRig  the room's own light, by inverse rendering
    trace      scene -> radiance        Mitsuba 3 in a child process, denoised
    composite  radiance, photo -> picture, edit mask
    modes      one module per kind of picture; `modes.stage` is the main one

`server` puts the library behind HTTP; it alone listens.
"""
