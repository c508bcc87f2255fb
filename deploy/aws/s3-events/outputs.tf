output "queue_url" {
  value       = aws_sqs_queue.events.url
  description = "source.s3.queue_url of trailbell.yaml"
}

output "reader_policy_arn" {
  value       = aws_iam_policy.reader.arn
  description = "To be attached to the role that trailbell runs as"
}

output "reader_role_arn" {
  value       = var.runs_on == "" ? null : aws_iam_role.reader[0].arn
  description = "The role that trailbell runs as, where one is made"
}

output "notification_command" {
  value = local.make_trail || var.set_notification ? null : join(" ", [
    "aws s3api put-bucket-notification-configuration --bucket ${var.trail_bucket}",
    "--notification-configuration",
    "'${jsonencode({
      QueueConfigurations = [{
        QueueArn = aws_sqs_queue.events.arn
        Events   = ["s3:ObjectCreated:*"]
        Filter   = { Key = { FilterRules = [{ Name = "prefix", Value = "AWSLogs/" }] } }
      }]
    })}'",
  ])
  description = "Tells the queue of new files. It replaces the notifications that the bucket has: see them by \"aws s3api get-bucket-notification-configuration\" and add those first"
}
