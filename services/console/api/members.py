"""`/api/v1/members`: who may sign in, with which role on which brand."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from services.console.api import examples
from services.console.api.access import Operator
from services.console.domain.access import EVERY_BRAND
from services.console.domain.membership import roles_of, spread
from services.console.resources import Console
from services.console.store.membership import Refused
from shared.commands import answers
from shared.problems import Problem, responses

Login = Annotated[str, Field(pattern=r"^[^\s/]{1,200}$")]
Role = Literal["viewer", "moderator", "manager", "admin"]
router = APIRouter(prefix="/api/v1", tags=["members"], dependencies=[Operator], responses=responses(401, 404))


class Member(BaseModel):
    """A member. `roles` names a role for each brand; `*` means every brand of the agency, later ones too."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Inès B.",
                    "agency_id": "ag-rivage",
                    "password": "…",
                    "language": "fr",
                    "roles": {"*": "admin"},
                }
            ]
        },
    )

    name: str = Field(min_length=1, max_length=120)
    agency_id: str
    password: SecretStr | None = None
    language: Literal["", "fr", "en"] = ""
    roles: dict[str, Role] = Field(default_factory=dict)
    operator: bool = False


@router.put("/members/{login}", responses=answers(200, examples.MEMBER, "The member, with a role for each brand"))
async def put_member(login: Login, member: Member, console: Console) -> dict[str, Any]:
    """Make or change a member; it stands in the agency's log. A new password ends every session, without one the old
    stays."""
    known = await console.members.by_login(login)
    if known is None and member.password is None:
        raise Problem(422, "a new member needs a password")
    brands = await console.directory.brands_of_agency(member.agency_id)
    if strange := member.roles.keys() - {*brands, EVERY_BRAND}:
        raise Problem(422, f"not brands of agency {member.agency_id}: {', '.join(sorted(strange))}")
    roles = spread(member.roles, brands)
    fields = member.model_dump(exclude={"password"}) | {"roles": roles}
    if known is not None and not member.language:
        fields.pop("language")
    await _put_password(console, member, known, fields)
    await console.membership.put(login.strip().casefold(), fields, console.floor.clock())
    return {"login": login.casefold(), "name": member.name, "roles": roles, "operator": member.operator}


@router.post(
    "/members/{login}/second-step/clear",
    responses=answers(200, examples.MEMBER, "The member, whose password is enough"),
)
async def clear_second_step(login: Login, console: Console) -> dict[str, Any]:
    """For a lost telephone where no admin can help: until it is set up anew, the password alone opens."""
    try:
        member = await console.accounts.clear_by_operator(login.casefold(), console.floor.clock())
    except Refused:
        raise Problem(404, "no such member") from None
    return {"login": member.login, "name": member.name, "roles": roles_of(member), "operator": member.operator}


async def _put_password(console: Console, member: Member, known: dict[str, Any] | None, fields: dict[str, Any]) -> None:
    """The same password again keeps its hash, so that putting a member twice signs nobody out."""
    if member.password is None:
        return
    password = member.password.get_secret_value()
    stored = (known or {}).get("password_hash")
    if stored is not None and await console.passwords.fits(stored, password):
        return
    fields["password_hash"] = await console.passwords.hash(password)
