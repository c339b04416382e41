import {
  getStructure,
  keyAndValueNames,
  type Member,
  parseCpuUnits,
  parseMemoryMiB,
  type Shape,
  type StructureShape,
  shortName,
} from '@ecs-api/ecs-model'
import { apiNameOf, isReference, pairMembers, quantityMembers } from './rules.ts'

export type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

type Convert = (value: unknown) => Json

/**
 * Converts a resource of the AWS SDK to the API shape, with all data of ECS. The conversion is compiled once for each
 * structure.
 */
export function toApiShape(structureName: string, value: object): JsonObject {
  return converterOf(structureName)(value) as JsonObject
}

const convertersByName = new Map<string, Convert>()

function converterOf(name: string): Convert {
  const existing = convertersByName.get(name)
  if (existing) return existing
  const convert = structureConverter(getStructure(name))
  convertersByName.set(name, convert)
  return convert
}

const structureConverters = new Map<StructureShape, Convert>()

function structureConverter(shape: StructureShape): Convert {
  const existing = structureConverters.get(shape)
  if (existing) return existing
  const members = new Map<string, [apiName: string, convert: Convert]>()
  const convert: Convert = (value) => {
    const result: JsonObject = {}
    for (const [name, memberValue] of Object.entries(value as object)) {
      const member = members.get(name)
      if (member && memberValue !== undefined && memberValue !== null) result[member[0]] = member[1](memberValue)
    }
    return result
  }
  // Stored before the members are compiled, because a structure may contain itself.
  structureConverters.set(shape, convert)
  for (const member of shape.members.values())
    members.set(member.name, [apiNameOf(shape.name, member.name), memberConverter(shape, member)])
  return convert
}

function memberConverter(owner: StructureShape, member: Member): Convert {
  if (member.shape.kind === 'string') {
    if (isReference(owner.name, member.name)) return (value) => shortName(String(value))
    if (quantityMembers.has(member.name))
      return member.name === 'cpu' ? quantityConverter(parseCpuUnits) : quantityConverter(parseMemoryMiB)
  }
  if (member.shape.kind === 'list' && member.shape.of.kind === 'structure' && pairMembers.has(member.name))
    return pairsConverter(member.shape.of)
  return converter(member.shape)
}

function pairsConverter(pair: StructureShape): Convert {
  const [key, value] = keyAndValueNames(pair)
  return (list) =>
    Object.fromEntries((list as Record<string, string>[]).map((item) => [item[key] ?? '', item[value] ?? '']))
}

function converter(shape: Shape): Convert {
  switch (shape.kind) {
    case 'structure':
      return structureConverter(shape)
    case 'list': {
      const item = converter(shape.of)
      return (list) => (list as unknown[]).map(item)
    }
    case 'map': {
      const item = converter(shape.of)
      return (map) => Object.fromEntries(Object.entries(map as object).map(([key, value]) => [key, item(value)]))
    }
    case 'timestamp':
      return (time) => (time instanceof Date ? time.toISOString() : new Date(Number(time) * 1000).toISOString())
    case 'blob':
      return (bytes) => Buffer.from(bytes as Uint8Array).toString('base64')
    default:
      return (value) => value as Json
  }
}

/** Converts digits, or a number with its unit (`.5 vCPU`): ECS returns what the client sent. Other strings stay. */
function quantityConverter(parse: (text: string) => number | undefined): Convert {
  return (value) => (typeof value === 'string' ? (parse(value) ?? value) : (value as Json))
}
