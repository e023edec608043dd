/** The State Council's notices of 2024 to 2026 (国务院办公厅关于部分节假日安排的通知), copied by hand. */
const off = [
  ['2024-01-01', '2024-01-01'],
  ['2024-02-10', '2024-02-17'],
  ['2024-04-04', '2024-04-06'],
  ['2024-05-01', '2024-05-05'],
  ['2024-06-10', '2024-06-10'],
  ['2024-09-15', '2024-09-17'],
  ['2024-10-01', '2024-10-07'],
  ['2025-01-01', '2025-01-01'],
  ['2025-01-28', '2025-02-04'],
  ['2025-04-04', '2025-04-06'],
  ['2025-05-01', '2025-05-05'],
  ['2025-05-31', '2025-06-02'],
  ['2025-10-01', '2025-10-08'],
  ['2026-01-01', '2026-01-03'],
  ['2026-02-15', '2026-02-23'],
  ['2026-04-04', '2026-04-06'],
  ['2026-05-01', '2026-05-05'],
  ['2026-06-19', '2026-06-21'],
  ['2026-09-25', '2026-09-27'],
  ['2026-10-01', '2026-10-07'],
] as const

/** 调休: days of rest on which people work. */
const worked = [
  '2024-02-04',
  '2024-02-18',
  '2024-04-07',
  '2024-04-28',
  '2024-05-11',
  '2024-09-14',
  '2024-09-29',
  '2024-10-12',
  '2025-01-26',
  '2025-02-08',
  '2025-04-27',
  '2025-09-28',
  '2025-10-11',
  '2026-01-04',
  '2026-02-14',
  '2026-02-28',
  '2026-05-09',
  '2026-09-20',
  '2026-10-10',
]

/** The last year whose notice is out here; later ones are not known. */
export const lastKnownYear = 2026

/** Whether people work on a date, and whether anybody can know. */
export function isWorked(date: string): { readonly worked: boolean; readonly known: boolean } {
  const day = new Date(`${date}T00:00:00Z`).getUTCDay()
  const weekday = day !== 0 && day !== 6
  if (Number(date.slice(0, 4)) > lastKnownYear) return { worked: weekday, known: false }
  if (worked.includes(date)) return { worked: true, known: true }
  if (off.some(([first, last]) => first <= date && date <= last)) return { worked: false, known: true }
  return { worked: weekday, known: true }
}
