/** The input of a verb that needs the gateway. */
import type { Ask } from '../ask.ts'
import type { Input, LocalInput } from '../command.ts'
import type { ColourMode } from '../out/style.ts'
import { connectTo } from './connect.ts'
import { accountNameFinder } from './references.ts'
import { findTarget } from './target.ts'

export async function connectInput(
  local: Omit<LocalInput, 'ask'>,
  askWhere: (notConfirmedBecause: string | undefined) => Ask,
): Promise<{ input: Input; colour: ColourMode | undefined }> {
  const { flags, out, environment, folder, signal } = local
  const target = findTarget({ flags, environment, folder })
  const client = await connectTo({
    target,
    out,
    showsRequests: flags.isSet('show-requests'),
    isCurl: flags.isSet('curl'),
    signal,
  })
  const ask = askWhere(target.notConfirmedBecause)
  const accountName = accountNameFinder(client, target)
  const account = async (name?: string) => client.account(await accountName(name))
  const input: Input = { ...local, ask, target, client, account, accountName }
  return { input, colour: target.colour }
}
