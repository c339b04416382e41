/** The commands for the lines that a log shows. */
import { servicePath } from '../actions.ts'
import type { LogSearch } from '../live/log-search.ts'
import type { ServiceOrTask } from '../live/service-or-task.ts'
import { curlCommand } from '../parts/curl-command.ts'
import { shellWord } from '../parts/shell-command.ts'

/**
 * The commands that print the shown lines of the log of a service, or of one of its tasks. `at` of the search is the
 * time of the line that a link names: the log begins there, and is not followed.
 */
export function logCommands(account: string, { cluster, name }: ServiceOrTask, search: LogSearch) {
  const { text, container, task, at, until } = search
  const since = at ?? search.since
  const ignoresCase = text !== undefined && search.case === undefined
  const isFollowed = at === undefined && until === undefined
  const query = new URLSearchParams({
    ...(isFollowed && { follow: 'true' }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(text !== undefined && { grep: text }),
    ...(ignoresCase && { ignoreCase: 'true' }),
    ...(container !== undefined && { container }),
    ...(task !== undefined && { task }),
  })
  const flags = [
    ...(isFollowed ? ['-f'] : []),
    ...(since === undefined ? [] : ['--since', since]),
    ...(until === undefined ? [] : ['--until', until]),
    // With `=`, also for a text that begins with a dash.
    ...(text === undefined ? [] : [`--grep=${text}`]),
    ...(ignoresCase ? ['-i'] : []),
    ...(container === undefined ? [] : ['-c', container]),
  ]
  return {
    cli: ['ecs-api', 'logs', `${account}/${cluster}/${task ?? name}`, ...flags].map(shellWord).join(' '),
    curl: curlCommand('GET', `${servicePath(account, cluster, name, 'logs')}?${query}`),
  }
}
