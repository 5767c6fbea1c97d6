"""Logs as JSON lines without secrets, and traces that follow an event from the webhook to the action."""

import logging
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.typing import Processor

from shared.redaction import redact, redact_text

_propagator = TraceContextTextMapPropagator()
Entry = MutableMapping[str, Any]


def configure_logs(service: str, level: str = "INFO", instance: str = "0") -> None:
    """One JSON object a line on standard output, for our loggers and those of the libraries."""

    def name_service(logger: Any, method: str, entry: Entry) -> Entry:
        return {**entry, "service": service, "instance": instance}

    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        name_service,
        _name_trace,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _redacted,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("httpx", "httpcore", "uvicorn", "aiokafka", "pymongo", "motor"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def configure_traces(service: str, instance: str = "0") -> Any:
    """Export spans as the standard OTEL_* variables say. Returns the provider, whose `shutdown()` flushes."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create({"service.name": service, "service.instance.id": instance})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider


@contextmanager
def span(
    name: str,
    *,
    parent: str | None = None,
    links: Sequence[str] = (),
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, str | int | float | bool] | None = None,
) -> Iterator[Span]:
    """A span that is current inside. `parent` and `links` are traceparents.

    Without a parent or a current span a trace begins. With the exporter off nothing is recorded, yet the
    trace's id still travels.
    """
    context = _context(parent) if parent else None
    if not trace.get_current_span(context).get_span_context().is_valid:
        context = _fresh()
    clean = {key: redact(value, key) for key, value in (attributes or {}).items()}
    tracer = trace.get_tracer("parvis")
    opening = tracer.start_as_current_span(
        name,
        context,
        kind,
        clean,
        _linked(links),
        record_exception=False,
        set_status_on_exception=False,
    )
    with opening as opened:
        try:
            yield opened
        except Exception as error:
            opened.set_status(StatusCode.ERROR, type(error).__name__)
            raise


def _linked(traceparents: Sequence[str]) -> list[Link]:
    """Links to these; none where nothing is recorded."""
    if not _records():
        return []
    found = [trace.get_current_span(_context(one)).get_span_context() for one in traceparents]
    return [Link(one) for one in found if one.is_valid]


def _records() -> bool:
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def share(batch: Span, causes: Iterable[str], began: int) -> None:
    """One span for each cause whose own trace is sampled, in that trace and linked to the span of its batch.

    They last from `began` (ns since 1970) until now, as the batch does: its events are handled together.
    """
    if not _records():
        return
    name, link = getattr(batch, "name", "process"), Link(batch.get_span_context())
    for cause in causes:
        context = _context(cause)
        if trace.get_current_span(context).get_span_context().trace_flags.sampled:
            tracer = trace.get_tracer("parvis")
            tracer.start_span(name, context, SpanKind.CONSUMER, links=[link], start_time=began).end()


def current_traceparent() -> str | None:
    """The W3C `traceparent` of the current span, to be carried as `ce_traceparent`."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def _context(traceparent: str) -> Context:
    return _propagator.extract({"traceparent": traceparent}, Context())


def _fresh() -> Context | None:
    """A new trace's id where no SDK would make one; an SDK begins its own trace (and samples it)."""
    if _records():
        return None
    made = SpanContext(secrets.randbits(128), secrets.randbits(64), is_remote=False, trace_flags=TraceFlags(0))
    return trace.set_span_in_context(NonRecordingSpan(made), Context())


def _name_trace(logger: Any, method: str, entry: Entry) -> Entry:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        entry.setdefault("trace_id", format(context.trace_id, "032x"))
    return entry


def _redacted(logger: Any, method: str, entry: Entry) -> Entry:
    clean: dict[str, Any] = redact(entry)
    return {**clean, "event": redact_text(str(entry.get("event", "")))}
