variable "name" {
  type        = string
  default     = "trailbell"
  description = "What the names begin with of what is made; also the trail's name"
}

variable "trail_bucket" {
  type        = string
  default     = ""
  description = "The bucket that CloudTrail delivers to, in this account and region; empty: a bucket and a trail are made"
}

variable "set_notification" {
  type        = bool
  default     = false
  description = "Set the notifications of trail_bucket, in place of those that it has; else see the output notification_command"
}

variable "trail_kms_key_arn" {
  type        = string
  default     = ""
  description = "The key of the bucket's objects; empty: they have none, or one of S3 itself"
}

variable "runs_on" {
  type        = string
  default     = ""
  description = "A role is made for trailbell on this service; empty: attach reader_policy_arn to one of yours"

  validation {
    condition = contains(
      ["", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "pods.eks.amazonaws.com"], var.runs_on
    )
    error_message = "ec2.amazonaws.com, ecs-tasks.amazonaws.com or pods.eks.amazonaws.com (EKS Pod Identity)."
  }
}
