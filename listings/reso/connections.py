"""An account's connections to RESO Web API providers: made, changed, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone

from listings.models import Connection, Import
from listings.reso import imports

if TYPE_CHECKING:
    from billing.models import Account


class ConnectionNotFound(LookupError):
    """No connection of this account has this number."""


def of_account(account: Account) -> QuerySet[Connection]:
    """The account's connections, without removed ones."""
    return Connection.objects.filter(account=account, removed_at__isnull=True)


def get(account: Account, number: int) -> Connection:
    """The account's connection of this number. Raises ConnectionNotFound."""
    found = of_account(account).filter(pk=number).first()
    if found is None:
        raise ConnectionNotFound(number)
    return found


def change(connection: Connection, **fields: Any) -> None:
    """Set fields; a token that was made of the old credentials is forgotten."""
    Connection.objects.filter(pk=connection.pk).update(**fields, bearer="", bearer_until=None)
    connection.refresh_from_db()


def map_value(connection: Connection, name: str, local: str, known: str) -> None:
    """Say what a local value means; it holds for what is imported from now on."""
    mapping = {**connection.mapping, name: {**connection.mapping.get(name, {}), local: known}}
    left = [value for value in connection.unmapped.get(name, []) if value != local]
    Connection.objects.filter(pk=connection.pk).update(mapping=mapping, unmapped={**connection.unmapped, name: left})
    connection.refresh_from_db()


def remove(connection: Connection) -> None:
    """Stop importing and forget the secrets; its listings stay."""
    for run in Import.objects.filter(connection=connection, state__in=imports.UNFINISHED):
        imports.stop(run)
    change(connection, removed_at=timezone.now(), token="", client_secret="")
