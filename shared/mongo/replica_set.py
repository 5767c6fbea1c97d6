"""Makes a lone mongod the primary of its own replica set: transactions and change streams need one."""

from typing import Any

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure

NAME = "parvis"
NOT_YET_INITIALIZED, ALREADY_INITIALIZED = 94, 23
ELECTION_MS = 1000


def uri(address: str) -> str:
    """The connection string of the one-node set at `host:port`."""
    return f"mongodb://{address}/?replicaSet={NAME}"


def primary_at(address: str, patience_ms: int = 500) -> bool:
    """Whether the node is primary under that address; where it is not, takes the next step towards it.

    A node that was a member under another address (its port changed) is reconfigured by force: it is alone.
    """
    client: MongoClient[dict[str, Any]] = MongoClient(
        address, directConnection=True, serverSelectionTimeoutMS=patience_ms
    )
    try:
        hello = client.admin.command("hello")
        if hello.get("isWritablePrimary") and hello.get("me") == address:
            return True
        _configure(client, address)
    except AutoReconnect:
        return False  # still starting, or it closed its connections on a change of state
    finally:
        client.close()
    return False


def _configure(client: MongoClient[dict[str, Any]], address: str) -> None:
    member = {"_id": 0, "host": address}
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as refusal:
        if refusal.code != NOT_YET_INITIALIZED:
            raise
        settings = {"electionTimeoutMillis": ELECTION_MS}
        try:
            client.admin.command("replSetInitiate", {"_id": NAME, "members": [member], "settings": settings})
        except OperationFailure as too_early:
            if too_early.code != ALREADY_INITIALIZED:  # it had not read the one in its data yet: seen the next time
                raise
        return
    if config["members"][0]["host"] != address:
        moved = {**config, "members": [member], "version": config["version"] + 1}
        client.admin.command("replSetReconfig", moved, force=True)
