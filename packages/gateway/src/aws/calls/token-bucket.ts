/**
 * A model of one of AWS's request buckets. Other programs use the same bucket (deployment tools, ECS itself), so the
 * assumed state is corrected. A throttle from AWS means that the bucket is empty and refills more slowly than assumed.
 * Without throttles the assumed rate recovers slowly, and never exceeds the configured rate.
 */

import type { BucketSize } from '@ecs-api/ecs-model'
import type { Priority } from './priority.ts'

/** The rate is multiplied by this factor after a throttle. Throttles within a second of each other count as one. */
const cutFactor = 0.7
const minCutIntervalMs = 1000
/** The lowest assumed rate, as a share of the configured rate. */
const minRateShare = 0.05
/** Added to the rate in each second without a throttle, as a share of the configured rate. */
const recoveryPerSecond = 0.02
/** The share of the burst that a priority leaves to higher priorities. */
const reservedShare: Readonly<Record<Priority, number>> = { write: 0, readAfterWrite: 0, read: 0.1, background: 0.5 }

export class TokenBucket {
  #size: BucketSize
  #tokens: number
  #rate: number
  #refilledAt: number
  #cutAt = Number.NEGATIVE_INFINITY

  /** @param now milliseconds of a monotonic clock */
  constructor(size: BucketSize, now: number, tokens = size.burst) {
    this.#size = size
    this.#tokens = tokens
    this.#rate = size.refill
    this.#refilledAt = now
  }

  /** Takes a token if this priority may have one now. @returns whether a token was taken */
  takeToken(priority: Priority, now: number): boolean {
    this.#refill(now)
    if (this.#tokens - 1 < this.#reserved(priority)) return false
    this.#tokens--
    return true
  }

  /** Puts back a token that was not used. */
  releaseToken(): void {
    this.#tokens = Math.min(this.#size.burst, this.#tokens + 1)
  }

  /** Milliseconds until this priority may take a token, when `ahead` other calls take one each before. */
  delayMs(priority: Priority, ahead: number, now: number): number {
    this.#refill(now)
    const missing = 1 + ahead + this.#reserved(priority) - this.#tokens
    return missing <= 0 ? 0 : (missing / this.#rate) * 1000
  }

  /**
   * Changes this process's share of AWS's bucket. When the share shrinks, tokens are given up in proportion, because
   * they belong to other processes now. When it grows, the new tokens have to be refilled first.
   */
  resize(size: BucketSize, now: number): void {
    this.#refill(now)
    const factor = size.refill / this.#size.refill
    this.#size = size
    this.#rate *= factor
    this.#tokens = Math.min(this.#tokens * Math.min(factor, 1), size.burst)
  }

  /** Records a throttle from AWS: the bucket is empty. */
  recordThrottle(now: number): void {
    this.#refill(now)
    this.#tokens = 0
    if (now - this.#cutAt < minCutIntervalMs) return
    this.#cutAt = now
    this.#rate = Math.max(this.#rate * cutFactor, this.#size.refill * minRateShare)
  }

  /** The tokens in the bucket, and the assumed refill rate in tokens a second. */
  stateAt(now: number): { tokens: number; rate: number } {
    this.#refill(now)
    return { tokens: this.#tokens, rate: this.#rate }
  }

  /** The tokens that this priority must leave: less than the burst, so that every priority can use a burst of one. */
  #reserved(priority: Priority): number {
    return Math.min(Math.floor(this.#size.burst * reservedShare[priority]), this.#size.burst - 1)
  }

  #refill(now: number): void {
    const seconds = (now - this.#refilledAt) / 1000
    this.#refilledAt = now
    this.#tokens = Math.min(this.#size.burst, this.#tokens + seconds * this.#rate)
    if (now - this.#cutAt >= minCutIntervalMs)
      this.#rate = Math.min(this.#size.refill, this.#rate + seconds * this.#size.refill * recoveryPerSecond)
  }
}
