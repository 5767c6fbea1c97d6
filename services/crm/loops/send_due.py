"""Delivers webhooks: one queue an endpoint, so that a slow one delays no other; the event's id is the webhook's."""

import random
import time
from dataclasses import dataclass
from datetime import timedelta

import structlog

from services.crm.domain import statements
from services.crm.domain.attempt import Outcome, next_after, outcome_of, slowed
from services.crm.settings import Settings
from services.crm.store.deliveries import Deliveries, Delivery
from services.crm.store.endpoints import Endpoint, Endpoints
from shared.bus.envelope import Outgoing
from shared.epochs import Epochs
from shared.errors import EgressRefused, NotSent, OutcomeUnknown
from shared.in_flight import InFlight, Line
from shared.mongo.transactions import Transaction
from shared.secrets import Unsealable
from shared.service import Floor
from shared.telemetry import span
from shared.webhooks import headers_of

A_TURN = 50
MOST_ANSWER = 256_000
MOVED = {"paused": "held", "disabled": "held", "deleted": "cancelled"}
ELSEWHERE = "the brand has gone to another agency: resume it where it is theirs"
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sender:
    """What sending needs. `send_due` is the loop's work, `release_held` another's."""

    floor: Floor
    settings: Settings
    endpoints: Endpoints
    deliveries: Deliveries
    epochs: Epochs
    calls: InFlight

    async def send_due(self) -> bool:
        """Start what is due and has room; whether more may be due that has room too."""
        full = self.calls.full()
        due = [] if full.all else await self.deliveries.due(A_TURN, full.networks, full.channels)
        room = self.calls.room([_line(one) for one in due])
        chosen = [one for one, fits in zip(due, room, strict=True) if fits]
        if chosen:
            claimed = await self.deliveries.claim(chosen, self.floor.new_id(), self.settings.instance)
            known = await self.endpoints.known(sorted({one["endpoint_id"] for one in claimed}))
            for delivery in claimed:
                self.calls.spawn(_line(delivery), self._send(delivery, known[delivery["endpoint_id"]]))
        return len(due) == A_TURN and bool(chosen)

    async def release_held(self) -> None:
        """What was held for a pause leaves when the endpoint is active again, and is cancelled with it."""
        holding = await self.deliveries.endpoints_holding()
        known = await self.endpoints.known(holding)
        for endpoint_id in holding:
            state = known[endpoint_id]["state"] if endpoint_id in known else "deleted"
            if state in ("active", "deleted"):
                await self.deliveries.let_go(endpoint_id, "waiting" if state == "active" else "cancelled")

    async def _send(self, delivery: Delivery, endpoint: Endpoint) -> None:
        if endpoint["state"] == "active" and await self._has_moved(endpoint):
            await self._shut(endpoint, ELSEWHERE)
            endpoint = endpoint | {"state": "disabled"}
        if endpoint["state"] != "active":
            await self.deliveries.set_aside(delivery, MOVED[endpoint["state"]])
            return
        if endpoint["slow_until"] is not None and endpoint["slow_until"] > await self.floor.database.now():
            await self.deliveries.later(delivery, endpoint["slow_until"])
            return
        began = time.monotonic()
        with span("webhook", parent=delivery["trace"] or None):
            outcome = await self._tell(delivery, endpoint)
        await self._conclude(delivery, endpoint, outcome, round((time.monotonic() - began) * 1000))

    async def _tell(self, delivery: Delivery, endpoint: Endpoint) -> Outcome:
        """One call, one outcome. What may or may not have arrived is told again: the receiver knows the id."""
        body, now = delivery["body"].encode(), self.floor.clock()
        try:
            signed = headers_of(self._secrets(endpoint), delivery["event_id"], now, body)
            answer = await self.floor.egress.request(
                "POST",
                endpoint["url"],
                headers={"content-type": "application/json", **signed},
                content=body,
                timeout=self.settings.request_timeout,
                max_bytes=MOST_ANSWER,
            )
        except (NotSent, OutcomeUnknown, EgressRefused, Unsealable) as error:
            return Outcome("failed", 0, str(error))
        return outcome_of(answer.status, answer.headers, now)

    async def _has_moved(self, endpoint: Endpoint) -> bool:
        """Whether the brand is another agency's now than of those who last said that it is to be told."""
        brand = self.floor.directory.brand(endpoint["brand_id"])
        if brand is None:
            return False
        if not endpoint.get("agency_id"):
            await self.endpoints.note_agency(endpoint, brand.agency_id)
        return (endpoint.get("agency_id") or brand.agency_id) != brand.agency_id

    async def _shut(self, endpoint: Endpoint, why: str) -> None:
        now, epoch = self.floor.clock(), (await self.epochs.current()).value

        async def work(tx: Transaction) -> None:
            if (shut := await self.endpoints.disable(endpoint, why, tx=tx)) is not None:
                tx.emit(Outgoing.first(statements.endpoint_changed(shut, at=now, epoch=epoch), now=now))

        await self.floor.database.transact(work)

    def _secrets(self, endpoint: Endpoint) -> list[str]:
        """The newest first; for a while after a change the one before it too."""
        until = endpoint["previous_until"]
        both = endpoint["previous_sealed"] and until is not None and until > self.floor.clock()
        sealed = [endpoint["secret_sealed"], *([endpoint["previous_sealed"]] if both else [])]
        return [self.floor.vault.open(one) for one in sealed]

    async def _conclude(self, delivery: Delivery, endpoint: Endpoint, outcome: Outcome, took: int) -> None:
        """The delivery, what is known of its endpoint, and the events that tell it, in one transaction."""
        now, epoch = self.floor.clock(), (await self.epochs.current()).value
        after = next_after(delivery["made"] + 1, self.settings.retries, outcome, random.random())  # noqa: S311
        state = "delivered" if outcome.kind == "delivered" else "failed" if after is None else "waiting"
        if outcome.kind == "gone":
            state = "failed"
        noted = {"at": now, "status": outcome.status, "why": outcome.why, "milliseconds": took}

        async def work(tx: Transaction) -> None:
            done = await self.deliveries.conclude(delivery, noted, state, after, tx=tx)
            if done is None:
                return
            told = statements.attempted(done, outcome, took, at=now, epoch=epoch)
            tx.emit(Outgoing.first(told, now=now, traceparent=delivery["trace"] or None))
            shut = await self._note(endpoint, outcome, tx)
            if shut is not None:
                tx.emit(Outgoing.first(statements.endpoint_changed(shut, at=now, epoch=epoch), now=now))

        await self.floor.database.transact(work)

    async def _note(self, endpoint: Endpoint, outcome: Outcome, tx: Transaction) -> Endpoint | None:
        """What this says of the endpoint; its new state where it is shut by it."""
        if outcome.kind == "delivered":
            await self.endpoints.well(endpoint, tx=tx)
            return None
        if outcome.kind == "gone":
            return await self.endpoints.disable(endpoint, outcome.why, tx=tx)
        now, slow = self.floor.clock(), slowed(outcome, self.settings.retries)
        known = await self.endpoints.failing(endpoint, now, slow, tx=tx)
        limit = timedelta(days=self.settings.disable_after_days)
        if known is not None and now - known["failing_since"] > limit:
            why = f"nothing but failures for {limit.days} days: {outcome.why}"
            return await self.endpoints.disable(endpoint, why, tx=tx)
        return None


def _line(delivery: Delivery) -> Line:
    """Room is shared out by brand, then by endpoint."""
    return delivery["brand_id"], delivery["endpoint_id"]
