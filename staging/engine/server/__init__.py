"""The engine behind HTTP. Run it as `python -m staging.engine.server --port 8100`; `--help` lists the settings.

This process stays light: it listens, queues and keeps files; child processes do the work and may die.
Anyone can put a GPU server behind the same contract:

PUT /v1/jobs/KEY
    Multipart: `job`, JSON {"brief": {"kind": "staging", "room_type", "style", "quality"?, "seed"?},
    "focal_35mm"?, "room"?, "arrangement"?, "time_limit"?}, and `photo`, an upright sRGB JPEG, PNG or WebP.
    202 with the job; the same key and body again is the same job (202, or 200 once it is finished). Refused:
    400 bad job or photo, 409 key in use for another body, 413 body too large, 429 queue full (Retry-After).
GET /v1/jobs/KEY?wait=SECONDS
    {"id", "state": queued|running|done|failed|cancelled, "progress": 0..1, "stage", "error", "pictures", "record"}.
    Answers early when the state, the stage or the progress (by 0.01) changes. 404: submit the job again.
    `pictures`: [{"role": staged|mask, "url", "width", "height", "sha256"}]. The staged picture has the photo's size;
    where the mask is 0 its pixels are the photo's, byte for byte.
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
