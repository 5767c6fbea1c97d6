"""Who works at the demo's agency, and the passwords they are given at the first start."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

AGENCY = "agency-rivage"
AGENCY_NAME = "Agence Rivage"
EVERY = "*"


@dataclass(frozen=True, slots=True)
class Person:
    """A member. `brands` are the slugs of those they work for; none means all."""

    login: str
    name: str
    role: str
    language: str
    brands: tuple[str, ...] = ()
    operator: bool = False

    @property
    def described(self) -> str:
        """What they may do, for people."""
        where = f" of {', '.join(self.brands)}" if self.brands else ""
        return f"{self.role}{where}{', operator' if self.operator else ''}"


ADMIN = Person("ines@rivage.test", "Inès Berthier", "admin", "fr", operator=True)
AUTHOR = Person("solal@rivage.test", "Solal Meyer", "manager", "fr")
APPROVER = Person("hannah@rivage.test", "Hannah Cole", "manager", "en")
MODERATOR = Person("awa@rivage.test", "Awa Diop", "moderator", "fr")
SECOND_MODERATOR = Person("tom@rivage.test", "Tom Fielding", "moderator", "en")
VIEWER = Person("margot@kerlann.test", "Margot Le Bris", "viewer", "fr", ("kerlann",))
PEOPLE = (ADMIN, AUTHOR, APPROVER, MODERATOR, SECOND_MODERATOR, VIEWER)


def passwords(path: Path) -> dict[str, str]:
    """Each member's, by login: as kept in that file; those that are not there yet are made, and kept."""
    kept = _read(path)
    given = {one.login: kept.get(one.login) or secrets.token_urlsafe(9) for one in PEOPLE}
    if given.keys() - kept.keys():
        _write(path, given)
    return given


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    rows = [line.split("\t") for line in path.read_text().splitlines() if "\t" in line]
    return {row[0]: row[1] for row in rows}


def _write(path: Path, given: Mapping[str, str]) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("".join(f"{one.login}\t{given[one.login]}\t{one.described}\n" for one in PEOPLE))
