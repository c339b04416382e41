/** The words about entries of the audit log that the console and the command line share. */
export { type ChangedResource, changeSentence, deployedService, isPlan, type SentencePart } from './change-sentence.ts'
export { auditResult, deploymentResult } from './result.ts'
