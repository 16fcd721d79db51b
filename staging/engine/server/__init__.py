"""The engine behind HTTP. Run it as `python -m staging.engine.server --port 8100`; `--help` lists the settings.

This process stays light: it listens, queues and keeps files; child processes do the work and may die.
Anyone can put a GPU server behind the same contract:

PUT /v1/jobs/KEY
    Multipart: `job`, JSON {"brief": {...}, "focal_35mm"?, "room"?, "arrangement"?, "light"?, "time_limit"?}; `photo`,
    an upright sRGB JPEG, PNG or WebP; and where things are to be removed, `mask`?, a picture of any size, white there.
    Room, arrangement and light come from an earlier job's record, the arrangement perhaps edited (scene/changes.py).
    The brief: "kind": staging|declutter|redesign|sketch, "space"?: interior|exterior (of redesign and sketch),
    "room_type" (of all interiors but declutter), "style" (of all but declutter), "declutter"?: off|on|auto (the room is
    emptied before it is staged), "dusk"? (of a redesigned house, without "style" in its own colours), "quality"?,
    "seed"?, "long_edge"? (of the pictures).
    202 with the job; the same key and body again is the same job (202, or 200 once it is finished). Refused:
    400 bad job or picture, 409 key in use for another body, 413 body too large, 429 queue full (Retry-After).
GET /v1/jobs/KEY?wait=SECONDS&until=end
    {"id", "state": queued|running|done|failed|cancelled, "progress": 0..1, "stage", "error", "pictures", "record"}.
    Answers early when the state, the stage or the progress (by 0.01) changes; with `until=end` only when the job has
    ended. 404: submit the job again.
    `pictures`: [{"role", "url", "width", "height", "sha256"}], all of the photo's size or with the asked-for long edge.
    Roles: staging `staged`, `mask`, and where things were removed `emptied`, `removed`; declutter `emptied`, `mask`;
    redesign `redesigned`, `mask`; sketch `rendered`, `mask`. Where `mask` is 0 (of `emptied` beside a staged picture:
    where `removed` is 0) a picture's pixels are the photo's, or the resampled photo's, byte for byte.
    `record`: how it was made. Of a failed job what was learnt before it failed: with the error `room_unreadable` its
    `room` is the likeliest reading, for a person to correct.
GET /v1/jobs/KEY/pictures/ROLE      the PNG
DELETE /v1/jobs/KEY                 cancels; a finished job stays as it is
GET /v1/capabilities                kinds, room types, styles, qualities, tracer, cores, queue
GET /healthz                        without the token

Errors, refused or failed: {"class": customer_input|misconfigured|transient|nothing_usable, "code", "message"};
refusals hold it under "error". With a token set, every /v1 call needs `Authorization: Bearer TOKEN`. For example:

    curl -X PUT -F photo=@room.jpg -F 'job={"brief": {"kind": "staging", "room_type": "living", "style": "modern"}}' \\
        http://127.0.0.1:8100/v1/jobs/first
    curl 'http://127.0.0.1:8100/v1/jobs/first?wait=60'
    curl -o staged.png http://127.0.0.1:8100/v1/jobs/first/pictures/staged
"""

from typing import Final

# Of the engine, as its records and capabilities say it; the platform keeps it with every output.
VERSION: Final = "0.1.0"
