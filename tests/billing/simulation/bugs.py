"""Deliberate mistakes, each put into a copy of the ledger's verbs. An unnoticed one is a hole in the simulation."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from billing import ledger

SOURCE = Path(ledger.__file__ or "")


@dataclass(frozen=True)
class Bug:
    """`right` in the ledger's source becomes `wrong`, where it first occurs."""

    name: str
    right: str
    wrong: str
    # Only many at once on PostgreSQL can notice: SQLite lets one transaction write at a time anyhow.
    needs_postgres: bool = False


CHARGE = "0 if charged is None else price - charged"
SAME = "(entry.account_id, entry.kind, entry.credits) != (account.pk, kind, credits)"
BUGS = (
    Bug("holds are not checked", "if available < credits:", "if False:"),
    Bug("a hold may be one short", "if available < credits:", "if available < credits - 1:"),
    Bug("the last credits cannot be held", "if available < credits:", "if available <= credits:"),
    Bug(
        "a hold adds credits",
        "_append(account.pk, last, Kind.HOLD, -credits, reference)",
        "_append(account.pk, last, Kind.HOLD, credits, reference)",
    ),
    Bug(
        "a hold takes half",
        "_append(account.pk, last, Kind.HOLD, -credits, reference)",
        "_append(account.pk, last, Kind.HOLD, -(credits + 1) // 2, reference)",
    ),
    Bug("a hold asked again is held again", "known = _known(account, Kind.HOLD, -credits, reference)", "known = None"),
    Bug("a price of nothing is held", "if credits == 0:\n        return None", "if credits == 0:\n        credits = 1"),
    Bug("a frozen account can hold", "if locked.frozen_at or locked.closed_at:", "if False:"),
    Bug("settling charges nothing", CHARGE, "price if charged is None else price - charged"),
    Bug("settling for less gives back the charge", CHARGE, "0 if charged is None else charged"),
    Bug("settling for less charges all", CHARGE, "0"),
    Bug("a charge may exceed the hold", "0 <= charged <= price", "0 <= charged"),
    Bug(
        "a release keeps a credit",
        "_end(held, Kind.RELEASE, -held.credits)",
        "_end(held, Kind.RELEASE, -held.credits - 1)",
    ),
    Bug(
        "a release is a settlement", "_end(held, Kind.RELEASE, -held.credits)", "_end(held, Kind.SETTLE, -held.credits)"
    ),
    Bug("a contrary end is accepted", "if (end.kind, end.credits) != (kind, credits):", "if False:"),
    Bug("an end is written again", "if end is None:", "if True:"),
    Bug("an end does not name its hold", 'f"{kind}:{held.reference}", ends=held', 'f"{kind}:{held.reference}"'),
    Bug(
        "anything can be ended",
        "if held is None or held.kind != Kind.HOLD:",
        "if held is None:",
    ),
    Bug("a purchase is a grant", "_give(account, Kind.PURCHASE,", "_give(account, Kind.GRANT,"),
    Bug("a gift asked again is given again", "known = _known(account, kind, credits, reference)", "known = None"),
    Bug("another account's reference is taken for one's own", SAME, "(entry.kind, entry.credits) != (kind, credits)"),
    Bug("another number of credits counts as the same", SAME, "(entry.account_id, entry.kind) != (account.pk, kind)"),
    Bug("another kind counts as the same", SAME, "(entry.account_id, entry.credits) != (account.pk, credits)"),
    Bug("an adjustment loses its actor", "note=note, actor=actor", "note=note"),
    Bug("an adjustment needs no reason", "if not note.strip():", "if False:"),
    Bug("the running balance forgets", "(last.balance_after if last else 0) + credits", "credits"),
    Bug("a number is left out", "last.sequence + 1 if last", "last.sequence + 2 if last"),
    Bug(
        "the balance is read from the first entry",
        'order_by("-sequence").values_list',
        'order_by("sequence").values_list',
    ),
    Bug(
        "the last entry is the first",
        '.order_by("-sequence")\n        .values_list(',
        '.order_by("sequence")\n        .values_list(',
    ),
    Bug("charges are counted without what came back", 'F("ends__credits") + F("credits")', 'F("ends__credits")'),
    Bug(
        "the account is not locked",
        "Account.objects.select_for_update(no_key=True)",
        "Account.objects",
        needs_postgres=True,
    ),
    Bug("ending does not lock", "lock(held.account_id)\n", "pass\n", needs_postgres=True),
    Bug(
        "holding does not wait for others",
        "locked = lock(account.pk)\n        known = _known(account, Kind.HOLD",
        "locked = Account.objects.get(pk=account.pk)\n        known = _known(account, Kind.HOLD",
        needs_postgres=True,
    ),
)

_numbers = itertools.count()


def copy_with(bug: Bug | None) -> ModuleType:
    """The ledger's module, made anew with one mistake in it (None: with none)."""
    source = SOURCE.read_text(encoding="utf-8")
    if bug:
        assert bug.right in source, f"the ledger has changed: “{bug.name}” finds no place"
        source = source.replace(bug.right, bug.wrong, 1)
    module = ModuleType(f"ledger_copy_{next(_numbers)}")
    exec(compile(source, str(SOURCE), "exec"), module.__dict__)  # our own file, changed by us
    return module
