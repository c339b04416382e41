/** Creates the output with the format and the colours that the flags and the environment choose. */
import type { Flags } from '../flags.ts'
import { findProgramName } from '../shell-path.ts'
import { createOut, type Format, formats, type Out, type OutOptions } from './out.ts'
import type { ColourMode } from './style.ts'

export interface OutputDeps extends Pick<OutOptions, 'stdout' | 'stderr' | 'now'> {
  environment: Readonly<Record<string, string | undefined>>
}

/** @param profileColour the setting of the profile; `--color` takes precedence */
export function outFromFlags(
  flags: Flags,
  { environment, stdout, stderr, now }: OutputDeps,
  profileColour?: ColourMode,
): Out {
  const environmentFormat = formats.find((format) => format === environment.ECS_API_OUTPUT)
  const formatOfSwitch: Format | undefined = flags.isSet('json')
    ? 'json'
    : flags.isSet('yaml')
      ? 'yaml'
      : flags.isSet('names')
        ? 'name'
        : undefined
  return createOut({
    format: formatOfSwitch ?? (flags.text('output') as Format | undefined) ?? environmentFormat ?? 'table',
    query: flags.text('query'),
    isQuiet: flags.isSet('quiet'),
    programName: findProgramName(environment),
    colour: (flags.text('color') as ColourMode | undefined) ?? profileColour ?? 'auto',
    now,
    stdout,
    stderr,
  })
}
