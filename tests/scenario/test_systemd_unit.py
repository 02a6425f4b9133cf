"""The service that is shipped, held together with the program that it starts."""

from __future__ import annotations

import configparser
import ctypes
import json
import subprocess
from pathlib import Path

from support.command import argv, environment
from support.pki import make_ca
from support.source import ROOT
from support.tls_server import run_s_server
from warifu.adapters.notifiers.smtp import SmtpNotifier
from warifu.adapters.notifiers.webhook import WebhookNotifier
from warifu.domain.estate.watch_spec import SmtpSpec, WebhookSpec

_PR_SET_MDWE, _REFUSE_EXEC_GAIN = 65, 1  # linux/prctl.h: what MemoryDenyWriteExecute= sets


def service() -> configparser.SectionProxy:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names as they are written
    unit.read(ROOT / "packaging" / "systemd" / "warifu-watch.service")
    return unit["Service"]


def deny_as_the_unit_does() -> None:
    if service().getboolean("MemoryDenyWriteExecute", fallback=False):
        ctypes.CDLL(None).prctl(_PR_SET_MDWE, _REFUSE_EXEC_GAIN, 0, 0, 0)


def test_a_look_at_an_address_works_under_the_unit(tmp_path: Path) -> None:
    """What the unit forbids a process, a handshake does not need."""
    with run_s_server(tmp_path / "server", make_ca("Shop Root").leaf("localhost")) as port:
        (tmp_path / "hosts.txt").write_text(f"127.0.0.1:{port}\n")
        looked = subprocess.run(
            argv("watch", "once", "--list", "hosts.txt", "--json"),
            cwd=tmp_path,
            env=environment(),
            preexec_fn=deny_as_the_unit_does,
            capture_output=True,
            check=False,
            timeout=120,
        )
    assert 1 == looked.returncode, looked.stderr
    assert f"127.0.0.1:{port}" in str(json.loads(looked.stdout))


def test_no_look_lasts_for_ever() -> None:
    """The default of a oneshot service is no limit at all, and a timer starts nothing while it runs."""
    assert "30min" == service()["TimeoutStartSec"]


def test_a_conversation_ends_before_systemd_kills() -> None:
    """A signal waits for the message that is going."""
    mail = SmtpNotifier(SmtpSpec("h", "a@b", 25))
    hook = WebhookNotifier(WebhookSpec("http://h/"))
    assert max(mail._patience, hook._patience) < int(service()["TimeoutStopSec"])
