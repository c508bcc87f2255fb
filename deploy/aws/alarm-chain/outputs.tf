output "topic_arn" {
  value       = local.topic
  description = "Variable topic of the next control, and where others may subscribe"
}
