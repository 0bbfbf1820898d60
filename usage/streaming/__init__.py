"""Metered streams: chunks pass as they come, and what they use is captured slice by slice."""
