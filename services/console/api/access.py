"""Who may use `/api/v1`: whoever holds the operator's key."""

import hmac
from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.console.resources import Console
from shared.problems import Problem

_bearer = HTTPBearer(auto_error=False, description="the operator's key (CONSOLE_OPERATOR_KEY)")


async def operator(
    console: Console, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> None:
    """401 without the key; while no key is set nobody gets in."""
    key = console.settings.operator_key.get_secret_value()
    given = credentials.credentials if credentials else ""
    if not key or not hmac.compare_digest(key.encode(), given.encode()):
        raise Problem(401, "this needs the operator's key", headers={"WWW-Authenticate": "Bearer"})


Operator = Depends(operator)
