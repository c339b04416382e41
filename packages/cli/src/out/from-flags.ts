/** The output that the flags and the environment choose. */
import type { Flags } from '../flags.ts'
import { createOut, type Format, formats, type Out, type OutOptions } from './out.ts'
import type { ColourMode } from './style.ts'

export interface OutputDeps extends Pick<OutOptions, 'stdout' | 'stderr' | 'now'> {
  environment: Readonly<Record<string, string | undefined>>
}

export function outFromFlags(flags: Flags, { environment, stdout, stderr, now }: OutputDeps, colour?: ColourMode): Out {
  const ofEnvironment = formats.find((format) => format === environment.ECS_API_OUTPUT)
  const short: Format | undefined = flags.isSet('json')
    ? 'json'
    : flags.isSet('yaml')
      ? 'yaml'
      : flags.isSet('names')
        ? 'name'
        : undefined
  return createOut({
    format: short ?? (flags.text('output') as Format | undefined) ?? ofEnvironment ?? 'table',
    query: flags.text('query'),
    isQuiet: flags.isSet('quiet'),
    colour: (flags.text('color') as ColourMode | undefined) ?? colour ?? 'auto',
    now,
    stdout,
    stderr,
  })
}
