"""Who is asking, and for what of theirs: the account, the listing, the photo, or 404."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from billing import access
from billing.models import Account, User
from listings import photos, records, reviews
from listings.models import Listing, ListingPhoto, StagedPhoto
from staging.models import Output


def user_of(request: HttpRequest) -> User:
    """The visitor, who is signed in."""
    assert isinstance(request.user, User)
    return request.user


def account_or_403(request: HttpRequest) -> Account:
    """The account that the visitor makes pictures for. Raises PermissionDenied."""
    account = access.account_of(request.user)
    if not access.may_make_pictures(request.user, account):
        raise PermissionDenied(gettext("Your role in this account is billing alone; ask its owner to make pictures."))
    return account


def listing_or_404(request: HttpRequest, number: int) -> Listing:
    """The account's listing of this number. Raises Http404."""
    try:
        return records.get(account_or_403(request), number)
    except records.ListingNotFound:
        raise Http404 from None


def photo_or_404(request: HttpRequest, number: int, key: UUID) -> ListingPhoto:
    """The listing's photo of this key. Raises Http404."""
    try:
        return photos.get(listing_or_404(request, number), key)
    except photos.PhotoNotFound:
        raise Http404 from None


def staged_or_404(request: HttpRequest, number: int, public_id: str) -> StagedPhoto:
    """The listing's staged picture of this render id. Raises Http404."""
    listing = listing_or_404(request, number)
    found = (
        StagedPhoto.objects.select_related("render__photo", "listing_photo__photo", "listing_photo__listing")
        .filter(listing_photo__listing=listing, render__public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def version_or_404(request: HttpRequest, staged: StagedPhoto) -> reviews.Version | None:
    """The render's picture of `?version=`, else the approved one, else the latest; None while there is none.

    Raises Http404 for a version that is not there.
    """
    versions, wanted = reviews.versions(staged), request.GET.get("version", "")
    if wanted:
        found = next((one for one in versions if str(one.number) == wanted), None)
        if found is None:
            raise Http404
        return found
    chosen = reviews.picture_of(staged)
    return next((one for one in versions if one.output == chosen), None)


def picture_or_404(request: HttpRequest, staged: StagedPhoto) -> Output | None:
    """The picture of `version_or_404`."""
    found = version_or_404(request, staged)
    return found.output if found else None
