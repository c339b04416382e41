/**
 * The fields of a form that show an error, as they stand on the page: each with the words of its label. The summary of
 * the errors links to these fields, so it names no field that the form does not have.
 */
import { type RefObject, useEffect, useState } from 'react'

export interface FaultyField {
  /** The label of the field, and the container or load balancer that it belongs to, such as `Image of web`. */
  name: string
  /** The errors that the field shows. */
  message: string
  /** Whether this is a line below a document: it is not beside the value, so the summary repeats its message. */
  isInDocument: boolean
  /** The position of the error among the errors of the form. */
  index: number
}

/** An element with this attribute shows the error that the attribute contains. */
const faultAttribute = 'data-fault'
const faultElements = (form: Element | null | undefined) => [
  ...(form?.querySelectorAll<HTMLElement>(`[${faultAttribute}]`) ?? []),
]

/** The part of the form that is one field, or a group of fields with one error. */
const groupOf = (element: HTMLElement) => element.closest('.field, .stack')!

/** @param inForm an element of the form */
export function useFaultyFields(inForm: RefObject<HTMLElement | null>): readonly FaultyField[] {
  const [text, setText] = useState('[]')
  useEffect(() => {
    const form = inForm.current?.closest('form')
    if (!form) return
    const read = () => setText(JSON.stringify(faultyFieldsOf(form)))
    read()
    const observer = new MutationObserver(read)
    observer.observe(form, { childList: true, subtree: true, attributeFilter: [faultAttribute] })
    return () => observer.disconnect()
  }, [inForm])
  // The buttons at the end of the window must not hide an error that appears below the field with the focus, nor do so
  // when the window becomes smaller, such as by the keyboard of a phone.
  useEffect(() => {
    const showFocusedField = () => {
      const focused = document.activeElement
      if (text !== '[]' && focused?.matches('[aria-invalid="true"]')) scrollIntoView(focused.closest('.field'))
    }
    showFocusedField()
    addEventListener('resize', showFocusedField)
    return () => removeEventListener('resize', showFocusedField)
  }, [text])
  return JSON.parse(text) as FaultyField[]
}

function faultyFieldsOf(form: Element): FaultyField[] {
  const all = faultElements(form).map(faultyFieldOf)
  // An error that a field shows needs no link to its line in the document.
  const isAtField = ({ message }: FaultyField) =>
    all.some((each) => !each.isInDocument && each.message.includes(message))
  return all.filter((each) => !each.isInDocument || !isAtField(each))
}

function faultyFieldOf(element: HTMLElement, index: number): FaultyField {
  const group = groupOf(element)
  const label =
    element.dataset.field ??
    (group.querySelector(':scope > label') ?? group.closest('details, fieldset')?.querySelector('summary, legend'))
      ?.textContent ??
    ''
  const owner = element.closest<HTMLElement>('[data-owner]')?.dataset.owner
  return {
    name: owner === undefined ? label : `${label}${label.includes(',') ? ',' : ''} of ${owner}`,
    message: element.dataset.fault ?? '',
    isInDocument: element.dataset.field !== undefined,
    index,
  }
}

/** Moves the focus to the field, and unfolds the parts of the form that hide it. */
export function focusFaultyField(inForm: RefObject<HTMLElement | null>, { index }: FaultyField): void {
  const element = faultElements(inForm.current?.closest('form'))[index]
  if (!element) return
  for (let folded = element.closest('details'); folded; folded = folded.parentElement?.closest('details') ?? null)
    folded.open = true
  const lineButton = element.querySelector('button')
  if (lineButton) {
    lineButton.click()
  } else {
    groupOf(element).querySelector<HTMLElement>('input, select, textarea, button')?.focus()
    scrollIntoView(groupOf(element))
  }
}

const scrollIntoView = (element: Element | null) => element?.scrollIntoView({ block: 'nearest' })
