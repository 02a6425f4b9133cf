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
    $secret = Read-Host -AsSecureString -Prompt 'identity.pfx のパスフレーズ'
    Import-PfxCertificate -FilePath (Join-Path $here 'identity.pfx') `
        -CertStoreLocation Cert:\LocalMachine\My -Password $secret | Out-Null
    $found = @(Find-Certificate 'My' $expected | Where-Object { $_.HasPrivateKey })
}
if ($found.Count -ne 1) { throw '証明書ストア内の証明書が想定と異なります。再起動は行っていません。' }
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
if (-not $file) { throw '秘密鍵のファイルが見つかりません。再起動は行っていません。' }
if (-not $Account) { $Account = Read-Host -Prompt 'サービスの実行アカウント (鍵の読み取りを許可します)' }
$acl = Get-Acl -LiteralPath $file
$rule = New-Object System.Security.AccessControl.FileSystemAccessRule($Account, 'Read', 'Allow')
$acl.SetAccessRule($rule)
Set-Acl -LiteralPath $file -AclObject $acl

Write-Host ('サービスの設定で、拇印が {0} の証明書を選択してください。' -f $certificate.Thumbprint)
Read-Host -Prompt 'Enter キーを押すとサービスを再起動します' | Out-Null

if (-not $ServiceName) { $ServiceName = Read-Host -Prompt 'Windows サービス名' }
Restart-Service -Name $ServiceName
Get-Service -Name $ServiceName
Write-Host '完了しました。手順書の「期待する結果」を確認してください。'
