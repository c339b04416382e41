/** The field that makes a simulated container fail. Other accounts do not have it. */
import { useAccount } from '../live/account.ts'
import { useIsSimulatedAccount } from '../parts/simulated.tsx'
import { type ContainerFieldProps, containerFieldId, memberError } from './container-field.ts'
import { arrayOrEmpty } from './container-values.ts'
import { SelectField, TextField } from './fields.tsx'
import { type Simulation, simulationOf, withSimulation } from './simulation-values.ts'

export function SimulationField(props: ContainerFieldProps) {
  const { index, container, onChange } = props
  if (!useIsSimulatedAccount(useAccount() ?? '')) return null
  const { kind, exitCode } = simulationOf(container)
  const hasCommand = arrayOrEmpty(container.command).length > 0
  const options: [Simulation, string][] = [
    // Without a label of its own, the container follows a simple command (docs/simulated-runtime.md).
    ['runs', hasCommand ? 'runs, or ends as its command says' : 'runs'],
    ['exits', 'exits with a code'],
    ...(container.healthCheck || kind === 'unhealthy'
      ? [['unhealthy', 'is never healthy'] as [Simulation, string]]
      : []),
    ['no-image', 'has an image that cannot be pulled'],
  ]
  return (
    <div className="pair-of-fields">
      <SelectField
        id={containerFieldId(index, 'simulation')}
        label="The simulated container"
        help="It runs no program: choose a failure, or give a command such as sh -c 'echo no database; exit 3'."
        error={memberError(props, 'dockerLabels')}
        value={kind}
        options={options}
        onChange={(value) => onChange(withSimulation(container, value as Simulation))}
      />
      {kind === 'exits' && (
        <TextField
          id={containerFieldId(index, 'simulated-exit-code')}
          label="Exit code"
          type="number"
          value={exitCode}
          onChange={(value) => onChange(withSimulation(container, 'exits', value))}
        />
      )}
    </div>
  )
}
