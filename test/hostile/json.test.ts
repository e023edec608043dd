import { jsonCases } from './corpus/json-cases.ts'
import { describeCases } from './describe-cases.ts'

describeCases('json', jsonCases)
