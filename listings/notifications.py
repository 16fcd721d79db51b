"""Telling people that what they waited for is there: on every page at once, by mail when they have left.

The sweeper calls `sweep`: what waits is in rows, so nothing is lost when a process dies or a page is closed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from billing import notices
from listings.models import Delivery, Listing, Notification, Preferences
from staging.models import UNFINISHED, Run, State

if TYPE_CHECKING:
    from billing.models import User
    from staging.models import Render

Kind = Notification.Kind
_AT_ONCE = 500


def await_pictures(listing: Listing, batch: UUID, user: User | None) -> None:
    """Tell `user` once all pictures of the batch are done or given up; a key's caller polls."""
    if user is not None:
        _await(user, kind=Kind.PICTURES, subject=batch, listing=listing)


def await_version(listing: Listing, render: Render, user: User) -> None:
    """Tell `user` once the render's latest version is done or given up."""
    Notification.objects.create(
        user=user, kind=Kind.VERSION, listing=listing, render=render, language=translation.get_language() or "en"
    )


def await_delivery(delivery: Delivery, user: User | None) -> None:
    """Tell `user` once the ZIP is there or could not be built; a key's caller polls."""
    if user is not None:
        _await(user, kind=Kind.DELIVERY, subject=delivery.key, listing=delivery.listing)


def _await(user: User, **what: Any) -> None:
    language = translation.get_language() or "en"
    defaults = {"listing": what.pop("listing"), "language": language}
    Notification.objects.get_or_create(user=user, **what, defaults=defaults)


def of_user(user: User) -> QuerySet[Notification]:
    """What is ready, newest first."""
    ready = Notification.objects.filter(user=user, ready_at__isnull=False)
    return ready.select_related("listing", "render__staged_photo").order_by("-ready_at", "-pk")


def unread(user: User) -> int:
    """How many the user has not seen."""
    return Notification.objects.filter(user=user, ready_at__isnull=False, read_at__isnull=True).count()


def seen(user: User, listing: Listing) -> None:
    """The user looks at a page that shows how the listing's pictures stand: that needs no telling."""
    settle(listing)
    read(user, listing)


def read(user: User, listing: Listing | None = None) -> None:
    """The user has seen what is ready: all of it, or what concerns one listing."""
    seen = Notification.objects.filter(user=user, ready_at__isnull=False, read_at__isnull=True)
    if listing is not None:
        seen = seen.filter(listing=listing)
    seen.update(read_at=timezone.now())


def wants_mail(user: User) -> bool:
    """Whether the user is mailed what stays unread."""
    found = Preferences.objects.filter(user=user).first()
    return found is None or found.mail_when_ready


def choose_mail(user: User, wanted: bool) -> None:
    """Keep the user's choice."""
    Preferences.objects.update_or_create(user=user, defaults={"mail_when_ready": wanted})


# --- what the sweeper does --------------------------------------------------------------------------------


def sweep() -> None:
    """Find what has become ready, then mail what nobody has looked at."""
    settle()
    mail_unread()


def settle(listing: Listing | None = None) -> int:
    """Mark as ready what has ended, in all or in one listing; how many."""
    ready = 0
    waiting = Notification.objects.filter(ready_at__isnull=True)
    if listing is not None:
        waiting = waiting.filter(listing=listing)
    for one in waiting.order_by("made_at")[:_AT_ONCE]:
        counts = _counts(one)
        if counts is None:
            continue
        ready += Notification.objects.filter(pk=one.pk, ready_at__isnull=True).update(
            ready_at=timezone.now(), done=counts[0], failed=counts[1]
        )
    return ready


def _counts(one: Notification) -> tuple[int, int] | None:
    """How many pictures are done and how many failed; None while something is under way."""
    if one.kind == Kind.DELIVERY:
        delivery = Delivery.objects.filter(key=one.subject).first()
        if delivery and delivery.state in {Delivery.State.QUEUED, Delivery.State.BUILDING}:
            return None
        made = bool(delivery and delivery.state == Delivery.State.DONE)
        return int(made), int(not made)
    runs = Run.objects.exclude(kind=Run.Kind.PREVIEW)
    runs = runs.filter(render=one.render_id) if one.render_id else runs.filter(render__staged_photo__batch=one.subject)
    if runs.filter(state__in=UNFINISHED).exists():
        return None
    latest: dict[int, str] = dict(runs.order_by("number").values_list("render_id", "state"))
    done = sum(state == State.DONE for state in latest.values())
    return done, len(latest) - done


def mail_unread() -> int:
    """Mail what has been ready for NOTIFY_AFTER_SECONDS and was not seen; how many. Each is mailed once at most."""
    late = timezone.now() - timedelta(seconds=settings.NOTIFY_AFTER_SECONDS)
    waiting = Notification.objects.filter(ready_at__lt=late, read_at__isnull=True, mailed_at__isnull=True)
    sent = 0
    for one in waiting.select_related("user", "listing", "render__staged_photo").order_by("ready_at")[:_AT_ONCE]:
        # Before it is sent: a mail that comes twice annoys more than one that is lost, and the page tells it anyway.
        mine = Notification.objects.filter(pk=one.pk, mailed_at__isnull=True).update(mailed_at=timezone.now())
        if mine and one.user.is_active and wants_mail(one.user):
            with translation.override(one.language):
                _mail(one)
            sent += 1
    return sent


def _mail(one: Notification) -> None:
    said = words(one)
    notices.mail(
        [one.user.email],
        subject=f"{one.listing.title}: {said}",
        paragraphs=[gettext("%(what)s, for %(listing)s.") % {"what": said, "listing": one.listing.title}],
        label=gettext("Look at it"),
        path=address(one),
        why=gettext(
            "You get this mail because you asked for it in Openhouse. Your account page switches such mails off."
        ),
    )


# --- in words ---------------------------------------------------------------------------------------------


def words(one: Notification) -> str:
    """What there is to see, in a few words."""
    if one.kind == Kind.DELIVERY:
        return gettext("The delivery is ready") if one.done else gettext("The delivery could not be built")
    if one.kind == Kind.VERSION:
        return gettext("A new version is ready") if one.done else gettext("A new version could not be made")
    if not one.done:
        return gettext("No picture could be made; nothing was charged")
    ready = (
        gettext("1 picture is ready")
        if one.done == 1
        else gettext("%(count)s pictures are ready") % {"count": one.done}
    )
    return f"{ready}, " + gettext("%(count)s could not be made") % {"count": one.failed} if one.failed else ready


def address(one: Notification) -> str:
    """Where it is seen."""
    if one.kind == Kind.DELIVERY:
        return reverse("listings:delivery", args=[one.listing_id])
    if one.kind == Kind.VERSION and one.render is not None:
        return reverse("listings:review", args=[one.listing_id, one.render.public_id]) + "#versions"
    return reverse("listings:listing", args=[one.listing_id])
