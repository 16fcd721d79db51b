"""The permanent pages of originals: made when a picture is approved, never changed, removed only with a trace."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from listings import prepared, presets, rules
from listings.models import OriginalPage
from staging import alterations, editing, jobs
from staging.models import Alteration, Output, Render, Role


def publish(output: Output) -> OriginalPage:
    """The page of this picture, made when there is none.

    The row and its code are there at once; its own copies of the pictures are made by a job.
    """
    with transaction.atomic():
        page, _ = OriginalPage.objects.get_or_create(output=output, defaults=_said(output))
        if not page.original:  # new, or its wake-up was lost
            jobs.enqueue_after_commit(keep_copies, page.pk)
    return page


def publish_of(render: Render) -> OriginalPage | None:
    """The page of a render's present picture, in a listing or not; None while there is none."""
    output = editing.picture_of(render)
    return publish(output) if output else None


def page_of(render: Render) -> OriginalPage | None:
    """The page of the render's present picture, where it has been published."""
    output = editing.picture_of(render)
    return OriginalPage.objects.filter(output=output).first() if output else None


def _said(output: Output) -> dict[str, object]:
    run, photo = output.run, output.run.render.photo
    kinds = _kinds(output)
    return {
        "account": run.account,
        "original_sha256": photo.sha256,
        "altered_sha256": output.sha256,
        "alterations": kinds,
        "said": rules.in_words(kinds),
        "altered_at": output.created_at,
    }


def _kinds(output: Output) -> list[str]:
    """As the picture's record tells them; of a picture older than records, worked out anew."""
    for row in alterations.of_picture(output.uuid):
        if row.event == Alteration.Event.MADE:
            return list(row.kinds)
    emptied = Output.objects.filter(run__render=output.run.render, role=Role.EMPTIED).exclude(pk=output.pk).exists()
    return alterations.kinds_of(output.run.brief, emptied=emptied)


def keep_copies(page_id: int) -> None:
    """Give the page copies of its own, without any metadata, so that it needs nobody else's files. Safe to repeat."""
    page = OriginalPage.objects.select_related("output__run__render__photo").get(pk=page_id)
    if page.original or page.output is None:
        return
    original = _copy(page.account_id, prepared.of_photo(page.output.run.render.photo, presets.USUAL))
    altered = _copy(page.account_id, prepared.of_output(page.output, presets.USUAL, labelled=False))
    page.original.save(f"originals/{page.code}-original.jpg", ContentFile(original), save=False)
    page.altered.save(f"originals/{page.code}-altered.jpg", ContentFile(altered), save=False)
    kept = OriginalPage.objects.filter(pk=page.pk, original="")
    if not kept.update(original=page.original.name, altered=page.altered.name):
        for field in (page.original, page.altered):  # another worker was faster
            field.storage.delete(str(field.name))


def _copy(account_id: int, wanted: prepared.Wanted) -> bytes:
    """The very JPEG that a delivery holds: where one lies ready, it is not made twice."""
    return prepared.found(account_id, wanted) or prepared.made(wanted).data


def record_of(page: OriginalPage) -> list[Alteration]:
    """The alteration record of the page's picture, also when the picture itself is gone."""
    return alterations.of_picture(page.output.uuid) if page.output else alterations.of_hash(page.altered_sha256)


def remove(page: OriginalPage, why: str) -> None:
    """Take the pictures off the page. The row, its hashes and the reason stay, and the page says so."""
    OriginalPage.objects.filter(pk=page.pk, removed_at__isnull=True).update(
        removed_at=timezone.now(), removed_why=why[:200]
    )
