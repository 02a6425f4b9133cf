"""`warifu watch` as a timer, a monitoring system and an operator run it: real processes, servers and kills."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support.command import Ran, argv, environment, run_warifu
from support.mail import MailServer, run_hook, run_mail_server, server_context
from support.pki import DAY, make_ca
from support.running import running, wait_until

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Shop Root", now=NOW)
SECONDS = 120


@dataclass
class Lists:
    """A folder with a list, settings and a mail server."""

    folder: Path
    mail: MailServer

    def __post_init__(self) -> None:
        (self.folder / "root.pem").write_bytes(ROOT.pem)
        (self.folder / "watch.toml").write_text(
            f'[watch]\nto = "pki@shop.example"\n[watch.smtp]\nhost = "127.0.0.1"\nport = {self.mail.port}\n'
            'from = "warifu@shop.example"\nsecurity = "none"\n[watch.prometheus]\nfile = "metrics/warifu.prom"\n'
        )
        self.leaf(5)
        (self.folder / "hosts.txt").write_text("# what we have\nleaf.pem\n")

    def leaf(self, days: int) -> None:
        made = ROOT.leaf("web.example", now=NOW, end=NOW + days * DAY)
        (self.folder / "leaf.pem").write_bytes(made.fullchain_pem + made.key_pem)
        (self.folder / "leaf.pem").chmod(0o600)

    def arguments(self, *verb: str) -> list[str]:
        return ["watch", *verb, "--list", "hosts.txt", "--config", "watch.toml"]

    def watch(self, *more: str) -> Ran:
        return run_warifu(
            *self.arguments(), "--anchors", "root.pem", *more, folder=self.folder, seconds=SECONDS
        )

    def ask(self, *words: str) -> Ran:
        return run_warifu(*self.arguments(*words), folder=self.folder, seconds=SECONDS)


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Lists]:
    with run_mail_server() as mail:
        yield Lists(tmp_path, mail)


def test_one_look_tells_once_and_closes_when_the_file_is_new(lists: Lists) -> None:
    """Twice the same look is one mail; a new certificate closes the notice, without a mail."""
    first, second = lists.watch(), lists.watch("--json")
    assert (1, 1, 1) == (first.code, second.code, len(lists.mail.got))
    (notice,) = json.loads(second.out)["notices"]
    assert ("expiring", "notified", "7d") == (notice["kind"], notice["state"], notice["told"][0]["step"])
    lists.leaf(90)
    last = json.loads(lists.watch("--json").out)
    assert ([notice["notice"]], ["changed"]) == (last["closed"], [one["kind"] for one in last["notices"]])
    assert [False, True] == ["changed" in str(mail["Subject"]) for mail in lists.mail.mails]


def test_a_file_that_is_not_there_is_told_in_words(lists: Lists) -> None:
    """No key of a message stands in the notice or its mail, and nothing sends the reader to an estate."""
    (lists.folder / "hosts.txt").write_text("leaf.pem\nnowhere.pem\n")
    told = lists.watch("--lang", "ja")
    assert told.code == 1
    assert "nowhere.pem を確認できませんでした (存在しません" in told.out
    mails = [str(mail.get_content()) for mail in lists.mail.mails]
    assert not re.search(r"\btrust\.[a-z-]+", told.out + "".join(mails))


def test_people_list_show_acknowledge_and_accept(lists: Lists) -> None:
    """In words, by the beginning of an id."""
    lists.watch()
    name = json.loads(lists.ask("list", "--json").out)["notices"][0]["notice"]
    shown = lists.ask("show", name[:5])
    assert 0 == shown.code
    assert "web.example" in shown.out
    until = (NOW + 3 * DAY).date().isoformat()
    assert 0 == lists.ask("ack", name, "--until", until, "--by", "Ito").code
    quiet = lists.watch("--json")
    (notice,) = json.loads(quiet.out)["notices"]
    end = datetime.fromisoformat(until).replace(tzinfo=UTC) + DAY
    assert (0, "acknowledged") == (quiet.code, notice["state"])
    assert end == datetime.fromisoformat(notice["acknowledged"]["until"])
    assert 2 == lists.ask("ack", name, "--until", "2001-01-01", "--by", "Ito").code
    assert 3 == lists.ask("accept", name, "--by", "Ito").code
    lists.leaf(90)
    changed = json.loads(lists.watch("--json").out)["notices"][0]["notice"]
    assert 0 == lists.ask("accept", changed, "--by", "Ito").code
    assert 0 == lists.watch().code


@pytest.mark.parametrize("named", [True, False])
def test_the_command_of_a_mail_can_be_typed_anywhere(lists: Lists, *, named: bool) -> None:
    """It meets the notices and the settings of the look that sent it, in whatever folder; the day ends by its zone."""
    settings = lists.folder / "watch.toml"
    settings.write_text(settings.read_text().replace("[watch]\n", '[watch]\nzone = "Asia/Tokyo"\n', 1))
    (lists.folder / "a b").mkdir()
    (lists.folder / "elsewhere").mkdir()
    assert 1 == lists.watch(*(("--state", "a b/told.sqlite3") if named else ())).code
    (mail,) = lists.mail.mails
    (command,) = re.findall("`(warifu watch ack .*)`", str(mail.get_content()))
    until = (NOW + 3 * DAY).date()
    typed = shlex.split(command.replace("DATE", until.isoformat()).replace("NAME", "Ito"))
    ran = run_warifu(*typed[1:], "--json", folder=lists.folder / "elsewhere", seconds=SECONDS)
    assert 0 == ran.code, ran.err
    end = datetime(until.year, until.month, until.day, tzinfo=ZoneInfo("Asia/Tokyo")) + DAY
    assert end == datetime.fromisoformat(json.loads(ran.out)["until"])
    assert named == ("--state" in typed)


def test_nagios_gets_its_line_and_its_exit_codes(lists: Lists) -> None:
    """0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN; one line, performance data behind the bar."""
    form = re.compile(r"WARIFU (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+\|([a-z-]+=\d+;;;0 ?)+\n")
    warning = lists.watch("--format", "nagios")
    assert (1, "WARNING") == (warning.code, form.fullmatch(warning.out)[1])  # type: ignore[index]
    assert "expiring=1;;;0" in warning.out
    lists.leaf(-1)
    critical = lists.watch("--format", "nagios")
    assert (2, "CRITICAL") == (critical.code, form.fullmatch(critical.out)[1])  # type: ignore[index]
    (lists.folder / "hosts.txt").write_text("leaf.pem\n127.0.0.1:1\n")
    lists.leaf(90)
    changed = json.loads(lists.watch("--json").out)["notices"][0]["notice"]
    lists.ask("accept", changed, "--by", "Ito")
    unknown = lists.watch("--format", "nagios")
    assert (3, "UNKNOWN") == (unknown.code, form.fullmatch(unknown.out)[1])  # type: ignore[index]
    (lists.folder / "hosts.txt").write_text("leaf.pem\n")
    fine = lists.watch("--format", "nagios")
    assert (0, "OK") == (fine.code, form.fullmatch(fine.out)[1])  # type: ignore[index]
    (lists.folder / "hosts.txt").unlink()
    failed = lists.watch("--format", "nagios")
    assert (3, True) == (failed.code, failed.out.startswith("WARIFU UNKNOWN - "))


def test_prometheus_reads_a_file_that_everybody_may_read(lists: Lists) -> None:
    """Whole at any moment, with each certificate's end."""
    (lists.folder / "metrics").mkdir()
    lists.watch()
    file = lists.folder / "metrics" / "warifu.prom"
    text = file.read_text()
    assert (0o644, ["warifu.prom"]) == (
        file.stat().st_mode & 0o777,
        [one.name for one in file.parent.iterdir()],
    )
    assert 'warifu_watch_notices{kind="expiring",acknowledged="no"} 1\n' in text
    end = int((NOW + 5 * DAY).timestamp())
    assert re.search(rf'warifu_watch_not_after_seconds\{{.*place="leaf.pem".*\}} {end}\n', text)
    sample = re.compile(r'[a-z_]+(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)*\})? \d+')
    assert all(line.startswith("# ") or sample.fullmatch(line) for line in text.splitlines())


def test_an_address_is_watched_on_the_wire(lists: Lists, tmp_path: Path) -> None:
    """A notice closes when the server presents the new certificate."""
    old, new = (ROOT.leaf("localhost", now=NOW, end=NOW + days * DAY) for days in (3, 90))
    context = server_context(old, tmp_path)
    with run_hook(context=context) as server:
        (lists.folder / "hosts.txt").write_text(server.url.split("/")[2] + "\n")
        first = json.loads(lists.watch("--json").out)
        assert ["expiring"] == [one["kind"] for one in first["notices"] if one["kind"] != "pair-broken"]
        (tmp_path / "new.pem").write_bytes(new.fullchain_pem + new.key_pem)
        context.load_cert_chain(tmp_path / "new.pem")
        live = json.loads(lists.watch("--json").out)
    (expiring,) = (one["notice"] for one in first["notices"] if one["kind"] == "expiring")
    assert expiring in live["closed"]


def test_a_webhook_gets_what_programs_need(lists: Lists) -> None:
    """Kind, severity, findings in the settings' language, entries with node, store and alias."""
    with run_hook() as hook:
        settings = f'[watch]\nlanguage = "ja"\n[watch.webhook]\nurl = "{hook.url}"\n'
        (lists.folder / "watch.toml").write_text(settings)
        lists.watch()
    ((headers, body),) = hook.got
    document = json.loads(body)
    assert ("expiring", "warning", "7d", "hosts.txt") == tuple(
        document[name] for name in ("kind", "severity", "step", "estate")
    )
    assert "期限切れになります" in document["findings"][0]["title"]
    assert {"node", "store", "alias"} <= set(document["entries"][0])
    assert headers["Idempotency-Key"].startswith(f'"{document["notice"]}.7d@')


@pytest.mark.parametrize(
    ("point", "at_once", "in_the_end", "state"),
    [
        ("looked", 0, 1, "sent"),
        ("written", 0, 1, "sent"),
        ("going", 0, 0, "uncertain"),
        ("taken", 1, 1, "uncertain"),
        ("noted", 1, 1, "sent"),
    ],
)
def test_killed_at_any_point_nothing_is_sent_twice(
    lists: Lists, point: str, at_once: int, in_the_end: int, state: str
) -> None:
    """SIGKILL by the clock of the program itself; what was cut in its moment of doubt is shown, and not sent again."""
    command = [
        sys.executable,
        "-m",
        "support.watch_driver",
        point,
        *lists.arguments(),
        "--anchors",
        "root.pem",
    ]
    killed = subprocess.run(command, cwd=lists.folder, env=environment(), check=False, timeout=SECONDS)
    assert (-signal.SIGKILL, at_once) == (killed.returncode, len(lists.mail.got))
    for _ in range(2):
        assert 1 == lists.watch().code
    assert in_the_end == len(lists.mail.got)
    (message,) = json.loads(lists.ask("list", "--json").out)["messages"]
    assert state == message["sent"]
    assert (state == "uncertain") == (message["id"] in lists.watch().out)


def test_a_watcher_that_runs_on_ends_cleanly_and_finishes_its_message(lists: Lists) -> None:
    """SIGTERM while the server thinks about the final dot: the answer is waited for and noted, exit code 0."""
    lists.mail.delay = 1.5
    log = lists.folder / "log"
    command = [*argv(*lists.arguments(), "--anchors", "root.pem", "--every", "1h")]
    with running(
        command, log, ready=lambda: bool(lists.mail.thinking), cwd=lists.folder, env=environment()
    ) as process:
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(SECONDS)
    text = log.read_text()
    assert ("event=started" in text, "event=ended" in text, "Traceback" in text) == (True, True, False)
    (message,) = json.loads(lists.ask("list", "--json").out)["messages"]
    assert ("sent", 1) == (message["sent"], len(lists.mail.got))


def test_a_watcher_that_runs_on_looks_again_and_survives_a_bad_look(lists: Lists) -> None:
    """With the files as they are at each look; a fault in them is logged, and the next look is made."""
    log = lists.folder / "log"
    command = [*argv(*lists.arguments(), "--anchors", "root.pem", "--every", "1s")]
    with running(
        command, log, ready=lambda: "event=looked" in log.read_text(), cwd=lists.folder, env=environment()
    ) as process:
        (lists.folder / "hosts.txt").write_text("")
        wait_until(lambda: "event=look-failed" in log.read_text(), "a look that fails", seconds=60)
        (lists.folder / "hosts.txt").write_text("leaf.pem\n")
        looks = log.read_text().count("event=looked")
        wait_until(lambda: log.read_text().count("event=looked") > looks, "another look", seconds=60)
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(SECONDS)
    assert 1 == len(lists.mail.got)


def test_a_fault_in_the_settings_is_told_before_anything_is_looked_at(lists: Lists) -> None:
    """With its line."""
    (lists.folder / "watch.toml").write_text('[watch]\nwindows = ["soon"]\n')
    ran = lists.watch()
    assert (2, True) == (ran.code, "watch.toml:2" in ran.err)


def test_a_week_is_rehearsed(lists: Lists) -> None:
    """Day by day from one instant to the next: each step is told once, and the real notices know nothing of it."""
    told: list[tuple[int, int]] = []
    for day in range(8):
        at = (NOW + day * DAY).isoformat()
        for _ in range(2):
            assert lists.watch("--at", at, "--state", "rehearsal.sqlite3").code == 1
        told.append((day, len(lists.mail.got)))
    assert [(0, 1), (1, 1), (2, 1), (3, 1), (4, 1), (5, 2), (6, 3), (7, 3)] == told
    assert (2, 2) == (
        lists.watch("--at", NOW.isoformat()).code,
        lists.watch("--at", NOW.isoformat(), "--state", "x.sqlite3", "--every", "1h").code,
    )
    assert not (lists.folder / ".warifu").exists()
