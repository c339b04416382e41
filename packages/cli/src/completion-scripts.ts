/**
 * The completion script of each shell. At each completion it runs `ecs-api complete -- WORDS`, which prints candidates.
 */

/** The candidate that makes the script complete file names instead. */
export const filesCandidate = ':files'

const bash = `# bash: eval "$(ecs-api completion bash)" in ~/.bashrc
_ecs_api() {
  local IFS=$'\\n'
  COMPREPLY=($(ecs-api complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
  if [ "\${COMPREPLY[0]}" = ${filesCandidate} ]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
  fi
}
complete -F _ecs_api ecs-api
`

const zsh = `#compdef ecs-api
# zsh: eval "$(ecs-api completion zsh)" in ~/.zshrc, after compinit
_ecs_api() {
  local -a found
  local line
  while IFS= read -r line; do
    [[ $line == ${filesCandidate}* ]] && { _files; return }
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(ecs-api complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  _describe 'ecs-api' found
}
compdef _ecs_api ecs-api
`

const fish = `# fish: ecs-api completion fish > ~/.config/fish/completions/ecs-api.fish
function __ecs_api
  set -l found (ecs-api complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
  if string match -q -- '${filesCandidate}*' $found[1]
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $found
  end
end
complete -c ecs-api -f -a '(__ecs_api)'
`

const powershell = `# PowerShell: ecs-api completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ecs-api -ScriptBlock {
  param($word, $ast, $position)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '""' }
  ecs-api complete -- @words 2>$null | ForEach-Object {
    $name, $text = $_ -split "\`t", 2
    [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', ($text, $name -ne '')[0])
  }
}
`

export const completionScripts: Readonly<Record<string, string>> = { bash, zsh, fish, powershell }
