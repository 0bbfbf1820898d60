"""Hand out the credits of one day of an allowance: in chunks that workers share, each chunk one transaction.

Three things keep a wallet from getting a day twice: one run for a rule and day, one worker at an open chunk, and the
key `allowance:<rule>:<day>`, which is unique in the wallet's ledger. A worker that is killed undoes its chunk only.
"""

import time
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from core import clock, events, logs
from core.amounts import format_micros, to_micros
from core.problems import Problem
from credits.engine import commands as c
from credits.models import Wallet
from credits.services import Origin, Posted, settle_wallets
from credits.services.posting import command_of, post_many

from ..models import Allowance, AllowanceChunk, AllowanceRun
from ..selectors.allowances import date_of, expiry_of, missing_of, next_due, progress_of, wallets_of

CHUNK = 1000
CUT_AT_ONCE = 100
TELL_EVERY_SECONDS = 5
TERMS = ("amount", "mode", "audience", "plans", "reference_prefix", "priority")
# What a wallet has under this key already it got from this run, or from one with other terms on the same day.
GRANTED_BEFORE = "idempotency_key_reused"

log = logs.get_logger(__name__)


@transaction.atomic
def open_run(allowance_id: UUID, now: datetime) -> AllowanceRun | None:
    """Open the run that is due for a rule, and say when the next one is; None if somebody else just did."""
    allowance = Allowance.objects.select_for_update().filter(pk=allowance_id, next_due_at__lte=now).first()
    if allowance is None or allowance.next_due_at is None:
        return None
    due_at = _caught_up(allowance, now)
    run = _insert_run(allowance, due_at, now)
    allowance.last_date = date_of(allowance, due_at)
    allowance.next_due_at = next_due(allowance, due_at)
    allowance.save(update_fields=["last_date", "next_due_at"])
    return run


def work_on(run: AllowanceRun) -> bool:
    """Hand out chunk after chunk until none is free; tell whether the run is finished."""
    told_at = time.monotonic()
    while _take_chunk(run) or _cut_chunks(run):
        if time.monotonic() - told_at >= TELL_EVERY_SECONDS:
            log.info("allowance_run_goes_on", run=str(run.pk), date=str(run.date), **asdict(progress_of(run)))
            told_at = time.monotonic()
    return _finish(run)


@transaction.atomic
def _finish(run: AllowanceRun) -> bool:
    """Add up the chunks of a run that are all done, and tell its end; tell False while others are at work."""
    locked = AllowanceRun.objects.select_for_update().filter(pk=run.pk).first()
    if locked is None or locked.finished_at is not None:
        return True
    if not locked.is_cut or locked.chunks.filter(is_open=True).exists():
        return False
    for name in ("wallets", "grants", "refusals", "credits"):
        setattr(locked, name, sum(locked.chunks.values_list(name, flat=True)))
    locked.finished_at = clock.now()
    locked.save(update_fields=["wallets", "grants", "refusals", "credits", "finished_at"])
    locked.chunks.all().delete()
    _tell("allowance.run_finished", locked)
    log.info("allowance_run_finished", run=str(run.pk), date=str(run.date), wallets=locked.wallets)
    return True


def _caught_up(allowance: Allowance, now: datetime) -> datetime:
    """Return the due instant that is next, or by the rule's policy the latest one, which lets missed days go."""
    due_at = allowance.next_due_at or now
    later = next_due(allowance, due_at)
    while allowance.catch_up == "latest" and later is not None and later <= now:
        due_at, later = later, next_due(allowance, later)
    return due_at


def _insert_run(allowance: Allowance, due_at: datetime, now: datetime) -> AllowanceRun | None:
    terms = {name: getattr(allowance, name) for name in TERMS}
    run = AllowanceRun(
        allowance=allowance,
        date=date_of(allowance, due_at),
        due_at=due_at,
        expires_at=expiry_of(allowance, due_at),
        started_at=now,
        **terms,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        return None
    _tell("allowance.run_started", run)
    return run


def _cut_chunks(run: AllowanceRun) -> bool:
    """Put more wallets into chunks; tell False when all are, or while somebody else is cutting."""
    with transaction.atomic():
        locked = AllowanceRun.objects.select_for_update(skip_locked=True).filter(pk=run.pk, is_cut=False).first()
        if locked is None:
            return False
        cursor = locked.cursor
        chunks: list[AllowanceChunk] = []
        wallets = wallets_of(locked, locked.due_at).order_by("pk").values_list("pk", flat=True)
        while len(chunks) < CUT_AT_ONCE and not locked.is_cut:
            rest = wallets if cursor is None else wallets.filter(pk__gt=cursor)
            found = list(rest[CHUNK - 1 : CHUNK]) or list(rest.reverse()[:1])
            locked.is_cut = len(found) == 0
            if found:
                chunks.append(AllowanceChunk(run=locked, first=cursor, last=found[0]))
                cursor = found[0]
        AllowanceChunk.objects.bulk_create(chunks)
        locked.cursor = cursor
        locked.save(update_fields=["cursor", "is_cut"])
    return True


def _take_chunk(run: AllowanceRun) -> bool:
    """Hand out to the wallets of one open chunk, in one transaction; tell False when none is free."""
    if run.mode == "top_up":
        _settle_next(run)
    with transaction.atomic():
        chunk = _open_chunks(run).select_for_update(skip_locked=True).first()
        if chunk is None:
            return False
        references = list(_wallets_in(run, chunk).values_list("reference", flat=True))
        amounts = _amounts(run, references)
        outcomes = post_many([_command(run, reference, amount) for reference, amount in amounts.items()])
        refused = [outcome.code for outcome in outcomes if isinstance(outcome, Problem)]
        granted = [amount for amount, outcome in zip(amounts.values(), outcomes, strict=True) if _is_new(outcome)]
        chunk.is_open, chunk.wallets, chunk.grants = False, len(references), len(granted)
        chunk.credits, chunk.refusals = sum(granted, Decimal(0)), sum(code != GRANTED_BEFORE for code in refused)
        chunk.save(update_fields=["is_open", "wallets", "grants", "refusals", "credits"])
    return True


def _is_new(outcome: Posted | Problem) -> bool:
    return isinstance(outcome, Posted) and not outcome.replayed


def _amounts(run: AllowanceRun, references: list[str]) -> dict[str, Decimal]:
    """Return what each wallet gets; what it lacks of a level is read under its lock."""
    if run.mode == "add":
        return dict.fromkeys(references, run.amount)
    wallets = Wallet.objects.select_for_update().filter(reference__in=references).order_by("pk")
    return missing_of(list(wallets), run.amount)


def _command(run: AllowanceRun, reference: str, amount: Decimal) -> c.IssueGrant:
    return command_of(
        c.IssueGrant,
        Origin(key=f"allowance:{run.allowance_id}:{run.date}"),
        reference,
        amount=to_micros(amount),
        source="allowance",
        priority=run.priority,
        expires_at=run.expires_at,
        late=True,
    )


def _open_chunks(run: AllowanceRun) -> QuerySet[AllowanceChunk]:
    return AllowanceChunk.objects.filter(run=run, is_open=True).order_by("pk")


def _wallets_in(run: AllowanceRun, chunk: AllowanceChunk) -> QuerySet[Wallet]:
    wallets = wallets_of(run, run.due_at).filter(pk__lte=chunk.last).order_by("pk")
    return wallets if chunk.first is None else wallets.filter(pk__gt=chunk.first)


def _settle_next(run: AllowanceRun) -> None:
    """Post what is due in the wallets of the next chunk before it is locked, so that what they lack is true."""
    chunk = _open_chunks(run).first()
    if chunk is not None:
        due = _wallets_in(run, chunk).filter(next_change_at__lte=clock.now())
        settle_wallets(list(due.values_list("reference", flat=True)))


def _tell(name: str, run: AllowanceRun) -> None:
    payload = {
        "allowance": str(run.allowance_id),
        "run": str(run.pk),
        "date": run.date.isoformat(),
        "due_at": run.due_at.isoformat(),
        "amount": format_micros(to_micros(run.amount)),
        "wallets": run.wallets,
        "grants": run.grants,
        "refusals": run.refusals,
    }
    events.publish(name, stream=f"allowance:{run.allowance_id}", payload=payload)
