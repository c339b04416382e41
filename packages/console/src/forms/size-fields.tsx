/** The fields of the size of a task. */
import { fargateSizes, memoryFor } from './fargate-sizes.ts'
import { errorAt, SelectField } from './fields.tsx'
import { withMember } from './with-member.ts'

const smallestOption = ['', 'The smallest that fits'] as const
const gigabytes = (mib: number) => `${mib / 1024} GB (${mib} MiB)`
const vcpus = (units: number) => `${units / 1024} vCPU (${units})`

/** Adds the current value if the options lack it, so that it stays chosen: the plan reports an invalid value. */
export const withCurrentValue = (options: (readonly [string, string])[], value: string) =>
  options.some(([each]) => each === value) ? options : [...options, [value, value] as const]

export function SizeFields<T extends { cpu?: unknown; memory?: unknown }>({
  definition,
  allowsSmallest = true,
  rejection,
  onChange,
}: {
  definition: T
  /** Whether the size can be left to the gateway. */
  allowsSmallest?: boolean
  rejection: unknown
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
        error={errorAt(rejection, '/cpu')}
        value={cpu}
        options={withCurrentValue(
          [...firstOptions, ...fargateSizes.map(([units]) => [String(units), vcpus(units)] as const)],
          cpu,
        )}
        onChange={(value) => {
          const units = value === '' ? undefined : Number(value)
          const next = units === undefined ? undefined : memoryFor(units, Number(memory) || 0)
          onChange(withMember(withMember(definition, 'cpu', units), 'memory', next))
        }}
      />
      <SelectField
        id="memory"
        label="Memory"
        error={errorAt(rejection, '/memory')}
        value={memory}
        options={withCurrentValue(
          [...firstOptions, ...memorySizes.map((mib) => [String(mib), gigabytes(mib)] as const)],
          memory,
        )}
        onChange={(value) => onChange(withMember(definition, 'memory', value === '' ? undefined : Number(value)))}
      />
    </div>
  )
}
