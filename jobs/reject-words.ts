import type { Place } from '../src/connector.ts'
import { type MessageKey, messages, type Say } from './messages.ts'

/** A reason's title; one that has none stands for itself. */
export function reasonWord(reason: string, say: Say): string {
  const key = `reason.${reason}`
  return Object.hasOwn(messages, key) ? say(key as MessageKey) : reason
}

/** `a.csv, line 12`: what is known of where a record stands, in the order from the whole to the part. */
export function placeWords(place: Place, say: Say): string {
  const parts = (['file', 'sheet', 'page', 'line', 'index'] as const).flatMap((name) => {
    const value = place[name]
    // Where a line is known, the ordinal of the record says nothing more to a person.
    if (value === undefined || (name === 'index' && place.line !== undefined)) return []
    return [say(`place.${name}`, { [name]: value })]
  })
  return parts.join(', ')
}
