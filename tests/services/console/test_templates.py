"""What no page may contain, and what every page may rely on."""

import re
from pathlib import Path

import pytest

from services.console import templating, words
from services.console.assets import BUNDLES, FOLDER, Assets, AssetTampered, manifest

TEMPLATES = sorted(templating.FOLDER.rglob("*.html"))
CODE = sorted(Path(templating.__file__).parent.rglob("*.py"))
STYLES = [FOLDER / name for name in BUNDLES["console.css"]]
SCRIPTS = [FOLDER / name for name in BUNDLES["console.js"]]
FORBIDDEN = {
    "a filter that switches escaping off": r"\|\s*safe\b|autoescape\s+false|Markup\(",
    "a style attribute": r"\sstyle\s*=",
    "a script of its own": r"<script(?![^>]*\ssrc=)",
    "an event attribute": r"\son[a-z]+\s*=|hx-on",
    "an expression that needs eval": r"hx-(vals|headers|trigger|confirm)[^=]*=['\"]\s*(js|javascript):",
    "a resource from elsewhere": r"(src|href)=['\"](https?:)?//",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str) -> None:
    """The strict policy holds because nothing asks for an exception."""
    pattern = re.compile(FORBIDDEN[what])
    found = [f"{path.name}: {hit.group()}" for path in TEMPLATES for hit in pattern.finditer(path.read_text())]
    assert found == []


def test_scripts_make_no_code_and_no_markup_from_text() -> None:
    """Our own islands write text, never markup or code."""
    pattern = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
    assert [path.name for path in SCRIPTS if pattern.search(path.read_text())] == []


def test_every_icon_is_in_the_sprite() -> None:
    """No empty square where a sign should be."""
    sprite = set(re.findall(r'<symbol id="(\w+)"', (FOLDER / "icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'icon\("(\w+)"', path.read_text())}
    assert named <= sprite


def test_every_class_that_a_template_names_has_a_style_and_the_reverse() -> None:
    """Neither a style that nothing uses, nor a class that means nothing."""
    styled = set().union(*(set(re.findall(r"\.(-?[a-zA-Z][\w-]*)", _rules(path))) for path in STYLES))
    texts = [path.read_text() for path in (*TEMPLATES, *SCRIPTS, *CODE)]
    used = set().union(*(set(re.findall(r"[\w-]+", text)) for text in texts))
    made = {f"{prefix}-{end}" for prefix in ("st", "tag", "t", "cnt", "note", "dotst", "sla", "ch") for end in used}
    made |= {f"net-{code}" for code in ("bs", "fb", "ig", "li", "rs", "ma", "wp", "x")} | {
        f"bt-{tone}" for tone in range(1, 17)
    }
    made |= {f"sev-{level}" for level in range(1, 4)} | {"ic-12", "ic-18", "bt-s", "post-cancelled"}
    assert {name for name in styled if name not in used | made} == set()


def test_colours_are_written_once() -> None:
    """Only the tokens name a colour, so that both themes are complete."""
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsl")
    others = [path for path in STYLES if path.name != "tokens.css"]
    assert [f"{path.name}: {hit}" for path in others for hit in colour.findall(_rules(path))] == []


def test_both_languages_say_the_same_things() -> None:
    """Every message exists in French and English, with the same values in it."""
    french, english = words.messages("fr"), words.messages("en")
    assert set(french) == set(english)
    assert [key for key in english if _values(french[key]) != _values(english[key])] == []


def test_every_message_that_is_asked_for_exists() -> None:
    """No page fails for want of a word."""
    keys = re.compile(r"""\b(?:w|words)\(\s*["']([a-z_]+\.[a-z_0-9]+)["']""")
    asked = {key for path in (*TEMPLATES, *CODE) for key in keys.findall(path.read_text())}
    known = set(words.messages("en"))
    begun = {key for key in asked if key.endswith("_")}
    assert (asked - begun) - known == set()
    assert {key for key in begun if not any(one.startswith(key) for one in known)} == set()


def test_the_manifest_names_every_file_as_it_is() -> None:
    """What was vendored or written is what is served; `python -m services.console.assets` records a change."""
    import json

    assert json.loads((FOLDER / "manifest.json").read_text()) == manifest()


def test_a_file_that_was_changed_behind_our_back_is_not_served(tmp_path: Path) -> None:
    """A script that differs from its recorded digest stops the start."""
    import shutil

    copy = tmp_path / "static"
    shutil.copytree(FOLDER, copy)
    script = copy / "vendor/htmx-4.0.1.min.js"
    script.write_text(script.read_text() + ";fetch('//evil.example')")
    with pytest.raises(AssetTampered, match="htmx"):
        Assets.load(copy)


def test_pages_stay_light() -> None:
    """Styles, scripts and sprite fit their budgets, packed."""
    assets = Assets.load()
    packed = {name: len(asset.packed) for name in BUNDLES if (asset := assets.get(assets.url(name).rpartition("/")[2]))}
    assert packed["console.css"] <= 16_000
    assert packed["console.js"] + packed["htmx.js"] <= 45_000
    assert packed["icons.svg"] <= 6_000


def _rules(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


def _values(message: words.Message) -> set[str]:
    texts = [message] if isinstance(message, str) else list(message.values())
    return {value for text in texts for value in re.findall(r"\{(\w+)\}", text)}
