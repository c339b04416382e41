/** The draft of a new service: its values, with those that the page's address fills in, and their changes. */
import type { Account } from '@ecs-api/client'
import { useSearch } from 'wouter'
import { containersOf } from '../forms/container-values.ts'
import { jsonText, useDocument } from '../forms/document-text.ts'
import { useDraft } from '../live/draft.ts'
import { useClusters, useTaskDefinitions } from '../live/queries.ts'
import { settings } from '../live/settings.ts'
import { accountFactsOf, type Definition, newDefinition, proposedName, withNames } from './definition-values.ts'
import type { Registration } from './planned-creation.ts'
import { breakerThatRollsBack, type ServiceBody } from './service-fields.tsx'

type Source = 'image' | 'definition'

interface Form {
  /** Undefined until the form is edited: then the default depends on the account. */
  source: Source | undefined
  cluster: string | undefined
  /** The body of the service's creation as JSON or YAML. */
  text: string
  /** The definition to register for an image; undefined until it is edited. */
  definition: Definition | undefined
  /** The family of that definition; undefined until the person changes it: it is then the name of the service. */
  family: string | undefined
  /** The name of the task definition, while the form begins with an image. */
  definitionName: string
  registration: Registration | undefined
  /**
   * The query of the page's address when the form was last edited. A different query overrides definition and cluster.
   */
  search: string
}

const emptyForm: Form = {
  source: undefined,
  cluster: undefined,
  text: jsonText({ name: '', taskDefinition: '', count: 1, deploymentConfiguration: breakerThatRollsBack }),
  definition: undefined,
  family: undefined,
  definitionName: '',
  registration: undefined,
  search: '',
}

export function useServiceDraft(account: Account) {
  const facts = accountFactsOf(account)
  const search = useSearch()
  const draft = useDraft(`${account.name}.service`, emptyForm)
  const clusters = useClusters(account.name)
  const definitions = useTaskDefinitions(account.name)
  const prefilled = draft.value.search === search ? new URLSearchParams() : new URLSearchParams(search)
  const prefilledDefinition = prefilled.get('taskDefinition')
  const source =
    prefilledDefinition === null
      ? (draft.value.source ??
        (definitions.data?.length === 0 ? 'image' : (settings.get().serviceSource ?? 'definition')))
      : 'definition'
  const typedDocument = useDocument<ServiceBody>(draft.value.text)
  const textOfSource =
    prefilledDefinition !== null
      ? typedDocument.textWith({ ...typedDocument.value, taskDefinition: prefilledDefinition })
      : source === 'image' && draft.value.source === undefined
        ? typedDocument.textWith(withoutDefinition(typedDocument.value))
        : draft.value.text
  const document = useDocument<ServiceBody>(textOfSource)
  const body = document.formValue ?? {}
  const name = String(body.name ?? '')
  const definition = withNames(draft.value.definition ?? newDefinition(facts, {}), {
    family: draft.value.family ?? name,
    container: name,
  })
  const chosenCluster = prefilled.get('cluster') ?? draft.value.cluster
  const set = (change: Partial<Form>) =>
    draft.set({ search, source, text: document.text, cluster: chosenCluster, ...change })
  return {
    draft,
    source,
    document,
    body,
    definition,
    cluster: chosenCluster ?? clusters.data?.[0]?.name ?? 'default',
    set,
    setBody: (next: ServiceBody) => set({ text: document.textWith(next) }),
    setSource: (next: Source) =>
      next === 'image'
        ? set({
            source: next,
            text: document.textWith(withoutDefinition(body)),
            definitionName: String(body.taskDefinition ?? ''),
          })
        : set({
            source: next,
            text: document.textWith({ ...body, taskDefinition: draft.value.definitionName }),
          }),
    /** Another image also proposes another name for the service. */
    setDefinition: (next: Definition) => {
      const nextName = proposedName(name, imageOf(definition), imageOf(next))
      set({
        definition: next,
        family: next.family === definition.family ? draft.value.family : next.family,
        text: nextName === name ? document.text : document.textWith({ ...body, name: nextName }),
      })
    },
  }
}

const imageOf = (definition: Definition) => containersOf(definition)[0]?.image ?? ''

function withoutDefinition(body: ServiceBody = {}): ServiceBody {
  const { taskDefinition, ...others } = body
  return others
}
