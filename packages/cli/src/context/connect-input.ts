/** Builds the input of a verb that needs the gateway: its target, client and account. */
import type { CommandInput, LocalCommandInput } from '../command.ts'
import type { ColourMode } from '../out/style.ts'
import type { Questions } from '../questions.ts'
import { createTargetClient } from './connect.ts'
import { accountNameFinder } from './references.ts'
import { findTarget } from './target.ts'

export async function newConnectedInput(
  local: Omit<LocalCommandInput, 'questions'>,
  questionsFor: (yesIgnoredReason: string | undefined) => Questions,
  commandName = '',
): Promise<{ input: CommandInput; colour: ColourMode | undefined }> {
  const { flags, out, environment, workingFolder, signal } = local
  const target = findTarget({ flags, environment, workingFolder })
  const client = await createTargetClient({
    target,
    out,
    showsRequests: flags.isSet('show-requests'),
    isOnlyPrinted: flags.isSet('curl')
      ? selectsRequestToPrint(commandName, { isPlan: flags.isSet('plan') })
      : undefined,
    signal,
  })
  const questions = questionsFor(target.yesIgnoredReason)
  const accountName = accountNameFinder(client, target)
  const account = async (name?: string) => client.account(await accountName(name))
  const input: CommandInput = { ...local, questions, target, client, account, accountName }
  return { input, colour: target.colour }
}

const changingCommands = /^(deploy|rollback|scale|restart|stop|run|exec)$| (create|update|delete|rotate|stop|continue)$/

/**
 * Returns the test for the request that `--curl` prints. For a command that changes something, this is the change, or
 * with `--plan` its dry run. For another command, it is the first read except the lookup of the only account.
 */
function selectsRequestToPrint(
  commandName: string,
  { isPlan }: { isPlan: boolean },
): (method: string, url: string) => boolean {
  if (!changingCommands.test(commandName))
    return (_, url) => commandName.startsWith('accounts') || new URL(url).pathname !== '/v1/ecs/accounts'
  return (method, url) => !/^(GET|HEAD)$/.test(method) && (isPlan || !url.includes('dryRun=true'))
}
