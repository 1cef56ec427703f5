"""Our own client of the ERP, against a mock ERP that runs as a real process: no core, no virtual time."""

import httpx
import pytest

pytestmark = pytest.mark.systems("erp")


def test_an_order_is_entered(client, erp, lines):
    number = client.enter("W-000001", lines)
    assert [fact.entity for fact in erp.facts("sales_order.created")] == [number]


def test_a_lost_answer_makes_no_second_order(client, erp, lines):
    erp.call_fault("lost_reply", operation="createSalesOrder", occurrence=1, reset=True)
    number = client.enter("W-000001", lines)
    assert len(erp.calls()) >= 2
    assert [fact.entity for fact in erp.facts("sales_order.created")] == [number]


def test_an_outage_is_told(client, erp, lines):
    erp.call_fault("error", status=503)
    with pytest.raises(httpx.HTTPStatusError):
        client.enter("W-000001", lines)
    erp.heal()
    assert client.enter("W-000001", lines)
