"""Staged pictures: ask for one or for a whole listing, look, judge, and publish the original."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from listings import batches, originals, photos, reviews
from listings.api import answers, document, fields, paging
from listings.api.briefs import SEED_MOST, asked, require_plan, taken_resolution
from listings.api.endpoints import Endpoint, account_of, answer, listing_of, once, require_match
from listings.api.errors import ApiError, invalid, not_found
from listings.models import StagedPhoto
from listings.reviews import Verdict
from staging import briefs, exchange, masks, offers, renders
from staging.api.endpoints import caller_of
from staging.models import Render


def shown(request: Request, public_id: str) -> dict[str, Any]:
    """A picture of the account. Raises RenderNotFound."""
    render = renders.get(account_of(request), public_id)
    return answers.picture(render, batches.of_render(render), request)


@extend_schema_view(get=document.pictures_list, post=document.listing_stage)
class ListingPictures(Endpoint):
    """/api/v2/listings/{ListingKey}/pictures"""

    def get(self, request: Request, key: str) -> HttpResponse:
        """All pictures of the listing's photos."""
        query = request.query_params
        given = fields.Fields({"Verdict": query["Verdict"]} if "Verdict" in query else {})
        verdict = given.take("Verdict", fields.one_of(Verdict.values), "")
        if given.wrong:
            raise invalid(given.wrong)
        rows = batches.staged_of(listing_of(request, key), verdict=verdict)
        return answer(request, paging.page(request, rows, "created_at", lambda found: answers.pictures(found, request)))

    def post(self, request: Request, key: str) -> HttpResponse:
        """Stage all photos that show a room which we furnish, or those that are named."""
        listing = listing_of(request, key)
        given = fields.Fields.of(request)
        style = given.take("Style", fields.style, briefs.Style.MODERN, required=True)
        seed = given.take("Seed", fields.whole(SEED_MOST), 0)
        named = given.take("Photos", fields.listed(_named, 500), None)
        size = taken_resolution(given)
        given.done()
        require_plan(listing.account, size)
        known = {photo.media_key: photo for photo in photos.of_listing(listing)}
        served = set(offers.offer().room_types)
        if named is None:
            chosen = [(one, briefs.RoomType(one.room_type)) for one in known.values() if one.room_type in served]
        elif missing := [str(media) for media, _ in named if media not in known]:
            raise invalid({"Photos": f"The listing has no photo {', '.join(missing)}"})
        elif strange := sorted({room.value for _, room in named if room not in served}):
            raise invalid({"Photos": f"Not furnished here: {', '.join(strange)}"})
        else:
            chosen = [(known[media], room) for media, room in named]
        if not chosen:
            raise ApiError(409, "nothing_to_stage", "No photo of this listing shows a room that we furnish")

        def stage() -> str:
            batch = uuid4()
            key = caller_of(request).key
            batches.stage(listing, chosen, style=style, batch=batch, user=None, seed=seed, resolution=size, key=key)
            return str(batch)

        batch = UUID(once(request, "listing-pictures", given.given, stage))
        found = batches.staged_of(listing).filter(batch=batch).order_by("pk")
        return answer(request, {"value": answers.pictures(list(found), request), "next": None})


def _named(raw: Any) -> tuple[UUID, briefs.RoomType]:
    if not isinstance(raw, dict) or not set(raw) <= {"MediaKey", "RoomType"}:
        raise ValueError("must be a list of objects with MediaKey and RoomType")
    return fields.uuid(raw.get("MediaKey")), fields.room_type(raw.get("RoomType"))


@extend_schema_view(post=document.photo_stage)
class PhotoPictures(Endpoint):
    """/api/v2/listings/{ListingKey}/photos/{MediaKey}/pictures"""

    def post(self, request: Request, key: str, media: UUID) -> HttpResponse:
        """Ask for one picture of one photo."""
        photo = photos.get(listing_of(request, key), media)
        given = fields.Fields.of(request)
        wanted = asked(given, photo)
        brief = wanted.brief
        if wanted.mask:
            brief = replace(brief, mask=_mask(request, wanted.mask))

        def ask() -> str:
            made = batches.ask(photo, brief, batch=uuid4(), user=None, key=caller_of(request).key)
            return made.render.public_id

        return answer(request, shown(request, once(request, "photo-pictures", given.given, ask)))


def _mask(request: Request, address: str) -> str:
    """The storage's name of the mask, fetched and decoded outside of this thread. Raises InvalidMask."""
    return exchange.outside(request, "mask", partial(masks.accept, account_of(request), address), lane="fetch")


@extend_schema_view(get=document.picture_get)
class Picture(Endpoint):
    """/api/v2/pictures/{RenderId}"""

    def get(self, request: Request, public_id: str) -> HttpResponse:
        """Where it stands, its outputs, their checks and records."""
        return answer(request, shown(request, public_id))


@extend_schema_view(post=document.picture_judge)
class Judgement(Endpoint):
    """/api/v2/pictures/{RenderId}/verdict"""

    admin_methods = frozenset({"POST"})

    def post(self, request: Request, public_id: str) -> HttpResponse:
        """Approve it, reject it with a reason, or take a verdict back."""
        staged = _staged(request, public_id)
        given = fields.Fields.of(request)
        verdict = given.take("Verdict", fields.one_of(Verdict.values), "", required=True)
        reason = given.take("Reason", fields.text(300), "")
        given.done()
        key = caller_of(request).key
        with reviews.locked(staged) as staged:
            require_match(request, lambda: shown(request, public_id))
            if verdict == Verdict.APPROVED:
                reviews.approve(staged, None, key=key)
            elif verdict == Verdict.REJECTED:
                reviews.reject(staged, None, reason, key=key)
            else:
                reviews.withdraw(staged, None, key=key)
        return answer(request, shown(request, public_id))


@extend_schema_view(post=document.picture_override)
class Override(Endpoint):
    """/api/v2/pictures/{RenderId}/override"""

    admin_methods = frozenset({"POST"})

    def post(self, request: Request, public_id: str) -> HttpResponse:
        """Let a picture be judged although its structure check failed: who says so, and why."""
        staged = _staged(request, public_id)
        given = fields.Fields.of(request)
        name = given.take("Name", fields.text(100, least=2), "", required=True)
        reason = given.take("Reason", fields.text(190, least=3), "", required=True)
        given.done()
        reviews.override(staged, None, f"{name}: {reason}", key=caller_of(request).key)
        return answer(request, shown(request, public_id))


@extend_schema_view(get=document.original_get, post=document.original_publish)
class Original(Endpoint):
    """/api/v2/pictures/{RenderId}/original"""

    def get(self, request: Request, public_id: str) -> HttpResponse:
        """The page of its original, where it has one."""
        page = originals.page_of(self._render(request, public_id))
        if page is None:
            raise not_found("This picture has no page of its original yet")
        return answer(request, answers.original(page))

    def post(self, request: Request, public_id: str) -> HttpResponse:
        """Give its original a permanent public page; a picture that has one keeps it."""
        page = originals.publish_of(self._render(request, public_id))
        if page is None:
            raise reviews.NotReady
        return answer(request, answers.original(page))

    @staticmethod
    def _render(request: Request, public_id: str) -> Render:
        return renders.get(account_of(request), public_id)


def _staged(request: Request, public_id: str) -> StagedPhoto:
    """The picture's place in a listing. Raises RenderNotFound, ApiError."""
    staged = batches.of_render(renders.get(account_of(request), public_id))
    if staged is None:
        raise ApiError(409, "not_in_a_listing", "This picture belongs to no listing, so there is nothing to judge")
    return staged
