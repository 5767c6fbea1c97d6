"""`/api/v1/agencies|brands|channels`: put the same again and nothing changes (a channel is connected again)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from services.console.api import examples
from services.console.api.access import Operator
from services.console.connecting import connect
from services.console.resources import Console
from services.console.store.directory import AccountTaken, UnknownAgency, UnknownBrand
from shared.commands import answers
from shared.problems import Problem, responses

Id = Annotated[str, Field(pattern=r"^[\w-]{1,80}$")]  # no dots: MongoDB's paths are made of ids too
router = APIRouter(prefix="/api/v1", tags=["directory"], dependencies=[Operator], responses=responses(401, 404, 409))


class Agency(BaseModel):
    """An agency."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Agence Rivage"}]})

    name: str = Field(min_length=1, max_length=120)
    second_for_spend: bool = Field(False, description="releasing the spend of a hold needs a second person")


class Brand(BaseModel):
    """A brand of an agency; see the event `BrandChanged` for what each field means."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"agency_id": "ag-rivage", "name": "Kerlann", "timezone": "Europe/Paris"}]},
    )

    agency_id: Id
    name: str = Field(min_length=1, max_length=120)
    timezone: str = "UTC"
    languages: list[str] = Field(default_factory=list)
    approval: Literal["none", "one"] = "one"
    late_after: int = Field(default=30, ge=0)
    promise: int = Field(default=120, ge=1)
    shows_held: bool = False
    rate_burst: int = Field(default=1000, ge=1)
    rate_per_second: float = Field(default=100.0, gt=0)
    active: bool = True


class Channel(BaseModel):
    """A brand's account on a network. The token is sealed on receipt and never shown again."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "brand_id": "br-kerlann",
                    "network": "facebook",
                    "account_id": "1029",
                    "name": "Kerlann",
                    "base_url": "https://graph.facebook.com",
                    "token": "EAAB…",
                }
            ]
        },
    )

    brand_id: Id
    network: str
    account_id: str = Field(min_length=1, max_length=300)
    name: str = Field(min_length=1, max_length=120)
    handle: str = ""
    base_url: str
    token: SecretStr = SecretStr("")
    connected_at: datetime | None = None
    settings: dict[str, str] = Field(default_factory=dict)


@router.put("/agencies/{agency_id}", responses=answers(200, examples.AGENCY, "The agency as it is now"))
async def put_agency(agency_id: Id, agency: Agency, console: Console) -> dict[str, Any]:
    """Make or change an agency."""
    return _shown(await console.directory.put_agency(agency_id, agency.model_dump(), console.floor.clock()))


@router.put("/brands/{brand_id}", responses=answers(200, examples.BRAND, "The brand as it is now"))
async def put_brand(brand_id: Id, brand: Brand, console: Console) -> dict[str, Any]:
    """Make or change a brand; members with a role on all brands of the agency have it here too.

    A brand that goes to another agency leaves the people of the old one behind, and the keys that they made; its
    endpoints are shut, until somebody of the new one resumes them.
    """
    try:
        return _shown(await console.directory.put_brand(brand_id, brand.model_dump(), console.floor.clock()))
    except UnknownAgency as error:
        raise Problem(404, f"unknown agency {error}") from None


@router.put(
    "/channels/{channel_id}", responses=answers(200, examples.CHANNEL, "The channel as it is now, without its token")
)
async def put_channel(channel_id: Id, channel: Channel, console: Console) -> dict[str, Any]:
    """Connect a channel, or connect it again with another token."""
    fields = channel.model_dump(exclude={"token"}, exclude_none=True)
    try:
        return _shown(await connect(console, channel_id, fields, channel.token.get_secret_value()))
    except UnknownBrand as error:
        raise Problem(404, f"unknown brand {error}") from None
    except AccountTaken as error:
        raise Problem(409, f"{error} is connected as another channel") from None


def _shown(document: dict[str, Any]) -> dict[str, Any]:
    return {"id": document["_id"]} | {
        name: value for name, value in document.items() if name not in ("_id", "token_sealed")
    }
