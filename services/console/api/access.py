"""Who may use `/api/v1`: whoever holds the operator's key; for what concerns a CRM, a key of the brand too."""

import hmac
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.console.resources import Console
from services.console.store.keys import PREFIX
from shared.problems import Problem
from shared.rates import spend

_bearer = HTTPBearer(auto_error=False, description="the operator's key (CONSOLE_OPERATOR_KEY)")


async def operator(
    console: Console, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> None:
    """401 without the key; while no key is set nobody gets in."""
    key = console.settings.operator_key.get_secret_value()
    given = credentials.credentials if credentials else ""
    if not key or not hmac.compare_digest(key.encode(), given.encode()):
        raise Problem(401, "this needs the operator's key", headers={"WWW-Authenticate": "Bearer"})


async def counted(request: Request, _: Annotated[None, Depends(operator)]) -> None:
    """429 where the key's holder asks about one brand too often."""
    spend(request, "operator", str(request.path_params.get("brand_id", "")))


AtAnyRate = Depends(operator)
Operator = Depends(counted)


async def caller(
    brand_id: str,
    request: Request,
    console: Console,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> str:
    """Who asks something of one brand: the holder of a key of that brand, or the operator; 401 for anybody else."""
    given = credentials.credentials if credentials else ""
    found = await console.keys.find(brand_id, given) if given.startswith(PREFIX) else None
    if found is None:
        await operator(console, credentials)
    spend(request, "operator" if found is None else found["_id"], brand_id)
    return "operator" if found is None else f"key:{found['name']}"


Caller = Annotated[str, Depends(caller)]
