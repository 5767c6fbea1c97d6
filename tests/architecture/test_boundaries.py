"""Some names may stand in one place only; import-linter keeps the direction of imports."""

import ast
import re

import pytest

from tests.architecture.source import PRODUCT, Source, sources

ENGINE_CLIENTS = {
    "aiokafka": ("shared/bus",),
    "motor": ("shared/mongo",),
    "pymongo": ("shared/mongo",),
    "bson": ("shared/mongo",),
    "gridfs": ("shared/mongo",),
}
ENVIRONMENT = re.compile(r"\bos\.(environ|getenv)\b|\bfrom os import .*\b(environ|getenv)\b")
ACROSS_BRANDS = re.compile(r"\bSystemCollection\b|\.system\(")
ACROSS_BRANDS_ALLOWED = re.compile(r"/(loops|migrations)(/|\.py)|/sign_in")
REASON = re.compile(r"# system: \w+")


@pytest.mark.parametrize("client", ENGINE_CLIENTS)
def test_engine_clients_are_named_in_one_package(client: str) -> None:
    """An engine's client library can be exchanged, because one package alone knows it."""
    strangers = [
        f"{source.path}:{line}"
        for source in sources(*PRODUCT)
        if not source.under(*ENGINE_CLIENTS[client])
        for line, module in source.imports()
        if module.split(".")[0] == client
    ]
    assert strangers == []


def test_only_settings_read_the_environment() -> None:
    """What a service can be told is all in its settings; the `parvis` command may look around."""
    readers = [source for source in sources("services", "shared") if source.parts[-1] != "settings.py"]
    assert lines_with(ENVIRONMENT, readers) == []


def test_what_crosses_brands_says_why() -> None:
    """`SystemCollection` is for loops, migrations, sign-in; elsewhere the line says `# system: <reason>`."""
    services = [s for s in sources("services") if not ACROSS_BRANDS_ALLOWED.search(s.path)]
    unexplained = [
        where for where in lines_with(ACROSS_BRANDS, services) if not REASON.search(where) and " import " not in where
    ]
    assert unexplained == []


def test_handlers_leave_trouble_to_the_pipeline() -> None:
    """A handler neither catches nor retries nor logs: parking, retry and deadline are around it."""
    handlers = [source for source in sources("services") if "handlers" in source.parts]
    catching = [
        f"{source.path}:{node.lineno}"
        for source in handlers
        for function in source.functions()
        if function.name.startswith("handle")
        for node in ast.walk(function)
        if isinstance(node, ast.Try)
    ]
    logging = [f"{s.path}:{line}" for s in handlers for line, module in s.imports() if module == "structlog"]
    assert catching + logging == []


def test_rules_never_ask_for_the_time() -> None:
    """In `domain` the clock is an argument."""
    rules = [source for source in sources("services") if re.search(r"/domain(/|\.py)", source.path)]
    assert lines_with(re.compile(r"\.(now|utcnow|today|monotonic)\("), rules) == []


def lines_with(pattern: re.Pattern[str], files: list[Source]) -> list[str]:
    """Where the pattern stands, each with its line of text."""
    return [
        f"{source.path}:{number} {line.strip()}"
        for source in files
        for number, line in enumerate(source.text.splitlines(), start=1)
        if pattern.search(line)
    ]
