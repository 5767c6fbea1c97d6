"""Whose data it is: the databases and consumer groups of one deployment, by their prefixes."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from parvis.engines.local import Addresses, LocalEngines
from parvis.errors import CommandFailed
from parvis.ops.engines import SERVICES
from parvis.settings import ToolSettings
from shared.errors import ParvisError, Unavailable

T = TypeVar("T")
Step = Callable[[str, int], Callable[[int], None]]


class Deployment:
    """Where its engines are and what is its own there."""

    def __init__(self, settings: ToolSettings) -> None:
        engines = LocalEngines(settings)
        self.at = Addresses(engines.address("kafka"), engines.address("mongo"))
        self.group_prefix = settings.group_prefix
        self.groups = [f"{settings.group_prefix}{name}" for name in SERVICES]
        self._database_prefix = settings.database_prefix

    def database(self, service: str) -> str:
        """The name of a service's database."""
        return f"{self._database_prefix}{service}"


def told(work: Callable[[Step], Coroutine[Any, Any, T]]) -> T:
    """Runs the work, which names its steps and how far each is; what goes wrong is said in one line."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def step(what: str, total: int) -> Callable[[int], None]:
            task: TaskID = progress.add_task(what, total=total)
            return lambda done: progress.advance(task, done)

        try:
            return asyncio.run(work(step))
        except Unavailable as away:
            raise CommandFailed(f"{away}: is it running? `parvis engines status`") from away
        except ParvisError as error:
            raise CommandFailed(str(error)) from error
