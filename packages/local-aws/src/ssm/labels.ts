/** The actions on labels, the client's own names for versions (User Guide, "Working with parameter labels"). */
import type {
  LabelParameterVersionRequest,
  LabelParameterVersionResult,
  UnlabelParameterVersionRequest,
  UnlabelParameterVersionResult,
} from '@aws-sdk/client-ssm'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { getStoredParameter, versionNotFound } from './names.ts'
import type { SsmContext } from './parameter-record.ts'

export const labelActions = {
  LabelParameterVersion: labelVersion,
  UnlabelParameterVersion: unlabelVersion,
} satisfies JsonActions<SsmContext>

const MAX_LABELS = 10

function labelVersion(
  { store }: SsmContext,
  input: AwsJson<LabelParameterVersionRequest>,
): AwsJson<LabelParameterVersionResult> {
  const parameter = getStoredParameter(store, input.Name ?? '')
  const { name, versions } = parameter
  const version = input.ParameterVersion ?? versions.at(-1) ?? 0
  if (!versions.includes(version)) throw versionNotFound(name, version)
  const requested = input.Labels ?? []
  const InvalidLabels = requested.filter((label) => !/^(?!\d|aws|ssm)[\w.-]+$/i.test(label))
  const valid = requested.filter((label) => !InvalidLabels.includes(label))
  const labels = { ...parameter.labels, ...Object.fromEntries(valid.map((label) => [label, version])) }
  if (Object.values(labels).filter((labelledVersion) => labelledVersion === version).length > MAX_LABELS)
    throw new AwsError(
      'ParameterVersionLabelLimitExceeded',
      `A parameter version can have maximum ${MAX_LABELS} labels.Move one or more labels to another version and try again.`,
    )
  store.parameters.set(name, { ...parameter, labels })
  return { InvalidLabels, ParameterVersion: version }
}

function unlabelVersion(
  { store }: SsmContext,
  input: AwsJson<UnlabelParameterVersionRequest>,
): AwsJson<UnlabelParameterVersionResult> {
  const { ParameterVersion: version = 0, Labels: requested = [] } = input
  const parameter = getStoredParameter(store, input.Name ?? '')
  if (!parameter.versions.includes(version)) throw versionNotFound(parameter.name, version)
  const RemovedLabels = requested.filter((label) => parameter.labels[label] === version)
  const labels = Object.fromEntries(
    Object.entries(parameter.labels).filter(([label]) => !RemovedLabels.includes(label)),
  )
  store.parameters.set(parameter.name, { ...parameter, labels })
  return { RemovedLabels, InvalidLabels: requested.filter((label) => !RemovedLabels.includes(label)) }
}
