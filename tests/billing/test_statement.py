"""The statement: every entry, filtered, as a page and as CSV."""

from __future__ import annotations

import csv
import io

import pytest
import time_machine
from django.test import Client

from billing import ledger
from billing.models import Account, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client, account: Account, owner: User) -> Client:
    """The owner's browser; the account held 2 on the 2nd and 3 on the 3rd of May 2027."""
    for day in (2, 3):
        with time_machine.travel(f"2027-05-0{day} 23:30Z", tick=False):
            ledger.hold(account, day, reference=f"run:{day}")
    ledger.adjust(account, 1, reference="sorry", actor=owner, note="=1+1")
    client.force_login(owner)
    return client


def _references(browser: Client, query: str) -> list[str]:
    answer = browser.get(f"/billing/statement.csv?{query}")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return [row["reference"] for row in csv.DictReader(io.StringIO(text))]


def test_the_page_shows_entries_newest_first_with_the_balance(browser: Client) -> None:
    page = browser.get("/billing/statement/").content.decode()

    assert page.index("=1+1") < page.index("run:3") < page.index("run:2") < page.index("fixture:account")
    assert "6 credits" in page


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ("", ["sorry", "run:3", "run:2", "fixture:account"]),
        ("kind=hold", ["run:3", "run:2"]),
        ("kind=hold&since=2027-05-03", ["run:3"]),
        ("until=2027-05-02&since=2027-05-02", ["run:2"]),
        ("kind=nonsense&since=nonsense", ["sorry", "run:3", "run:2", "fixture:account"]),
    ],
)
def test_filters_by_kind_and_day(browser: Client, query: str, references: list[str]) -> None:
    assert _references(browser, query) == references
    page = browser.get(f"/billing/statement/?{query}").content.decode()
    assert page.count('<td class="number">') == 2 * len(references)


def test_a_spreadsheet_is_given_no_formula(browser: Client) -> None:
    text = b"".join(browser.get("/billing/statement.csv").streaming_content).decode()  # type: ignore[attr-defined]

    assert "'=1+1" in text
    assert ",=1+1" not in text


def test_long_statements_have_pages(browser: Client, account: Account) -> None:
    for number in range(60):
        ledger.grant(account, 1, reference=f"many:{number}")

    page = browser.get("/billing/statement/?kind=grant&page=2").content.decode()
    assert "2 of 2" in page
    assert "kind=grant&amp;page=1" in page
    assert len(_references(browser, "")) == 64


def test_team_mates_do_not_see_the_bill_and_strangers_see_their_own(
    browser: Client, team_mate: User, stranger: User
) -> None:
    browser.force_login(team_mate)
    assert browser.get("/billing/statement/").status_code == 403
    assert browser.get("/billing/statement.csv").status_code == 403
    browser.force_login(stranger)
    assert "run:3" not in browser.get("/billing/statement/").content.decode()
    browser.logout()
    assert browser.get("/billing/statement/").status_code == 302
