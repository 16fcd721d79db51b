"""What a tracing process keeps between jobs: bounded in bytes, the least lately used goes first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from staging.engine.memory import MEGABYTE, Memory


def _picture(megabytes=1):
    return np.zeros(megabytes * MEGABYTE, np.uint8)


def test_a_result_is_made_once_while_it_is_kept():
    memory, made = Memory(10 * MEGABYTE), []
    for _ in range(3):
        memory.recall("a", lambda: made.append(1) or _picture())
    assert len(made) == 1


def test_the_least_lately_used_is_given_up_when_it_is_full():
    memory, made = Memory(int(2.5 * MEGABYTE)), []

    def ask(name):
        memory.recall(name, lambda: made.append(name) or {"layers": [_picture()]})

    for name in "abacab":
        ask(name)
    assert made == ["a", "b", "c", "b"]
    assert memory.held <= 2.5 * MEGABYTE


def test_what_is_larger_than_the_limit_is_made_but_not_kept():
    memory = Memory(MEGABYTE)
    assert memory.recall("big", lambda: _picture(4)).nbytes == 4 * MEGABYTE
    assert memory.held == 0
    memory.limit(0)
    assert memory.recall("none", lambda: 5) == 5
    assert memory.held == 0


def test_two_threads_that_miss_the_same_result_count_it_once():
    memory, both = Memory(10 * MEGABYTE), threading.Barrier(2)

    def make():
        both.wait(10)
        return _picture()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: memory.recall("a", make), range(2)))
    assert len({id(one) for one in made}) == 2
    assert memory.held < 1.1 * MEGABYTE
    assert memory.recall("a", _picture) is not None
