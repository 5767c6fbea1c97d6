"""What must survive a kill: the latest state of every object, and the ledger, in SQLite (a file, or memory).

A write outside `together` is committed when the call returns; WAL without fsync outlives the process, not the
machine, which is what a simulator needs.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (kind TEXT, id TEXT, body BLOB, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, event TEXT, account TEXT, subject TEXT, body BLOB
);
CREATE INDEX IF NOT EXISTS ledger_events ON ledger (event, seq);
"""


class Journal:
    """One writer, on one thread. `path=None` keeps everything in memory."""

    def __init__(self, path: Path | None = None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(SCHEMA)
        self._depth = 0

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """All writes inside are committed at once, or none; may be nested."""
        self._depth += 1
        if self._depth == 1:
            self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            if self._depth == 1:
                self._db.execute("ROLLBACK")
            raise
        else:
            if self._depth == 1:
                self._db.execute("COMMIT")
        finally:
            self._depth -= 1

    def put(self, kind: str, key: str, body: object) -> None:
        self.put_many(kind, ((key, body),))

    def put_many(self, kind: str, rows: Iterable[tuple[str, object]]) -> None:
        with self.together():
            self._db.executemany(
                "INSERT OR REPLACE INTO objects VALUES (?, ?, ?)",
                ((kind, key, orjson.dumps(body)) for key, body in rows),
            )

    def remove(self, kind: str, *ids: str) -> None:
        with self.together():
            self._db.executemany("DELETE FROM objects WHERE kind = ? AND id = ?", ((kind, key) for key in ids))

    def load(self, kind: str) -> list[dict[str, Any]]:
        """Every object of the kind, in the order of their ids."""
        rows = self._db.execute("SELECT body FROM objects WHERE kind = ? ORDER BY id", (kind,))
        return [orjson.loads(body) for (body,) in rows]

    def note(self, at: float, event: str, account: str, subject: str, **more: object) -> None:
        """Add a line to the ledger."""
        self.note_many([(at, event, account, subject, more)])

    def note_many(self, lines: Iterable[tuple[float, str, str, str, Mapping[str, object]]]) -> None:
        with self.together():
            self._db.executemany(
                "INSERT INTO ledger (at, event, account, subject, body) VALUES (?, ?, ?, ?, ?)",
                ((at, event, account, subject, orjson.dumps(more)) for at, event, account, subject, more in lines),
            )

    def last_seq(self) -> int:
        """The number of the ledger's last line; 0 when it is empty."""
        return int(self._db.execute("SELECT COALESCE(MAX(seq), 0) FROM ledger").fetchone()[0])

    def ledger(self, after: int = 0, event: str = "", account: str = "", limit: int = 1000) -> list[dict[str, Any]]:
        """Lines after `after`, oldest first."""
        where, values = ["seq > ?"], [after]
        for column, value in (("event", event), ("account", account)):
            if value:
                where.append(f"{column} = ?")
                values.append(value)  # type: ignore[arg-type]
        query = f"SELECT * FROM ledger WHERE {' AND '.join(where)} ORDER BY seq LIMIT ?"  # noqa: S608
        return [
            {"seq": seq, "at": at, "event": event, "account": account, "subject": subject, **orjson.loads(body)}
            for seq, at, event, account, subject, body in self._db.execute(query, (*values, limit))
        ]
