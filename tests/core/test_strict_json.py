"""Every JSON text is read exactly, or refused with a sentence; nothing a stranger sends is a crash."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.json_text import JSONNumber, canonical
from core.strict_json import MAX_DEPTH, strict_loads


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"{", b"[1,]", b"{'a':1}", b"nul", b"01", b"1.", b".5", b"+1", b"1 2", b"[1]]", b'"a', b"\x00"),
        *(b"NaN", b"Infinity", b"-Infinity", b'{"a":NaN}', b"1e400", b"-1e400"),
        *(b'{"a":1,"a":2}', b'{"a":1,"\\u0061":2}', b'[{"b":{"a":1,"a":1}}]'),
        *(b'"\\u0000"', b'{"a\\u0000":1}', b'["\\ud800"]', b'{"\\udfff":1}', b'"\\udc00\\ud800"', b'"\x00"', b'"\n"'),
        *(b'"\xff"', b'"\xed\xa0\x80"', b'\xef\xbb\xbf{"a":1}', '{"a":1}'.encode("utf-16"), b'"\xc0\xaf"'),
        *(b"[" * 33 + b"]" * 33, b"[" * 2_000 + b"]" * 2_000, b"[" * 100_000 + b"]" * 100_000, b"[" * 100_000),
        *(b'{"a":' * 33 + b"1" + b"}" * 33, b'[{"a":' * 40_000),
        *(b"1" * 101, b"9" * 5_000, b"-" + b"1" * 4_301, b"0." + b"1" * 5_000, b"1e" + b"1" * 5_000),
    ],
)
def test_what_is_broken_ambiguous_or_not_storable_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        strict_loads(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b' {"a": [1, true, null, "\\u00e9\xc3\xa9"]} ', {"a": [1, True, None, "éé"]}),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\\\\u0000"', "\\u0000"),
        (b"[" * 32 + b"]" * 32, json.loads("[" * 32 + "]" * 32)),
        (b"[" + b"[]," * 5_000 + b"[]]", [[]] * 5_001),
        (b"1" * 100, int("1" * 100)),
        (b"0", 0),
    ],
)
def test_good_json_is_read(body: bytes, value: Any) -> None:
    assert strict_loads(body) == value


@pytest.mark.parametrize("text", ["0.1", "1e3", "-0", "12.500", "1E-2", "0.30000000000000000001"])
def test_a_number_keeps_how_it_was_written(text: str) -> None:
    number = strict_loads(text.encode())
    assert isinstance(number, JSONNumber)
    assert number.text == text
    assert number == float(text)


def test_the_depth_that_is_allowed_is_the_depth_that_is_named() -> None:
    strict_loads(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(ValueError, match=str(MAX_DEPTH)):
        strict_loads(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_a_value_error(body: bytes) -> None:
    try:
        strict_loads(body)
    except ValueError:
        return


_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=3), children, max_size=4),
    max_leaves=12,
)


@given(_values.filter(lambda value: "\\u0000" not in json.dumps(value) and "\\ud" not in json.dumps(value)))
def test_canonical_text_is_read_back_as_the_same_value(value: Any) -> None:
    assert strict_loads(canonical(value).encode()) == value


def test_the_order_of_members_does_not_change_the_canonical_text() -> None:
    assert (
        canonical({"b": 1, "a": [JSONNumber("1.50"), "é"]})
        == canonical({"a": [1.5, "é"], "b": 1})
        == '{"a":[1.5,"é"],"b":1}'
    )
