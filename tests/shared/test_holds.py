"""What console says of holds is believed as far as it can be kept."""

import pytest
from pydantic import ValidationError

from shared.holds import TOLD_EXAMPLE, ToldGates


@pytest.mark.parametrize("number", [{"seq": 2**63}, {"epoch": 2**64}])
def test_a_number_that_no_store_keeps_is_refused(number: dict[str, int]) -> None:
    """With what is wrong, and not by the database as an error of ours."""
    ToldGates.model_validate({"gates": [TOLD_EXAMPLE | {"seq": 2**63 - 1}]})
    with pytest.raises(ValidationError, match="larger than"):
        ToldGates.model_validate({"gates": [TOLD_EXAMPLE | number]})
