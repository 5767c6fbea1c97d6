"""The same job has the same file name in every service, and names say what is inside."""

import ast
import re

from tests.architecture.source import EVERYTHING, PRODUCT, ROOT, sources

EMPTY_WORDS = re.compile(r"(^|_)(utils?|core|common|helpers?|managers?|misc)(_|$)")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def test_names_mean_something() -> None:
    """No file, folder or class is called after nothing in particular."""
    files = {part.removesuffix(".py") for source in sources(*EVERYTHING) for part in source.parts}
    classes = {
        re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower()
        for source in sources(*EVERYTHING)
        for node in source.nodes
        if isinstance(node, ast.ClassDef)
    }
    assert {name for name in files | classes if EMPTY_WORDS.search(name)} == set()


def test_packages_say_what_they_are_and_nothing_else() -> None:
    """An `__init__.py` holds one line of docstring at most: a name is imported from where it is defined."""
    packages = [source for source in sources(*PRODUCT) if source.parts[-1] == "__init__.py"]
    assert [source.path for source in packages if not is_one_docstring_at_most(source.tree)] == []


def is_one_docstring_at_most(tree: ast.Module) -> bool:
    """Whether there is nothing but perhaps a docstring of one line."""
    doc = ast.get_docstring(tree)
    return len(tree.body) == (doc is not None) and "\n" not in (doc or "")


def test_services_have_one_anatomy() -> None:
    """Each service says what it decides, what it reads from the environment, and what it is made of."""
    services = [path for path in (ROOT / "services").iterdir() if (path / "__init__.py").exists()]
    wanted = ("app.py", "settings.py")
    missing = [f"{service.name}/{name}" for service in services for name in wanted if not (service / name).exists()]
    silent = [
        source.path
        for source in sources("services")
        if len(source.parts) == 3 and source.parts[-1] == "__init__.py" and not ast.get_docstring(source.tree)
    ]
    assert missing + silent == []


def test_every_service_lets_go_of_a_brand() -> None:
    """Each hands out and erases what it holds of a brand, and works such requests off."""
    services = [path for path in (ROOT / "services").iterdir() if (path / "app.py").exists()]
    wanted = ("handlers/on_erasure_asked.py", "handlers/on_export_asked.py")
    missing = [f"{service.name}/{name}" for service in services for name in wanted if not (service / name).exists()]
    idle = [service.name for service in services if "tenants.loop()" not in (service / "app.py").read_text()]
    assert missing + idle == []


def test_handlers_are_named_after_their_event() -> None:
    """`ls shared/events/* services/*/handlers` is the flow chart."""
    handlers = [source for source in sources("services") if len(source.parts) > 3 and source.parts[2] == "handlers"]
    misnamed = [source.path for source in handlers if not re.match(r"(on_\w+|__init__)\.py$", source.parts[-1])]
    assert misnamed == []


def test_every_handler_is_heard() -> None:
    """A handler that its service lists nowhere reads nothing, though the contracts name it as a reader."""
    files = [source for source in sources("services") if len(source.parts) > 2]
    deaf = []
    for handler in files:
        stem = handler.parts[-1].removesuffix(".py")
        others = [one for one in files if one.parts[1] == handler.parts[1] and one is not handler]
        if handler.parts[2] == "handlers" and stem.startswith("on_"):
            deaf += [] if any(re.search(rf"\b{stem}\b", one.text) for one in others) else [handler.path]
    assert deaf == []


def test_nothing_is_left_for_later() -> None:
    """What is not done is said in an issue, not in the code."""
    marks = [
        f"{source.path}:{number}"
        for source in sources(*PRODUCT, "bench")
        for number, line in enumerate(source.text.splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert marks == []
