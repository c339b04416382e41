/**
 * Questions to the person at the terminal, on stderr. Without a terminal, a question ends the command with exit code
 * 10.
 */
import type { Readable, Writable } from 'node:stream'
import { openControllingTerminal } from './controlling-terminal.ts'
import { CliError, exitCode, Interrupted } from './errors.ts'

export interface Questions {
  /**
   * Asks a question, and resolves when the answer is yes.
   * @throws CliError with exit code 10 without a terminal, 3 when the answer is no
   */
  requireYes: (question: string) => Promise<void>
  /**
   * Resolves when the person has typed the name.
   * @throws CliError with exit code 10 without a terminal, 3 for another text
   */
  requireTypedName: (question: string, name: string) => Promise<void>
  /**
   * Reads a secret without echo.
   * @param otherWay how to give the secret without a terminal
   * @throws CliError with exit code 10 without a terminal
   */
  askSecret: (question: string, otherWay: string) => Promise<string>
}

export interface QuestionsDeps {
  input: Readable & { isTTY?: boolean }
  output: Writable & { isTTY?: boolean }
  /** Standard input is a file of the command (`-f -`). Then answers come from the terminal of the process. */
  isInputFile: boolean
  /** `--yes` was given. */
  isConfirmed: boolean
  /** Why this command asks in spite of `--yes`; undefined where `--yes` has its effect. */
  yesIgnoredReason: string | undefined
  signal: AbortSignal
}

export function createQuestions(deps: QuestionsDeps): Questions {
  const { input, output, isInputFile, isConfirmed, yesIgnoredReason, signal } = deps
  const isTerminal = (input.isTTY === true || isInputFile) && output.isTTY === true
  const skipsConfirmation = isConfirmed && yesIgnoredReason === undefined

  const requireTerminal = (question: string, otherWay: string) => {
    if (!isTerminal) throw noTerminal(question, otherWay)
  }
  const noTerminal = (question: string, otherWay: string) =>
    new CliError(exitCode.needsPerson, `${question} There is no terminal to ask at.`, yesIgnoredReason ?? otherWay)

  const askLine = async (question: string): Promise<string> => {
    const { createInterface } = await import('node:readline/promises')
    const terminal = isInputFile ? openControllingTerminal() : undefined
    if (isInputFile && !terminal) throw noTerminal(question, 'Standard input is the file: confirm with --yes.')
    const reader = createInterface({ input: terminal ?? input, output })
    try {
      return (await reader.question(`${question} `, { signal })).trim()
    } catch (error) {
      // The cursor stands behind the question.
      output.write('\n')
      signal.throwIfAborted()
      // While readline reads, Ctrl-C and Ctrl-D send no signal: they end the question with an AbortError.
      if (error instanceof Error && error.name === 'AbortError') throw new Interrupted(130)
      throw error
    } finally {
      reader.close()
      terminal?.destroy()
    }
  }

  return {
    requireYes: async (question) => {
      if (skipsConfirmation) return
      requireTerminal(question, 'Confirm with --yes.')
      if (!/^y(es)?$/i.test(await askLine(`${question} [y/N]`)))
        throw new CliError(exitCode.rejected, 'Nothing was changed.')
    },
    requireTypedName: async (question, name) => {
      if (skipsConfirmation) return
      requireTerminal(question, 'Confirm with --yes.')
      output.write(`${question}\n`)
      if ((await askLine(`Type its name to confirm (${name}):`)) !== name)
        throw new CliError(exitCode.rejected, 'The name is not the same, so nothing was changed.')
    },
    askSecret: async (question, otherWay) => {
      requireTerminal(question, otherWay)
      const { isCancel, password } = await import('@clack/prompts')
      const answer = await password({ message: question, input, output, signal })
      if (!isCancel(answer)) return answer
      signal.throwIfAborted()
      throw new Interrupted(130)
    },
  }
}
