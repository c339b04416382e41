// Made by scripts/generate-inputs.ts from AWS’s service model. Do not edit.
import type { InputTable } from '../protocol/input-table.ts'

export const inputs: InputTable = {
  actions: {
    GetResources: 'GetResourcesInput',
    GetTagKeys: 'GetTagKeysInput',
    GetTagValues: 'GetTagValuesInput',
    TagResources: 'TagResourcesInput',
    UntagResources: 'UntagResourcesInput',
  },
  notOffered: [
    'DescribeReportCreation',
    'GetComplianceSummary',
    'ListRequiredTags',
    'StartReportCreation',
  ],
  shapes: {
    AmazonResourceType: {"type":"string","min":0,"max":256,"pattern":"[\\s\\S]*"},
    ExcludeCompliantResources: {"type":"boolean"},
    GetResourcesInput: {"type":"structure","members":{"PaginationToken":"PaginationToken","TagFilters":"TagFilterList","ResourcesPerPage":"ResourcesPerPage","TagsPerPage":"TagsPerPage","ResourceTypeFilters":"ResourceTypeFilterList","IncludeComplianceDetails":"IncludeComplianceDetails","ExcludeCompliantResources":"ExcludeCompliantResources","ResourceARNList":"ResourceARNListForGet"}},
    GetTagKeysInput: {"type":"structure","members":{"PaginationToken":"PaginationToken"}},
    GetTagValuesInput: {"type":"structure","required":["Key"],"members":{"PaginationToken":"PaginationToken","Key":"TagKey"}},
    IncludeComplianceDetails: {"type":"boolean"},
    PaginationToken: {"type":"string","min":0,"max":2048,"pattern":"[\\s\\S]*"},
    ResourceARN: {"type":"string","min":1,"max":1011,"pattern":"[\\s\\S]*"},
    ResourceARNListForGet: {"type":"list","of":"ResourceARN","min":1,"max":100},
    ResourceARNListForTagUntag: {"type":"list","of":"ResourceARN","min":1,"max":20},
    ResourceTypeFilterList: {"type":"list","of":"AmazonResourceType"},
    ResourcesPerPage: {"type":"integer"},
    TagFilter: {"type":"structure","members":{"Key":"TagKey","Values":"TagValueList"}},
    TagFilterList: {"type":"list","of":"TagFilter","min":0,"max":50},
    TagKey: {"type":"string","min":1,"max":128,"pattern":"[\\s\\S]*"},
    TagKeyListForUntag: {"type":"list","of":"TagKey","min":1,"max":50},
    TagMap: {"type":"map","of":"TagValue","key":"TagKey","min":1,"max":50},
    TagResourcesInput: {"type":"structure","required":["ResourceARNList","Tags"],"members":{"ResourceARNList":"ResourceARNListForTagUntag","Tags":"TagMap"}},
    TagValue: {"type":"string","min":0,"max":256,"pattern":"[\\s\\S]*"},
    TagValueList: {"type":"list","of":"TagValue","min":0,"max":20},
    TagsPerPage: {"type":"integer"},
    UntagResourcesInput: {"type":"structure","required":["ResourceARNList","TagKeys"],"members":{"ResourceARNList":"ResourceARNListForTagUntag","TagKeys":"TagKeyListForUntag"}},
  },
}
