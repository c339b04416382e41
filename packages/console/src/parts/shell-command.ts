/** Words and commands for a shell: POSIX shells and fish, where a backslash in quotes escapes. */

/** A word of a shell command, quoted where it must be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll(/['\\]+/g, outsideQuotes)}'`
}

/** Ends the quotes, and begins them again behind the escaped characters. */
const outsideQuotes = (characters: string) => `'${characters.replaceAll(/./g, '\\$&')}'`

/**
 * A command of `ecs-api` that reads the body from its standard input. `echo` of dash and zsh would change backslashes.
 * @param command without `-f`
 */
export function commandWithBody(command: string, body: object): string {
  return `printf %s ${shellWord(JSON.stringify(body))} | ecs-api ${command} -f -`
}
