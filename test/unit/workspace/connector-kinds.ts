import type { ConnectorKind } from '../../../src/workspace/load-workspace.ts'

const text = { type: 'string', minLength: 1 }

/** Two connectors as loading sees them, with the shapes of the real ones. */
export const connectorKinds: readonly ConnectorKind[] = [
  {
    kind: 'csv',
    configSchema: {
      type: 'object',
      properties: { root: { title: 'Folder', 'title:zh': '目录', ...text } },
      required: ['root'],
      additionalProperties: false,
    },
    readSchema: {
      type: 'object',
      properties: {
        file: { title: 'File or pattern', 'title:zh': '文件或通配', ...text },
        encoding: { title: 'Encoding', 'title:zh': '编码', enum: ['auto', 'utf-8', 'gb18030'] },
      },
      required: ['file'],
      additionalProperties: false,
    },
  },
  {
    kind: 'postgres',
    configSchema: {
      type: 'object',
      properties: {
        host: { title: 'Host', 'title:zh': '主机', ...text },
        port: { title: 'Port', 'title:zh': '端口', type: 'integer', minimum: 1, maximum: 65535 },
        database: { title: 'Database', 'title:zh': '数据库', ...text },
        user: { title: 'User', 'title:zh': '用户', ...text },
        password: { title: 'Password', 'title:zh': '口令', ...text, secret: true },
      },
      required: ['host', 'database', 'user'],
      additionalProperties: false,
    },
    readSchema: {
      type: 'object',
      properties: { table: { title: 'Table', 'title:zh': '表', ...text } },
      required: ['table'],
      additionalProperties: false,
    },
  },
]
