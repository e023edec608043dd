import os from 'node:os'

export type ServerSettings = Readonly<Record<string, string>>

const MB = 1024 * 1024

/**
 * The settings of the embedded server, given on its command line so that they follow the guiji version and not
 * the age of the data. They suit bulk loads on one machine; durability is never traded for speed.
 */
export function serverSettings(port: number, overrides: ServerSettings = {}): ServerSettings {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    fsync: 'on',
    synchronous_commit: 'on',
    // Nothing replicates from an embedded store, and minimal lets COPY into a new table skip the log.
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    shared_buffers: `${sharedBuffers()}MB`,
    maintenance_work_mem: '256MB',
    jit: 'off',
    datestyle: 'ISO, YMD',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
    // Statements and DETAIL lines hold the values of people's records: they stay out of the log.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    ...overrides,
  }
}

/** A quarter of a gigabyte, or an eighth of what a small machine or container has. */
function sharedBuffers(): number {
  const constrained = process.constrainedMemory() || Number.POSITIVE_INFINITY
  const eighth = Math.floor(Math.min(os.totalmem(), constrained) / 8 / MB)
  return Math.max(16, Math.min(256, eighth))
}
