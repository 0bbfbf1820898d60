"""Verify an export of the ledger without the system that wrote it: Python and the package `cryptography` are enough.

    python verify_export.py ledger-….jsonl [--checkpoint older-checkpoint.jsonl] [--public-key HEX]

Checks the chain, the numbers and the running sums of every wallet, the signed checkpoint at the end, and that every
entry that was the last one of its wallet in an older checkpoint is still there. Exits 1 naming wallet and sequence.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

# What the hash of an entry covers, in this order, between the previous hash and the allocations.
HASHED = """
    id wallet_id reference sequence kind contra amount held_change debt_change balance_after held_after debt_after
    effective_at created_at idempotency_key principal fingerprint request_id caused_by_id grant_id hold_id reverses_id
    shortfall actor text_hash terms
""".split()  # noqa: SIM905  a list would take 26 lines
SUMS = {"balance_after": "amount", "held_after": "held_change", "debt_after": "debt_change"}


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def sha256(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


class Verifier:
    """Goes through the lines of an export and keeps the last entry of each wallet."""

    def __init__(self, older: dict[str, tuple[int, str]], public_key: str | None) -> None:
        self.older, self.public_key = older, public_key
        self.last: dict[str, dict[str, Any]] = {}
        self.digest = hashlib.sha256()
        self.entries = self.heads = 0
        self.is_signed = False

    def problems(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield a sentence for each thing that is wrong."""
        for said in read(lines):
            if "entry" in said:
                yield from self.entry(said["entry"])
            elif "head" in said:
                yield from self.head(*said["head"])
            else:
                yield from self.checkpoint(said["checkpoint"])
        if not self.is_signed:
            yield "the export has no signed checkpoint at its end"
        for reference, (sequence, _) in self.older.items():
            yield f"{reference} {sequence}: the entry of the older checkpoint is missing"

    def entry(self, entry: dict[str, Any]) -> Iterator[str]:
        self.entries += 1
        reference, sequence = entry["reference"], entry["sequence"]
        last = self.last.get(reference, {"sequence": 0, "hash": "", "effective_at": "", **dict.fromkeys(SUMS, 0)})
        for sentence in wrong_with(entry, last):
            yield f"{reference} {sequence}: {sentence}"
        if self.older.get(reference, (0, ""))[0] == sequence and self.older.pop(reference)[1] != entry["hash"]:
            yield f"{reference} {sequence}: the older checkpoint has another hash"
        self.last[reference] = entry

    def head(self, reference: str, sequence: int, head_hash: str) -> Iterator[str]:
        self.heads += 1
        self.digest.update((canonical({"head": [reference, sequence, head_hash]}) + "\n").encode())
        last = self.last.get(reference, {"sequence": 0, "hash": ""})
        if (last["sequence"], last["hash"]) != (sequence, head_hash):
            yield f"{reference} {sequence}: the last entry here is {last['sequence']}, the head says {sequence}"

    def checkpoint(self, checkpoint: dict[str, Any]) -> Iterator[str]:
        self.is_signed = True
        signed = {name: value for name, value in checkpoint.items() if name != "signature"}
        if self.public_key is not None and checkpoint["public_key"] != self.public_key:
            yield "the checkpoint is signed with another key"
        if not is_signed(signed, checkpoint["signature"]):
            yield "the signature of the checkpoint is wrong"
        found = (self.heads, self.entries, self.digest.hexdigest())
        if (checkpoint["wallets"], checkpoint["entries"], checkpoint["digest"]) != found:
            yield f"the checkpoint has {checkpoint['wallets']} wallets with {checkpoint['entries']} entries, not these"


def wrong_with(entry: dict[str, Any], last: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with an entry that follows `last` in its wallet."""
    if entry["sequence"] != last["sequence"] + 1:
        yield f"follows entry {last['sequence']}: there is a gap"
    for after, change in SUMS.items():
        if entry[after] != last[after] + entry[change]:
            yield f"{after} isn't the running sum of {change}"
    if entry["effective_at"] < last["effective_at"]:
        yield "effective_at falls"
    if entry["amount"] != sum(amount for _, amount in entry["allocations"]):
        yield "the amount isn't the sum of the allocations"
    fields = [entry[name] for name in HASHED]
    if entry["hash"] != sha256([entry["hash_version"], last["hash"], *fields, entry["allocations"]]):
        yield "the hash doesn't follow from the entry and the one before"
    texts = [entry["text_salt"], entry["description"], entry["metadata"]]
    if texts != [None, None, None] and entry["text_hash"] != sha256(texts):
        yield "the texts don't give their hash"


def is_signed(signed: dict[str, Any], signature: str) -> bool:
    document = json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed["public_key"]))
        key.verify(bytes.fromhex(signature), document)
    except (InvalidSignature, ValueError):
        return False
    return True


def load_older(path: str | None, public_key: str | None) -> tuple[dict[str, tuple[int, str]], list[str]]:
    """Return the heads of an older checkpoint by wallet, and what is wrong with the checkpoint itself."""
    if path is None:
        return {}, []
    older: dict[str, tuple[int, str]] = {}
    digest, signed, problems = hashlib.sha256(), None, []
    with open(path) as lines:
        for said in read(lines):
            if "head" in said:
                reference, sequence, head_hash = said["head"]
                older[reference] = sequence, head_hash
                digest.update((canonical({"head": said["head"]}) + "\n").encode())
            elif "checkpoint" in said:
                signed = said["checkpoint"]
    rest = {name: value for name, value in (signed or {}).items() if name != "signature"}
    if signed is None or not is_signed(rest, signed["signature"]) or signed["digest"] != digest.hexdigest():
        problems.append("the older checkpoint's signature is wrong")
    elif public_key is not None and signed["public_key"] != public_key:
        problems.append("the older checkpoint is signed with another key")
    return {reference: head for reference, head in older.items() if head[0]}, problems


def read(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield what each line says; end with the number of a line that says nothing."""
    for number, line in enumerate(lines, 1):
        try:
            said = json.loads(line)
        except ValueError:
            said = None
        if not isinstance(said, dict) or not said.keys() & {"entry", "head", "checkpoint"}:
            sys.exit(f"Line {number} is no entry, head or checkpoint: the file is damaged or cut off.")
        yield said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export")
    parser.add_argument("--checkpoint", help="an older checkpoint file")
    parser.add_argument("--public-key", help="the key that you trust; without it only consistency is shown")
    options = parser.parse_args()
    older, problems = load_older(options.checkpoint, options.public_key)
    known = len(older)
    verifier = Verifier(older, options.public_key)
    with open(options.export) as lines:
        problems += verifier.problems(lines)
    print(
        f"{verifier.entries:,} entries of {verifier.heads:,} wallets: numbers, running sums, hashes, texts, checkpoint"
    )
    if options.checkpoint:
        print(f"{known:,} heads of the older checkpoint")
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems" if problems else "The export is right.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
