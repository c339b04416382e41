/** The faults of a document with their places in its text: those of its syntax, or those that the gateway found. */
import { ProblemError } from '@ecs-api/client'
import { rangeOf } from '@ecs-api/client/json-pointer'
import { useEffect, useMemo } from 'react'
import { printable } from '../parts/printable-text.tsx'
import { isYaml, loadYaml, type TextDocument, useYaml } from './document-text.ts'

export interface DocumentFault {
  /** The JSON Pointer of the faulty value; undefined for a fault of the syntax. */
  pointer?: string
  message: string
  /** The offsets in the text, `to` exclusive; undefined where the place is not known. */
  range?: { from: number; to: number } | undefined
}

export const lineOf = (text: string, offset: number) => text.slice(0, offset).split('\n').length

/** The message in printable characters, with the JSON Pointer before it. */
export const faultText = ({ pointer, message }: DocumentFault) =>
  printable(pointer === undefined ? message : `${pointer}: ${message}`)

/**
 * @param requestError the error of the document's request or of its plan, or the errors of several requests
 * @param jsonFaultOffset finds the offset of a fault in JSON where the message of the browser does not have it
 */
export function useDocumentFaults(
  { text, faults }: Pick<TextDocument<object>, 'text' | 'faults'>,
  requestError: unknown,
  jsonFaultOffset: ((text: string) => number | undefined) | undefined,
): readonly DocumentFault[] {
  const rejections = pointersIn(faults.length > 0 ? undefined : requestError)
  const rejectionsText = JSON.stringify(rejections)
  const yaml = useYaml()
  const needsParser = rejections.length > 0
  useEffect(() => {
    if (needsParser) loadYaml()
  }, [needsParser])
  return useMemo(() => {
    if (faults.length > 0)
      return faults.map(({ message, offset = isYaml(text) ? undefined : jsonFaultOffset?.(text) }) => ({
        message,
        range: offset === undefined ? undefined : markedRange(text, offset, offset + 1),
      }))
    const document = rejectionsText === '[]' ? undefined : yaml?.parseDocument(text, { prettyErrors: false })
    return (JSON.parse(rejectionsText) as typeof rejections).map(({ pointer, message }) => ({
      pointer,
      message,
      range: document && markedRange(text, ...rangeOf(document, pointer)),
    }))
  }, [text, faults, rejectionsText, yaml, jsonFaultOffset])
}

const pointersIn = (requestError: unknown): { pointer: string; message: string }[] =>
  [requestError]
    .flat()
    .flatMap((error) => (error instanceof ProblemError ? error.errors : []))
    .flatMap((each) => ('pointer' in each ? [{ pointer: String(each.pointer), message: each.message }] : []))

/** The part of the range in its first line. At the end of a line or of the text, it is the character before. */
function markedRange(text: string, from: number, to: number): { from: number; to: number } {
  const start = Math.min(from, text.length)
  const lineEnd = text.indexOf('\n', start)
  const end = Math.min(to, lineEnd < 0 ? text.length : lineEnd)
  return end > start ? { from: start, to: end } : { from: Math.max(0, start - 1), to: start }
}
