"""How long a loaded run took to settle."""

from __future__ import annotations

from sandbox.load.settling import QUIET_US, Settling

MINUTE_US = 60_000_000


def test_the_quiet_while_that_proves_it_is_not_counted() -> None:
    settling = Settling(0, 100.0)
    assert not settling.look(10 * MINUTE_US, 110.0, is_idle=True)
    assert not settling.look(20 * MINUTE_US, 120.0, is_idle=False)  # a clerk let an order go
    assert not settling.look(20 * MINUTE_US + QUIET_US - 1, 149.9, is_idle=True)
    assert settling.look(20 * MINUTE_US + QUIET_US, 150.0, is_idle=True)
    assert settling.took_s == 20.0


def test_what_is_idle_when_the_load_ends_has_settled_at_once() -> None:
    settling = Settling(0, 100.0)
    assert settling.look(QUIET_US, 130.0, is_idle=True)
    assert settling.took_s == 0.0
