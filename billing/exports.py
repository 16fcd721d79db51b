"""All data of an account, as one ZIP file (a door: other apps register what they hold).

`register("listings", f)` in an app's `ready` adds the files that `f(account)` yields, under the folder `listings/`.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from billing import ledger
from billing.models import Account, ApiKey, Invitation, Membership, Payment, Subscription

# A file: its path within the app's folder, and its bytes (whole, or in pieces where it is large).
ExportedFile = tuple[str, bytes | Iterable[bytes]]
Exporter = Callable[[Account], Iterable[ExportedFile]]

_exporters: dict[str, Exporter] = {}


def register(name: str, exporter: Exporter) -> None:
    """Have `exporter` asked for its files whenever an account is exported; the same name again replaces it."""
    _exporters[name] = exporter


def export(account: Account) -> IO[bytes]:
    """A ZIP file with everything the account has, open at its start; it is gone when it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller open
    with zipfile.ZipFile(file, "w") as archive:
        for name, exporter in {"billing": _billing, **_exporters}.items():
            for path, content in exporter(account):
                info = zipfile.ZipInfo(f"{name}/{path}", timezone.now().timetuple()[:6])
                # Pictures are compressed already.
                info.compress_type = zipfile.ZIP_DEFLATED if path.endswith((".json", ".csv")) else zipfile.ZIP_STORED
                with archive.open(info, "w", force_zip64=True) as part:
                    for piece in (content,) if isinstance(content, bytes) else content:
                        part.write(piece)
    file.seek(0)
    return file


def _billing(account: Account) -> Iterator[ExportedFile]:
    yield (
        "account.json",
        _json(
            {
                "uid": account.uid,
                "name": account.name,
                "plan": account.plan_id,
                "created_at": account.created_at,
                "balance": ledger.balance(account),
                "settings": account.settings,
            }
        ),
    )
    yield "members.json", _rows(Membership.objects.filter(account=account), "user__email", "role", "created_at")
    yield "invitations.json", _rows(Invitation.objects.filter(account=account), "email", "role", "made_at")
    yield "keys.json", _rows(ApiKey.objects.filter(account=account), "name", "prefix", "created_at", "revoked_at")
    payment = ("stripe_id", "description", "credits", "cents", "currency", "refunded_cents", "paid_at", "invoice_url")
    yield "payments.json", _rows(Payment.objects.filter(account=account), *payment)
    subscription = ("stripe_id", "plan_id", "status", "period_start", "period_end", "ended_at")
    yield "subscriptions.json", _rows(Subscription.objects.filter(account=account), *subscription)
    entry = ("sequence", "made_at", "kind", "credits", "balance_after", "reference", "note")
    yield "entries.json", _rows(ledger.statement(account).order_by("sequence"), *entry)


def _rows(rows: Any, *columns: str) -> bytes:
    return _json(list(rows.values(*columns)))


def _json(value: object) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, indent=1, ensure_ascii=False).encode()
