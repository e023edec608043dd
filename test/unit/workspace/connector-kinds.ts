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
    kind: 'http-json',
    configSchema: {
      type: 'object',
      properties: {
        auth: {
          type: 'object',
          title: 'Sign-in',
          'title:zh': '认证方式',
          properties: {
            kind: { enum: ['none', 'bearer', 'hmac'], title: 'Kind', 'title:zh': '类型' },
            token: { title: 'Token', 'title:zh': '令牌', ...text, secret: true },
            secret: { title: 'Signing secret', 'title:zh': '签名密钥', ...text, secret: true },
          },
          required: ['kind'],
          additionalProperties: false,
          anyOf: [
            { properties: { kind: { const: 'none' } } },
            { properties: { kind: { enum: ['bearer'] } }, required: ['token'] },
            { properties: { kind: { const: 'hmac' } }, required: ['secret'] },
          ],
        },
      },
      additionalProperties: false,
    },
    readSchema: { type: 'object' },
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
        url: { title: 'Address', 'title:zh': '地址', ...text, secret: true },
        password: { title: 'Password', 'title:zh': '口令', ...text, secret: true },
      },
      oneOf: [{ required: ['url'] }, { required: ['host', 'database', 'user'] }],
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
