"""An inbox: a delivery is taken when its manifest is there and nothing of it changes any more, and is moved whole."""

from __future__ import annotations

import os
from pathlib import Path

from jobs.delivery.inbox import SENT_BACK, TAKEN, Inbox
from jobs.delivery.manifest import MANIFEST_NAME


def deliver(folder: Path, *, manifest: bool = True) -> Path:
    (folder / "县").mkdir(parents=True)
    (folder / "县/a.csv").write_text("1", encoding="utf-8")
    if manifest:
        (folder / MANIFEST_NAME).write_text("文件名", encoding="utf-8")
    return folder


def test_what_is_still_copied_is_left_alone(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    late, growing, done = (deliver(tmp_path / name, manifest=name != "late") for name in ("late", "growing", "done"))
    assert inbox.complete() == []  # whether it grows is not known yet
    (growing / "县/a.csv").write_text("12", encoding="utf-8")
    assert inbox.complete() == [done]
    (late / MANIFEST_NAME).write_text("文件名", encoding="utf-8")
    assert sorted(inbox.complete()) == [done, growing]
    os.utime(late / MANIFEST_NAME, ns=(1, 1))
    assert inbox.complete() != [late]
    assert inbox.complete()[0] == late  # its manifest came first


def test_what_is_no_delivery_is_none(tmp_path: Path) -> None:
    inbox, elsewhere = Inbox(tmp_path / "inbox"), deliver(tmp_path / "elsewhere")
    for name in (".copying", TAKEN, SENT_BACK):
        deliver(tmp_path / "inbox" / name)
    (tmp_path / "inbox/link").symlink_to(elsewhere)
    (tmp_path / "inbox/file.txt").write_text("", encoding="utf-8")
    assert [inbox.complete(), inbox.complete()] == [[], []]


def test_a_delivery_is_moved_as_it_is_with_the_reason_beside_it_and_never_over_another(tmp_path: Path) -> None:
    places = [Inbox(tmp_path).put(deliver(tmp_path / "七月"), SENT_BACK, "原因") for _ in range(2)]
    assert [place.relative_to(tmp_path).as_posix() for place in places] == ["已退回/七月", "已退回/七月 (1)"]
    for place in places:
        assert (place / "县/a.csv").read_text(encoding="utf-8") == "1"
        assert place.with_name(f"{place.name}.退回原因.txt").read_text(encoding="utf-8") == "原因\n"
    assert not (tmp_path / "七月").exists()
    assert Inbox(tmp_path).put(deliver(tmp_path / "七月"), TAKEN) == tmp_path / TAKEN / "七月"
    assert sorted(path.name for path in (tmp_path / TAKEN).iterdir()) == ["七月"]
