/**
 * The values that the gateway hides in plans and comparisons, because people copy these into chats and tickets. A
 * person who may read the task definitions can have the values shown.
 */
import type { Plan } from '@ecs-api/client'
import { createContext, useContext } from 'react'
import { type Container, pairsOf } from '../forms/container-values.ts'
import { useTaskDefinition } from '../live/queries.ts'
import { useShownValues } from '../live/shown-values.ts'

type Changes = Plan['changes']

/** Where the hidden values can be read: names of task definitions, or the containers of a form. */
interface ValueSources {
  account: string
  from: string | undefined
  to: string | readonly Container[] | undefined
}

/** Set by the page or dialog that knows the definitions before and after the change. */
export const HiddenValueSources = createContext<ValueSources | undefined>(undefined)

/** Whether the gateway has hidden a value, at any depth. */
const containsHiddenValue = (value: unknown) => JSON.stringify(value ?? null).includes('"(hidden)')

export interface ShownChanges {
  /** With the hidden values, once they are shown and known. */
  changes: Changes
  hasHidden: boolean
  /** Shows or hides the values; undefined where they cannot be shown. */
  toggle: (() => void) | undefined
  isShown: boolean
  /** Why a task definition cannot be read. */
  error: unknown
}

export function useHiddenValues(changes: Changes): ShownChanges {
  const { account = '', from, to } = useContext(HiddenValueSources) ?? {}
  const [isChosen, setShown] = useShownValues()
  const hasHidden = containsHiddenValue(changes)
  const canBeShown =
    to !== undefined && changes.some((change) => containsHiddenValue(change) && change.path.startsWith('/containers/'))
  const isShown = isChosen && canBeShown
  const nameOf = (source: ValueSources['to']) => (typeof source === 'string' ? source : '')
  const before = useTaskDefinition(account, nameOf(from), isShown)
  const after = useTaskDefinition(account, nameOf(to), isShown)
  const containersBefore = before.data?.containerDefinitions
  const containersAfter = typeof to === 'string' ? after.data?.containerDefinitions : to
  const shown = (value: unknown, path: string, containers: readonly object[] | undefined) =>
    containsHiddenValue(value) && containers ? (valueAt(containers as Container[], path) ?? value) : value
  return {
    changes: isShown
      ? changes.map((change) => ({
          ...change,
          from: shown(change.from, change.path, containersBefore),
          to: shown(change.to, change.path, containersAfter),
        }))
      : changes,
    hasHidden,
    toggle: canBeShown ? () => setShown(!isShown) : undefined,
    isShown,
    error: isShown ? (before.error ?? after.error) : undefined,
  }
}

/** @param path a JSON Pointer such as `/containers/web/environment/LEVEL` */
function valueAt(containers: readonly Container[], path: string): unknown {
  const [name = '', ...members] = path
    .split('/')
    .slice(2)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
  let value: unknown = containers.find((container) => container.name === name)
  for (const member of members) {
    const parent = (value ?? {}) as Record<string, unknown>
    value = member === 'environment' ? pairsOf(parent.environment, 'value') : parent[member]
  }
  return value
}
