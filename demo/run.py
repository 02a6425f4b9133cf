"""What `./run demo` does: an estate under traffic loses its root CA, first naively, then with Warifu.

    python -m demo.run [--keep] [--json] [--lang en|ja]

Every figure is counted from the traffic logs. Exit code 1 when anything was not as promised.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import FrameType

from demo import naive
from demo.commands import CommandFailedError, Warifu
from demo.estate import DemoError, Estate, OldPki, make_old_pki
from demo.figures import Figures, count
from demo.loading import fingerprints
from demo.pace import PROMISED_RATE, Processors, find_slow, is_busy
from demo.shape import SHOP
from demo.telling import Teller
from warifu.domain.findings import Lang, say
from warifu.settings import read_settings

INTERRUPTED = 130


@dataclass(slots=True)
class Outcome:
    """What the demo found.

    Args:
        broken: each promise that was not kept, as a sentence.
        remarks: what is worth knowing about the machine, as sentences.
        idle: share of the time in which its processors had nothing to do while Warifu worked.
    """

    naive: Figures = field(default_factory=Figures)
    warifu: Figures = field(default_factory=Figures)
    old_root_in: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    idle: float = 0.0
    lasted: timedelta = timedelta()

    def as_json(self) -> str:
        """Return the figures."""
        return json.dumps(
            {
                "naive": _figures(self.naive),
                "warifu": _figures(self.warifu),
                "old_root_in": self.old_root_in,
                "not_as_promised": self.broken,
                "remarks": self.remarks,
                "processors_idle": round(self.idle, 3),
                "seconds": round(self.lasted.total_seconds(), 1),
            },
            ensure_ascii=False,
            indent=2,
        )


def _figures(figures: Figures) -> dict[str, object]:
    return {
        "handshakes": figures.handshakes,
        "failed": figures.failed,
        "errors": dict(figures.errors),
        "connections": {
            name: {
                "handshakes": each.handshakes,
                "failed": each.failed,
                "per_second": round(each.rate, 2),
                "leaves": dict(each.leaves),
            }
            for name, each in sorted(figures.connections.items())
        },
    }


class Demo:
    """The story, act by act.

    Args:
        folder: where everything lies; its owner removes it.
    """

    def __init__(self, folder: Path, *, teller: Teller, keep: bool) -> None:
        self.outcome = Outcome()
        self._tell = teller
        self._folder = folder
        self._old: OldPki = make_old_pki()
        self._estate = Estate(folder, SHOP, stays=keep)
        self._copy: Estate | None = None

    def build(self) -> None:
        """Write the estate's files and say what it is."""
        lang, shape = self._tell.lang, self._estate.shape
        self._estate.write_files(self._old)
        servers = sum(1 for part in shape.parts if part.listen)
        self._tell.line(
            say(
                "demo.build",
                lang,
                services=servers,
                clients=len(shape.parts) - servers,
                connections=len(shape.links),
            )
        )
        self._tell.line(
            say("demo.old-root", lang, name="Demo Old Root", fingerprint=self._old_fingerprint[:16])
        )
        self._tell.line(say("demo.traffic", lang, rate=PROMISED_RATE, folder=self._estate.logs[0].parent))

    def naive_way(self) -> None:
        """Swap everything at once on a copy, and count."""
        lang = self._tell.lang
        self._tell.heading(say("demo.naive-heading", lang))
        self._copy = copy = self._estate.copy_to(self._folder / "copy")
        copy.start()
        copy.wait_until_busy()
        self._tell.line(
            say(
                "demo.naive-swapped",
                lang,
                files=len(list(naive.files_of(copy))),
                count=len(copy.shape.processes),
            )
        )
        naive.swap_everything(
            copy,
            self._old,
            told=lambda process: self._tell.line(say("demo.naive-reloaded", lang, process=process)),
        )
        copy.wait_until_busy()
        copy.stop()
        self.outcome.naive = figures = count(copy.logs)
        for error, times in figures.errors.most_common(3):
            self._tell.line(say("demo.errors", lang, count=times, error=error))
        if not figures.failed:
            self.outcome.broken.append(say("demo.broken-naive", lang))
        self._result(figures)

    def warifu_way(self) -> None:
        """Let Warifu make the same change, typing what a person would type.

        Raises:
            CommandFailedError: one of the commands did.
        """
        lang, estate = self._tell.lang, self._estate
        self._tell.heading(say("demo.warifu-heading", lang))
        estate.start()
        estate.wait_until_busy()
        before, processors = estate.leaves(), Processors.read()
        warifu = Warifu(estate, self._tell)
        try:
            warifu.replace_root(self._old.root.pem)
            estate.wait_until_busy()
        finally:
            self.outcome.idle = Processors.read().idle_since(processors)
            self.outcome.warifu = figures = count(estate.logs)
            if figures.failed:
                self.outcome.broken.append(say("demo.broken-failed", lang, failed=figures.failed))
            self._result(figures)
        self._judge(figures, before)

    def _judge(self, figures: Figures, before: dict[str, str]) -> None:
        lang, estate, broken = self._tell.lang, self._estate, self.outcome.broken
        self.outcome.old_root_in = estate.trusting(self._old_fingerprint)
        if self.outcome.old_root_in:
            broken.append(say("demo.broken-trust", lang, slots=self.outcome.old_root_in))
        other = fingerprints(self._old.other.pem)[0]
        lost = sorted(set(self._shared) - set(estate.trusting(other)))
        if lost:
            broken.append(say("demo.broken-other", lang, slots=lost))
        after = estate.leaves()
        for name, old in before.items():
            counted = figures.connections[name]
            if set(counted.leaves) != {old, after[name]} or old == after[name]:
                broken.append(say("demo.broken-leaf", lang, connection=name))
        self._judge_pace(figures)

    def _judge_pace(self, figures: Figures) -> None:
        """A slow connection is a promise not kept, unless the machine had no processor time left for it."""
        lang, slow = self._tell.lang, find_slow(figures)
        if slow and is_busy(self.outcome.idle):
            text = say(
                "demo.slow-machine",
                lang,
                idle=f"{self.outcome.idle * 100:.0f}",
                count=len(slow),
                promised=PROMISED_RATE,
                connection=slow[0].name,
                rate=f"{slow[0].rate:.1f}",
            )
            self.outcome.remarks.append(text)
            return
        for counted in slow:
            rate, promised = f"{counted.rate:.1f}", PROMISED_RATE
            text = say("demo.broken-rate", lang, connection=counted.name, rate=rate, promised=promised)
            self.outcome.broken.append(text)

    @property
    def _shared(self) -> list[str]:
        """Trust slots that hold somebody else's root, which nobody asked to remove."""
        parts = self._estate.shape.parts
        return [f"{part.name}/{label}" for part in parts for label, shared in part.trusts.items() if shared]

    @property
    def _old_fingerprint(self) -> str:
        return fingerprints(self._old.root.pem)[0]

    def _result(self, figures: Figures) -> None:
        text = say(
            "demo.result",
            self._tell.lang,
            handshakes=f"{figures.handshakes:,}",
            failed=f"{figures.failed:,}",
        )
        self._tell.strong(text)

    def finish(self, *, keep: bool) -> None:
        """Say what was kept of the promises, and what to type next."""
        lang, estate, broken = self._tell.lang, self._estate, self.outcome.broken
        if broken:
            self._tell.heading(say("demo.broken-heading", lang))
            for sentence in broken:
                self._tell.line(f"  - {sentence}")
        else:
            stores, rate = len(list(estate.trust_files())), f"{self.outcome.warifu.slowest:.1f}"
            self._tell.line(say("demo.gone", lang, count=stores))
            self._tell.line(say("demo.switched", lang, count=len(estate.shape.links), rate=rate))
        for remark in self.outcome.remarks:
            self._tell.line(remark)
        if keep:
            self._tell.heading(say("demo.kept", lang, folder=self._folder))
            show = f"{Warifu.program()} estate show --estate {self._folder / 'estate.toml'}"
            self._tell.line(say("demo.command", lang, command=show))
            self._tell.line(say("demo.kept-stop", lang, folder=self._folder))
        self._tell.heading(say("demo.next", lang))
        self._tell.line(say("demo.next-check", lang, warifu=Warifu.program()))
        self._tell.line(say("demo.next-scan", lang, warifu=Warifu.program()))

    def stop(self) -> None:
        """End every process of the demo."""
        for estate in (self._copy, self._estate):
            if estate is not None:
                estate.stop()


def main(arguments: Sequence[str]) -> int:
    """Run the demo and return its exit code."""
    options = _options(arguments)
    teller = Teller(Lang(options.lang), quiet=options.json)
    began = time.monotonic()
    signal.signal(signal.SIGTERM, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="warifu-"))
    demo = Demo(folder, teller=teller, keep=options.keep)
    stays = False
    try:
        demo.build()
        demo.naive_way()
        demo.warifu_way()
        stays = options.keep
    except (DemoError, CommandFailedError) as error:
        demo.outcome.broken.append(say(error.code, teller.lang, **error.values))
    except KeyboardInterrupt:
        teller.line("\n" + say("demo.interrupted", teller.lang))
        return INTERRUPTED
    else:
        demo.outcome.lasted = timedelta(seconds=time.monotonic() - began)
    finally:
        if not stays:
            demo.stop()
            shutil.rmtree(folder, ignore_errors=True)
    demo.finish(keep=stays)
    if options.json:
        sys.stdout.write(demo.outcome.as_json() + "\n")
    return 1 if demo.outcome.broken else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    first = argparse.ArgumentParser(add_help=False)  # the language of the help is itself an option
    first.add_argument("--lang", default=str(read_settings(os.environ).lang))
    wanted = str(first.parse_known_args(arguments)[0].lang)
    lang = Lang(wanted) if wanted in set(Lang) else Lang.EN
    parser = argparse.ArgumentParser("./run demo", description=say("demo.help", lang))
    parser.add_argument("--keep", action="store_true", help=say("demo.help-keep", lang))
    parser.add_argument("--json", action="store_true", help=say("demo.help-json", lang))
    parser.add_argument("--lang", choices=["en", "ja"], default=str(lang), help=say("demo.help-lang", lang))
    return parser.parse_args(arguments)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
