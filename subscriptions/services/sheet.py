"""What one transaction does to subscriptions, written together: periods with their grants, steps, news, facts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core import clock, events, rows
from core.amounts import format_micros, from_micros
from core.problems import Problem
from credits.engine import commands as c
from credits.engine.state import Rollover
from credits.services import INTERNAL, Origin, state_fact
from credits.services.posting import command_of, post_many

from ..engine.calendar import add_days
from ..engine.shares import Window
from ..engine.states import next_state, steps_from
from ..exceptions import SubscriptionStateConflict
from ..models import Period, Subscription, Transition
from ..selectors.subscriptions import plan_facts

ROWS = rows.Table(
    "subscriptions_subscription",
    (
        *(
            ("id", "uuid"),
            ("is_live", "flag"),
            ("plan_id", "uuid"),
            ("version_id", "uuid"),
            ("next_version_id", "uuid"),
        ),
        *(("status", "text"), ("auto_renew", "flag"), ("anchor_at", "instant"), ("since_anchor", "bigint")),
        *(
            ("last_number", "bigint"),
            ("period_ends_at", "instant"),
            ("due_at", "instant"),
            ("grace_ends_at", "instant"),
        ),
        *(("trial_ends_at", "instant"), ("ended_at", "instant"), ("end_reason", "text"), ("updated_at", "instant")),
    ),
)
IDS = {"id", "plan_id", "version_id", "next_version_id"}


@dataclass(frozen=True, slots=True)
class Opening:
    """A period to start: its window, what it adds for the whole of it, and the millionths to grant."""

    subscription: Subscription
    due_at: datetime
    window: Window
    whole_credits: int
    whole_amount_minor: int
    credits: int


@contextmanager
def new_sheet(origin: Origin = INTERNAL) -> Iterator["Sheet"]:
    """Begin a transaction with a sheet for the present, which is written at its end."""
    with transaction.atomic():
        sheet = Sheet(clock.now(), origin)
        yield sheet
        sheet.write()


class Sheet:
    """Collects what happens at `now` to subscriptions that the caller has locked; `write` posts it."""

    def __init__(self, now: datetime, origin: Origin = INTERNAL) -> None:
        self.now, self.origin = now, origin
        self.changed: dict[str, Subscription] = {}
        self.transitions: list[Transition] = []
        self.openings: list[tuple[Opening, Period]] = []
        self.news: list[events.News] = []
        self.renamed: set[str] = set()

    def step(
        self, subscription: Subscription, step: str, news: str, *, due_at: datetime | None = None, **detail: object
    ) -> None:
        """Take a step of the state machine and tell it as `news`; raise SubscriptionStateConflict."""
        before = subscription.status
        state = next_state(step, before)
        if state is None:
            possible = ", ".join(steps_from(before)) or "nothing"
            raise SubscriptionStateConflict(
                f"The subscription is {before}; possible from there: {possible}.", subscription_status=before
            )
        subscription.status = state
        self.note(subscription, step, news, before=before, due_at=due_at, **detail)

    def note(
        self,
        subscription: Subscription,
        step: str,
        news: str,
        *,
        before: str,
        due_at: datetime | None = None,
        **detail: object,
    ) -> None:
        """Write a line of the timeline and an event."""
        due = due_at or self.now
        self.touch(subscription)
        if before != subscription.status or step == "change":
            self.renamed.add(str(subscription.pk))
        self.transitions.append(
            Transition(
                subscription=subscription,
                step=step,
                from_status=before,
                to_status=subscription.status,
                version=subscription.version,
                detail=detail,
                actor=self.origin.actor,
                due_at=due,
                created_at=self.now,
            )
        )
        self.tell(subscription, news, due_at=due.isoformat(), **detail)

    def touch(self, subscription: Subscription) -> None:
        """Have a subscription's columns written."""
        subscription.updated_at = self.now
        self.changed[str(subscription.pk)] = subscription

    def tell(self, subscription: Subscription, news: str, **detail: object) -> None:
        """Publish an event of a subscription in its wallet's stream."""
        payload: dict[str, object] = {
            "wallet": subscription.wallet.reference,
            "subscription": str(subscription.pk),
            "plan": subscription.plan.code,
            "status": subscription.status,
            **detail,
        }
        self.news.append((news, f"wallet:{subscription.wallet.reference}", payload))

    def open(self, opening: Opening) -> None:
        """Start a period of the subscription's version."""
        subscription = opening.subscription
        subscription.last_number += 1
        self.touch(subscription)
        period = Period(
            subscription=subscription,
            number=subscription.last_number,
            version=subscription.version,
            due_at=opening.due_at,
            started_at=self.now,
            window_began_at=opening.window.begins_at,
            ends_at=opening.window.ends_at,
            whole_credits=from_micros(opening.whole_credits),
            whole_amount_minor=opening.whole_amount_minor,
            credits=from_micros(opening.credits),
        )
        self.openings.append((opening, period))

    def write(self) -> None:
        """Post the grants and write everything, in a bounded number of statements."""
        self._grant()
        Period.objects.bulk_create([period for _, period in self.openings])
        rows.write([rows.Change("update", ROWS, [_row(one) for one in self.changed.values()])])
        Transition.objects.bulk_create(self.transitions)
        if self.news:
            events.publish_many(self.news)
        for key in self.renamed:
            _state_plan(self.changed[key])

    def _grant(self) -> None:
        granting = [(opening, period) for opening, period in self.openings if opening.credits]
        outcomes = post_many([_command(opening, period) for opening, period in granting]) if granting else []
        for (_, period), outcome in zip(granting, outcomes, strict=True):
            if isinstance(outcome, Problem):
                period.refusal = outcome.code
            else:
                period.grant_id = outcome.entry.grant
        for _, period in self.openings:
            told = {
                "period": str(period.pk),
                "number": period.number,
                "credits": _text(period),
                "refusal": period.refusal,
            }
            self.tell(period.subscription, "period.started", due_at=period.due_at.isoformat(), **told)


def _command(opening: Opening, period: Period) -> c.IssueGrant:
    subscription, version = opening.subscription, opening.subscription.version
    life = version.validity_days
    ends_at = period.ends_at if life is None else add_days(opening.due_at, life, subscription.time_zone)
    return command_of(
        c.IssueGrant,
        Origin(key=f"period:{period.pk}"),
        subscription.wallet.reference,
        f"{version.plan.name}, period {period.number}",
        amount=opening.credits,
        source="subscription",
        priority=version.priority,
        expires_at=ends_at,
        rollover=None if version.rollover is None else Rollover(*version.rollover),
        late=True,
    )


def _text(period: Period) -> str:
    return format_micros(int(period.credits.scaleb(6)))


def _row(subscription: Subscription) -> list[object]:
    values = [(name, getattr(subscription, name)) for name in ROWS.names]
    return [str(value) if name in IDS and value is not None else value for name, value in values]


def _state_plan(subscription: Subscription) -> None:
    facts: Mapping[str, object] = plan_facts(subscription.wallet_id)
    for name, value in facts.items():
        state_fact(reference=subscription.wallet.reference, name=name, value=value)
