# The alarm chain of a CIS control behind a log group that a trail delivers to; what
# alarm-chain.cloudformation.yaml makes.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.0" }
  }
}

data "aws_caller_identity" "here" {}

locals {
  # The rule that trailbell runs has the very pattern.
  rule  = yamldecode(file("${path.module}/../../../rules/cis/${var.control}.yaml"))
  topic = var.topic == "" ? aws_sns_topic.told[0].arn : var.topic
}

resource "aws_cloudwatch_log_metric_filter" "filter" {
  name           = var.control
  log_group_name = var.log_group
  pattern        = local.rule.pattern

  metric_transformation {
    name      = var.control
    namespace = "trailbell"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "alarm" {
  alarm_name          = var.control
  alarm_description   = local.rule.title
  namespace           = "trailbell"
  metric_name         = var.control
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [local.topic]
}

# Not encrypted by AWS's own key for SNS: CloudWatch could not publish then. The message says that
# the alarm rang, and no more.
resource "aws_sns_topic" "told" {
  count = var.topic == "" ? 1 : 0
  name  = "trailbell-${var.name}"
}

resource "aws_sns_topic_policy" "told" {
  count = var.topic == "" ? 1 : 0
  arn   = aws_sns_topic.told[0].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AlarmsOfThisAccount"
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.told[0].arn
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.here.account_id }
      }
    }]
  })
}

resource "aws_sns_topic_subscription" "told" {
  count     = var.topic == "" && var.email != "" ? 1 : 0
  topic_arn = aws_sns_topic.told[0].arn
  protocol  = "email"
  endpoint  = var.email
}
