"""What clients ask for. What a reference means is a function of the seed and the reference alone, so that any process
may ask for it, again and again, and whoever finds an entry later knows what it should say."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

# Few accounts and few references on each, so that clients meet.
VERBS = ("grant", "purchase", "hold", "hold", "hold", "hold", "settle", "settle", "settle", "release", "adjust")
NONSENSE = ("steal", "zero", "nameless", "overcharge", "end_a_grant")


@dataclass(frozen=True)
class Operation:
    """One call of a verb. `credits` as the verb takes them; `charged` of a settlement, None for all."""

    verb: str
    account: int
    reference: str
    credits: int
    charged: int | None = None


def number_of(seed: int, reference: str, among: int) -> int:
    """A number from 0 to `among` - 1 that belongs to this reference."""
    digest = hashlib.blake2b(f"{seed}:{reference}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % among


def price_of(seed: int, reference: str) -> int:
    """Credits that a hold of this reference sets aside; now and then 0, which holds nothing."""
    return number_of(seed, reference, 6)


def charge_of(seed: int, reference: str) -> int | None:
    """What settling this hold charges: all of it (None) in half of the cases."""
    price = price_of(seed, reference)
    return None if number_of(seed, f"charge:{reference}", 2) else number_of(seed, f"part:{reference}", price + 1)


def gift_of(seed: int, reference: str) -> int:
    """Credits of a grant or purchase of this reference: less than holds take, so that balances stay near zero."""
    return 1 + number_of(seed, reference, 4)


def correction_of(seed: int, reference: str) -> int:
    """Credits of an adjustment of this reference: -6 to 6 without 0."""
    credits = number_of(seed, reference, 12) - 6
    return credits if credits < 0 else credits + 1


def drawn(chance: random.Random, seed: int, accounts: int, step: int, nonsense: float) -> Operation:
    """The next operation of a client that has made `step` before; `nonsense` is the share of what must be refused.

    References are shared with the other clients.
    """
    account = chance.randrange(accounts)
    near = max(0, step - chance.randrange(40)) // 20
    if chance.random() < nonsense:
        return Operation(chance.choice(NONSENSE), account, f"s{seed}:{account}:hold:{near}", chance.randint(1, 5))
    verb = chance.choice(VERBS)
    reference = f"s{seed}:{account}:{verb}:{near}"
    if verb in {"hold", "settle", "release"}:
        # Three holds to a gift: credits run out all the time, which is when a hold may overdraw.
        reference = f"s{seed}:{account}:hold:{3 * near + chance.randrange(3)}"
        charged = charge_of(seed, reference) if verb == "settle" else None
        return Operation(verb, account, reference, price_of(seed, reference), charged)
    credits = correction_of(seed, reference) if verb == "adjust" else gift_of(seed, reference)
    return Operation(verb, account, reference, credits)
