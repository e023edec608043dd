import { excelCases } from './corpus/excel-cases.ts'
import { describeCases } from './describe-cases.ts'

describeCases('excel', excelCases)
