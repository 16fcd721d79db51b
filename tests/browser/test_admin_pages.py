"""Staff at a desk: every page of the admin in a browser, with its script and charts and without a complaint."""

from __future__ import annotations

import pytest
from django.contrib import admin

from billing import ledger
from billing.models import Account, Membership, User
from staging import renders, sources
from staging.briefs import Brief, Kind, RoomType, Style
from tests.browser.conftest import DESKTOP, House, Opened, log_in
from tests.staging.pictures import encoded

PASSWORD = "an unlikely sentence"


@pytest.mark.browser
@pytest.mark.timeout(240)
def test_every_page_of_the_admin_opens(house: House, opened: Opened, account: Account) -> None:
    root = User.objects.create_superuser("root@example.com", PASSWORD)
    Membership.objects.create(user=root, account=account, role=Membership.Role.MANAGER)
    ledger.adjust(account, 1, reference="admin", actor=root, note="so that there is one")
    photo = sources.accept(account, raw=encoded())
    renders.request(account, photo, Brief(kind=Kind.STAGING, room_type=RoomType.LIVING, style=Style.MODERN))
    house.web.start()
    with opened(DESKTOP) as page:
        log_in(page, root, PASSWORD)
        for path in ["/admin/", *_pages()]:
            answer = page.goto(path)
            assert (answer.status, page.get_by_role("heading", level=1).count() > 0) == (200, True), path


def _pages() -> list[str]:
    """Each list, and the newest row of it where there is one."""
    found = []
    for model in admin.site._registry:
        place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        found.append(place)
        newest = model._default_manager.order_by("-pk").first() if model._meta.managed else None
        if newest is not None:
            found.append(f"{place}{newest.pk}/change/")
    return found
