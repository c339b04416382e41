/** A cell with a fact of a task definition. The list of definitions has only names, so each is asked for when seen. */
import type { TaskDefinition } from '@ecs-api/client'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTaskDefinition } from '../live/queries.ts'
import { ExternalText } from './external-text.tsx'

export function DefinitionCell({
  account,
  name,
  children,
}: {
  account: string
  name: string
  children: (definition: TaskDefinition) => ReactNode
}) {
  const place = useRef<HTMLSpanElement>(null)
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      setSeen(true)
      observer.disconnect()
    })
    if (place.current) observer.observe(place.current)
    return () => observer.disconnect()
  }, [])
  const { data } = useTaskDefinition(account, name, isSeen)
  return <span ref={place}>{data ? children(data) : '…'}</span>
}

export function Images({ definition }: { definition: TaskDefinition }) {
  return (
    <code>
      <ExternalText text={definition.containerDefinitions.map(({ image }) => image ?? '').join(', ')} />
    </code>
  )
}
