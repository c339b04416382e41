/**
 * Columns of a table of task definitions. The API's list has only their names, so each definition is read when its row
 * becomes visible.
 */
import type { TaskDefinition } from '@ecs-api/client'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTaskDefinition } from '../live/queries.ts'
import { PrintableText } from '../parts/printable-text.tsx'
import { Ago } from '../parts/time.tsx'
import type { Column } from './table.tsx'

/** The columns Image and Registered. Rows are task definitions by name. */
export const definitionColumns = (account: string): Column<{ name: string }>[] => [
  {
    title: 'Image',
    hasOwnLineOnPhone: true,
    cell: ({ name }) => (
      <DefinitionCell account={account} name={name}>
        {(definition) => <Images definition={definition} />}
      </DefinitionCell>
    ),
  },
  {
    title: 'Registered',
    cell: ({ name }) => (
      <DefinitionCell account={account} name={name}>
        {({ registeredAt }) => <Ago at={registeredAt} />}
      </DefinitionCell>
    ),
  },
]

function DefinitionCell({
  account,
  name,
  children,
}: {
  account: string
  name: string
  children: (definition: TaskDefinition) => ReactNode
}) {
  const cellElement = useRef<HTMLSpanElement>(null)
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      setSeen(true)
      observer.disconnect()
    })
    if (cellElement.current) observer.observe(cellElement.current)
    return () => observer.disconnect()
  }, [])
  const { data, error } = useTaskDefinition(account, name, isSeen)
  return <span ref={cellElement}>{data ? children(data) : error ? 'not readable' : '…'}</span>
}

function Images({ definition }: { definition: TaskDefinition }) {
  return (
    <code>
      <PrintableText text={definition.containerDefinitions.map(({ image }) => image ?? '').join(', ')} />
    </code>
  )
}
