"""Tests are stories with one sentence, told against real things."""

import ast

from tests.architecture.source import sources


def test_each_test_says_its_story() -> None:
    """A test without a sentence has not said what would be lost with it."""
    silent = [
        f"{source.path}:{function.lineno} {function.name}"
        for source in sources("tests")
        for function in source.functions()
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert silent == []


def test_nothing_is_mocked() -> None:
    """Fakes stand at the network's edge only, and are written, not conjured."""
    conjured = [
        f"{source.path}:{line}"
        for source in sources("tests")
        if not source.under("tests/shared")
        for line, module in source.imports()
        if module.startswith("unittest") or module == "mock"
    ]
    assert conjured == []
