output "role_arn" {
  value       = aws_iam_role.verify.arn
  description = "--role-arn of trailbell verify, verify.role_arn of trailbell.yaml"
}
