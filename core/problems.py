"""Errors that the outside may see: classes with a status, rendered once as problem+json (RFC 9457)."""

from typing import ClassVar


class Problem(Exception):
    """A refusal with an HTTP status; apps subclass it, and `docs/problems.md` has a heading for each `code`.

    `detail` says what to do next; `members` are further members of the answer.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Internal error"
    default_detail: ClassVar[str] = (
        "Something broke on our side. Send the request again; if it stays, report the request id."
    )

    def __init__(self, detail: str = "", **members: object) -> None:
        self.detail = detail or self.default_detail
        self.members: dict[str, object] = members
        self.headers: dict[str, str] = {}
        super().__init__(self.detail)

    @classmethod
    def type_link(cls) -> str:
        """Return the `type` of the problem: its heading in docs/problems.md, served at /problems."""
        return f"/problems#{cls.code.replace('_', '-')}"
