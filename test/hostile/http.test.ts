import { httpCases } from './corpus/http-cases.ts'
import { describeCases } from './describe-cases.ts'

describeCases('http', httpCases)
