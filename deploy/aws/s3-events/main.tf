# What `source.s3` reads from; what s3-events.cloudformation.yaml makes.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.0" }
  }
}

data "aws_caller_identity" "here" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}

locals {
  account    = data.aws_caller_identity.here.account_id
  partition  = data.aws_partition.here.partition
  make_trail = var.trail_bucket == ""
  # By name: the queue's policy has to be there before the bucket tells the queue.
  bucket     = local.make_trail ? "trailbell-${local.account}-${data.aws_region.here.name}" : var.trail_bucket
  bucket_arn = "arn:${local.partition}:s3:::${local.bucket}"
}

# What trailbell could not finish time after time; with `on_poison: redrive` also what it cannot
# read. Ten is more than trailbell's max_receives of five: quarantine comes first.
resource "aws_sqs_queue" "leftovers" {
  name_prefix               = "${var.name}-leftovers-"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "events" {
  name_prefix                = "${var.name}-events-"
  visibility_timeout_seconds = 120
  message_retention_seconds  = 1209600
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.leftovers.arn
    maxReceiveCount     = 10
  })
}

# S3 alone may send, for this bucket of this account.
resource "aws_sqs_queue_policy" "events" {
  queue_url = aws_sqs_queue.events.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.events.arn
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnLike      = { "aws:SourceArn" = local.bucket_arn }
      }
    }]
  })
}

# Attach it to the role that trailbell runs as. Without s3:ListBucket a file that is missing looks
# like one that may not be read.
resource "aws_iam_policy" "reader" {
  name_prefix = "${var.name}-reader-"
  description = "What trailbell needs to read CloudTrail files that its queue announces"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect = "Allow"
          Action = [
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:GetQueueAttributes",
          ]
          Resource = aws_sqs_queue.events.arn
        },
        { Effect = "Allow", Action = "s3:GetObject", Resource = "${local.bucket_arn}/*" },
        { Effect = "Allow", Action = "s3:ListBucket", Resource = local.bucket_arn },
      ],
      var.trail_kms_key_arn == "" ? [] : [
        { Effect = "Allow", Action = "kms:Decrypt", Resource = var.trail_kms_key_arn },
      ],
    )
  })
}

resource "aws_iam_role" "reader" {
  count       = var.runs_on == "" ? 0 : 1
  name_prefix = "${var.name}-"
  description = "trailbell run"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = var.runs_on }
      Action    = ["sts:AssumeRole", "sts:TagSession"] # the second for pods.eks alone
    }]
  })
}

resource "aws_iam_role_policy_attachment" "reader" {
  count      = var.runs_on == "" ? 0 : 1
  role       = aws_iam_role.reader[0].name
  policy_arn = aws_iam_policy.reader.arn
}

# Of a bucket that is there: only where nothing else sets its notifications, for it replaces them.
resource "aws_s3_bucket_notification" "events" {
  count  = local.make_trail || var.set_notification ? 1 : 0
  bucket = local.make_trail ? aws_s3_bucket.trail[0].id : var.trail_bucket

  queue {
    queue_arn     = aws_sqs_queue.events.arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = "AWSLogs/"
  }

  depends_on = [aws_sqs_queue_policy.events]
}
