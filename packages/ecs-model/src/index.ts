export {
  type FargateSize,
  fargateSizes,
  parseCpuUnits,
  parseMemoryMiB,
  smallestFargateSize,
} from './fargate-sizes.ts'
export { faultsOf } from './faults.ts'
export { LimitedSuggestions, nearestName } from './nearest-name.ts'
export { parseTime } from './parse-time.ts'
export {
  type ClientForms,
  type InputWithFaults,
  keyAndValueNames,
  type NullMeaning,
  PairsPatch,
  type ReadingFault,
  type Report,
  readInput,
  type Shorthand,
} from './reader.ts'
export {
  type Arn,
  type ArnScope,
  canReferTo,
  clusterOfArn,
  differingArnPart,
  ecsArn,
  familyAndRevision,
  parseArn,
  partitionOf,
  type ResourceKind,
  shortName,
  type TaskDefinitionReference,
} from './references.ts'
export { type BucketSize, type RequestGroup, requestGroupOf, requestGroups } from './request-groups.ts'
export type { Fault, Path, RuleContext } from './rules/rule.ts'
export {
  findOperation,
  getStructure,
  type ListShape,
  type MapShape,
  type Member,
  type Operation,
  operationNames,
  type Shape,
  type StructureShape,
} from './service-model.ts'
export { type AwsJson, readRequest, SerializationFault } from './wire.ts'
