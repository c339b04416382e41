/** The fields of the platform that a task runs on: its CPU architecture and its operating system. */
import { useAccount } from '../live/account.ts'
import { useIsLocalAccount } from '../parts/simulated.tsx'
import { errorAt, SelectField } from './fields.tsx'
import { withCurrentValue } from './size-fields.tsx'
import { withMemberUnlessEmpty } from './with-member-unless-empty.ts'

const architectures = ['X86_64', 'ARM64']

/** Containers of the embedded engine run on Linux only. */
const localOperatingSystems = ['LINUX']

/** The operating systems of Fargate (Developer Guide, Fargate Windows platform version change log). */
const operatingSystems = [
  'LINUX',
  'WINDOWS_SERVER_2019_CORE',
  'WINDOWS_SERVER_2019_FULL',
  'WINDOWS_SERVER_2022_CORE',
  'WINDOWS_SERVER_2022_FULL',
]

const optionsOf = ([defaultValue = '', ...others]: readonly string[], value: string) =>
  withCurrentValue([['', `${defaultValue} (default)`] as const, ...others.map((each) => [each, each] as const)], value)

export function PlatformFields<T extends { runtimePlatform?: unknown }>({
  definition,
  requestError,
  onChange,
}: {
  definition: T
  requestError: unknown
  onChange: (next: T) => void
}) {
  const isLocal = useIsLocalAccount(useAccount() ?? '')
  const platform = Object.fromEntries(Object.entries(definition.runtimePlatform ?? {}))
  const fieldProps = (member: 'cpuArchitecture' | 'operatingSystemFamily', values: readonly string[]) => {
    const value = String(platform[member] ?? '')
    return {
      value,
      options: optionsOf(values, value),
      error: errorAt(requestError, `/runtimePlatform/${member}`),
      onChange: (chosen: string) =>
        onChange(withMemberUnlessEmpty(definition, 'runtimePlatform', withMemberUnlessEmpty(platform, member, chosen))),
    }
  }
  const system = fieldProps('operatingSystemFamily', isLocal ? localOperatingSystems : operatingSystems)
  return (
    <div className="pair-of-fields">
      <SelectField
        id="architecture"
        label="CPU architecture"
        help="The image must be built for it."
        {...fieldProps('cpuArchitecture', architectures)}
      />
      {system.options.length > 1 && <SelectField id="operating-system" label="Operating system" {...system} />}
    </div>
  )
}
