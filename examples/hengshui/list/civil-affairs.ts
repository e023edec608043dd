import { counties, pick, townships, villages } from '../generator/places.ts'
import { conditional, dataset, notShared, unconditional, usualDirt } from './entries.ts'
import {
  choice,
  date,
  integer,
  key,
  money,
  number,
  oneOf,
  optional,
  remark,
  serial,
  status,
} from './items.ts'
import * as of from './subject-items.ts'
import type { Department, Item } from './types.ts'

const divisionCode: Item = {
  code: 'code',
  name: '区划代码',
  field: 'code',
  type: 'text',
  semantic: 'division',
  key: true,
  required: true,
  write: () => '',
}
const divisionName: Item = {
  code: 'name',
  name: '区划名称',
  field: 'name',
  type: 'text',
  required: true,
  write: () => '',
}
const parentOf = (code: string, name: string, length: number): Item => ({
  code,
  name,
  field: code,
  type: 'text',
  semantic: 'division',
  required: true,
  write: (row) => pick(length === 6 ? townships : villages, row.ordinal).code.slice(0, length),
})

/** Code and name of the real divisions of one level. */
function divisions(list: typeof counties): readonly Item[] {
  return [
    { ...divisionCode, write: (row) => pick(list, row.ordinal).code },
    { ...divisionName, write: (row) => pick(list, row.ordinal).name },
  ]
}

const relief = conditional('民政、财政、医保、住建、教育、残联等部门', '核定救助资格和落实惠民政策')

export const civilAffairs: Department = {
  code: 'civil_affairs',
  name: '衡水市民政局',
  sharing: relief,
  systems: {
    drop: { kind: 'csv', name: '民政业务数据交换目录', encoding: 'gb18030', dates: 'chinese' },
    lines: { kind: 'json', name: '婚姻登记数据推送', layout: 'lines' },
    books: { kind: 'excel', name: '民政统计报表' },
  },
  datasets: [
    dataset(
      'division_county',
      '衡水市县级行政区划',
      '一次性',
      'drop:xzqh_xian',
      counties.length,
      divisions(counties),
      { sharing: unconditional, still: true, fixed: true, summary: '真实数据' },
    ),
    dataset(
      'division_township',
      '衡水市乡级行政区划',
      '每年',
      'drop:xzqh_xiang',
      townships.length,
      [...divisions(townships), parentOf('county_code', '所属县级代码', 6)],
      { sharing: unconditional, still: true, fixed: true, summary: '真实数据' },
    ),
    dataset(
      'division_village',
      '衡水市村级行政区划',
      '每半年',
      'drop:xzqh_cun',
      villages.length,
      [...divisions(villages), parentOf('township_code', '所属乡级代码', 9)],
      { sharing: unconditional, still: true, fixed: true, summary: '真实数据' },
    ),
    dataset(
      'marriage_registration',
      '婚姻登记信息',
      '每日',
      'lines:hydj',
      10_000,
      [
        serial('certificate_number', '登记证字号', 'djzzh', 'J131102-', 8),
        of.fullName,
        of.citizenId,
        {
          ...of.fullName,
          code: 'spouse_name',
          name: '配偶姓名',
          field: 'poxm',
          write: (row, hash) => of.fullName.write({ ...row, person: (hash % 40_000) * 4 }, hash),
        },
        choice('kind', '登记类别', 'djlb', '结婚|离婚|补发'),
        date('registered_on', '登记日期', 'djrq', 1995),
        of.county,
      ],
      { dirt: usualDirt },
    ),
    dataset(
      'subsistence_allowance',
      '最低生活保障对象信息',
      '每月',
      'drop:zdshbz',
      9_000,
      [
        key(of.citizenId),
        of.fullName,
        of.sex,
        choice('area_kind', '低保类别', 'dblb', '城市低保|农村低保'),
        of.village,
        integer('family_size', '保障人口', 'bzrk', 1, 6, '人'),
        money('monthly_amount', '月保障金额', 'ybzje', 900),
        date('granted_on', '批准日期', 'pzrq', 2015),
        remark('note', '备注', 'bz', 10),
      ],
      { each: 'resident', dirt: usualDirt },
    ),
    dataset(
      'extreme_poverty_support',
      '特困人员救助供养信息',
      '每月',
      'drop:tkry',
      2_500,
      [
        key(of.citizenId),
        of.fullName,
        choice('support', '供养方式', 'gyfs', '分散供养|集中供养'),
        choice('self_care', '自理能力', 'zlnl', '全自理|半护理|全护理'),
        optional(of.mobile, 40),
        date('granted_on', '批准日期', 'pzrq', 2012),
      ],
      { each: 'elder', dirt: usualDirt },
    ),
    dataset(
      'old_age_allowance',
      '高龄津贴发放信息',
      '每季度',
      'drop:gljt',
      15_000,
      [
        key(of.citizenId),
        of.fullName,
        of.birthDate,
        of.county,
        choice('band', '年龄段', 'nld', '80-89岁|90-99岁|100岁以上'),
        money('amount', '发放金额', 'ffje', 500),
        number('account', '银行账号', 'yhzh', '6228', 8),
      ],
      { each: 'elder', offset: 500, dirt: usualDirt },
    ),
    dataset(
      'social_organisation',
      '社会组织登记信息',
      '每月',
      'books:shzz',
      1_200,
      [
        key(of.creditCode),
        of.companyName,
        choice('kind', '组织类别', 'zzlb', '社会团体|民办非企业单位|基金会'),
        of.legalPerson,
        date('founded_on', '成立日期', 'clrq', 1995),
        money('capital', '注册资金', 'zczj', 2_000_000),
        status('state', '状态', 'zt', '正常|撤销|注销'),
      ],
      { each: 'company', offset: 30_000, sharing: unconditional },
    ),
    dataset(
      'elderly_care_institution',
      '养老服务机构信息',
      '每季度',
      'books:ylfwjg',
      260,
      [
        serial('record_number', '备案号', 'bah', 'YL1311', 6),
        of.companyName,
        of.creditCode,
        of.siteAddress,
        of.officePhone,
        integer('beds', '床位数', 'cws', 20, 600, '张'),
        integer('residents', '在院老人', 'zylr', 5, 400, '人'),
        of.longitude,
        of.latitude,
      ],
      { sharing: unconditional },
    ),
    dataset(
      'adoption_registration',
      '收养登记信息',
      '按需',
      'drop:sydj',
      180,
      [
        serial('certificate_number', '收养登记证号', 'sydjzh', 'SY1311', 6),
        of.fullName,
        of.citizenId,
        date('registered_on', '登记日期', 'djrq', 2000),
        oneOf('organ', '登记机关', 'djjg', '桃城区民政局|冀州区民政局|深州市民政局|景县民政局'),
      ],
      { sharing: notShared('涉及收养秘密和未成年人隐私', '《中华人民共和国民法典》第一千一百一十条') },
    ),
  ],
}
