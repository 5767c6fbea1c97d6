"""HTML that strangers wrote: whatever it is, it is read, in a time that grows with its length."""

import pytest

from shared.networks import html_text
from shared.networks.mastodon.inbound import plain

LONG = 300_000
ENDLESS = ["<a ", "<a b='", "<!--", "<![CDATA[", "<![x[", "<?", "</", "&#", "<div>", "\xa0", " ", "\n ", "<script>"]
ODD = {
    "<![foo[x]]>hello": "hello",
    "<![if lt IE 9]>hello<![endif]>": "hello",
    "<!DOCTYPE [<!x>hello": "hello",
    "hello <b": "hello <b",
    "hello &am": "hello &am",
    "hello &#x110000;": "hello \ufffd",
    "hello <!-- never ended": "hello <!-- never ended",
    "1 < 2 &amp; 3": "1 < 2 & 3",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("word", ENDLESS)
def test_no_text_holds_up_the_house(word: str) -> None:
    """What a comment may hold, and a feed a thousand times: a search that begins anew at each word would take hours."""
    whole = f"a{word * (LONG // len(word))}b"
    for ended in (whole, f"{whole}>"):
        assert html_text.read(ended, newlines_count=True)[0].startswith("a")
        assert plain(ended).startswith("a")


@pytest.mark.timeout(60)
def test_a_wall_of_links_is_read() -> None:
    """Each keeps its address, and is compared with its own words alone."""
    wall = "".join(f'<a href="https://x.test/{number}">here</a>' for number in range(20_000))
    assert html_text.read(wall, newlines_count=True)[0].endswith("here (https://x.test/19999)")
    named = '<a href="https://x.test/1"><b>https://x.test/1</b></a>'
    assert html_text.read(named, newlines_count=True)[0] == "https://x.test/1"


@pytest.mark.parametrize("markup", ODD)
def test_what_is_no_html_is_no_error(markup: str) -> None:
    """One comment that cannot be read would stop its whole channel from being read."""
    assert html_text.read(markup, newlines_count=True)[0].endswith(ODD[markup])
    assert plain(markup).endswith(ODD[markup])
