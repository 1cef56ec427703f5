"""Who made which document, as far as calls and their answers tell."""

from __future__ import annotations

from sandbox.worlds.live.proxy.subjects import Maker, Subjects


def test_a_number_that_comes_back_and_was_not_asked_about_was_made_by_that_call() -> None:
    subjects = Subjects(("external_ref",), ("sales_order", "goods_issue"))
    order, issue, again = (Maker(trace * 32, None) for trace in "123")
    subjects.made_new({"sales_order": "S-1", "status": "open"}, {"external_ref": "W-000001"}, order)
    subjects.made_new({"sales_order": "S-1", "goods_issue": "G-1"}, {"sales_order": "S-1"}, issue)
    subjects.made_new({"goods_issue": "G-1"}, None, again)
    assert [subjects.maker_of(number) for number in ("S-1", "G-1")] == [order, issue]
    assert subjects.maker_of("open") == Maker(None, None)
