r"""The PowerShell script that installs what was handed over on a Windows machine.

It imports into the machine's stores, gives the private key's file to the service account for
reading and to nobody else anew, and restarts the service. The passphrase is asked for as a
SecureString: it stands in no argument list and no history. Running it twice changes nothing.

Spec: Import-PfxCertificate, Import-Certificate (module PKI); CNG keys lie in
%ProgramData%\Microsoft\Crypto\Keys, CAPI keys in ...\Crypto\RSA\MachineKeys.
"""

from __future__ import annotations

from warifu.domain.findings import Lang, say
from warifu.domain.rotation.handover import Handover

_HEAD = """\
#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding()]
param(
    [string] $ServiceName = {service},
    [string] $Account = {account}
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path

function Get-Sha256([System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate) {{
    $sha = [System.Security.Cryptography.SHA256]::Create()
    try {{ -join ($sha.ComputeHash($Certificate.RawData) | ForEach-Object {{ $_.ToString('x2') }}) }}
    finally {{ $sha.Dispose() }}
}}

function Find-Certificate([string] $Store, [string] $Sha256) {{
    Get-ChildItem -Path "Cert:\\LocalMachine\\$Store" | Where-Object {{ (Get-Sha256 $_) -eq $Sha256 }}
}}
"""

_IDENTITY = """
$expected = {leaf}
{intermediates}
$found = @(Find-Certificate 'My' $expected | Where-Object {{ $_.HasPrivateKey }})
if ($found.Count -eq 0) {{
{take}
    $found = @(Find-Certificate 'My' $expected | Where-Object {{ $_.HasPrivateKey }})
}}
if ($found.Count -ne 1) {{ throw {mismatch} }}
$certificate = $found[0]
"""

_FROM_PFX = """\
    $secret = Read-Host -AsSecureString -Prompt {ask}
    Import-PfxCertificate -FilePath (Join-Path $here 'identity.pfx') `
        -CertStoreLocation Cert:\\LocalMachine\\My -Password $secret | Out-Null"""

# The key was made here with the request: the certificate is joined to it.
_FROM_REQUEST = "    & certreq.exe -accept -machine (Join-Path $here 'certificate.cer') | Out-Null"

_ACL = """
$key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
if ($null -eq $key) {{
    $key = [System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($certificate)
}}
if ($key.GetType().GetProperty('Key')) {{ $name = $key.Key.UniqueName }}
else {{ $name = $key.CspKeyContainerInfo.UniqueKeyContainerName }}
$file = @(
    (Join-Path $env:ProgramData "Microsoft\\Crypto\\Keys\\$name"),
    (Join-Path $env:ProgramData "Microsoft\\Crypto\\RSA\\MachineKeys\\$name")
) | Where-Object {{ Test-Path -LiteralPath $_ }} | Select-Object -First 1
if (-not $file) {{ throw {no_key} }}
if (-not $Account) {{ $Account = Read-Host -Prompt {ask_account} }}
$acl = Get-Acl -LiteralPath $file
$rule = New-Object System.Security.AccessControl.FileSystemAccessRule($Account, 'Read', 'Allow')
$acl.SetAccessRule($rule)
Set-Acl -LiteralPath $file -AclObject $acl

Write-Host ({bind} -f $certificate.Thumbprint)
Read-Host -Prompt {enter} | Out-Null
"""

_TRUST = """
$wanted = [ordered]@{{
{wanted}
}}
foreach ($file in $wanted.Keys) {{
    if (@(Find-Certificate 'Root' $wanted[$file]).Count -eq 0) {{
        Import-Certificate -FilePath (Join-Path $here $file) -CertStoreLocation Cert:\\LocalMachine\\Root | Out-Null
    }}
    if (@(Find-Certificate 'Root' $wanted[$file]).Count -eq 0) {{ throw {mismatch} }}
}}
foreach ($sha256 in @({removed})) {{
    Find-Certificate 'Root' $sha256 | Remove-Item
}}
"""

_RESTART = """
if (-not $ServiceName) {{ $ServiceName = Read-Host -Prompt {ask_service} }}
Restart-Service -Name $ServiceName
Get-Service -Name $ServiceName
Write-Host {done}
"""


def render_windows_script(handover: Handover, lang: Lang) -> str:
    """Return the script, with lines as Windows ends them; write it as UTF-8 with a byte-order mark."""
    parts = [_HEAD.format(service=_quoted(handover.windows_service), account=_quoted(handover.account))]
    mismatch = _quoted(say("handover.script-mismatch", lang))
    if handover.leaf is not None:
        parts.append(
            _IDENTITY.format(
                leaf=_quoted(handover.leaf.fingerprint.hex),
                intermediates=_intermediates(handover),
                take=_take(handover, lang),
                mismatch=mismatch,
            )
        )
        parts.append(
            _ACL.format(
                no_key=_quoted(say("handover.script-no-key", lang)),
                ask_account=_quoted(say("handover.script-account", lang)),
                bind=_quoted(say("handover.script-bind", lang, thumbprint="{0}")),
                enter=_quoted(say("handover.script-enter", lang)),
            )
        )
    else:
        names = [f.name for f in handover.files if f.role == "anchor"]
        wanted = [
            f"    {_quoted(name)} = {_quoted(anchor.fingerprint.hex)}"
            for name, anchor in zip(names, handover.anchors, strict=True)
        ]
        removed = ", ".join(_quoted(fingerprint) for fingerprint in handover.removed)
        parts.append(_TRUST.format(wanted="\n".join(wanted), removed=removed, mismatch=mismatch))
    parts.append(
        _RESTART.format(
            ask_service=_quoted(say("handover.script-service", lang)),
            done=_quoted(say("handover.script-done", lang)),
        )
    )
    return "".join(parts).replace("\n", "\r\n")


def _take(handover: Handover, lang: Lang) -> str:
    if any(f.role == "pfx" for f in handover.files):
        return _FROM_PFX.format(ask=_quoted(say("handover.script-passphrase", lang)))
    return _FROM_REQUEST


def _intermediates(handover: Handover) -> str:
    names = ", ".join(_quoted(f.name) for f in handover.files if f.role == "intermediate")
    return (
        f"foreach ($file in @({names})) {{\n"
        "    Import-Certificate -FilePath (Join-Path $here $file) -CertStoreLocation Cert:\\LocalMachine\\CA | Out-Null\n"
        "}"
    )


def _quoted(text: str) -> str:
    """Return a PowerShell literal: in single quotes nothing is expanded, and every kind of them is doubled."""
    for quote in "'\u2018\u2019\u201a\u201b":  # PowerShell takes typographic ones for quotes, too
        text = text.replace(quote, quote * 2)
    return f"'{text}'"
