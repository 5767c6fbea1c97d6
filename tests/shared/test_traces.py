"""With the standard variables set, one trace is seen from the request to the consumer; without them nothing leaves."""

import asyncio
import gzip
from pathlib import Path
from uuid import uuid4

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from shared.bus.envelope import Outgoing
from shared.bus.producer import Producer
from shared.events.moderation.case_claimed import CaseClaimed
from shared.mongo.client import Mongo
from shared.service import utc_now
from shared.telemetry import current_traceparent, span
from tests.shared.little_server import little_server
from tests.shared.tiny_process import PATIENCE, tiny_process


class Collector:
    """An OTLP collector over HTTP: it keeps every span."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        """Read one export."""
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
        body = await reader.readexactly(int(fields[b"content-length"]))
        packed = fields.get(b"content-encoding") == b"gzip"
        export = ExportTraceServiceRequest.FromString(gzip.decompress(body) if packed else body)
        for resource in export.resource_spans:
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()


async def test_exported_from_the_request_to_the_consumer(kafka: str, mongo_uri: str, tmp_path: Path) -> None:
    """The span of the call and the span of the handling carry the caller's trace, and neither shows the token."""
    brand_id, trace, collector = str(uuid4()), uuid4().hex, Collector()
    async with little_server(collector.answer) as server:
        standard = {"OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "TINY_BRAND": brand_id}
        async with tiny_process(kafka, mongo_uri, tmp_path, **standard) as tiny:
            await tiny.ready()
            headers = {**tiny.token(brand_id, "k"), "traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
            answer = await tiny.http.post(f"/brands/{brand_id}/told", json={"text": "x"}, headers=headers)
            assert answer.status_code == 201
            async with Mongo.open(mongo_uri) as mongo, asyncio.timeout(PATIENCE):
                seen = mongo.database(f"{tiny.settings.database_prefix}tiny").brand("seen")
                while not await seen.count({"brand_id": brand_id, "trace": {"$exists": True}}):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            tiny.terminate()
            assert await tiny.ended() == 0
    ours = {one.name: one for one in collector.spans if one.trace_id.hex() == trace}
    linked = [one for one in collector.spans if any(link.trace_id.hex() == trace for link in one.links)]
    assert "POST /brands/{brand_id}/told" in ours
    assert "process moderation.verdicts.v1" in {*ours, *(one.name for one in linked)}
    assert headers["Authorization"].split(" ")[1] not in str(collector.spans)


async def test_each_sampled_event_of_a_batch_has_a_span_in_its_own_trace(
    kafka: str, mongo_uri: str, tmp_path: Path
) -> None:
    """Whoever follows one event's trace finds its handling, though it was one of many; unsampled ones cost nothing."""
    brand_id, collector = str(uuid4()), Collector()
    sampled, unsampled = [uuid4().hex for _ in range(8)], [uuid4().hex for _ in range(8)]
    parents = [f"00-{one}-00f067aa0ba902b7-01" for one in sampled] + [
        f"00-{one}-00f067aa0ba902b7-00" for one in unsampled
    ]
    own = {"brand_id": brand_id, "interaction_id": brand_id}
    events = [CaseClaimed.example().model_copy(update=own | {"seq": n}) for n in range(len(parents))]
    async with little_server(collector.answer) as server, Producer.open(kafka, source="/tiny") as producer:
        standard = {"OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "TINY_BRAND": brand_id}
        async with tiny_process(kafka, mongo_uri, tmp_path, **standard) as tiny:
            await tiny.ready()
            told = zip(events, parents, strict=True)
            await producer.send([Outgoing.first(one, now=utc_now(), traceparent=parent) for one, parent in told])
            async with Mongo.open(mongo_uri) as mongo, asyncio.timeout(PATIENCE):
                seen = mongo.database(f"{tiny.settings.database_prefix}tiny").brand("seen")
                while await seen.count({"brand_id": brand_id}) < len(events):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            tiny.terminate()
            assert await tiny.ended() == 0
    handled = [one for one in collector.spans if one.kind == Span.SPAN_KIND_CONSUMER]
    batches = {one.span_id for one in handled if _attribute(one, "messaging.batch.message_count") > 1}
    own = [one for one in handled if one.trace_id.hex() in sampled]
    assert sorted(one.trace_id.hex() for one in own) == sorted(sampled)
    assert batches
    assert any(link.span_id in batches for one in own for link in one.links)
    assert not [one for one in handled if one.trace_id.hex() in unsampled]


def _attribute(one: Span, name: str) -> int:
    return next((int(each.value.int_value) for each in one.attributes if each.key == name), 0)


def test_a_trace_begins_and_is_passed_down_though_nothing_is_exported() -> None:
    """Inside one span everything has one trace; a given parent's is taken over; apart, traces differ."""
    assert current_traceparent() is None
    with span("outer"):
        outer = current_traceparent()
        with span("inner"):
            assert outer is not None
            assert str(current_traceparent()).split("-")[1] == outer.split("-")[1]
    with span("another"):
        assert str(current_traceparent()).split("-")[1] != outer.split("-")[1]
    with span("child", parent=outer):
        assert str(current_traceparent()).split("-")[1] == outer.split("-")[1]
    assert current_traceparent() is None


@pytest.mark.parametrize("broken", ["", "00-xyz", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "ff-a-b-c"])
def test_a_broken_parent_begins_a_new_trace(broken: str) -> None:
    """What a stranger sends as `traceparent` cannot break a request."""
    with span("request", parent=broken):
        assert current_traceparent() is not None
