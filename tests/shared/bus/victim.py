"""A process that consumes until it is killed, or kills itself; what it handled it writes to a file."""

import asyncio
import json
import os
import sys
from pathlib import Path

from shared.bus.consumer import Consumer, Lane, Tuning
from shared.bus.envelope import Received
from shared.bus.handler import bind
from shared.bus.producer import Producer
from shared.events.ingest.payload_received import PayloadReceived
from shared.events.topics import Topic
from shared.mongo.client import Mongo


async def main(kafka: str, mongo_uri: str, database: str, topic: str, group: str, heard: Path) -> None:
    """Handles messages for ever; a body of "crash" ends the process at once."""

    async def handle(received: Received[PayloadReceived]) -> None:
        if received.event.body == "crash":
            os._exit(7)
        with heard.open("a") as file:
            file.write(f"{received.event.part}\n")

    driver = os.environ.get("PARVIS_MONGO_DRIVER", "motor")
    async with Mongo.open(mongo_uri, driver) as mongo, Producer.open(kafka, source="/testing") as producer:
        lanes = [Lane(Topic(topic))]
        owned = mongo.database(database, "/testing")
        tuning = Tuning(tend_every=0.2)
        await Consumer(kafka, group, "0", lanes, [bind(handle)], producer, owned, tuning).run()


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    asyncio.run(main(heard=Path(told.pop("heard")), **told))
