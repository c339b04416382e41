/** DeleteParameter and DeleteParameters. */
import type { DeleteParameterRequest, DeleteParametersRequest, DeleteParametersResult } from '@aws-sdk/client-ssm'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { getStoredParameter } from './names.ts'
import type { ParameterRecord, ParameterStore, SsmContext } from './parameter-record.ts'

export const deleteParametersActions = {
  DeleteParameter: deleteParameter,
  DeleteParameters: deleteParameters,
} satisfies JsonActions<SsmContext>

function deleteParameter({ store }: SsmContext, { Name = '' }: AwsJson<DeleteParameterRequest>): object {
  deleteWithVersions(store, getStoredParameter(store, Name))
  return {}
}

function deleteParameters(
  { store }: SsmContext,
  { Names = [] }: AwsJson<DeleteParametersRequest>,
): AwsJson<DeleteParametersResult> {
  const deleted: string[] = []
  for (const name of new Set(Names)) {
    const parameter = store.parameters.get(name)
    if (!parameter) continue
    deleteWithVersions(store, parameter)
    deleted.push(name)
  }
  return { DeletedParameters: deleted, InvalidParameters: Names.filter((name) => !deleted.includes(name)) }
}

function deleteWithVersions(store: ParameterStore, { name, versions }: ParameterRecord): void {
  for (const version of versions) store.deleteVersion(name, version)
  store.parameters.delete(name)
}
