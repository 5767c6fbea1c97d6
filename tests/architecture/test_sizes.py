"""Rooms stay small enough to live in."""

import ast

from tests.architecture.source import EVERYTHING, sources

FILE_LINES = 250
FUNCTION_LINES = 50
FLOOR_LINES = 5950


def test_no_file_is_too_long() -> None:
    """A file that outgrew 250 lines is two files."""
    long = {source.path: source.text.count("\n") for source in sources(*EVERYTHING)}
    assert {path: lines for path, lines in long.items() if lines > FILE_LINES} == {}


def test_no_function_is_too_long() -> None:
    """A function that outgrew 50 lines, its docstring included, is several."""
    long = [
        f"{source.path}:{function.lineno} {function.name}"
        for source in sources(*EVERYTHING)
        for function in source.functions()
        if (function.end_lineno or 0) - function.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_the_floor_stays_thin() -> None:
    """`shared` without events and networks is under 5,950 lines, blanks, comments and docstrings left out."""
    floor = [source for source in sources("shared") if not source.under("shared/events", "shared/networks")]
    assert sum(code_lines(source.text) for source in floor) < FLOOR_LINES


def code_lines(text: str) -> int:
    """Lines that say something to Python."""
    documented = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(text.splitlines(), start=1)
    return sum(1 for number, line in lines if number not in documented and line.strip()[:1] not in ("", "#"))


def test_code_lines_leave_out_what_python_ignores() -> None:
    """The measure of the floor counts statements, not what is said about them."""
    assert code_lines('"""What it\n\nis."""\n\n# why\nx = """a\nb"""\n') == 2
