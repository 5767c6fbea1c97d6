"""`parvis topics`: the catalogue's topics on Kafka."""

from typing import Annotated

import typer

from parvis import tables
from parvis.ops.engines import done, kafka
from shared.bus.lag import topic_sizes
from shared.bus.topics import create_topics
from shared.events.topics import ALL

app = typer.Typer(help="The catalogue's topics: how they are on Kafka, and make those that are missing.")


@app.callback(invoke_without_command=True)
def show(context: typer.Context) -> None:
    """Each topic of the catalogue: how long it is kept, its partitions and how many messages it holds."""
    if context.invoked_subcommand is not None:
        return
    sizes = done(topic_sizes(kafka(), [topic.name for topic in ALL]))
    rows = tables.made("topic", "kept", "partitions", "messages")
    for topic in ALL:
        kept = "by key" if topic.compacted else f"{topic.retention_days} d"
        size = sizes[topic.name]
        rows.add_row(topic.name, kept, *(map(str, size) if size else ("missing", "")))
    tables.show(rows)


@app.command()
def create(
    partitions: Annotated[int, typer.Option(min=1, help="of each new topic; 24 in production")] = 6,
) -> None:
    """Make the topics that are missing; those that exist are left as they are."""
    made = done(create_topics(kafka(), ALL, partitions))
    print("\n".join(made) if made else "nothing to do")
