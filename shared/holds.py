"""What console says of holds, to each service that asks its gate before anything leaves (`PUT /gates`)."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from shared.events.console.parts import HOLD_EXAMPLE

STEPS = ("moderation", "replies", "posts", "spend")  # in the order in which they are released
MOST = 500
TOLD_EXAMPLE: dict[str, Any] = {"brand_id": "br-kerlann", "epoch": 0, "seq": 1, "holds": HOLD_EXAMPLE["holds"]}


def _kept(number: int) -> int:
    if not -(2**63) <= number < 2**63:
        raise ValueError("larger than a number can be kept")
    return number


def _named(brand_id: str) -> str:
    if not brand_id:
        raise ValueError("no brand is named")
    return brand_id


Number = Annotated[int, AfterValidator(_kept)]
Brand = Annotated[str, AfterValidator(_named)]


class ToldHold(BaseModel):
    """One open hold; see `BrandHeld`."""

    hold_id: str
    scope: str = "brand"
    shut: list[str]
    person: str
    why: str
    since: AwareDatetime


class ToldGate(BaseModel):
    """A brand's whole list of open holds; of two lists the one with the higher (epoch, seq) stands."""

    brand_id: Brand
    epoch: Number = 0
    seq: Number
    holds: list[ToldHold] = Field(default_factory=list)


class ToldGates(BaseModel):
    """What console says of some brands."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"gates": [TOLD_EXAMPLE]}]})

    gates: list[ToldGate] = Field(max_length=MOST)


def shut_by(holds: Iterable[Mapping[str, Any]]) -> list[str]:
    """The steps that any of these holds shuts, in order: a step is open only where no hold shuts it."""
    return [step for step in STEPS if any(step in hold["shut"] for hold in holds)]
