"""What managers do with endpoints, each in one transaction with its event and its stored answer."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.crm.api.shapes import Again, Registration, delivery_state, endpoint_state
from services.crm.domain.address import trouble_with
from services.crm.domain.statements import endpoint_changed
from services.crm.settings import Settings
from services.crm.store.deliveries import Deliveries
from services.crm.store.endpoints import Endpoint, Endpoints
from shared.auth import Command
from shared.bus.envelope import Outgoing
from shared.commands import Answer, Answers
from shared.epochs import Epochs
from shared.errors import Conflict
from shared.mongo.transactions import Transaction
from shared.problems import Problem
from shared.secrets import seal
from shared.service import Floor
from shared.webhooks import SECRET_BYTES, secret_of

MOST_ENDPOINTS = 20
STATES = {"pause": ("active",), "resume": ("paused", "disabled"), "remove": ("active", "paused", "disabled")}
AFTER = {"pause": "paused", "resume": "active", "remove": "deleted"}
WELL = {"why": "", "failing_since": None, "slow_until": None}


@dataclass(frozen=True, slots=True)
class Desk:
    """What the commands need."""

    floor: Floor
    settings: Settings
    endpoints: Endpoints
    deliveries: Deliveries
    epochs: Epochs
    answers: Answers

    async def listed(self, brand_id: str) -> Answer:
        """All of the brand."""
        return Answer({"endpoints": [endpoint_state(one) for one in await self.endpoints.of(brand_id)]})

    async def register(self, who: Command, body: Registration) -> Answer:
        """A new endpoint, active; its secret is in the answer and nowhere else."""
        self._check(body.url)
        now, sealed = self.floor.clock(), self._new_secret()
        endpoint = {
            "_id": self.floor.new_id(),
            "brand_id": who.brand_id,
            "seq": 1,
            **body.model_dump(),
            "state": "active",
            "person": who.person,
            "agency_id": self._agency_of(who.brand_id),
            "created_at": now,
            "secret_sealed": sealed,
            "previous_sealed": "",
            "previous_until": None,
            **WELL,
        }

        async def work(tx: Transaction) -> Answer:
            if len(await self.endpoints.of(who.brand_id, tx=tx)) >= MOST_ENDPOINTS:
                raise Problem(422, f"a brand has at most {MOST_ENDPOINTS} endpoints")
            await self.endpoints.add(dict(endpoint), tx=tx)
            return await self._told(endpoint, tx, 201)

        return await self._with_secret(who, await self.answers.once(who, work))

    async def change(self, who: Command, endpoint_id: str, body: Registration) -> Answer:
        """Another address, description or choice of facts; what waits goes to the new address."""
        self._check(body.url)
        agency = {"agency_id": self._agency_of(who.brand_id)}
        return await self._step(who, endpoint_id, body.model_dump() | agency)

    async def act(self, who: Command, endpoint_id: str, act: str) -> Answer:
        """Pause, resume (also what was disabled) or remove; what waits is kept for a resume."""
        well = WELL | {"agency_id": self._agency_of(who.brand_id)} if act == "resume" else {}
        return await self._step(who, endpoint_id, {"state": AFTER[act], **well}, STATES[act])

    async def rotate(self, who: Command, endpoint_id: str) -> Answer:
        """A new secret, shown now; for a day both sign."""
        sealed = self._new_secret()
        until = self.floor.clock() + timedelta(hours=self.settings.both_secrets_hours)

        async def work(tx: Transaction) -> Answer:
            endpoint = await self._seen(who, endpoint_id, tx)
            changes = {"secret_sealed": sealed, "previous_sealed": endpoint["secret_sealed"], "previous_until": until}
            changed = await self.endpoints.change(endpoint, {**changes, "person": who.person}, tx=tx)
            return await self._told(changed, tx)

        return await self._with_secret(who, await self.answers.once(who, work))

    async def attempts(self, brand_id: str, endpoint_id: str, state: str, limit: int) -> Answer:
        """The newest deliveries with their attempts."""
        await self.endpoints.get(brand_id, endpoint_id)
        found = await self.deliveries.latest(brand_id, endpoint_id, state, limit)
        return Answer({"deliveries": [delivery_state(one) for one in found]})

    async def again(self, who: Command, endpoint_id: str, body: Again) -> Answer:
        """Tell ended deliveries again, each under its own id: one, or all of a state."""
        where: dict[str, Any] = {"brand_id": who.brand_id, "endpoint_id": endpoint_id}
        where |= {"_id": body.delivery_id} if body.delivery_id else {"state": body.state}
        where |= {"created_at": {"$gte": body.since}} if body.since else {}

        async def work(tx: Transaction) -> Answer:
            await self.endpoints.get(who.brand_id, endpoint_id, tx=tx)
            return Answer({"endpoint_id": endpoint_id, "again": await self.deliveries.again(where, tx=tx)})

        return await self.answers.once(who, work)

    async def _step(
        self, who: Command, endpoint_id: str, changes: dict[str, Any], states: tuple[str, ...] = ()
    ) -> Answer:
        async def work(tx: Transaction) -> Answer:
            endpoint = await self._seen(who, endpoint_id, tx)
            if states and endpoint["state"] not in states:
                raise Conflict(endpoint_state(endpoint), f"the endpoint is {endpoint['state']}")
            return await self._told(await self.endpoints.change(endpoint, {**changes, "person": who.person}, tx=tx), tx)

        return await self.answers.once(who, work)

    async def _seen(self, who: Command, endpoint_id: str, tx: Transaction) -> Endpoint:
        endpoint = await self.endpoints.get(who.brand_id, endpoint_id, tx=tx)
        who.expect(endpoint["seq"], endpoint_state(endpoint))
        return endpoint

    async def _told(self, endpoint: Endpoint, tx: Transaction, status: int = 200) -> Answer:
        now, epoch = self.floor.clock(), (await self.epochs.current()).value
        tx.emit(Outgoing.first(endpoint_changed(endpoint, at=now, epoch=epoch), now=now))
        return Answer(endpoint_state(endpoint), status)

    async def _with_secret(self, who: Command, answer: Answer) -> Answer:
        """The stored answer carries no secret: it is opened for the same command again while it is the newest."""
        endpoint = await self.endpoints.get(who.brand_id, str(answer.body["endpoint_id"]))
        newest = endpoint["seq"] == answer.body["seq"]
        secret = self.floor.vault.open(endpoint["secret_sealed"]) if newest else ""
        return Answer({**answer.body, "secret": secret}, answer.status)

    def _agency_of(self, brand_id: str) -> str:
        brand = self.floor.directory.brand(brand_id)
        return brand.agency_id if brand else ""

    def _check(self, url: str) -> None:
        if trouble := trouble_with(url, self.settings.egress_allow):
            raise Problem(422, trouble)

    def _new_secret(self) -> str:
        return seal(self.floor.keys.platform_public, secret_of(secrets.token_bytes(SECRET_BYTES)))
