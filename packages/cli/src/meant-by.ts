/** The right words for common wrong ones: a word that belongs to a flag, and the flag `--all` of other tools. */
import type { Command } from './command.ts'

export interface Meant {
  message: string
  next: string
}

/**
 * @param errorCode commander's
 * @param words those of the command that are no flags
 * @param message commander's
 */
export function meantBy(
  command: Command,
  errorCode: string,
  words: readonly string[],
  message: string,
): Meant | undefined {
  const line = (more: string) => ['ecs-api', command.name, more].join(' ')
  if (errorCode === 'commander.excessArguments') {
    const count = command.arguments?.match(/<[^>]+>|\[[^\]]+\]/g)?.length ?? 0
    const extra = words.slice(count)
    if (command.flagsForExtraWord === undefined || extra.length !== 1) return undefined
    return {
      message: `${command.name} has no place for the word ${extra[0]}.`,
      next: `Did you mean: ${line([...words.slice(0, count), command.flagsForExtraWord(extra[0]!)].join(' '))}`,
    }
  }
  const isAll = errorCode === 'commander.unknownOption' && /'(--all|-a|-A)'/.test(message)
  const flags = command.flags ?? []
  if (!isAll || !flags.some(({ spec }) => spec.startsWith('--limit '))) return undefined
  const takesAll = flags.some(({ spec, choices }) => spec.startsWith('--status ') && choices?.includes('ALL'))
  return {
    message: `${command.name} has no flag --all: it prints all pages${takesAll ? '' : ', unless --limit ends it'}.`,
    next: takesAll ? `With each status: ${line('--status ALL')}` : `How it is used: ${line('--help')}`,
  }
}

/** Lists of a cluster are meant with `prod` and `prod/www`. */
export function clusterFlags(word: string): string {
  const [cluster, service] = word.split('/')
  return service ? `--cluster ${cluster} --service ${service}` : `--cluster ${cluster}`
}
