"""What a hook is told of an alert, and the secret that signs it."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Any

import orjson
from nacl.signing import SigningKey

from services.console.alerting import told_of
from services.console.words import Words, messages
from shared.keys import KeysMissing
from shared.webhooks import secret_of


@dataclass(frozen=True, slots=True)
class Teller:
    """Console holds no key that opens what is sealed: a hook's secret follows from the key that signs its commands and
    the hook's id and generation, and is stored nowhere."""

    key: SigningKey | None
    base: str

    def secret(self, hook: Mapping[str, Any]) -> str:
        """As Standard Webhooks write it. Raises `KeysMissing`."""
        if self.key is None:
            raise KeysMissing("a console without commands.key signs nothing")
        name = f"alert-hook\x1f{hook['_id']}\x1f{hook['generation']}".encode()
        return secret_of(hmac.new(bytes(self.key), name, sha256).digest())

    def body(self, cause: Mapping[str, Any], brands: Mapping[str, str]) -> str:
        """The message; its words are English, its link begins with the console's public address."""
        words = Words("en", messages("en"), UTC)
        told = told_of({**cause, "state": "shown"}, brands, words, cause["at"])
        data = {
            "alert_id": cause["_id"],
            "kind": cause["kind"],
            "brand_id": cause["brand_id"],
            "brand": told.brand,
            "at": cause["at"],
            "title": told.title,
            "text": told.line,
            "link": f"{self.base}{told.href}" if self.base else "",
            "facts": cause["facts"],
        }
        whole = {"type": f"io.parvis.alert.{cause['kind']}", "timestamp": cause["at"], "data": data}
        return orjson.dumps(whole, option=orjson.OPT_UTC_Z).decode()
