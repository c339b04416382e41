/** The fields of the size of a task. */
import { fargateSizes, memoryFor } from './fargate-sizes.ts'
import { errorAt, SelectField } from './fields.tsx'
import { withMemberUnlessEmpty } from './with-member-unless-empty.ts'

const smallestOption = ['', 'The smallest that fits'] as const
const memoryLabel = (mib: number) => `${mib / 1024} GB (${mib} MiB)`
const cpuLabel = (units: number) => `${units / 1024} vCPU (${units})`

/** Adds the current value if the options lack it, so that it stays chosen: the plan reports an invalid value. */
export const withCurrentValue = (options: (readonly [string, string])[], value: string) =>
  options.some(([each]) => each === value) ? options : [...options, [value, value] as const]

export function SizeFields<T extends { cpu?: unknown; memory?: unknown }>({
  definition,
  allowsSmallest = true,
  requestError,
  onChange,
}: {
  definition: T
  /** Whether the size may be empty: the gateway then chooses the smallest one that fits the containers. */
  allowsSmallest?: boolean
  requestError: unknown
  onChange: (next: T) => void
}) {
  const firstOptions = allowsSmallest ? [smallestOption] : []
  const cpu = String(definition.cpu ?? '')
  const memory = String(definition.memory ?? '')
  const memorySizes = fargateSizes.find(([units]) => String(units) === cpu)?.[1] ?? []
  return (
    <div className="pair-of-fields">
      <SelectField
        id="cpu"
        label="CPU"
        error={errorAt(requestError, '/cpu')}
        value={cpu}
        options={withCurrentValue(
          [...firstOptions, ...fargateSizes.map(([units]) => [String(units), cpuLabel(units)] as const)],
          cpu,
        )}
        onChange={(value) => {
          const units = value === '' ? undefined : Number(value)
          const next = units === undefined ? undefined : memoryFor(units, Number(memory) || 0)
          onChange(withMemberUnlessEmpty(withMemberUnlessEmpty(definition, 'cpu', units), 'memory', next))
        }}
      />
      <SelectField
        id="memory"
        label="Memory"
        error={errorAt(requestError, '/memory')}
        value={memory}
        options={withCurrentValue(
          [...firstOptions, ...memorySizes.map((mib) => [String(mib), memoryLabel(mib)] as const)],
          memory,
        )}
        onChange={(value) =>
          onChange(withMemberUnlessEmpty(definition, 'memory', value === '' ? undefined : Number(value)))
        }
      />
    </div>
  )
}
