"""Messages for what a user can put right."""

import pytest

from sandbox.errors import InputError, SandboxError, did_you_mean


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (InputError("what"), "what"),
        (InputError("what", remedy="do this"), "what; do this"),
        (InputError("what", file="a.csv", line=3, field="Price", remedy="fix"), "a.csv:3: Price: what; fix"),
        (InputError("what", file="a.yaml", field="faults[2].at"), "a.yaml: faults[2].at: what"),
        (InputError("what", line=7), "line 7: what"),
    ],
)
def test_a_message_tells_place_field_what_and_remedy(error: InputError, told: str) -> None:
    assert str(error) == told
    assert isinstance(error, SandboxError)


def test_the_nearest_known_name_is_offered() -> None:
    assert did_you_mean("outtage", ["outage", "slow"]) == "did you mean 'outage'?"
    assert did_you_mean("STOCKCODE", ["StockCode", "Description"]) == "did you mean 'StockCode'?"
    assert did_you_mean("xyz", ["slow", "outage"]) == "known: outage, slow"
    assert did_you_mean("xyz", []) == "none is known here"
