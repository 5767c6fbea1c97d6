"""Our header codec says what the CloudEvents SDK says."""

from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event

from shared.bus.envelope import Cause, EncodedMessage, Outgoing, Received, check_owner, decode_headers, encode
from shared.errors import Reject
from shared.events.catalogue import event_classes
from shared.events.console.agency_changed import AgencyChanged
from shared.events.event import Event
from shared.events.ingest.payload_received import PayloadReceived
from shared.events.ingest.payload_unrouted import PayloadUnrouted

NOW = datetime(2026, 11, 25, 9, 0, 0, 400_000, tzinfo=UTC)
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def cause_of(message: EncodedMessage) -> Cause:
    """The envelope as a reader of partition 3 finds it."""
    place = {"topic": message.topic, "partition": 3, "offset": 41, "timestamp_ms": 5}
    return decode_headers(dict(message.headers), **place)  # type: ignore[arg-type]


@pytest.mark.parametrize("event_class", event_classes(), ids=lambda cls: cls.__name__)
def test_the_sdk_reads_what_we_write_and_writes_what_we_read(event_class: type[Event]) -> None:
    """For every event: the same attributes as the SDK reads, and the SDK's own message reads the same here."""
    event = event_class.example()
    message = encode(Outgoing.first(event, now=NOW, traceparent=TRACE), "/testing")
    theirs = from_binary_event(KafkaMessage(dict(message.headers), message.key, message.value or b""))
    assert (theirs.get_id(), theirs.get_source(), theirs.get_type()) == (
        event.event_id(),
        "/testing",
        event_class.type_name(),
    )
    assert (theirs.get_time(), theirs.get_subject()) == (NOW, event.subject())
    assert theirs.get_datacontenttype() == "application/json"
    assert theirs.get_extension("traceparent") == TRACE
    again = to_binary_event(theirs)
    ours = message._replace(headers=list(again.headers.items()), value=again.value)
    assert cause_of(ours) == cause_of(message)
    assert event_class.read(ours.value or b"") == event


def test_what_an_event_causes_carries_its_story_on() -> None:
    """Correlation, trace and the mark of a replay go on; the cause is the event that was read."""
    first = Outgoing.first(PayloadReceived.example(), now=NOW, traceparent=TRACE)
    cause = cause_of(encode(first, "/ingest"))._replace(replayed_from=NOW)
    received = Received(PayloadReceived.example(), cause)
    caused = cause_of(encode(received.emit(AgencyChanged.example()), "/other"))
    assert caused.correlation_id == first.correlation_id
    assert caused.causation_id == first.event.event_id()
    assert (caused.traceparent, caused.replayed_from) == (TRACE, NOW)
    assert (cause.topic, cause.partition, cause.offset) == ("ingest.raw.v1", 3, 41)


def test_the_owner_is_in_the_header() -> None:
    """A brand's fact names its brand, an agency's its agency, and an unrouted change nobody."""
    told = [
        cause_of(encode(Outgoing.first(cls.example(), now=NOW), "/testing"))
        for cls in (PayloadReceived, AgencyChanged, PayloadUnrouted)
    ]
    assert [(cause.brand_id, cause.agency_id) for cause in told] == [
        ("br-kerlann", None),
        (None, "ag-rivage"),
        (None, None),
    ]


@pytest.mark.parametrize("event_class", event_classes(), ids=lambda cls: cls.__name__)
def test_key_header_and_body_name_the_same_owner(event_class: type[Event]) -> None:
    """What we write passes the check of its owner; with the key or header of another it does not."""
    event = event_class.example()
    message = encode(Outgoing.first(event, now=NOW), "/testing")
    cause = cause_of(message)
    check_owner(event, cause, message.key)
    if cause.brand_id or cause.agency_id:
        with pytest.raises(Reject):
            check_owner(event, cause, b"br-other:x")
    with pytest.raises(Reject):
        check_owner(event, cause._replace(brand_id="br-other"), message.key)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ce_id": b"1"},
        {"ce_id": b"1", "ce_type": b"t", "ce_source": None, "ce_time": b"2026-11-25T09:00:00Z"},
        {"ce_id": b"\xff", "ce_type": b"t", "ce_source": b"s", "ce_time": b"x"},
    ],
)
def test_headers_that_are_none_are_refused(headers: dict[str, bytes | None]) -> None:
    """Without id, type, source and a time it is no event of ours."""
    with pytest.raises(Reject):
        decode_headers(headers, topic="t", partition=0, offset=0, timestamp_ms=0)
