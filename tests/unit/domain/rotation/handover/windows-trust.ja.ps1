#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding()]
param(
    [string] $ServiceName = 'SepMaster',
    [string] $Account = ''
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

$wanted = [ordered]@{
    'anchor-1.cer' = 'c4280e2d617ea16682f1e566a9192c3909d6481aa3d225388ae4f71a14fbc6fd'
}
foreach ($file in $wanted.Keys) {
    if (@(Find-Certificate 'Root' $wanted[$file]).Count -eq 0) {
        Import-Certificate -FilePath (Join-Path $here $file) -CertStoreLocation Cert:\LocalMachine\Root | Out-Null
    }
    if (@(Find-Certificate 'Root' $wanted[$file]).Count -eq 0) { throw '証明書ストア内の証明書が想定と異なります。再起動は行っていません。' }
}
foreach ($sha256 in @('abababababababababababababababababababababababababababababababab')) {
    Find-Certificate 'Root' $sha256 | Remove-Item
}

if (-not $ServiceName) { $ServiceName = Read-Host -Prompt 'Windows サービス名' }
Restart-Service -Name $ServiceName
Get-Service -Name $ServiceName
Write-Host '完了しました。手順書の「期待する結果」を確認してください。'
