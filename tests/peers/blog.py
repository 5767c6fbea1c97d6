"""A blog as the world uses it: visitors who comment, an administrator who does not go through Parvis."""

import base64
from typing import Any
from uuid import uuid4

import httpx

from shared.networks.capabilities import Account, Target
from shared.networks.wordpress import names

# A red point, as small as a picture can be.
POINT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Blog:
    """Calls of people other than Parvis, straight to the WordPress of the tests."""

    def __init__(self, peer: dict[str, Any]) -> None:
        self.url: str = peer["url"]
        self.people: dict[str, dict[str, Any]] = peer["people"]

    def account(self, login: str = "emma") -> Account:
        """The channel of one of the blog's users; emma is an editor."""
        person = self.people[login]
        return Account(
            channel_id=f"channel-{login}",
            brand_id="brand",
            account_id=names.account(self.url, person["id"]),
            base_url=self.url,
            token=f"{login}:{person['app_password']}",
        )

    def write_post(self, title: str) -> int:
        """A post by the administrator, for others to comment on."""
        made = self._as_admin("POST", "posts", title=title, content="Venez nombreux !", status="publish")
        return int(made["id"])

    def comment(self, post: int, text: str, name: str = "Zoé", parent: int = 0, *, regular: bool = False) -> Target:
        """A visitor's comment through the blog's form; the blog holds it, unless it is a regular's."""
        address = f"{'regular-' if regular else ''}{uuid4().hex}@example.test"
        form = {"comment_post_ID": post, "author": name, "email": address, "comment": text}
        answer = httpx.post(
            f"{self.url}/wp-comments-post.php", data={**form, "comment_parent": parent}, trust_env=False, timeout=20
        )
        assert answer.status_code == 302, answer.text
        number = int(answer.headers["location"].rpartition("#comment-")[2])
        return Target(names.comment(number), names.post(post))

    def comment_as_staff(self, post: int, text: str) -> None:
        """A comment by the administrator, public at once."""
        self._as_admin("POST", "comments", post=post, content=text)

    def edit(self, target: Target, text: str) -> None:
        """The administrator rewrites a comment."""
        self._as_admin("POST", self._path(target), content=text)

    def set_status(self, target: Target, status: str) -> None:
        """The administrator approves, holds, spams or trashes a comment."""
        self._as_admin("POST", self._path(target), status=status)

    def status(self, target: Target) -> str:
        """The comment's state as the administrator sees it."""
        return str(self._as_admin("GET", self._path(target), context="edit")["status"])

    def destroy(self, target: Target) -> None:
        """The administrator deletes a comment for good."""
        self._as_admin("DELETE", self._path(target), force=True)

    def trash_post(self, number: int) -> None:
        """The administrator throws a post away."""
        self._as_admin("DELETE", f"posts/{number}")

    def posts_named(self, title: str) -> list[dict[str, Any]]:
        """All posts with that very title."""
        rows = self._as_admin("GET", "posts", search=title, status="any", context="edit", per_page=100)
        return [row for row in rows if row["title"]["raw"] == title]

    def comments_under(self, post: int) -> list[dict[str, Any]]:
        """All comments under a post, whatever their state."""
        return list(self._as_admin("GET", "comments", post=post, status="any", context="edit", per_page=100))

    def count_comments(self) -> int:
        """How many comments the blog has, whatever their state."""
        answer = httpx.get(
            f"{self.url}/wp-json/wp/v2/comments",
            auth=("admin", self.people["admin"]["app_password"]),
            params={"status": "any", "per_page": 1},
            trust_env=False,
            timeout=20,
        )
        return int(answer.headers["x-wp-total"])

    def seen_by_visitors(self, post: int) -> str:
        """The page of a post as anyone gets it."""
        return httpx.get(f"{self.url}/?p={post}", follow_redirects=True, trust_env=False, timeout=20).text

    def put_image(self, body: bytes) -> str:
        """A picture that anyone can fetch."""
        answer = httpx.post(
            f"{self.url}/wp-json/wp/v2/media",
            auth=("admin", self.people["admin"]["app_password"]),
            headers={"content-type": "image/png", "content-disposition": 'attachment; filename="point.png"'},
            content=body,
            trust_env=False,
            timeout=20,
        )
        return str(answer.json()["source_url"])

    def _path(self, target: Target) -> str:
        return f"comments/{names.number_of(target.external_id, 'comment')}"

    def _as_admin(self, method: str, path: str, **values: Any) -> Any:
        answer = httpx.request(
            method,
            f"{self.url}/wp-json/wp/v2/{path}",
            auth=("admin", self.people["admin"]["app_password"]),
            params=values if method in ("GET", "DELETE") else None,
            json=values if method == "POST" else None,
            trust_env=False,
            timeout=20,
        )
        assert answer.is_success, answer.text
        return answer.json()
