"""Errors that the outside may see: classes with a status, rendered once as problem+json (RFC 9457)."""

from typing import ClassVar


class Problem(Exception):
    """A refusal with an HTTP status; apps subclass it, and `docs/problems.md` has a heading for each `code`.

    `detail` says what to do next; `members` are further members of the answer.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    default_detail: ClassVar[str] = ""

    def __init__(self, detail: str = "", **members: object) -> None:
        self.detail = detail or self.default_detail or f"{self.title}."
        self.members: dict[str, object] = members
        self.headers: dict[str, str] = {}
        super().__init__(self.detail)

    @classmethod
    def type_link(cls) -> str:
        """Return the `type` of the problem: its heading in docs/problems.md, served at /problems."""
        return f"/problems#{cls.code.replace('_', '-')}"
