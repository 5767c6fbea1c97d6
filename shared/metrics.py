"""Every metric of the product, as one list: base units, `_total` and `_seconds`; a brand is never a label."""

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)

BUS_CONSUMED = Counter("bus_consumed_total", "Messages that ended", ["topic", "group", "outcome"])
BUS_HANDLER_SECONDS = Histogram("bus_handler_seconds", "Time in a handler", ["group", "handler"], buckets=_FAST)
BUS_DWELL_SECONDS = Histogram("bus_dwell_seconds", "Now less ce_time when handled", ["topic", "group"], buckets=_SLOW)
BUS_INFLIGHT = Gauge("bus_inflight", "Messages handed to handlers and not yet finished", ["group"])
BUS_PARKED = Counter("bus_parked_total", "Messages set aside", ["topic", "group", "reason"])
BUS_DEAD = Counter("bus_dead_total", "Messages given up until someone replays them", ["topic", "group", "reason"])
BUS_BRAKED = Gauge("bus_braked", "1 while the brake holds a topic", ["topic", "group"])
BUS_REBALANCES = Counter("bus_rebalances_total", "Assignments received", ["group"])
BUS_LAST_PROGRESS = Gauge("bus_last_progress_timestamp_seconds", "When an offset last moved", ["group"])
BUS_LAG = Gauge("bus_lag", "Messages not yet finished in the partitions that this process has", ["topic", "group"])
BUS_PRODUCED = Counter("bus_produced_total", "Messages acknowledged by Kafka", ["topic"])
BUS_PRODUCER_REBUILT = Counter("bus_producer_rebuilt_total", "Producers replaced after a broken sequence")

OUTBOX_PENDING = Gauge("outbox_pending", "Rows waiting to leave", ["service"])
OUTBOX_OLDEST_SECONDS = Gauge("outbox_oldest_seconds", "Age of the oldest row that may leave", ["service"])

LOOP_RUNS = Counter("loop_runs_total", "Runs of a clock-driven loop", ["loop", "outcome"])
LOOP_SECONDS = Histogram("loop_seconds", "Time of one run", ["loop"], buckets=_SLOW)
LOOP_LAST_RUN = Gauge("loop_last_run_timestamp_seconds", "When a run last ended well", ["loop"])

HTTP_REQUESTS = Counter("http_requests_total", "Answers given", ["route", "method", "status"])
HTTP_SECONDS = Histogram("http_request_seconds", "Time to answer", ["route"], buckets=_FAST)

EGRESS_REQUESTS = Counter("egress_requests_total", "Calls that left or were refused", ["outcome"])
EGRESS_SECONDS = Histogram("egress_seconds", "Time of an outward call", ["outcome"], buckets=_SLOW)

DIRECTORY_ENTRIES = Gauge("directory_entries", "What the directory knows", ["kind"])
