"""Both stubs on one port of 127.0.0.1: `/stripe/v1/…`, `/razorpay/v1/…`, and `/control/<provider>/<deed>` for tests."""

import contextlib
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from .counterpart import Request
from .faults import Fault, Faults
from .razorpay_stub import RazorpayStub
from .sender import Sender
from .stripe_stub import StripeStub, form

STRIPE_KEY = "sk_test_stub_key_of_no_account"
RAZORPAY_KEY = "rzp_test_stub_key"
RAZORPAY_SECRET = "stub_secret_of_no_account"
WEBHOOK_SECRETS = {"stripe": "whsec_stub_webhook_secret", "razorpay": "stub_webhook_secret"}
GARBAGE = b"<html><body>502 Bad Gateway</body></html>"


class Stubs:
    """The two counterparts with their faults and their senders."""

    def __init__(self) -> None:
        self.accounts: dict[str, StripeStub | RazorpayStub] = {
            "stripe": StripeStub(secret=STRIPE_KEY),
            "razorpay": RazorpayStub(key=RAZORPAY_KEY, secret=RAZORPAY_SECRET),
        }
        self.faults = {name: Faults() for name in self.accounts}
        self.senders = {name: Sender(name, account, [WEBHOOK_SECRETS[name]]) for name, account in self.accounts.items()}

    def control(self, name: str, deed: str, values: dict[str, Any]) -> Any:
        """Do what a test asks: one of the deeds here, or any of the account's."""
        account, faults, sender = self.accounts[name], self.faults[name], self.senders[name]
        if deed == "fault":
            return faults.add(Fault(**values))
        if deed == "clear_faults":
            return faults.clear()
        if deed == "calls":
            return account.calls
        if deed == "told":
            return [{"id": told.id, "name": told.name, "body": told.body.decode()} for told in account.told]
        if deed == "send":
            return sender.send(**values)
        if deed == "skip_told":
            sender.sent = len(account.told)
            return None
        if deed == "secrets":
            sender.secrets = values["secrets"]
            return None
        if deed == "set":
            return account.objects[values["kind"]][values["id"]].update(values["values"])
        with account.lock:
            return getattr(account, deed)(**values)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    stubs: Stubs

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _serve(self) -> None:
        address = urlsplit(self.path)
        _, name, path = address.path.split("/", 2)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if name == "control":
            self._control(path, body)
        else:
            self._answer(name, f"/{path}", address.query, body)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve

    def _control(self, path: str, body: str) -> None:
        name, deed = path.split("/")
        try:
            self._send(200, json.dumps(self.stubs.control(name, deed, json.loads(body or "{}"))).encode())
        except Exception as error:
            self._send(400, json.dumps({"error": repr(error)}).encode())

    def _answer(self, name: str, path: str, query: str, body: str) -> None:
        account = self.stubs.accounts[name]
        account.calls.append(f"{self.command} {path}")
        fault = self.stubs.faults[name].next(f"{self.command} {path}")
        if fault and fault.kind in ("status", "garbage", "reset"):
            self._fail(name, fault)
            return
        headers = {key.lower(): value for key, value in self.headers.items()}
        request = Request(self.command, path, _params(name, query, body), headers)
        with account.at_work(request) as is_alone:
            if not is_alone:
                self._fail(name, Fault("status", status=409))
                return
            with account.lock:
                status, answer = account.answer(request)
            self._late(fault, status, json.dumps(answer).encode())

    def _fail(self, name: str, fault: Fault) -> None:
        if fault.kind == "reset":
            self.close_connection = True
        elif fault.kind == "garbage":
            self._send(502, GARBAGE, "text/html")
        else:
            self._send(fault.status, json.dumps(_error(name, fault.status)).encode())

    def _late(self, fault: Fault | None, status: int, body: bytes) -> None:
        """Send the answer, unless what was done is never told, or told too slowly."""
        if fault and fault.kind == "drop":
            self.close_connection = True
            return
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)
        self._send(status, body, pause=fault.seconds / len(body) if fault and fault.kind == "drip" else 0)

    def _send(self, status: int, body: bytes, kind: str = "application/json", pause: float = 0) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for byte in body if pause else ():
                self.wfile.write(bytes([byte]))
                time.sleep(pause)
            if not pause:
                self.wfile.write(body)


def _params(name: str, query: str, body: str) -> dict[str, Any]:
    if not body:
        return form(query)
    return form(body) if name == "stripe" else dict(json.loads(body))


def _error(name: str, status: int) -> dict[str, Any]:
    if name == "razorpay":
        code = "BAD_REQUEST_ERROR" if status < 500 else "SERVER_ERROR"
        return {"error": {"code": code, "description": "We are facing some trouble"}}
    kinds = {402: "card_error", 409: "idempotency_error"}
    kind = kinds.get(status, "api_error" if status >= 500 else "invalid_request_error")
    error = {"type": kind, "message": "Something went wrong"}
    return {"error": error | ({"code": "card_declined"} if status == 402 else {})}


def listen(port: int = 0, stubs: Stubs | None = None) -> ThreadingHTTPServer:
    """Return the server, bound and not yet serving."""
    handler = type("BoundHandler", (Handler,), {"stubs": stubs or Stubs()})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    return server
