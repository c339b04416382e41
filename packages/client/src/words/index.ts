/** The sentences about states that the console and the command line share. */

export { deploymentSentence, hadNoRollbackTarget, isPaused, outcomeText } from './deployment.ts'
export { diagnosedSentence } from './diagnosed.ts'
export { duration } from './duration.ts'
export { dayOf, nextStepSentence } from './next-step.ts'
export { type Sentence, type ServiceState, serviceSentence } from './service.ts'
export { hasRun, type TaskState, taskSentence } from './task.ts'
export { type Verdict, verdictOfDiagnosis, verdictOfState } from './verdict.ts'
