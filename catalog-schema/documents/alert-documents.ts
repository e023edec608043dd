/** Who is told of incidents, and how. */
export interface AlertsDocument {
  readonly language?: 'zh' | 'en'
  /** ISO 8601 duration: longest time between two checks, and for which a planned run may wait. Default: PT30M. */
  readonly checkEvery?: string
  /** Asked with GET after each good check. A URL or a secret reference. */
  readonly heartbeat?: string
  /** By name. */
  readonly sinks?: Readonly<Record<string, SinkDocument>>
  /** Names of the sinks told first. Default: all that escalation does not name. */
  readonly to?: readonly string[]
  readonly escalation?: { readonly after: string; readonly to: readonly string[] }
}

export type SinkDocument = WebhookDocument | EmailDocument | FileSinkDocument

export interface WebhookDocument {
  readonly kind: 'webhook'
  /** A URL or a secret reference. */
  readonly url: string
  /** Secret reference. */
  readonly secret: string
}

export interface EmailDocument {
  readonly kind: 'email'
  readonly host: string
  readonly port?: number
  readonly security?: 'tls' | 'starttls' | 'none'
  readonly user?: string
  /** Secret reference. */
  readonly password?: string
  readonly from: string
  readonly to: readonly string[]
}

export interface FileSinkDocument {
  readonly kind: 'file'
  /** Relative to the workspace. */
  readonly path: string
}

/** Where events of runs are sent. */
export interface OpenLineageDocument {
  /** A URL or a secret reference. */
  readonly url: string
  /** Secret reference. */
  readonly apiKey?: string
  readonly namespace?: string
}
