/** The guardrails of an account, as the code that calls AWS sees them. Their rules are in `access/guardrails.ts`. */
export interface AccountGuardrails {
  /**
   * Throws when the guardrails forbid the call. The call pipeline checks each call anyway. Use it before the first of
   * several calls, so that a change is not rejected halfway.
   * @throws Forbidden `GuardrailBroken`
   */
  requireAllowed: (action: string, input: object) => void
  /** Whether one of them limits task definitions, or the tags that tasks get from them. */
  readonly limitsTaskDefinitions: boolean
  readonly requiresTags: boolean
}

export const noGuardrails: AccountGuardrails = {
  requireAllowed: () => {},
  limitsTaskDefinitions: false,
  requiresTags: false,
}
