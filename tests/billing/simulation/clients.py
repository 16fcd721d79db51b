"""Clients of the ledger that may die between any two statements, and ask again what they do not know the outcome of."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import ModuleType
from typing import Any

from django.db import OperationalError, connection, transaction

from billing.models import Account, Entry, User
from tests.billing.simulation.operations import VERBS, Operation, drawn


class Crash(BaseException):
    """The process died here; nobody catches it but the one who starts the next process."""


class Crashes:
    """Dies before or after a statement, by chance; what was not committed is lost."""

    def __init__(self, chance: random.Random, rate: float) -> None:
        self.chance = chance
        self.rate = rate

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Execute one statement, or die around it."""
        dies, before = self.chance.random() < self.rate, self.chance.random() < 0.5
        # Savepoints are Django's and the test's own; a process that dies has none of them to care for.
        if dies and before and "SAVEPOINT" not in sql:
            raise Crash
        result = execute(sql, params, many, context)
        if dies and "SAVEPOINT" not in sql:
            raise Crash
        return result


class Client:
    """One client; `problems` collects what a caller of the verbs can notice."""

    def __init__(
        self,
        ledger: ModuleType,
        accounts: Sequence[Account],
        actor: User,
        *,
        seed: int,
        number: int,
        crash_rate: float = 0.01,
        nonsense: float = 0.04,
        alone: bool = False,
    ) -> None:
        self.ledger = ledger
        self.accounts = accounts
        self.actor = actor
        self.seed = seed
        self.nonsense = nonsense
        self.alone = alone
        self.chance = random.Random(f"{seed}:{number}")
        self.crashes = Crashes(random.Random(f"crash:{seed}:{number}"), crash_rate)
        self.problems: list[str] = []
        self.outcomes: Counter[str] = Counter()
        # Entries that the ledger has confirmed: reference of the entry -> its primary key.
        self.confirmed: dict[str, int] = {}

    def run(self, operations: int) -> None:
        """Ask `operations` times, each until its outcome is known."""
        for step in range(operations):
            operation = drawn(self.chance, self.seed, len(self.accounts), step, self.nonsense)
            while not self._ask(operation):
                self.outcomes["crash"] += 1
            if len(self.problems) > 20:
                return

    def _ask(self, operation: Operation) -> bool:
        """Whether the outcome is known; False after a crash, of which nobody knows how far it got."""
        try:
            with ExitStack() as stack:
                if self.crashes.rate:
                    stack.enter_context(connection.execute_wrapper(self.crashes))
                # Callers have a transaction of their own around a verb as often as not.
                if self.chance.random() < 0.5:
                    stack.enter_context(transaction.atomic())
                entry = self._call(operation)
        except Crash:
            return False
        except OperationalError as error:
            # A deadlock or a busy file: the caller tries again, as after a crash.
            self.outcomes[f"again: {str(error).splitlines()[0]}"] += 1
            return False
        except Exception as error:
            self._judge_refusal(operation, error)
        else:
            self._judge_answer(operation, entry)
        return True

    def _call(self, operation: Operation) -> Entry | None:
        ledger, account = self.ledger, self.accounts[operation.account]
        match operation.verb:
            case "grant" | "purchase":
                verb = getattr(ledger, operation.verb)
                return verb(account, operation.credits, reference=operation.reference, note="given")  # type: ignore[no-any-return]
            case "hold":
                return ledger.hold(account, operation.credits, reference=operation.reference)
            case "settle":
                return ledger.settle(operation.reference, charged=operation.charged)
            case "release":
                return ledger.release(operation.reference)
            case "adjust":
                return ledger.adjust(
                    account, operation.credits, reference=operation.reference, actor=self.actor, note="corrected"
                )
        return self._call_nonsense(operation, account)

    def _call_nonsense(self, operation: Operation, account: Account) -> None:
        """Calls that must be refused and write nothing."""
        ledger = self.ledger
        match operation.verb:
            case "steal":
                other = self.accounts[(operation.account + 1) % len(self.accounts)]
                own, taken = f"own:{operation.reference}", f"taken:{operation.reference}"
                # The same reference for another account, another number of credits, another kind of movement.
                calls = [
                    lambda: ledger.grant(other, 3, reference=own),
                    lambda: ledger.grant(account, 4, reference=own),
                    lambda: ledger.purchase(account, 3, reference=own),
                ]
                ledger.grant(account, 3, reference=own)
                ledger.adjust(account, -3, reference=taken, actor=self.actor, note="back")
                for call in calls:
                    self._refused(call, ledger.ReferenceTaken)
            case "zero":
                calls = [
                    lambda: ledger.grant(account, 0, reference=f"zero:{operation.reference}"),
                    lambda: ledger.adjust(account, 0, reference="z", actor=None, note="x"),
                    lambda: ledger.hold(account, -1, reference=f"zero:{operation.reference}"),
                ]
                self._refused(self.chance.choice(calls), ValueError)
            case "nameless":
                calls = [
                    lambda: ledger.grant(account, 1, reference=""),
                    lambda: ledger.hold(account, 1, reference="x" * 101),
                    lambda: ledger.adjust(account, 1, reference="nameless", actor=None, note=" "),
                ]
                self._refused(self.chance.choice(calls), ValueError)
            case "overcharge":
                self._refused(lambda: ledger.settle(operation.reference, charged=99), ValueError, ledger.HoldNotFound)
            case "end_a_grant":
                gift = f"own:{operation.reference}"
                ledger.grant(account, 3, reference=gift)
                verb = ledger.settle if self.chance.random() < 0.5 else ledger.release
                self._refused(lambda: verb(gift), ledger.HoldNotFound)

    def _refused(self, call: Callable[[], object], *errors: type[Exception]) -> None:
        try:
            with transaction.atomic():
                call()
        except errors:
            return
        self.problems.append(f"{errors[0].__name__} was not raised")

    def _judge_answer(self, operation: Operation, entry: Entry | None) -> None:
        """The verb returned: is it the entry that was asked for, and the same as before?"""
        self.outcomes[operation.verb] += 1
        if entry is None:
            nothing_held = operation.verb == "hold" and operation.credits == 0
            if operation.verb in VERBS and not nothing_held:
                self.problems.append(f"{operation} returned nothing")
            return
        ends = operation.verb in {"settle", "release"}
        reference = f"{operation.verb}:{operation.reference}" if ends else operation.reference
        if (entry.kind, entry.reference, entry.account_id) != (
            operation.verb,
            reference,
            self.accounts[operation.account].pk,
        ):
            self.problems.append(f"{operation} returned {entry}")
        if self.confirmed.setdefault(reference, entry.pk) != entry.pk:
            self.problems.append(f"{operation} was done twice")

    def _judge_refusal(self, operation: Operation, error: Exception) -> None:
        """The verb refused: may it, as far as its caller can tell?"""
        self.outcomes[type(error).__name__] += 1
        ledger, account = self.ledger, self.accounts[operation.account]
        if isinstance(error, ledger.AccountFrozen):
            fair = operation.verb == "hold" and account.frozen_at is not None
        elif isinstance(error, ledger.InsufficientCredits):
            fair = operation.verb == "hold" and error.balance < error.needed == operation.credits
            fair = fair and (not self.alone or self._sum(account) == error.balance)
        elif isinstance(error, ledger.AlreadyEnded):
            fair = (
                operation.verb in {"settle", "release"}
                and f"{operation.verb}:{operation.reference}" not in self.confirmed
            )
        elif isinstance(error, ledger.HoldNotFound):
            fair = operation.verb in {"settle", "release"} and operation.reference not in self.confirmed
        else:
            fair = False
        if not fair:
            self.problems.append(f"{operation} was refused: {type(error).__name__}: {error}")

    def _sum(self, account: Account) -> int:
        return sum(Entry.objects.filter(account=account).values_list("credits", flat=True))
