# PowerShell: ecs-api completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ecs-api -ScriptBlock {
  param($word, $ast, $position)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '""' }
  ecs-api complete -- @words 2>$null | ForEach-Object {
    $name, $text = $_ -split "`t", 2
    [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', ($text, $name -ne '')[0])
  }
}
