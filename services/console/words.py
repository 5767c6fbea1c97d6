"""What pages say, in French and English: messages (`locales/<language>/`), numbers, dates."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

LANGUAGES = ("fr", "en")
DEFAULT = "en"
FOLDER = Path(__file__).parent / "locales"
NARROW, WIDE = "\u202f", "\u00a0"
RELATIVE_UNTIL = timedelta(hours=6)

Message = str | Mapping[str, str]


class Words:
    """One language, one time zone. `words("inbox.queues")`; numbers among the values are written its way."""

    def __init__(self, language: str, messages: Mapping[str, Message], zone: tzinfo) -> None:
        self.language = language
        self.zone = zone
        self._messages = messages

    def __call__(self, key: str, /, **values: Any) -> str:
        """The message of that key. Where it has forms, `count` chooses; a missing key is a `KeyError`."""
        message = self._messages[key]
        if not isinstance(message, str):
            message = message[self._form(values["count"])]
        return message.format(**{name: self._shown(value) for name, value in values.items()}) if values else message

    def known(self, key: str, fallback: str) -> str:
        """The message of that key, or `fallback`: open vocabularies have words we do not know."""
        message = self._messages.get(key, fallback)
        return message if isinstance(message, str) else fallback

    def pair(self, name: str, said: str) -> str:
        """`Kerlann: late`, in French with a no-break space before the colon."""
        return f"{name}{WIDE if self.language == 'fr' else ''}: {said}"

    def at(self, zone: tzinfo) -> "Words":
        """The same language in another time zone (a brand's)."""
        return Words(self.language, self._messages, zone)

    def number(self, value: float, digits: int = 0) -> str:
        """`20 000`, `0,91` in French; `20,000`, `0.91` in English; a true minus."""
        return _numbered(value, digits, self.language)

    def money(self, cents: int, currency: str) -> str:
        """`€14,212.50`, `14 212,50 €`."""
        return format_currency(cents / 100, currency, locale=self.language)

    def date(self, day: date) -> str:
        """`25 nov.`, `25 Nov`."""
        return _written(day, "d MMM", self.language)

    def tongue(self, code: str) -> str:
        """`français`, `French`; the code itself where it is none."""
        return Locale(self.language).languages.get(code) or code

    def place(self, city: str, country: str) -> str:
        """`Douarnenez, France`, or what is known of it; a country is told by its code."""
        return ", ".join(name for name in (city, Locale(self.language).territories.get(country) or country) if name)

    def share(self, part: float, whole: float) -> str:
        """`94,1 %` or `94.1%`; a dash where there is nothing to divide."""
        if not whole:
            return "–"
        digits = 0 if part in (0, whole) else 1
        return f"{self.number(100 * part / whole, digits)}{NARROW if self.language == 'fr' else ''}%"

    def clock(self, moment: datetime) -> str:
        """`18:30`."""
        return moment.astimezone(self.zone).strftime("%H:%M")

    def day(self, moment: datetime) -> str:
        """`mer. 25 nov.`, `Wed 25 Nov`."""
        return _written(moment.astimezone(self.zone).date(), "EEE d MMM", self.language)

    def full(self, moment: datetime) -> str:
        """The whole date, for titles."""
        here = moment.astimezone(self.zone)
        return f"{_written(here.date(), 'EEEE d MMMM yyyy', self.language)}, {here:%H:%M:%S}"

    def moment(self, moment: datetime, now: datetime) -> str:
        """The clock today, the day and clock otherwise."""
        here = moment.astimezone(self.zone)
        if here.date() == now.astimezone(self.zone).date():
            return self.clock(moment)
        return f"{self.day(moment)} {self.clock(moment)}"

    def offset(self, moment: datetime) -> str:
        """`UTC+1`, as it is then in this zone."""
        minutes = round((moment.astimezone(self.zone).utcoffset() or timedelta(0)).total_seconds() / 60)
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")

    def ago(self, moment: datetime, now: datetime) -> str:
        """`18 min` under six hours, the moment after."""
        past = now - moment
        return self.span(past) if past < RELATIVE_UNTIL else self.moment(moment, now)

    def minutes(self, minutes: int) -> str:
        """A length in minutes: `2 h`, `45 min`."""
        return self.span(timedelta(minutes=minutes))

    def span(self, length: timedelta) -> str:
        """`42 s`, `18 min`, `1 h 05`, `3 j` (`3 d`); negative ones with a true minus."""
        sign = "−" if length < timedelta(0) else ""
        seconds = int(abs(length.total_seconds()))
        if seconds < 60:
            return f"{sign}{seconds}{WIDE}s"
        minutes = seconds // 60
        if minutes < 60:
            return f"{sign}{minutes}{WIDE}min"
        hours, minutes = divmod(minutes, 60)
        if hours < 24:
            return f"{sign}{hours}{WIDE}h" + (f"{WIDE}{minutes:02}" if minutes else "")
        return f"{sign}{hours // 24}{WIDE}{'j' if self.language == 'fr' else 'd'}"

    def _form(self, count: float) -> str:
        is_one = abs(count) < 2 if self.language == "fr" else abs(count) == 1
        return "one" if is_one else "other"

    def _shown(self, value: Any) -> Any:
        return self.number(value) if isinstance(value, int) and not isinstance(value, bool) else value


@lru_cache(4000)
def _numbered(value: float, digits: int, language: str) -> str:
    """Most numbers of a page are small counts, and stand on the next page again."""
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return format_decimal(value, format=pattern, locale=language).replace("-", "−")


@lru_cache(1000)
def _written(day: date, pattern: str, language: str) -> str:
    """A page names few days, and each of them many times."""
    return format_date(day, pattern, locale=language)


@cache
def messages(language: str) -> Mapping[str, Message]:
    """All messages of a language by `<file>.<key>`, with its typography's spaces."""
    found: dict[str, Message] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        for key, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
            forms = {"": text} if isinstance(text, str) else text
            spaced = {form: typeset(words, language) for form, words in forms.items()}
            found[f"{path.stem}.{key}"] = spaced[""] if isinstance(text, str) else spaced
    return found


def typeset(text: str, language: str) -> str:
    """Real apostrophes; in French no-break spaces: narrow before `; ! ? %`, full before `:` and in guillemets."""
    text = text.replace("'", "’")
    if language != "fr":
        return text
    text = re.sub(r" ([;!?%])", NARROW + r"\1", text)
    return text.replace(" :", f"{WIDE}:").replace("« ", f"«{WIDE}").replace(" »", f"{WIDE}»")


def choose_language(chosen: str | None, accept: str) -> str:
    """The member's choice, else the first language of `Accept-Language` that we speak, else English."""
    if chosen in LANGUAGES:
        return str(chosen)
    wanted = []
    for place, entry in enumerate(accept.split(",")):
        tag, _, quality = entry.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        wanted.append((-weight, place, tag.split("-")[0].lower()))
    return next((tag for weight, _, tag in sorted(wanted) if tag in LANGUAGES and weight), DEFAULT)
