import io

from core.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_than_on_a_terminal_only_the_end_is_told() -> None:
    stream = io.StringIO()
    progress = Progress(2_000, "entries", stream)
    progress.advance(500)
    progress.advance(1_500)
    progress.finish()
    assert stream.getvalue().startswith("[##############################] 100%  2,000 of 2,000 entries, ")
    assert stream.getvalue().count("\n") == 1


def test_a_terminal_sees_how_far_it_is() -> None:
    stream = Terminal()
    progress = Progress(4, "wallets", stream)
    progress.drawn -= 1
    progress.advance()
    assert stream.getvalue().startswith("[########                      ]  25%  1 of 4 wallets, ")
    assert stream.getvalue().endswith("\r")


def test_nothing_to_do_is_done() -> None:
    stream = io.StringIO()
    Progress(0, "entries", stream).finish()
    assert "100%  0 of 0 entries" in stream.getvalue()
