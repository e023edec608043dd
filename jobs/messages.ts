import type { Text } from '../src/connector.ts'
import type { Language } from '../src/errors/table.ts'
import { alertMessages } from './messages/alerts.ts'
import { catalogMessages } from './messages/catalog.ts'
import { harvestMessages } from './messages/harvest.ts'
import { helpMessages } from './messages/help.ts'
import { historyMessages } from './messages/history.ts'
import { lifecycleMessages } from './messages/lifecycle.ts'
import { optionMessages } from './messages/options.ts'
import { promiseMessages } from './messages/promises.ts'
import { reportMessages } from './messages/report.ts'
import { scheduleMessages } from './messages/schedule.ts'
import { statusMessages } from './messages/status.ts'
import { storeMessages } from './messages/store.ts'

/** Everything the command line says, in both languages; `{name}` is filled from the details. Errors have their own table. */
export const messages = {
  ...helpMessages,
  ...optionMessages,
  ...catalogMessages,
  ...harvestMessages,
  ...lifecycleMessages,
  ...scheduleMessages,
  ...statusMessages,
  ...reportMessages,
  ...alertMessages,
  ...historyMessages,
  ...promiseMessages,
  ...storeMessages,
} satisfies Record<string, Text>

export type MessageKey = keyof typeof messages
export type MessageDetails = Readonly<Record<string, string | number | bigint>>
export type Say = (key: MessageKey, details?: MessageDetails) => string

export function speaker(language: Language): Say {
  return (key, details = {}) =>
    messages[key][language].replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ''))
}
