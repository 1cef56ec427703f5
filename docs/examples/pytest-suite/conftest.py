"""Fixtures of the team's own, on top of the sandbox's."""

import pytest
from erp_client import ErpClient


@pytest.fixture
def erp(sandbox_landscape):
    """The mock ERP: a process of its own, its books as on the first day."""
    return sandbox_landscape["erp"]


@pytest.fixture
def client(erp):
    """The code under test, pointed at it."""
    client = ErpClient(erp.url, erp.token)
    yield client
    client.close()


@pytest.fixture
def lines(sandbox_landscape):
    """Three of an item that the ERP knows."""
    item = sandbox_landscape.opening.items[0]
    return [{"line": 1, "sku": item.sku, "quantity": 3, "price_minor": item.price_minor}]
