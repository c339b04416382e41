/** The shapes of diagnoses in openapi.json. */
import { Type } from '../typebox/type.ts'

const status = Type.Enum(['healthy', 'progressing', 'degraded', 'failing', 'unknown'], { $id: 'DiagnosisStatus' })

const evidence = Type.Object(
  {
    kind: Type.Enum(['event', 'task', 'container', 'log', 'check', 'deployment', 'target'], { $id: 'EvidenceKind' }),
    at: Type.Optional(Type.String({ format: 'date-time' })),
    text: Type.String({ description: 'The text of ECS or of the program, unchanged.' }),
    resource: Type.Optional(Type.String({ description: 'The path of the resource in this API.' })),
  },
  { $id: 'Evidence', description: 'A fact that supports a cause.' },
)

const cause = Type.Object(
  {
    code: Type.String({
      description: 'The cause: `/docs/causes` lists all codes. `Unknown` has the wording of AWS in `evidence`.',
      examples: ['ImageNotFound'],
    }),
    severity: Type.Enum(['expected', 'warning', 'error'], {
      $id: 'CauseSeverity',
      description: '`expected` is part of normal operation.',
    }),
    summary: Type.String(),
    evidence: Type.Array(evidence),
    next: Type.Array(
      Type.Object(
        {
          text: Type.String(),
          request: Type.Optional(Type.String({ description: 'A request of this API that does the step.' })),
        },
        { $id: 'NextStep' },
      ),
      { description: 'What to do, the most promising step first.' },
    ),
    retryable: Type.Boolean({
      description: 'Whether ECS can succeed with the same configuration when it tries again.',
    }),
    docs: Type.String({ description: 'The page about the cause.' }),
  },
  { $id: 'Cause' },
)

const notChecked = Type.Array(
  Type.Object(
    { check: Type.String(), reason: Type.String() },
    { $id: 'NotChecked', description: 'A check that was not made.' },
  ),
)

export const diagnosisSchema = Type.Object(
  {
    status,
    summary: Type.String({ description: 'One or two sentences for a person.' }),
    causes: Type.Array(cause, { description: 'The most likely cause first; empty when all is well.' }),
    notChecked,
  },
  { $id: 'Diagnosis' },
)

const serviceDiagnosis = Type.Object(
  {
    cluster: Type.String(),
    service: Type.String(),
    describedAt: Type.String({ format: 'date-time', description: 'When ECS described the service.' }),
    status,
    summary: Type.String(),
    causes: Type.Array(cause),
  },
  { $id: 'ServiceDiagnosis', description: 'A service that is not healthy.' },
)

export const accountDiagnosisSchema = Type.Object(
  {
    status,
    summary: Type.String(),
    services: Type.Array(serviceDiagnosis, {
      description: 'The services that are not healthy, the most urgent first.',
    }),
    notChecked,
  },
  { $id: 'AccountDiagnosis' },
)
