"""A ledger that keeps nothing: its listeners hear every fact all the same."""

from mock_systems.kit.ledger import Fact, Ledger


def test_a_ledger_keeps_its_facts_or_tells_them_only() -> None:
    ledger, heard = Ledger("erp"), list[Fact]()
    ledger.listeners.append(heard.append)
    first = ledger.append(1, "invoice.posted", "INV-1", "W-1", {})
    ledger.keeps = False
    second = ledger.append(2, "invoice.posted", "INV-2", "W-2", {})
    assert heard == [first, second]
    assert ledger.facts == [first]
    assert ledger.written == second.seq == 2
