#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding()]
param(
    [string] $ServiceName = 'MSExchange''IMAP',
    [string] $Account = 'NT SERVICE\IMAP'
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path

function Get-Sha256([System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate) {
    $sha = [System.Security.Cryptography.SHA256]::Create()
    try { -join ($sha.ComputeHash($Certificate.RawData) | ForEach-Object { $_.ToString('x2') }) }
    finally { $sha.Dispose() }
}

function Find-Certificate([string] $Store, [string] $Sha256) {
    Get-ChildItem -Path "Cert:\LocalMachine\$Store" | Where-Object { (Get-Sha256 $_) -eq $Sha256 }
}

$expected = '573260d89fc36b50ab6f8f360435d3f9de057e47a2a963c1a31f8fe6df536cc1'
foreach ($file in @('intermediate-1.cer')) {
    Import-Certificate -FilePath (Join-Path $here $file) -CertStoreLocation Cert:\LocalMachine\CA | Out-Null
}
$found = @(Find-Certificate 'My' $expected | Where-Object { $_.HasPrivateKey })
if ($found.Count -eq 0) {
    $secret = Read-Host -AsSecureString -Prompt 'Passphrase of identity.pfx'
    Import-PfxCertificate -FilePath (Join-Path $here 'identity.pfx') `
        -CertStoreLocation Cert:\LocalMachine\My -Password $secret | Out-Null
    $found = @(Find-Certificate 'My' $expected | Where-Object { $_.HasPrivateKey })
}
if ($found.Count -ne 1) { throw 'The certificate in the store is not the expected one. Nothing was restarted.' }
$certificate = $found[0]

$key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
if ($null -eq $key) {
    $key = [System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($certificate)
}
if ($key.GetType().GetProperty('Key')) { $name = $key.Key.UniqueName }
else { $name = $key.CspKeyContainerInfo.UniqueKeyContainerName }
$file = @(
    (Join-Path $env:ProgramData "Microsoft\Crypto\Keys\$name"),
    (Join-Path $env:ProgramData "Microsoft\Crypto\RSA\MachineKeys\$name")
) | Where-Object { Test-Path -LiteralPath $_ } | Select-Object -First 1
if (-not $file) { throw 'The file of the private key was not found. Nothing was restarted.' }
if (-not $Account) { $Account = Read-Host -Prompt 'Account the service runs as (it will be able to read the key)' }
$acl = Get-Acl -LiteralPath $file
$rule = New-Object System.Security.AccessControl.FileSystemAccessRule($Account, 'Read', 'Allow')
$acl.SetAccessRule($rule)
Set-Acl -LiteralPath $file -AclObject $acl

Write-Host ('Now select the certificate with the thumbprint {0} in the settings of the service.' -f $certificate.Thumbprint)
Read-Host -Prompt 'Press Enter to restart the service' | Out-Null

if (-not $ServiceName) { $ServiceName = Read-Host -Prompt 'Name of the Windows service' }
Restart-Service -Name $ServiceName
Get-Service -Name $ServiceName
Write-Host 'Done. Check the expected result on the page.'
