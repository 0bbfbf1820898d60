"""Troubles that repeat: told when they begin, and then not at every repetition."""

from collections.abc import Sequence

from core.models import Event

from ..kinds import KINDS, Kind
from ..models import Alarm
from ..selectors import wallet_of

LONGEST_SUBJECT = 100
REPEATED = [name for name, kind in KINDS.items() if kind.quiet]


class Alarms:
    """The alarms of the wallets of some events. Events of a wallet come in order and to one relay at a time."""

    def __init__(self, events: Sequence[Event]) -> None:
        references = {"", *map(wallet_of, events)}
        known = Alarm.objects.filter(reference__in=references, name__in=REPEATED)
        self._alarms = {(one.reference, one.name, one.subject): one for one in known}
        self._new: list[Alarm] = []
        self._changed: set[Alarm] = set()

    def lower(self, event: Event) -> None:
        """Let the troubles of a wallet be news again that end with this event."""
        wallet = wallet_of(event)
        for (reference, name, _), alarm in self._alarms.items():
            if reference == wallet and alarm.is_up and event.name in KINDS[name].lowered_by:
                alarm.is_up = False
                self._note(alarm)

    def let_through(self, event: Event, kind: Kind, reader: str) -> bool:
        """Tell whether an event is news to a reader, and remember that it was told."""
        if kind.quiet is None:
            return True
        key = (reader, event.name, str(event.payload.get(kind.subject, ""))[:LONGEST_SUBJECT])
        alarm = self._alarms.get(key)
        if alarm is None:
            reference, name, subject = key
            alarm = Alarm(reference=reference, name=name, subject=subject, is_up=True, told_at=event.created_at)
            self._alarms[key] = alarm
            self._new.append(alarm)
            return True
        if (alarm.is_up and kind.lowered_by) or event.created_at < alarm.told_at + kind.quiet:
            return False
        alarm.is_up, alarm.told_at = True, event.created_at
        self._note(alarm)
        return True

    def keep(self) -> None:
        """Write what has changed."""
        Alarm.objects.bulk_create(self._new)
        Alarm.objects.bulk_update(self._changed, ["is_up", "told_at"])

    def _note(self, alarm: Alarm) -> None:
        if alarm.pk is not None:
            self._changed.add(alarm)
