"""The states of trails, log groups and filters; and listings in the dark. See inventories.py."""

import copy

import alarm_states  # noqa: F401  fills the others
from inventories import GROUP, NAMES, TRAIL, arn, complete, metric_filter, pattern, state

MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}


@state("base/perfect", "present")
def perfect(a):
    pass


@state("trail/stopped", "missing", "trail")
def stopped(a):
    a.status["IsLogging"] = False


# IAM's records would come; the control wants every region's.
@state("trail/single_region_us_east_1", "missing", "trail")
def single_region_us_east_1(a):
    a.trail["IsMultiRegionTrail"] = False


@state("trail/single_region_elsewhere", "missing", "trail")
def single_region_elsewhere(a):
    a.trail.update(IsMultiRegionTrail=False, HomeRegion="eu-west-1")


# All sixteen names change something. The benchmark's text wants reads too: the link says so.
@state("trail/write_only", "present")
def write_only(a):
    a.classic(ReadWriteType="WriteOnly")


@state("trail/read_only", "missing", "trail")
def read_only(a):
    a.classic(ReadWriteType="ReadOnly")


@state("trail/no_mgmt", "missing", "trail")
def no_mgmt(a):
    a.classic(IncludeManagementEvents=False)


@state("trail/advanced_mgmt", "present")
def advanced_mgmt(a):
    a.advanced(MANAGEMENT)


@state("trail/advanced_readonly_true", "missing", "trail")
def advanced_readonly_true(a):
    a.advanced(MANAGEMENT, {"Field": "readOnly", "Equals": ["true"]})


@state("trail/advanced_exclude_iam", "missing", "trail")
def advanced_exclude_iam(a):
    a.advanced(MANAGEMENT, {"Field": "eventSource", "NotEquals": ["iam.amazonaws.com"]})


@state("trail/exclude_kms", "present")
def exclude_kms(a):
    a.classic(ExcludeManagementEventSources=["kms.amazonaws.com"])


@state("trail/cwl_delivery_error", "missing", "trail")
def cwl_delivery_error(a):
    a.status.update(
        LatestCloudWatchLogsDeliveryError="AccessDenied",
        LatestCloudWatchLogsDeliveryTime="2026-03-01T12:00:00Z",
    )


@state("trail/s3_delivery_error", "present")
def s3_delivery_error(a):
    a.status["LatestDeliveryError"] = "NoSuchBucket"


@state("trail/org_trail_member", "undetermined", "log_group")
def org_trail_member(a):
    a.trail["IsOrganizationTrail"] = True
    group = arn("logs", "log-group:org", account="999900001111")
    a.trail["CloudWatchLogsLogGroupArn"] = group + ":*"


def other_trail(a, name, **more):
    trail = {**copy.deepcopy(a.trail), "Name": name, "TrailARN": arn("cloudtrail", "trail/" + name)}
    trail.update(more)
    a.trails.append(trail)
    for call in ("GetTrailStatus", "GetEventSelectors"):
        of = a.region["cloudtrail"][call]
        of[trail["TrailARN"]] = copy.deepcopy(of[TRAIL])
    return trail


@state("trail/two_trails_one_ok", "present")
def two_trails_one_ok(a):
    del other_trail(a, "a-first")["CloudWatchLogsLogGroupArn"]


@state("trail/two_half_trails", "missing", "trail")
def two_half_trails(a):
    other = arn("logs", "log-group:other")
    other_trail(a, "a-first", CloudWatchLogsLogGroupArn=other + ":*")
    a.groups.append({**a.groups[0], "logGroupName": "other", "arn": other, "logGroupArn": other})
    a.status["IsLogging"] = False
    a.region["cloudtrail"]["GetTrailStatus"][arn("cloudtrail", "trail/a-first")] = complete(
        {**a.status, "IsLogging": True}
    )


@state("group/deleted", "missing", "log_group")
def group_deleted(a):
    a.groups.clear()
    a.filters.clear()


@state("group/same_name_other_region", "missing", "metric_filter")
def same_name_other_region(a):
    a.move_to("eu-west-1", "logs")
    a.filters.clear()


@state("group/infrequent_access", "missing", "log_group")
def infrequent_access(a):
    a.groups[0]["logGroupClass"] = "INFREQUENT_ACCESS"


@state("filter/subset", "missing", "metric_filter")
def subset(a):
    a.filters[0]["filterPattern"] = pattern(NAMES[:-1])


@state("filter/split_two_filters", "present")
def split_two_filters(a):
    a.filters[:] = [metric_filter("one", NAMES[:8]), metric_filter("two", NAMES[8:])]


@state("filter/security_hub_pattern", "present")
def security_hub_pattern(a):
    inner = pattern(NAMES)[2:-2]
    a.filters[0]["filterPattern"] = "{($.eventSource=iam.amazonaws.com) && (%s)}" % inner


@state("filter/all_and", "missing", "metric_filter")
def all_and(a):
    a.filters[0]["filterPattern"] = pattern(NAMES, "&&")


@state("filter/dead_clause", "missing", "metric_filter")
def dead_clause(a):
    a.filters[0]["filterPattern"] = "{ (%s) && ($.eventName=Nothing) }" % pattern(NAMES)[2:-2]


@state("filter/readonly_string", "missing", "metric_filter")
def readonly_string(a):
    a.filters[0]["filterPattern"] = '{ (%s) && ($.readOnly = "false") }' % pattern(NAMES)[2:-2]


@state("filter/wrong_case_value", "missing", "metric_filter")
def wrong_case_value(a):
    a.filters[0]["filterPattern"] = pattern([name.lower() for name in NAMES])


@state("filter/exclusion_missing_field", "missing", "metric_filter")
def exclusion_missing_field(a):
    clause = '{ (%s) && ($.userIdentity.arn != "*Admin*") }' % pattern(NAMES)[2:-2]
    a.filters[0]["filterPattern"] = clause


@state("filter/metric_value_zero", "missing", "metric_filter")
def metric_value_zero(a):
    a.transformation["metricValue"] = "0"


@state("filter/metric_value_selector", "missing", "metric_filter")
def metric_value_selector(a):
    a.transformation["metricValue"] = "$.value"


@state("filter/default_value_one", "missing", "metric_filter")
def default_value_one(a):
    a.transformation["defaultValue"] = 1.0


@state("filter/dimensions", "missing", "metric_filter")
def dimensions(a):
    a.transformation["dimensions"] = {"Event": "$.eventName"}


@state("filter/emit_system_dims", "missing", "metric_filter")
def emit_system_dims(a):
    a.filters[0]["emitSystemFieldDimensions"] = ["@aws.account"]


@state("filter/field_selection", "missing", "metric_filter")
def field_selection(a):
    a.filters[0]["fieldSelectionCriteria"] = '@aws.region = "us-east-1"'


@state("filter/apply_on_transformed", "missing", "metric_filter")
def apply_on_transformed(a):
    a.filters[0]["applyOnTransformedLogs"] = True
    entries = [{"key": "eventName", "renameTo": "name"}]
    steps = [{"parseJSON": {}}, {"renameKeys": {"entries": entries}}]
    a.region["logs"]["GetTransformer"] = {GROUP: complete({"transformerConfig": steps})}


@state("filter/page_two", "present")
def page_two(a):
    first = [metric_filter("f%d" % n, ["Name%d" % n], ("Other", "m%d" % n)) for n in range(50)]
    pages = [{"metricFilters": first, "nextToken": "t"}, {"metricFilters": [metric_filter()]}]
    a.region["logs"]["DescribeMetricFilters"] = {"complete": pages}


# The metric is there, in Count: the alarm looks at another unit.
@state("filter/unit_mismatch", "missing", "alarm")
def unit_mismatch(a):
    a.transformation["unit"] = "Count"
    a.alarm["Unit"] = "Seconds"


@state("api/access_denied", "undetermined", "metric_filter")
def access_denied(a):
    a.region["logs"]["DescribeMetricFilters"] = {"denied": "AccessDeniedException"}


# Every listing that the chain needs, denied, failed, or half of it: never `missing`.
DARK = {
    "cloudtrail/DescribeTrails": "trail",
    "cloudtrail/GetTrailStatus": "trail",
    "cloudtrail/GetEventSelectors": "trail",
    "logs/DescribeLogGroups": "log_group",
    "logs/DescribeMetricFilters": "metric_filter",
    "cloudwatch/DescribeAlarms": "alarm",
    "cloudwatch/ListAlarmMuteRules": "alarm",
    "sns/GetTopicAttributes": "action",
    "sns/ListSubscriptionsByTopic": "subscription",
    "sns/GetSubscriptionAttributes": "subscription",
}


def darken(a, call, how):
    section, name = call.split("/")
    answers = a.region[section]
    listing = answers[name]
    ending = {"denied": "AccessDenied"} if how == "denied" else {"failed": "Rate exceeded"}
    if how == "not asked":
        del answers[name]
    elif "complete" in listing:
        answers[name] = ending
    else:
        answers[name] = {key: ending for key in listing}

