"""The embedded broker: what it cannot read it passes over."""

import uuid
from pathlib import Path

import pytest
from kombu import Connection

from config import file_broker

file_broker.register()


@pytest.fixture
def queue(tmp_path: Path):
    names = ("data_folder_in", "data_folder_out", "control_folder", "processed_folder")
    # kombu remembers in the process which queues it has declared.
    name = f"q{uuid.uuid4().hex}"
    with Connection("files://", transport_options=dict.fromkeys(names, str(tmp_path))) as connection:
        yield connection.SimpleQueue(name)


def break_message(queue, tmp_path: Path, text: bytes) -> None:
    (tmp_path / f"1_broken.{queue.queue.name}.msg").write_bytes(text)


@pytest.mark.parametrize("text", [b"", b'{"body": "hal', b"\xff\xfe"])
def test_a_message_that_cannot_be_read_is_passed_over(queue, tmp_path: Path, text: bytes) -> None:
    break_message(queue, tmp_path, text)
    queue.put("whole")
    assert queue.get(timeout=5).payload == "whole"


def test_an_empty_queue_is_empty(queue, tmp_path: Path) -> None:
    break_message(queue, tmp_path, b"")
    with pytest.raises(queue.Empty):
        queue.get(block=False)


def test_a_message_appears_whole(queue, tmp_path: Path) -> None:
    queue.put({"n": 1})
    (found,) = tmp_path.glob(f"*.{queue.queue.name}.msg")
    assert found.read_bytes().startswith(b"{")
    assert list(tmp_path.glob(".*.part")) == []
