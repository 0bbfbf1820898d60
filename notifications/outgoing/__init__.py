"""Calls to addresses that customers name: nothing inside our own network can be reached by them."""

from .calls import Answer, NotReached, call
from .targets import Target, TargetRefused, target_of

__all__ = ["Answer", "NotReached", "Target", "TargetRefused", "call", "target_of"]
