# A role for `trailbell verify`; what verify-role.cloudformation.yaml makes.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.0" }
  }
}

resource "aws_iam_role" "verify" {
  name        = var.role_name
  description = "trailbell verify"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(
      {
        Effect    = "Allow"
        Principal = { AWS = var.trusted }
        Action    = "sts:AssumeRole"
      },
      var.external_id == "" ? {} : {
        Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
      },
    )]
  })
}

resource "aws_iam_role_policy" "verify" {
  name   = "verify"
  role   = aws_iam_role.verify.name
  policy = file("${path.module}/../verify-policy.json")
}
