"""Who sent a webhook. What each provider's own tests verify and refuse, and what a stranger might send instead."""

import gzip
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from stripe import WebhookSignature

from payments.providers.config import ProviderConfig
from payments.providers.protocol import BadSignature
from payments.providers.razorpay import Razorpay
from payments.providers.stripe import Stripe

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
STAMP = int(AT.timestamp())
BODY = '{"id": "evt_test_webhook", "object": "event", "event": "ping", "note": "café"}'.encode()
# The vector in the tests of razorpay 2.0.1: the body of 971 bytes, signed with the secret "key_secret".
VECTOR_BODY = (Path(__file__).parent / "razorpay_authorized.json").read_bytes()
VECTOR_SIGNATURE = "d60e67fd884556c045e9be7dad57903e33efc7172c17c6e3ef77db42d2b366e9"


def _hmac(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _stripe(*secrets: str) -> Stripe:
    return Stripe(ProviderConfig.of("stripe", {"key": "sk_test_1", "webhook_secrets": secrets}))


def _razorpay(*secrets: str) -> Razorpay:
    return Razorpay(ProviderConfig.of("razorpay", {"key": "rzp_test_1", "webhook_secrets": secrets}))


def _v1(body: bytes = BODY, secret: str = "whsec_1", stamp: int = STAMP, scheme: str = "v1") -> str:
    return f"t={stamp},{scheme}={_hmac(secret, b'%d.' % stamp + body)}"


def _refused(call: Callable[[], str]) -> None:
    with pytest.raises(BadSignature) as refusal:
        call()
    assert refusal.type is BadSignature
    assert not refusal.value.args, "a refusal never tells why"


def test_a_signed_body_gives_the_events_id() -> None:
    assert _stripe("whsec_1").verify_webhook(BODY, {"Stripe-Signature": _v1()}, AT) == "evt_test_webhook"
    assert _stripe("whsec_1").verify_webhook(BODY, {"stripe-signature": _v1() + ",v1=bad,v0=x"}, AT)


def test_the_vector_of_razorpays_own_tests_verifies() -> None:
    headers = {"X-Razorpay-Signature": VECTOR_SIGNATURE, "X-Razorpay-Event-Id": "FaMXXGeFdHG2KK"}
    event_id = _razorpay("key_secret").verify_webhook(VECTOR_BODY, headers, AT)
    assert event_id == f"FaMXXGeFdHG2KK:{hashlib.sha256(VECTOR_BODY).hexdigest()[:32]}"
    _refused(lambda: _razorpay("key_secret").verify_webhook(VECTOR_BODY + b" ", headers, AT))


def test_an_id_that_is_not_signed_cannot_stand_for_another_body() -> None:
    def id_of(body: bytes, header: str) -> str:
        headers = {"x-razorpay-signature": _hmac("s", body), "x-razorpay-event-id": header}
        return _razorpay("s").verify_webhook(body, headers, AT)

    assert id_of(b'{"a": 1}', "one") != id_of(b'{"a": 2}', "one")
    for odd in ("", "x" * 65, "\u0661", "a\nb"):
        assert id_of(BODY, odd) == hashlib.sha256(BODY).hexdigest()[:32]


@pytest.mark.parametrize("secret", ["whsec_old", "whsec_new"])
def test_every_secret_of_a_rotation_is_valid(secret: str) -> None:
    rotating = ("whsec_new", "whsec_old")
    assert _stripe(*rotating).verify_webhook(BODY, {"Stripe-Signature": _v1(secret=secret)}, AT)
    assert _razorpay(*rotating).verify_webhook(BODY, {"X-Razorpay-Signature": _hmac(secret, BODY)}, AT)


@pytest.mark.parametrize("secrets", [(), ("",), (" ",), (" \t\r\n\f\v",), ("", "whsec_1")])
def test_a_blank_secret_signs_nothing(secrets: tuple[str, ...]) -> None:
    for blank in ("", *(secret for secret in secrets if not secret.strip())):
        header = _v1(secret=blank)
        _refused(lambda header=header: _stripe(*secrets).verify_webhook(BODY, {"Stripe-Signature": header}, AT))
        signature = _hmac(blank, BODY)
        _refused(lambda s=signature: _razorpay(*secrets).verify_webhook(BODY, {"X-Razorpay-Signature": s}, AT))


def test_a_secret_keeps_the_space_around_it() -> None:
    secret = " \twhsec_1\r\n"
    assert _stripe(secret).verify_webhook(BODY, {"Stripe-Signature": _v1(secret=secret)}, AT)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "i'm not even a real signature header",
        "bad_header",
        f"t={STAMP},v1=bad_signature",
        f"t={STAMP},v1=é\u0661\ud800",
        f"t={STAMP}",
        "v1=" + _hmac("whsec_1", BODY),
        _v1(scheme="v0"),
        _v1(secret="whsec_2"),
        _v1(BODY + b"\n"),
        _v1(stamp=STAMP - 301),
        _v1(stamp=STAMP + 301),
        _v1().replace(f"t={STAMP}", f"t={STAMP + 1}"),
        f"t={STAMP}," + _v1(),
        _v1() + "," + _v1(secret="whsec_2"),
        _v1().replace(f"t={STAMP}", "t=١٢٣"),
        _v1().replace(f"t={STAMP}", "t=" + "9" * 400),
        _v1().replace(f"t={STAMP}", f"t=-{STAMP}"),
        _v1().upper(),
    ],
)
def test_stripe_headers_that_are_no_signature(header: str) -> None:
    _refused(lambda: _stripe("whsec_1").verify_webhook(BODY, {"Stripe-Signature": header}, AT))


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_stamp_within_five_minutes_either_way_is_taken(seconds: int) -> None:
    assert _stripe("whsec_1").verify_webhook(BODY, {"Stripe-Signature": _v1(stamp=STAMP + seconds)}, AT)


@pytest.mark.parametrize(
    "signature",
    ["", "test_signature", "é", "\ud800", _hmac("s", BODY).upper(), _hmac("s", BODY) + ",x", _hmac("t", BODY)],
)
def test_razorpay_headers_that_are_no_signature(signature: str) -> None:
    _refused(lambda: _razorpay("s").verify_webhook(BODY, {"X-Razorpay-Signature": signature}, AT))
    _refused(lambda: _razorpay("s").verify_webhook(BODY, {}, AT))


def test_a_header_that_is_there_twice_is_no_signature() -> None:
    doubled = {"Stripe-Signature": _v1(), "stripe-signature": _v1()}
    _refused(lambda: _stripe("whsec_1").verify_webhook(BODY, doubled, AT))


def test_the_other_providers_header_is_no_signature() -> None:
    _refused(lambda: _stripe("s").verify_webhook(BODY, {"X-Razorpay-Signature": _hmac("s", BODY)}, AT))
    _refused(lambda: _razorpay("s").verify_webhook(BODY, {"Stripe-Signature": _v1(secret="s")}, AT))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"this is not valid JSON",
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf" + BODY,
        gzip.compress(BODY, mtime=0),
        b'{"id": "evt_1", "id": "evt_2"}',
        b'{"id": "\\u0000"}',
        b"[" * 100_000,
        b'{"id": NaN}',
    ],
)
def test_a_signed_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    _refused(lambda: _stripe("s").verify_webhook(body, {"Stripe-Signature": _v1(body, "s")}, AT))
    _refused(lambda: _razorpay("s").verify_webhook(body, {"X-Razorpay-Signature": _hmac("s", body)}, AT))


@pytest.mark.parametrize("body", [b"{}", b'{"id": 7}', b'{"id": ""}', b'{"id": ["evt_1"]}'])
def test_a_stripe_event_without_an_id_is_refused(body: bytes) -> None:
    _refused(lambda: _stripe("s").verify_webhook(body, {"Stripe-Signature": _v1(body, "s")}, AT))


@pytest.mark.parametrize("spelling", [b'{ "a" :  1 }', '{"a": "ü"}'.encode(), b'{"a": "\\/"}', b'{"a": "\\u00fc"}'])
def test_the_raw_body_is_what_is_signed(spelling: bytes) -> None:
    assert _razorpay("s").verify_webhook(spelling, {"X-Razorpay-Signature": _hmac("s", spelling)}, AT)


def test_our_verdict_is_that_of_stripes_sdk() -> None:
    header = WebhookSignature.generate_signature_header(BODY.decode(), "whsec_1", STAMP)
    assert header == _v1()
    assert _stripe("whsec_1").verify_webhook(BODY, {"Stripe-Signature": header}, AT)
