/** Builds the input of a verb that needs the gateway: its target, client and account. */
import type { Input, LocalInput } from '../command.ts'
import type { ColourMode } from '../out/style.ts'
import type { Questions } from '../questions.ts'
import { connectTo } from './connect.ts'
import { accountNameFinder } from './references.ts'
import { findTarget } from './target.ts'

export async function connectInput(
  local: Omit<LocalInput, 'questions'>,
  questionsFor: (notConfirmedBecause: string | undefined) => Questions,
  commandName = '',
): Promise<{ input: Input; colour: ColourMode | undefined }> {
  const { flags, out, environment, workingFolder, signal } = local
  const target = findTarget({ flags, environment, workingFolder })
  const client = await connectTo({
    target,
    out,
    showsRequests: flags.isSet('show-requests'),
    isOnlyPrinted: flags.isSet('curl') ? isSubjectOf(commandName, { isPlan: flags.isSet('plan') }) : undefined,
    signal,
  })
  const questions = questionsFor(target.notConfirmedBecause)
  const accountName = accountNameFinder(client, target)
  const account = async (name?: string) => client.account(await accountName(name))
  const input: Input = { ...local, questions, target, client, account, accountName }
  return { input, colour: target.colour }
}

const changingCommands = /^(deploy|rollback|scale|restart|stop|run|exec)$| (create|update|delete|rotate|stop|continue)$/

/**
 * Selects the request that `--curl` prints. Of a command that changes something, it is the change, or with `--plan` its
 * dry run. Of another command, it is the first read, but not the lookup of the only account.
 */
function isSubjectOf(commandName: string, { isPlan }: { isPlan: boolean }): (method: string, url: string) => boolean {
  if (!changingCommands.test(commandName))
    return (_, url) => commandName.startsWith('accounts') || new URL(url).pathname !== '/v1/ecs/accounts'
  return (method, url) => !/^(GET|HEAD)$/.test(method) && (isPlan || !url.includes('dryRun=true'))
}
