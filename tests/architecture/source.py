"""The project's Python files as the architecture tests see them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("services", "shared", "parvis")
EVERYTHING = (*PRODUCT, "tests", "bench")
type_of_function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file: its path from the root, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def parts(self) -> tuple[str, ...]:
        """The path's folders and file name."""
        return Path(self.path).parts

    def under(self, *folders: str) -> bool:
        """Whether it stands in one of these folders."""
        return any(self.path.startswith(f"{folder}/") for folder in folders)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """The syntax tree's nodes: many tests look at them all."""
        return tuple(ast.walk(self.tree))

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of each module that it imports, anywhere in the file."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.lineno, node.module

    def functions(self) -> Iterator[type_of_function]:
        """Each function and method."""
        return (node for node in self.nodes if isinstance(node, type_of_function))


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """All Python files under the folders."""
    files = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return tuple(_read(path) for path in files if "node_modules" not in path.parts)


@cache
def _read(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(str(path.relative_to(ROOT)), text, ast.parse(text, str(path)))
