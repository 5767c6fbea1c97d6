"""What must never reach a log, a trace or an answer: secrets, by their key's name or their own shape."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

HIDDEN = "[redacted]"
_SECRET_KEYS = re.compile(
    r"(?:^|[_\-.])(?:token|tokens|password|passwd|secret|secrets|authorization|cookie|api[_-]?key|apikey|private[_-]?key"
    r"|access[_-]?token|refresh[_-]?token|client[_-]?secret|credentials?|session|signature|sealed|jwt)(?:$|[_\-.](?!id$|generation$|renewal$|state$|kind$))",
    re.IGNORECASE,
)
_SHAPES = (
    # user:password@ in a URL
    (re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"), HIDDEN),
    # ?access_token=…, &sig=…, and the same as form fields
    (
        re.compile(
            r"(?i)\b((?:[a-z_]*token|[a-z_]*secret|password|passwd|api_?key|key|sig(?:nature)?|code|jwt|auth)=)[^&\s\"'<>]+"
        ),
        rf"\1{HIDDEN}",
    ),
    # "token": "…" inside quoted JSON or a repr
    (
        re.compile(
            r"(?i)([\"'](?:[a-z_]*token|[a-z_]*secret|password|passwd|api_?key|authorization|cookie|jwt)[\"']\s*[:=]\s*[\"'])[^\"']+"
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer|basic|bot)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"\beyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?"), HIDDEN),
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
        HIDDEN,
    ),
    (re.compile(r"\b(?:whsec_|EAA|gh[pousr]_|xox[abprs]-|sk-|sk_live_|AKIA|AIza)[\w+/=-]{12,}"), HIDDEN),
    # WordPress application password: six groups of four
    (re.compile(r"\b(?:[A-Za-z0-9]{4} ){5}[A-Za-z0-9]{4}\b"), HIDDEN),
)
_RUN = re.compile(r"[A-Za-z0-9_\-+/]{24,}={0,2}")


def redact(value: Any, key: str = "") -> Any:
    """`value` without its secrets; mappings and sequences are copied, never changed in place."""
    if key and _SECRET_KEYS.search(key) and not isinstance(value, (bool, int, float, type(None))):
        return HIDDEN
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {str(name): redact(item, str(name)) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact(item) for item in value]
    if isinstance(value, (bool, int, float, type(None))):
        return value
    return redact_text(value.decode(errors="replace") if isinstance(value, bytes) else str(value))


def without_secrets(value: Any) -> Any:
    """`value` without what its key's name says is a secret, and without bytes; what people wrote stays as it is."""
    if isinstance(value, Mapping):
        kept = {str(name): item for name, item in value.items() if not _SECRET_KEYS.search(str(name))}
        return {name: without_secrets(item) for name, item in kept.items() if not isinstance(item, bytes)}
    if isinstance(value, (list, tuple)):
        return [without_secrets(item) for item in value if not isinstance(item, bytes)]
    return value


def redact_text(text: str) -> str:
    """`text` with everything that has the shape of a secret replaced."""
    if len(text) < 8:
        return text
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return _RUN.sub(_random_looking, text)


def _random_looking(match: re.Match[str]) -> str:
    """Upper, lower and digits mixed over 24 characters: a token. Uuids, hashes, words and paths are not."""
    run = match[0]
    kinds = (any(map(str.isupper, run)), any(map(str.islower, run)), any(map(str.isdigit, run)))
    switches = sum(_kind(a) != _kind(b) for a, b in pairwise(run))
    return HIDDEN if all(kinds) and switches * 3 >= len(run) else run


def _kind(character: str) -> int:
    return 0 if character.isupper() else 1 if character.islower() else 2
