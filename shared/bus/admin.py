"""The connections that ask Kafka about itself; where it does not answer they raise `Unavailable`."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError, RequestTimedOutError

from shared.bus.address import connection
from shared.errors import Unavailable

AWAY = (KafkaConnectionError, NodeNotReadyError, RequestTimedOutError)


@asynccontextmanager
async def open_admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Asks and changes topics and groups."""
    admin = AIOKafkaAdminClient(**connection(bootstrap))
    try:
        await admin.start()
        yield admin
    except AWAY as error:
        raise Unavailable("kafka") from error
    finally:
        await admin.close()


@asynccontextmanager
async def open_onlooker(bootstrap: str, topics: Iterable[str]) -> AsyncIterator[AIOKafkaConsumer]:
    """Sees every partition of these topics, which must be there, and belongs to no group."""
    onlooker = AIOKafkaConsumer(*topics, **connection(bootstrap), enable_auto_commit=False)
    try:
        await onlooker.start()
        onlooker.pause(*onlooker.assignment())  # it looks at offsets, and needs no messages
        yield onlooker
    except AWAY as error:
        raise Unavailable("kafka") from error
    finally:
        await onlooker.stop()
