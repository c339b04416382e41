/**
 * Splits a shell script into its commands, as far as simulated containers follow scripts (POSIX, "Shell Command
 * Language"). A script with an expansion, a pipe, a redirection or an escape is not split: a container of the
 * simulation has no variables, no files and no other programs.
 */

export interface ScriptCommand {
  /** Without their quotes. */
  words: readonly string[]
  /** Runs only when the command before it succeeded. */
  afterSuccess: boolean
  /** Whether its output goes to stderr. */
  isToStderr: boolean
  /** The commands of `while true; do …; done`. */
  loop?: readonly ScriptCommand[]
}

type Token = { operator: string } | { word: string; isQuoted: boolean }

const tokenPattern =
  /[ \t]*(?:(?<separator>;|\n|&&)|(?<toStderr>1?>&2)(?=[\s;&]|$)|(?<word>(?:"[^"$`\\]*"|'[^'\\]*'|[^\s|&;<>()$`\\"'])+))/y

/** Returns undefined for a script that is not followed. */
export function commandsOfScript(script: string): readonly ScriptCommand[] | undefined {
  const tokens = tokensOf(script.trim())
  if (!tokens) return undefined
  const commands = takeCommands(tokens, { isInLoop: false })
  return tokens.length === 0 && commands && commands.length > 0 ? commands : undefined
}

function tokensOf(script: string): Token[] | undefined {
  const tokens: Token[] = []
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < script.length) {
    const { separator, toStderr, word = '' } = tokenPattern.exec(script)?.groups ?? {}
    if (separator !== undefined || toStderr !== undefined) tokens.push({ operator: separator ?? '>&2' })
    // A comment, and the home folder of a user.
    else if (word === '' || /^[#~]/.test(word)) return undefined
    else tokens.push({ word: word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'), isQuoted: /["']/.test(word) })
  }
  return tokens
}

/** Takes commands from the tokens, in a loop up to its `done`. Returns undefined for those that are not followed. */
function takeCommands(tokens: Token[], { isInLoop }: { isInLoop: boolean }): ScriptCommand[] | undefined {
  const commands: ScriptCommand[] = []
  let afterSuccess = false
  for (;;) {
    if (isInLoop && takeWord(tokens, 'done')) return afterSuccess || commands.length === 0 ? undefined : commands
    const command = takeCommand(tokens, afterSuccess)
    if (!command) return undefined
    commands.push(command)
    const separator = takeSeparator(tokens)
    afterSuccess = separator === '&&'
    if (separator === undefined || (tokens.length === 0 && !afterSuccess)) return isInLoop ? undefined : commands
  }
}

function takeCommand(tokens: Token[], afterSuccess: boolean): ScriptCommand | undefined {
  if (takeWord(tokens, 'while')) {
    const isEndless = (takeWord(tokens, 'true') || takeWord(tokens, ':')) && takeSeparator(tokens) === ';'
    if (!isEndless || !takeWord(tokens, 'do')) return undefined
    while (takeOperator(tokens, '\n'));
    const loop = takeCommands(tokens, { isInLoop: true })
    return loop && { words: [], afterSuccess, isToStderr: false, loop }
  }
  const words: string[] = []
  for (let [token] = tokens; token && 'word' in token; [token] = tokens) {
    words.push(token.word)
    tokens.shift()
  }
  const isToStderr = words.length > 0 && takeOperator(tokens, '>&2')
  return words.length === 0 ? undefined : { words, afterSuccess, isToStderr }
}

function takeWord(tokens: Token[], word: string): boolean {
  const [token] = tokens
  const isNext = token !== undefined && 'word' in token && token.word === word && !token.isQuoted
  if (isNext) tokens.shift()
  return isNext
}

function takeOperator(tokens: Token[], operator: string): boolean {
  const [token] = tokens
  const isNext = token !== undefined && 'operator' in token && token.operator === operator
  if (isNext) tokens.shift()
  return isNext
}

function takeSeparator(tokens: Token[]): ';' | '&&' | undefined {
  const isAnd = takeOperator(tokens, '&&')
  const isSeparator = isAnd || takeOperator(tokens, ';') || takeOperator(tokens, '\n')
  while (isSeparator && takeOperator(tokens, '\n'));
  return isAnd ? '&&' : isSeparator ? ';' : undefined
}
