import type { ErrorEntry } from './table.ts'

/** Errors of alerts and of what carries them. */
export const alertErrors = {
  ALERT_UNKNOWN: {
    recovery: 'abort',
    en: {
      fact: 'there is no open alert {found} that a person raised',
      hint: 'see "guiji alerts --open"; what guiji has seen itself ends when it is over',
    },
    zh: {
      fact: '没有编号为 {found} 的、由人工登记且未关闭的告警',
      hint: '请查看 "guiji alerts --open"；系统发现的告警在问题消除后自行关闭',
    },
  },
  ALERT_KIND_UNKNOWN: {
    recovery: 'abort',
    en: { fact: '"{found}" is no alert that a person raises', hint: '{suggestion}known: {known}' },
    zh: { fact: '“{found}”不是可人工登记的告警', hint: '{suggestion}可登记：{known}' },
  },
  SINK_UNKNOWN: {
    recovery: 'abort',
    en: { fact: 'there is no sink "{found}"', hint: '{suggestion}known: {known}' },
    zh: { fact: '没有发送渠道“{found}”', hint: '{suggestion}已有：{known}' },
  },
  SINK_FAILED: {
    recovery: 'retry',
    en: {
      fact: 'sink {sink} did not take the message: {detail}',
      hint: 'check its entry in guiji.yaml and its other end',
    },
    zh: { fact: '渠道 {sink} 未能送达：{detail}', hint: '请检查 guiji.yaml 中的该渠道及接收方' },
  },
} satisfies Record<string, ErrorEntry>
