"""For every finding about putting contents in place, a case in which the install engine reports it, on a node in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from support.fakes import FakeClock, FakeHost, FakeProber, FakeService, FakeTarget
from support.pki import Entity, make_ca
from warifu.adapters.targets.pem import read_slot
from warifu.domain.estate import IdentitySlot, Service, TrustSlot
from warifu.domain.findings import Code, Finding
from warifu.domain.trust.address import Address
from warifu.ports.changes import Fence
from warifu.ports.hosts import HostReader
from warifu.ports.targets import Content, IdentityContent, TrustContent
from warifu.workflows.backups import back_up, find_differences
from warifu.workflows.install import Installed, Installer
from warifu.workflows.proving import Site

_ROOT = make_ca("Root")
_MID = _ROOT.intermediate("Mid")
_OLD, _NEW = _MID.leaf("web.example"), _MID.leaf("web.example")
_ADDRESS = Address("192.0.2.10", 443)
_RELOAD = ("systemctl", "reload", "web")
_CHECK = ("web", "--check")


class _Logging(FakeTarget):
    """A target whose service writes a line whenever something is loaded."""

    def said(self, host: HostReader, service: Service, since: Mapping[str, str]) -> str:
        return "cannot load /etc/web/web.key: permission denied"


@dataclass
class _Web:
    """A running web service with an old pair; `installed` brings a new one."""

    target: FakeTarget = field(default_factory=FakeTarget)
    slot: IdentitySlot | TrustSlot = field(
        default_factory=lambda: IdentitySlot("web/tls", "web", "web", "/etc/web/web.crt", "/etc/web/web.key")
    )
    described: Service = field(
        default_factory=lambda: Service("web", "n", "files", addresses=(_ADDRESS,), reload=_RELOAD)
    )

    def __post_init__(self) -> None:
        self.host = FakeHost()
        self.host.put("/etc/web/web.crt", _OLD.fullchain_pem)
        self.host.put("/etc/web/web.key", _OLD.key_pem, mode=0o600)
        self.host.put("/etc/web/clients.pem", _ROOT.pem)
        clients = "/etc/web/clients.pem" if isinstance(self.slot, TrustSlot) else ""
        self.running = FakeService(self.host, _ADDRESS, "/etc/web/web.crt", "/etc/web/web.key", clients)
        self.host.commands[_RELOAD] = self.running.load
        self.installer = Installer(FakeProber(self.running), FakeClock())

    @property
    def site(self) -> Site:
        return Site(self.described, self.slot, self.target, self.host, Fence("/fence", "j", 1), "/var/lib/w")

    def installed(self, content: Content | None = None) -> Installed:
        site = self.site
        self.installer.adopt(site)
        backup = self.installer.back_up(site, "rollout/step")
        return self.installer.switch(site, content or _content(_NEW), backup)


def _content(entity: Entity) -> IdentityContent:
    return IdentityContent(entity.value, entity.chain, entity.private_key)


def _no_key() -> Iterable[Finding]:
    web = _Web()
    web.host.put("/etc/web/web.key", b"")
    return web.installer.preflight(web.site, IdentityContent(_NEW.value, _NEW.chain, None))


def _trusting() -> _Web:
    return _Web(slot=TrustSlot("web/clients", "web", "clients", "/etc/web/clients.pem"))


def _owned_by_another() -> Iterable[Finding]:
    slot = IdentitySlot(
        "web/tls", "web", "web", "/etc/web/web.crt", "/etc/web/web.key", user="www-data:www-data"
    )
    return read_slot(_Web().host, slot).findings


def _absent() -> Iterable[Finding]:
    slot = IdentitySlot("web/tls", "web", "web", "/etc/web/typo.crt", "/etc/web/web.key")
    return read_slot(_Web().host, slot).findings


def _not_readable() -> Iterable[Finding]:
    web = _Web()
    web.host.unreadable.add("/etc/web/web.key")
    return web.installer.preflight(web.site, _content(_NEW))


def _disk_full() -> Iterable[Finding]:
    web = _Web()
    site = web.site
    web.installer.adopt(site)
    backup = web.installer.back_up(site, "rollout/step")
    web.host.unwritable.add("/etc/web/.warifu-tls/g2/key.pem")
    return web.installer.switch(site, _content(_NEW), backup).findings


def _check_fails() -> Iterable[Finding]:
    web = _Web()
    web.described = replace(web.described, check=_CHECK)
    web.host.commands[_CHECK] = lambda: 1
    return web.installed().findings


def _load_fails() -> Iterable[Finding]:
    web = _Web()
    web.host.commands[_RELOAD] = lambda: 1
    return web.installed().findings


def _lying(web: _Web) -> Iterable[Finding]:
    """Its reload says yes and loads nothing."""
    web.running.lying = True
    return web.installed().findings


def _dying() -> Iterable[Finding]:
    """It ends at the reload, and nothing is declared that would start it."""
    web = _Web()

    def die() -> int:
        web.running.down = True
        return 0

    web.host.commands[_RELOAD] = die
    return web.installed().findings


def _chain_left_out() -> Iterable[Finding]:
    """The leaf is the new one, and what is sent with it is not."""
    web = _Web()
    web.host.put("/etc/web/web.crt", _NEW.pem)
    web.running.load()
    return web.installer.prove(web.site, _content(_NEW)).findings


def _names_differ() -> Iterable[Finding]:
    web = _trusting()
    wanted = TrustContent((_ROOT.value, make_ca("New Root").value))
    return web.installer.prove(web.site, wanted).findings


def _changed_since_the_backup() -> Iterable[Finding]:
    host = FakeHost()
    host.put("/etc/web/web.crt", _OLD.pem)
    seen = [host.read("/etc/web/web.crt")]
    backup = back_up(host, "web/tls", seen, "/var/lib/w/backups/rollout/step", Fence("/fence", "j", 1))
    host.put("/etc/web/web.crt", _NEW.pem)
    return find_differences(host, backup)


CASES: Mapping[Code, Callable[[], Iterable[Finding]]] = {
    Code.KEY_MISSING: _no_key,
    Code.NO_ANCHORS: lambda: _trusting().installed(TrustContent(())).findings,
    Code.KEY_OWNER_DIFFERS: _owned_by_another,
    Code.FILE_ABSENT: _absent,
    Code.FILE_UNREADABLE: _not_readable,
    Code.WRITE_FAILED: _disk_full,
    Code.CHECK_FAILED: _check_fails,
    Code.LOAD_FAILED: _load_fails,
    Code.SERVICE_SAID: lambda: _lying(_Web(_Logging())),
    Code.SERVICE_DOWN: _dying,
    Code.NOT_ANSWERING: _dying,
    Code.DEPLOYED_NOT_LIVE: lambda: _lying(_Web()),
    Code.SERVED_CHAIN_DIFFERS: _chain_left_out,
    Code.CA_NAMES_DIFFER: _names_differ,
    Code.OLD_NOT_LIVE: _dying,
    Code.OLD_LIVE_AGAIN: lambda: _lying(_Web()),
    Code.NOT_AS_BEFORE: _changed_since_the_backup,
}
