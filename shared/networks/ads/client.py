"""The ad network of `parvis simulator`: campaigns under our own reference, an audience of hashes, reports by number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.egress import Egress, Response
from shared.errors import OutcomeUnknown
from shared.networks.advertising import Ad, Figures, Report
from shared.networks.capabilities import Account, Author, Gone, RateLimited, Refused, TokenLost

DEFAULT_WAIT = 60.0


class Ads:
    """`Advertising` and `Connecting`; the token goes in a header, where no log of addresses shows it."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress

    async def whoami(self, account: Account) -> Author:
        """Whose token it is."""
        found = await self._call("GET", account, "/me")
        return Author(str(found["id"]), str(found["name"]))

    async def put_ad(self, account: Account, ad: Ad) -> None:
        """The campaign is so from now on; the same again changes nothing."""
        arms = [{"name": one.name, "text": one.text, "link": one.link, "share": one.share} for one in ad.arms]
        wish = {"name": ad.name, "serving": ad.serving, "budget": ad.budget, "currency": ad.currency, "arms": arms}
        await self._call("PUT", account, _path(account, ad.ref), json=wish)

    async def address(self, account: Account, ref: str, members: Sequence[str]) -> None:
        """The campaign addresses these people, and nobody else."""
        await self._call("PUT", account, f"{_path(account, ref)}/audience", json={"members": list(members)})

    async def report(self, account: Account, ref: str, after: int) -> Report:
        """The figures that were stated after that number."""
        found = await self._call("GET", account, f"{_path(account, ref)}/report", params={"after": str(after)})
        try:
            return Report([_figures(row) for row in found["figures"]], bool(found["serving"]))
        except (KeyError, TypeError, ValueError) as error:
            raise OutcomeUnknown("the report cannot be read") from error

    async def _call(self, method: str, account: Account, path: str, **parts: Any) -> dict[str, Any]:
        answer = await self._egress.request(
            method,
            f"{account.base_url.rstrip('/')}{path}",
            channel_id=account.channel_id,
            headers={"Authorization": f"Bearer {account.token}"},
            **parts,
        )
        return _read(answer)


def _path(account: Account, ref: str) -> str:
    return f"/accounts/{account.account_id}/campaigns/{ref}"


def _figures(row: dict[str, Any]) -> Figures:
    counts = {name: int(row[name]) for name in ("number", "spend", "impressions", "clicks", "conversions")}
    return Figures(arm=str(row["arm"]), hour=datetime.fromisoformat(row["hour"]), **counts)


def _read(answer: Response) -> dict[str, Any]:
    """The JSON of a good answer; raises what a bad one means."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    if 200 <= answer.status < 300 and isinstance(found, dict):
        return found
    said = str(found.get("error")) if isinstance(found, dict) else f"HTTP {answer.status}"
    if answer.status == 401:
        raise TokenLost(said)
    if answer.status in (404, 410):
        raise Gone(said)
    if answer.status == 429:
        wait = answer.headers.get("retry-after", "")
        raise RateLimited(float(wait) if wait.isdecimal() else DEFAULT_WAIT)
    if 400 <= answer.status < 500:
        raise Refused(said, str(answer.status))
    raise OutcomeUnknown(f"HTTP {answer.status}")
