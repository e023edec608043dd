import { expect, test } from 'vitest'
import { localeLanguage } from '../../../jobs/language.ts'

test.each([
  [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
  [{ LANG: 'en_US.UTF-8' }, 'en'],
  [{ LANG: 'de_DE' }, 'en'],
  [{ LANG: 'C' }, undefined],
  [{ LANG: 'C.UTF-8' }, undefined],
  [{ LANG: 'POSIX' }, undefined],
  [{}, undefined],
  [{ LC_ALL: '', LC_MESSAGES: 'zh_TW', LANG: 'en_US' }, 'zh'],
  [{ LC_ALL: 'en_GB', LC_MESSAGES: 'zh_TW', LANG: 'zh_CN' }, 'en'],
])('%o asks for %s', (environment, language) => {
  expect(localeLanguage(environment)).toBe(language)
})
