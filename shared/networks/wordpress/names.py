"""How blogs, people, posts and comments are named: ids that no other blog's can be taken for."""

from urllib.parse import urlsplit

from shared.networks.capabilities import Refused


def site_of(base_url: str) -> str:
    """`blog.example/news` of `https://blog.example/news/`."""
    parts = urlsplit(base_url)
    return f"{parts.netloc}{parts.path}".rstrip("/").lower()


def account(base_url: str, user_id: int) -> str:
    """A user of a blog; the account id of a channel."""
    return f"{site_of(base_url)}#{user_id}"


def user_of(account_id: str) -> int:
    """The user's number on the blog, 0 when the account names none."""
    number = account_id.rpartition("#")[2]
    return int(number) if number.isdecimal() else 0


def comment(number: int) -> str:
    """A comment's external id."""
    return f"comment:{number}"


def post(number: int) -> str:
    """A post's external id, the id of the thread under it."""
    return f"post:{number}"


def number_of(external_id: str, kind: str) -> int:
    """The number of a `comment` or `post`; raises `Refused` for anything else."""
    said, _, number = external_id.partition(":")
    if said != kind or not number.isdecimal():
        raise Refused(f"{external_id} is not a {kind} of a WordPress blog", "wrong_target")
    return int(number)
