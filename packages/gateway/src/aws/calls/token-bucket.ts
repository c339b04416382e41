/**
 * What this service believes of one of AWS's request buckets. Others use the same bucket (deployment tools, ECS itself), so belief is
 * corrected: a throttle means that it is empty and refills more slowly than believed; without throttles belief recovers slowly, and
 * never beyond what is configured.
 */

import type { BucketSize } from '@ecs-api/ecs-model'
import type { Priority } from './priority.ts'

/** After a throttle; throttles within a second of one another are one. */
const cutTo = 0.7
const cutAtMostEveryMs = 1000
/** Of the configured rate: never believed to be less. */
const leastShare = 0.05
/** Of the configured rate, each second without a throttle. */
const recovery = 0.02
/** Of the burst, left untouched for what is more urgent. */
const reserve: Readonly<Record<Priority, number>> = { write: 0, step: 0, read: 0.1, watching: 0.5 }

export class TokenBucket {
  #size: BucketSize
  #tokens: number
  #rate: number
  #at: number
  #cutAt = Number.NEGATIVE_INFINITY

  /** @param now milliseconds of any clock that never goes back */
  constructor(size: BucketSize, now: number, tokens = size.burst) {
    this.#size = size
    this.#tokens = tokens
    this.#rate = size.refill
    this.#at = now
  }

  /** Takes a token if this urgency may have one now. */
  take(priority: Priority, now: number): boolean {
    this.#count(now)
    if (this.#tokens - 1 < this.#kept(priority)) return false
    this.#tokens--
    return true
  }

  /** A token that was not used. */
  release(): void {
    this.#tokens = Math.min(this.#size.burst, this.#tokens + 1)
  }

  /** Milliseconds until this urgency may take a token, when `ahead` others take one each before. */
  delayMs(priority: Priority, ahead: number, now: number): number {
    this.#count(now)
    const missing = 1 + ahead + this.#kept(priority) - this.#tokens
    return missing <= 0 ? 0 : (missing / this.#rate) * 1000
  }

  /** Another part of AWS's bucket is this one's now. What it gives up is somebody else's; what it gains has to come first. */
  resize(size: BucketSize, now: number): void {
    this.#count(now)
    const part = size.refill / this.#size.refill
    this.#size = size
    this.#rate *= part
    this.#tokens = Math.min(this.#tokens * Math.min(part, 1), size.burst)
  }

  /** AWS has said that the bucket is empty. */
  throttled(now: number): void {
    this.#count(now)
    this.#tokens = 0
    if (now - this.#cutAt < cutAtMostEveryMs) return
    this.#cutAt = now
    this.#rate = Math.max(this.#rate * cutTo, this.#size.refill * leastShare)
  }

  /** Tokens there now, and the rate at which they are believed to come. */
  look(now: number): { tokens: number; rate: number } {
    this.#count(now)
    return { tokens: this.#tokens, rate: this.#rate }
  }

  /** A burst of one has nothing to keep back. */
  #kept(priority: Priority): number {
    return Math.min(Math.floor(this.#size.burst * reserve[priority]), this.#size.burst - 1)
  }

  #count(now: number): void {
    const seconds = (now - this.#at) / 1000
    this.#at = now
    this.#tokens = Math.min(this.#size.burst, this.#tokens + seconds * this.#rate)
    if (now - this.#cutAt >= cutAtMostEveryMs)
      this.#rate = Math.min(this.#size.refill, this.#rate + seconds * this.#size.refill * recovery)
  }
}
