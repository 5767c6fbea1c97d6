"""What console says of holds is believed as far as it can be kept."""

from typing import Any

import pytest
from pydantic import ValidationError

from shared.holds import TOLD_EXAMPLE, ToldGates


@pytest.mark.parametrize("wrong", [{"seq": 2**63}, {"epoch": 2**64}, {"brand_id": ""}])
def test_what_no_store_keeps_is_refused(wrong: dict[str, Any]) -> None:
    """With what is wrong, and not by the database as an error of ours."""
    ToldGates.model_validate({"gates": [TOLD_EXAMPLE | {"seq": 2**63 - 1}]})
    with pytest.raises(ValidationError, match=r"larger than|no brand"):
        ToldGates.model_validate({"gates": [TOLD_EXAMPLE | wrong]})
