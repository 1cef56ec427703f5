"""The mock ERP as a provider for contract tools: its base URL, its OpenAPI document, its credentials."""

import pytest

schemathesis = pytest.importorskip("schemathesis")
pytestmark = pytest.mark.systems("erp")


@pytest.mark.parametrize("path", ["/items", "/customers"])
def test_lists_are_as_the_contract_says(erp, path):
    schema = schemathesis.openapi.from_url(erp.openapi_url)
    schema.config.update(base_url=erp.url, headers=erp.headers)
    schema[path]["GET"].Case().call_and_validate()
