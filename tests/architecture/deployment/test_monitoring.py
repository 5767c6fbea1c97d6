"""Alerts and dashboards ask for what the code measures, and every alert says what to do."""

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from shared import metrics
from tests.architecture.deployment.rendering import K8S
from tests.architecture.source import ROOT, sources

MONITORING = K8S / "components" / "monitoring"
OTHERS = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total"}  # Prometheus, and its client library
WHERE = {"job", "instance", "le"}
INTERVAL = "$__rate_interval"  # Grafana's own word


def measured() -> dict[str, set[str]]:
    """Each series of ours with its labels."""
    found: dict[str, set[str]] = {}
    for one in vars(metrics).values():
        if isinstance(one, MetricWrapperBase):
            for name in REGISTRY._get_names(one):
                found[name] = set(one._labelnames)
    return found


def alerts() -> list[dict[str, Any]]:
    """The rules."""
    groups = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def questions() -> Iterator[tuple[str, str]]:
    """Where it is asked, and the question in PromQL."""
    yield from ((rule["alert"], rule["expr"]) for rule in alerts())
    for panel in json.loads((MONITORING / "dashboard.json").read_text())["panels"]:
        yield from ((panel["title"], target["expr"]) for target in panel.get("targets", ()))


def names(node: Any) -> Iterator[tuple[str, set[str]]]:
    """Each series in a question, with the labels that it is chosen by."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node.name, {one.name for one in node.matchers.matchers}
    elif isinstance(node, promql_parser.MatrixSelector):
        yield from names(node.vector_selector)
    else:
        for word in ("expr", "lhs", "rhs", "param"):
            inner = getattr(node, word, None)
            if inner is not None:
                yield from names(inner)
        for argument in getattr(node, "args", ()):
            yield from names(argument)


@pytest.mark.parametrize(("where", "question"), list(questions()))
def test_only_what_is_measured_is_asked(where: str, question: str) -> None:
    """Each series named in an alert or on a panel is one that the code has, with the labels that the code gives it."""
    ours = measured()
    asked = list(names(promql_parser.parse(question.replace(INTERVAL, "5m"))))
    assert asked
    for name, labels in asked:
        assert name in OTHERS or name in ours, f"{where}: nothing measures {name}"
        assert labels <= WHERE | ours.get(name, set())
    together = re.findall(r"by \(([^)]*)\)", question)
    may = WHERE.union(*(ours.get(name, set()) for name, _ in asked))
    assert {label.strip() for group in together for label in group.split(",")} <= may


def test_every_metric_is_used() -> None:
    """What is declared is also measured somewhere in the code."""
    text = "".join(source.text for source in sources("shared") if source.path != "shared/metrics.py")
    declared = [name for name, one in vars(metrics).items() if isinstance(one, MetricWrapperBase)]
    assert [name for name in declared if not re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_every_alert_says_what_to_do(rule: dict[str, Any]) -> None:
    """It links to a page of docs/runbooks that says what it means, where to look and what to do."""
    page = ROOT / rule["annotations"]["runbook"]
    assert page.parent == ROOT / "docs" / "runbooks"
    text = page.read_text()
    assert [word for word in ("**Means.**", "**Look.**", "**Do.**") if word not in text] == []
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_no_runbook_is_left_over() -> None:
    """A page that no alert links to is an alert that was lost."""
    linked = {rule["annotations"]["runbook"] for rule in alerts()}
    assert linked == {str(path.relative_to(ROOT)) for path in (ROOT / "docs" / "runbooks").glob("*.md")}
